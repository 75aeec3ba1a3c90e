"""What a site with django-quiz-app kept, read from its `dumpdata`: docs/how-to/move-from-django-quiz-app.md."""
