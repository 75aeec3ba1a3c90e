"""The reports of the course in the Wagtail admin."""
