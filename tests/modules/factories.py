"""What only the tests of `modules` build: scenes, words, sources and organisations."""

from datetime import timedelta
from io import BytesIO

import PIL.Image
from wagtail.images import get_image_model

from modules.content.loading.snippets import load_rows
from modules.models import (
    Film,
    GlossaryTerm,
    LanguageEntry,
    LessonPage,
    LessonRead,
    Organisation,
    PeopleShown,
    Photo,
    Recording,
    Rights,
    Voice,
)
from modules.pictures.keeping import Prepared, keep_picture, make_sizes
from modules.pictures.looking import make_copies
from quizzes.base.identifiers import stable_key
from quizzes.models import Source
from tests.factories import NOW, spanish


def make_source(identifier="S42", **fields):
    fields = {"title": f"Publicación {identifier}", "publisher": "Autoras", "year": "2019"} | fields
    key = stable_key(f"source:{identifier}")
    return Source.objects.create(identifier=identifier, locale=spanish(), translation_key=key, **fields)


def make_term(identifier="estigma", term="Estigma", definition="Etiqueta que rebaja.", **fields):
    key = stable_key(f"term:{identifier}")
    return GlossaryTerm.objects.create(
        identifier=identifier, term=term, definition=definition, locale=spanish(), translation_key=key, **fields
    )


def make_organisation(identifier="omes", needs=("lideresas_pares",), name="OMES", **fields):
    key = stable_key(f"organisation:{identifier}")
    return Organisation.objects.create(
        identifier=identifier, name=name, needs=list(needs), locale=spanish(), translation_key=key, **fields
    )


def make_printable(identifier="lista", *parts, **fields):
    value = {"title": "Lista", "purpose": "Para mirar.", "orientation": "portrait", "pages": 1} | fields
    value["body"] = list(parts) or [{"text": "Un párrafo."}]
    name = f"printable:{identifier}"
    load_rows({name: value}, rows := {}, spanish())
    return rows[name]


def make_voice(identifier="omes-1", **fields):
    fields = {"speaker": "Alma", "organisation": "OMES", "transcript": "Me llamaron por mi nombre."} | fields
    fields = {"consent_number": "7", "consent_scope": "En este curso"} | fields
    return Voice.objects.create(identifier=identifier, **fields)


def make_language_entry(identifier="diga-01", **fields):
    fields = {"say": "trabajadora sexual", "avoid": "prostituta", "why": "Nombra un trabajo."} | fields
    key = stable_key(f"language:{identifier}")
    return LanguageEntry.objects.create(identifier=identifier, locale=spanish(), translation_key=key, **fields)


def read(learner, lesson, *, days_ago=0):
    return LessonRead.objects.create(
        learner=learner, lesson_key=lesson.translation_key, read_at=NOW - timedelta(days=days_ago)
    )


def choice(text, leads_to="", *, rating="best", consequence="Ella entra.", feedback="Una frase bastó."):
    return {"text": text, "rating": rating, "consequence": consequence, "feedback": feedback, "next": leads_to}


def step(name, *choices, text="Son las 6:50."):
    return {"name": name, "text": text, "choices": list(choices)}


def scene(identifier="M1-E1", *, title="En el portón", role="apoyo", warning="", steps=None):
    steps = steps or [
        step(
            "inicio",
            choice("Saludar", "paso-2"),
            choice("Callar", rating="partial"),
            choice("Gritar", rating="harmful"),
        ),
        step("paso-2", choice("Hablar a solas"), choice("Acusar", rating="partial"), text="La compañera se ríe."),
    ]
    return {"identifier": identifier, "title": title, "role": role, "warning": warning, "steps": steps}


def make_photo(identifier="ventanilla", **fields):
    image = fields.pop("image", None) or get_image_model().objects.create(
        title=identifier, file=f"original_images/{identifier}.png", width=1600, height=1000
    )
    fields = {"made_by": "Equipo del curso", "rights": Rights.OWN, "shows": PeopleShown.NOBODY} | fields
    return Photo.objects.create(identifier=identifier, image=image, **fields)


def picture(width=400, height=300, kind="JPEG", colour="#2B3A8C", **options):
    written = BytesIO()
    PIL.Image.new(options.pop("mode", "RGB"), (width, height), colour).save(written, kind, **options)
    return written.getvalue()


def take_photo(identifier="ventanilla", content=None, **fields):
    content = content or picture()
    prepared = Prepared(content, ".jpg", make_copies(content, name="foto.jpg"))
    photo = make_photo(identifier, image=keep_picture(prepared, title=identifier), **fields)
    make_sizes(photo, prepared.copies)
    return photo


def make_recording(identifier="saludo", **fields):
    fields = {"title": "El saludo", "language": "es", "speaker": "Rosa", "transcript": "Pase adelante."} | fields
    fields = {"made_by": "Equipo del curso", "rights": Rights.OWN, "opus": "recordings/0.opus"} | fields
    fields = {"consent_number": "8", "consent_scope": "En este curso"} | fields
    return Recording.objects.create(identifier=identifier, **fields)


def make_film(identifier="una-manana", **fields):
    fields = {"title": "Una mañana", "language": "es", "transcript": "Abre el portón.", "captions": "WEBVTT"} | fields
    fields = {"made_by": "Equipo del curso", "rights": Rights.OWN, "shows": PeopleShown.NOBODY} | fields
    fields = {"file": "films/0.mp4", "kind": "video/mp4"} | fields
    return Film.objects.create(identifier=identifier, poster=fields.pop("poster", None) or make_photo(), **fields)


def texts_of(client, lesson, query):
    draft = LessonPage.objects.get(pk=lesson.pk)
    return {
        "lesson": client.get("/es/m1/2/").text,
        "in English": client.get("/en/m1/2/").text,
        "paper": client.get("/es/hoja-de-leccion/m1/2/").text,
        "search": client.post("/es/buscar/", {"q": query}, follow=True).text,
        "preview": draft.make_preview_request(preview_mode="").text,
        "preview of paper": draft.make_preview_request(preview_mode="impreso").text,
        "old revision": lesson.revisions.first().as_object().make_preview_request(preview_mode="").text,
    }
