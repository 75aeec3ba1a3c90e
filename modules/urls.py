"""URLs below the language prefix, before Wagtail's pages."""

from django.urls import path, re_path

from modules.views.course import serve_page, show_whole_weave, show_woven
from modules.views.media import play_film, play_recording, play_voice, show_captions, show_photo
from modules.views.offline import show_common_copy, show_keep_course, show_module_copy
from modules.views.worksheets import (
    show_practice,
    show_practice_pdf,
    show_worksheet,
    show_worksheet_pdf,
    show_worksheets,
)

from .views import course as views

urlpatterns = [
    path("leccion/<uuid:lesson_key>/leida/", views.read_lesson, name="mark_lesson_read"),
    path("hoja-de-leccion/<slug:module>/<slug:lesson>/", views.show_lesson_sheet, name="printed_lesson"),
    path("directorio/", views.show_directory, name="directory"),
    path("directorio/<slug:need>/", views.show_need, name="directory_need"),
    path("buscar/", views.search, name="search"),
    path("glosario/", views.show_glossary, name="glossary"),
    path("lenguaje/", views.show_language_guide, name="language_guide"),
    path("fuentes/", views.show_sources, name="sources"),
    path("hojas/", show_worksheets, name="printables"),
    path("hojas/<slug:identifier>/", show_worksheet, name="printable"),
    path("hojas/<slug:identifier>.pdf", show_worksheet_pdf, name="printable_pdf"),
    path("practicar/<slug:module>/", show_practice, name="practice"),
    path("practicar/<slug:module>.pdf", show_practice_pdf, name="practice_pdf"),
    path("voz/<uuid:voice_key>/", play_voice, name="voice"),
    path("foto/<uuid:photo_key>/<slug:mark>.<int:width>.<slug:ending>", show_photo, name="photo"),
    path("grabacion/<uuid:recording_key>.<slug:sound>", play_recording, name="recording"),
    path("video/<uuid:film_key>.vtt", show_captions, name="captions"),
    path("video/<uuid:film_key>/<slug:film_mark>/", play_film, name="film"),
    path("tejido/", show_whole_weave, name="whole_weave"),
    path("tejido/<int:number>/", show_woven, name="woven"),
    path("sin-conexion/curso/", show_keep_course, name="keep_course"),
    path("sin-conexion/modulo/<slug:module>.<slug:rev>.json", show_module_copy, name="module_copy"),
    path("sin-conexion/comunes.<slug:rev>.json", show_common_copy, name="common_copy"),
    # Modules and lessons: last, and only what looks like one.
    re_path(r"^([a-z0-9-]+/(?:[a-z0-9-]+/)?)$", serve_page, name="course_content"),
]
