"""Moves what people did on a site with django-quiz-app: attempts, images, codes."""
