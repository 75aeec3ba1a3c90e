"""Addresses below the language, beside the pages of the course that Wagtail serves."""

from django.urls import path

from . import views

urlpatterns = [
    path("leccion/<uuid:lesson_key>/leida/", views.read_lesson, name="mark_lesson_read"),
    path("directorio/", views.show_directory, name="directory"),
    path("directorio/<slug:need>/", views.show_need, name="directory_need"),
    path("glosario/", views.show_glossary, name="glossary"),
    path("lenguaje/", views.show_language_guide, name="language_guide"),
    path("fuentes/", views.show_sources, name="sources"),
]
