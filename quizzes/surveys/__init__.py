"""The anonymous survey: its wording, its answers, and what is counted of them."""
