import gzip
import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from course.models import User
from course.people.owner_tokens import make_owner_token
from modules.models import GlossaryTerm, LessonPage, LessonRead, ModulePage, Organisation
from modules.models.media import Voice
from modules.progress.outline import get_course_structure
from modules.rendering.lessons import module_copy_rev, simplify_for_offline
from modules.views.offline import get_common_copy, get_module_copy
from quizzes.base.offline_copies import LOOK_PLACEHOLDER, OWNER_PLACEHOLDER, share_lines
from quizzes.models import Quiz, Source
from tests.factories import (
    finish_lessons,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_staff,
    make_trainer,
)
from tests.modules.factories import make_language_entry, make_organisation, make_source, make_term, make_voice, scene

pytestmark = pytest.mark.django_db

ROLES = [role for role, _name in User._meta.get_field("role").choices]
ODD = {"first_name": "Xquenda Ñuul", "last_name": "Qʼanil & Ößterlund", "email": "xquenda@ejemplo.gt"}
OTHER = {"first_name": "Ygnacia", "last_name": "Zzyzx Vásquez", "email": "zzyzx@ejemplo.gt"}


@pytest.fixture
def course():
    course = make_course(modules=2, lessons=2)
    module = ModulePage.objects.get(slug="m1")
    make_source("S42", address="https://ejemplo.org/s42")
    make_term("estigma", "Estigma", "Etiqueta que rebaja [S42].")
    make_language_entry()
    make_organisation(needs=("prep_pep",), phone="1572")
    scenes = [("scenario", scene()), ("scenario", scene("M1-E2", title="En la clínica", role="medicina"))]
    make_lesson(module, 3, body=[*scenes, ("text", "<p>Dice [S42] {{estigma}}.</p>")])
    return course


@pytest.fixture
def cohort(course):
    return make_cohort()


def odd_learner(cohort, code="ODD222", names=ODD, **fields):
    learner = make_learner(code, cohort=cohort, **names | fields)
    finish_lessons(learner, ModulePage.objects.get(slug="m1"))
    return learner


@pytest.fixture
def reader(cohort):
    return browser_of(odd_learner(cohort))


def browser_of(person):
    client = Client()
    client.force_login(person)
    return client


def kept_in(client, address):
    found = re.search(r'<meta name="keep" content="([^"]+)">', client.get(address).text)
    return found[1] if found else ""


def copy_of(client, module="m1", language="es"):
    return whole(client.get(f"/{language}/sin-conexion/modulo/{module}.x.json"))


def common_of(client, language="es"):
    return whole(client.get(f"/{language}/sin-conexion/comunes.x.json"))


def whole(answer):
    assert answer.status_code == 200
    copy = json.loads(answer.content)
    assert copy["shared"]
    return unpacked(copy)


def unpacked(copy):
    lines = copy.pop("shared")
    pages = {path: re.sub(r"__(\d+)__", lambda mark: lines[int(mark[1])], page) for path, page in copy["pages"].items()}
    return copy | {"pages": pages}


def module_of_structure(slug="m1"):
    return get_course_structure().page_at("es", slug)


def rev_of(slug="m1", *, role="recepcion", language="es"):
    with translation.override(language):
        return module_copy_rev(module_of_structure(slug), role=role)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_copy_has_no_personal_data(cohort, role, language):
    learner = odd_learner(cohort, role=role, comfort="size-150 theme-dark contrast")
    client = browser_of(learner)
    page = client.get(f"/{language}/").text
    of_them = [learner.first_name, unescape(learner.last_name), make_owner_token(learner)]
    assert [words for words in of_them if words not in unescape(page)] == []
    assert "size-150" in page
    copies = [copy_of(client, "m1", language), copy_of(client, "m2", language), common_of(client, language)]
    text = unescape(json.dumps(copies, ensure_ascii=False))
    marks = [*of_them, learner.last_name.split()[0], learner.username, learner.email, str(learner.key), "size-150"]
    marks += [client.session.session_key, client.cookies["person"].value, "csrfmiddlewaretoken", "data-person", "Aa<"]
    assert [mark for mark in marks if mark in text] == []


@pytest.mark.parametrize("role", ["recepcion", "medicina", ""])
def test_learners_of_one_role_get_same_bytes(cohort, role):
    one = odd_learner(cohort, role=role, comfort="size-150")
    # Who has done nothing, signed in on a shared computer, in another group, and looks after groups too.
    two = make_learner("OTH222", cohort=make_cohort("Otro grupo"), role=role, is_staff=not role, **OTHER)
    first, second = browser_of(one), browser_of(two)
    if not role:
        User.objects.filter(pk=one.pk).update(is_staff=True)
    session = second.session
    session["shared_computer"] = True
    session.save()
    for address in ("/es/sin-conexion/modulo/m1.x.json", "/es/sin-conexion/comunes.x.json"):
        assert first.get(address).content == second.get(address).content != b""


def test_device_fills_placeholders_of_copy(reader):
    pages = copy_of(reader)["pages"]
    for page in pages.values():
        assert f'class="{LOOK_PLACEHOLDER}"' in page
        assert f'<meta name="owner" content="{OWNER_PLACEHOLDER}">' in page
        forms = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
        posting = [form for form in forms if 'method="post"' in form]
        assert posting
        for form in posting:
            assert '<input type="hidden" name="copia" value="1">' in form
            assert f'<input type="hidden" name="owner" value="{OWNER_PLACEHOLDER}">' in form


def test_copy_has_quick_exit_and_no_online_features(reader):
    page = copy_of(reader)["pages"]["/es/m1/1/"]
    actions = set(re.findall(r'<form[^>]*action="([^"]+)"', page))
    assert reverse("account_logout") in actions
    with translation.override("es"):
        places = [reverse(name) for name in ("my_course", "directory", "glossary")]
        elsewhere = [reverse(name) for name in ("comfort", "search", "my_account", "printables", "sources")]
    elsewhere += [reverse("set_language"), reverse("account_login"), "/es/hoja-de-leccion/"]
    assert [place for place in places if f'href="{place}"' not in page] == []
    assert [place for place in elsewhere if place in page] == []


def test_copy_has_its_day(cohort):
    learner = odd_learner(cohort)
    with time_machine.travel("2027-03-14 18:00Z"):
        client = browser_of(learner)
        page = copy_of(client)["pages"]["/es/m1/"]
    assert "Sin conexión. Ve la copia del 14 de marzo. Lo que haga se guarda en este aparato." in page
    assert '<p class="notice" data-nobody hidden>Para que cuente lo que lee, ingrese cuando haya conexión.</p>' in page


def test_module_copy_has_module_and_lessons(reader):
    copy = copy_of(reader)
    assert set(copy["pages"]) == {"/es/m1/", "/es/m1/1/", "/es/m1/2/", "/es/m1/3/"}
    assert (copy["title"], copy["first"]) == ("Módulo 1", "/es/m1/")
    assert (copy["images"], copy["entry"]) == ([], [])
    names = [address.rpartition("/")[2].split(".")[0] for address in copy["assets"]]
    assert {"site", "person", "lesson", "listen"} <= set(names)
    text = "".join(copy["pages"].values())
    loaded = set(re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', text))
    assert loaded <= set(copy["assets"])


def test_lessons_of_copy_link_to_next_lesson_and_quiz(reader):
    def ways(copy):
        return {path: set(re.findall(r'name="luego" value="([^"]+)"', page)) for path, page in copy["pages"].items()}

    assert ways(copy_of(reader)) == {
        "/es/m1/": set(),
        "/es/m1/1/": {"/es/m1/2/"},
        "/es/m1/2/": {"/es/m1/3/"},
        "/es/m1/3/": {"/es/cuestionario/m1/"},
    }
    Quiz.objects.get(identifier="m1").unpublish()
    assert ways(copy_of(reader))["/es/m1/3/"] == {"/es/m1/"}
    ModulePage.objects.filter(slug="m1").update(quiz=None)
    ModulePage.objects.get(slug="m1").save()
    assert ways(copy_of(reader))["/es/m1/3/"] == {"/es/m1/"}


def test_skip_link_of_copy_leads_on(reader):
    module = ModulePage.objects.get(slug="m1")
    module.warning = "Habla de violencia."
    module.save()
    page = copy_of(reader)["pages"]["/es/m1/1/"]
    forms = re.findall(r"<form[^>]*/leida/.*?</form>", page, re.DOTALL)
    assert ['name="luego" value="/es/m1/2/"' in form for form in forms] == [True]
    assert page.count('form="terminar"') == 2


def test_module_page_of_copy_leaves_read_lessons_to_device(reader):
    page = copy_of(reader)["pages"]["/es/m1/"]
    assert LessonRead.objects.count() == 3
    rows = re.findall(r'<li data-lesson="([^"]+)">(.*?)</li>', page, re.DOTALL)
    lessons = LessonPage.objects.filter(url_path__contains="/m1/").order_by("path")
    assert [key for key, _row in rows] == [str(lesson.translation_key) for lesson in lessons]
    states = [re.findall(r'<span class="state[^>]*>[^<]*</span>', row) for _key, row in rows]
    assert states == [['<span class="state state-done" hidden>Hecha</span>']] * 3
    assert '<a class="button" href="/es/m1/1/">Empezar: Lección 1</a>' in page
    assert "Aprobado" not in page


def test_common_copy_has_directory_glossary_and_guide(reader):
    copy = common_of(reader)
    assert set(copy["pages"]) == {"/es/directorio/", "/es/directorio/prep_pep/", "/es/glosario/", "/es/lenguaje/"}
    assert (copy["first"], copy["title"]) == ("/es/directorio/", "Directorio y glosario")
    assert "tel:1572" in "".join(copy["pages"].values())


def test_copy_requests_no_uploads(reader):
    module = ModulePage.objects.get(slug="m1")
    voice = make_voice(audio=b"OggS", audio_type="audio/ogg")
    picture = '<p>Antes.</p><embed embedtype="image" id="1" format="fullwidth" alt="El portón"/>'
    make_lesson(module, 4, body=[("voice", voice), ("text", picture)])
    assert "<audio" in reader.get("/es/m1/4/").text
    page = copy_of(reader)["pages"]["/es/m1/4/"]
    said = ("Me llamaron por mi nombre.", "La grabación se puede oír cuando haya conexión.")
    assert [words for words in said if words not in page] == []
    for page in copy_of(reader)["pages"].values():
        assert re.findall(r"<(?:img|audio|video|source)\b", page) == []


STILL = '<picture><source srcset="a.avif"><img src="a.jpg" alt="" width="3"></picture>'


def notice(words):
    return f'<p class="small muted">{words} cuando haya conexión.</p>'


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<p>Mire: <img src="/media/a.png" alt="El portón" width="3">.</p>', "<p>Mire: <span>El portón</span>.</p>"),
        ('<img alt="" src="/media/a.png">', ""),
        ("<img src=x>", ""),
        ('<p data-block-key="a1b2">Uno</p>\n<p>Dos</p>', "<p>Uno</p>\n<p>Dos</p>"),
        ('Título. <a href="https://a.gt/b" rel="noreferrer">https://a.gt/b</a></span>', "Título.</span>"),
        ('<a href="https://a.gt" rel="noreferrer">Salir</a>', '<a href="https://a.gt" rel="noreferrer">Salir</a>'),
        ('<div class="scene-place"><svg><path d="M0 0"/></svg></div><h2>En la fila</h2>', "<h2>En la fila</h2>"),
        ('<audio controls src="/es/voz/1/"></audio><p>Texto</p>', f"{notice('La grabación se puede oír')}<p>Texto</p>"),
        (f'{STILL}<video src="/media/a.mp4"><track src="b"></video>', notice("El video se puede ver")),
    ],
)
def test_copy_omits_uploads_and_ornaments(page, kept):
    assert simplify_for_offline(page) == kept


def test_shared_lines_are_stored_once():
    short, long = "a" * 39, "b" * 40
    pages = {"/uno/": f"{short}\n  otra\n{long}\n", "/dos/": f"{long}\notra\n\n {short} \n{long}\nsola {long}"}
    shared, small = share_lines(pages)
    assert shared == [long]
    assert small == {"/dos/": f"__0__ otra {short} __0__ sola {long}", "/uno/": f"{short} otra __0__"}
    assert [*small] == ["/dos/", "/uno/"]
    assert share_lines({"/uno/": "x" * 99}) == ([], {"/uno/": "x" * 99})


def test_copy_is_compressed_when_accepted(reader):
    plain = reader.get("/es/sin-conexion/modulo/m1.x.json")
    packed = reader.get("/es/sin-conexion/modulo/m1.x.json", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("what", ["m9", "1", "m1-1", "curso", "directorio"])
def test_only_modules_have_copies(reader, what):
    assert reader.get(f"/es/sin-conexion/modulo/{what}.x.json").status_code == 404


def test_pages_of_module_link_to_its_copy(reader):
    address = f"/es/sin-conexion/modulo/m1.{rev_of()}.json"
    assert [kept_in(reader, page) for page in ("/es/m1/", "/es/m1/1/", "/es/m1/3/")] == [address] * 3
    assert kept_in(reader, "/en/m1/1/") == f"/en/sin-conexion/modulo/m1.{rev_of(language='en')}.json"
    assert kept_in(reader, "/es/m2/").startswith("/es/sin-conexion/modulo/m2.")
    others = ["/es/", "/es/directorio/", "/es/glosario/", "/es/cuestionario/m1/", "/es/practicar/m1/"]
    assert {kept_in(reader, page) for page in others} == {""}
    pages = copy_of(reader)["pages"].values()
    assert [page for page in pages if 'name="keep"' in page] == []


def test_previews_and_desk_link_to_no_copy(cohort):
    staff = make_staff("admin", is_staff=True, is_superuser=True)
    client = browser_of(staff)
    lesson = LessonPage.objects.get(url_path="/curso/m1/1/")
    preview = lesson.make_preview_request(client.get("/es/m1/1/").wsgi_request, preview_mode="")
    assert "Lección 1" in preview.text
    assert 'name="keep"' not in preview.text
    cohort.trainers.add(trainer := make_trainer())
    assert kept_in(browser_of(trainer), reverse("desk_cohort", args=[cohort.pk])) == ""


def test_site_without_offline_pages_links_to_no_copy(reader, settings):
    settings.KEEP_PAGES_OFFLINE = False
    assert [kept_in(reader, page) for page in ("/es/m1/", "/es/m1/1/")] == ["", ""]
    assert reader.get("/es/sin-conexion/curso/").status_code == 404
    assert "/es/sin-conexion/" not in reader.get("/es/").text


def publish(page, **fields):
    page = type(page).objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


CHANGES = {
    "a lesson": lambda: publish(LessonPage.objects.get(url_path="/curso/m1/2/"), title="Otra"),
    "the module": lambda: publish(ModulePage.objects.get(slug="m1"), subtitle="Otro"),
    "the course, whose texts stand in each lesson": lambda: publish(ModulePage.objects.get(slug="m1").course),
    "a lesson more": lambda: make_lesson(ModulePage.objects.get(slug="m1"), 9),
    "a lesson less": lambda: LessonPage.objects.get(url_path="/curso/m1/2/").unpublish(),
    "the order": lambda: LessonPage.objects.get(url_path="/curso/m1/2/").move(
        LessonPage.objects.get(url_path="/curso/m1/1/"), pos="left"
    ),
    "the quiz is taken back": lambda: Quiz.objects.get(identifier="m1").unpublish(),
    "a word": lambda: GlossaryTerm.objects.update(definition="Otra."),
    "a telephone": lambda: Organisation.objects.update(phone="1555"),
    "a source": lambda: Source.objects.update(title="Otra"),
    "a voice that is taken back": lambda: Voice.objects.update(withdrawn_on=timezone.localdate()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_published_edit_makes_new_copy(course, change):
    make_voice()
    before = rev_of()
    change()
    assert rev_of() != before


STAYS = {
    "a draft": lambda: LessonPage.objects.get(url_path="/curso/m1/3/").save_revision(),
    "a draft of the module": lambda: ModulePage.objects.get(slug="m1").save_revision(),
    "another module": lambda: publish(ModulePage.objects.get(slug="m2"), subtitle="Otro"),
    "a lesson of another module": lambda: publish(LessonPage.objects.get(url_path="/curso/m2/1/"), title="Otra"),
    "another module more": lambda: make_module(ModulePage.objects.get(slug="m1").get_parent(), 3),
    "somebody reads": lambda: finish_lessons(make_learner(), ModulePage.objects.get(slug="m1")),
    "a quiz of another module": lambda: Quiz.objects.get(identifier="m2").unpublish(),
    "nothing, seen by another process": lambda: caches["bodies"].clear(),
}


@pytest.mark.parametrize("happens", STAYS.values(), ids=STAYS)
def test_other_changes_make_no_new_copy(course, happens):
    before = rev_of()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        happens()
        assert rev_of() == before


def test_each_role_and_language_has_its_copy(course):
    with translation.override("es"):
        spanish = {rev_of(role=role) for role in [*ROLES, ""]}
    assert len(spanish) == len({*ROLES, ""})
    assert rev_of(language="en") not in spanish
    assert rev_of("m2") != rev_of("m1")


def test_copy_is_made_once_a_day_and_when_outdated(course, settings):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "copies-in-tests"}
    settings.CACHES = settings.CACHES | {"bodies": memory}
    noon = timezone.localtime().replace(hour=12)
    with translation.override("es"), time_machine.travel(noon, tick=False):
        module = module_of_structure()
        first = get_module_copy(module, role="recepcion")
        assert get_module_copy(module, role="recepcion") == first
        # Another process, which made it with pages of its own.
        caches["bodies"].clear()
        assert get_module_copy(module_of_structure(), role="recepcion") == first
    with translation.override("es"), time_machine.travel(noon + timedelta(days=1), tick=False):
        second = get_module_copy(module_of_structure(), role="recepcion")
        assert (second.rev, second.packed == first.packed) == (first.rev, False)
        publish(LessonPage.objects.get(url_path="/curso/m1/1/"), title="Otra lección")
        third = get_module_copy(module_of_structure(), role="recepcion")
        assert third.rev != first.rev
        assert "Otra lección" in gzip.decompress(third.packed).decode()
        assert get_common_copy() == get_common_copy()


def test_offline_course_page_lists_parts_and_sizes(reader):
    page = reader.get("/es/sin-conexion/curso/").text
    rows = re.findall(r'<li data-row="([^"]+)">.*?class="name"[^>]*>([^<]+)<.*?nowrap">(\d+) KB<', page)
    names = [name for _address, name, _size in rows]
    assert names == ["1. Módulo de prueba 1", "2. Módulo de prueba 2", "Directorio y glosario"]
    listed = json.loads(unescape(re.search(r'data-addresses="([^"]+)"', page)[1]))
    assert listed == [address for address, _name, _size in rows]
    sizes = []
    for address, _name, size in rows:
        packed = reader.get(address, headers={"accept-encoding": "gzip"})
        assert json.loads(gzip.decompress(packed.content))["rev"] in address
        sizes.append(len(packed.content))
        assert int(size) == -(-sizes[-1] // 1000)
    assert f"Guardar todo el curso en este teléfono ({-(-sum(sizes) // 1000)} KB)" in page
    assert listed[0] == kept_in(reader, "/es/m1/")


def test_offline_course_is_not_offered_on_shared_computer(reader):
    pages = ("/es/", reverse("my_account"))
    assert ["/es/sin-conexion/curso/" in reader.get(page).text for page in pages] == [True, True]
    session = reader.session
    session["shared_computer"] = True
    session.save()
    page = reader.get("/es/sin-conexion/curso/").text
    assert ("Esta computadora es compartida" in page, "data-keep-all" in page) == (True, False)
    assert ["/es/sin-conexion/curso/" in reader.get(page).text for page in pages] == [False, False]


def test_offline_page_has_no_personal_data(client):
    page = client.get("/es/sin-conexion/").text
    assert f'<html lang="es" class="{LOOK_PLACEHOLDER}"' in page
    assert f'content="{OWNER_PLACEHOLDER}"' in page
    assert "<h1>Sin conexión</h1>" in page
    assert "Ve la copia" not in page
    hidden = ["missed", "sent", "full", "needs-line", "not-sent", "left", "kept-part", "nothing-kept"]
    assert [name for name in hidden if not re.search(rf"<[^>]* data-{name} hidden>", page)] == []
    for name in ("kept", "kept-row", "try", "drop", "cannot"):
        assert re.search(rf"<[^>]* data-{name}>", page), name
    assert client.get("/es/sin-conexion/").text == page
    assert Client(headers={"accept-language": "en"}).get("/es/sin-conexion/").text == page


@pytest.mark.parametrize("name, args", [("module_copy", ["m1"]), ("common_copy", [])])
def test_current_copy_is_served_and_cached_by_its_revision(reader, name, args):
    reader.get("/es/m1/")
    other = reader.get(reverse(name, args=[*args, "0123456789abcdef"]))
    assert other["Cache-Control"] == "private, no-store"
    rev = json.loads(other.content)["rev"]
    present = reader.get(reverse(name, args=[*args, rev]))
    assert present["Cache-Control"] == "private, max-age=31536000, immutable"
    assert present.content == other.content
    for one in (present, other):
        assert (one["Content-Type"], "person" in one.cookies) == ("application/json", False)
