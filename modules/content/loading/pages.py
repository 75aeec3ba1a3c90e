"""Loads the course, modules and lessons as pages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from modules.models import CoursePage, LessonPage, ModulePage
from modules.text import streams_of_values as streams
from quizzes.base.identifiers import stable_key


def is_snippet(name):
    return ":" in name or not (name == "COURSE" or _model_of(name))


def new_page(name, value, parent, locale):
    model = CoursePage if name == "COURSE" else _model_of(name)
    page = model(
        title=value["title"],
        draft_title=value["title"],
        slug=_slug(name, locale),
        locale=locale,
        translation_key=stable_key(name),
        live=False,
    )
    if model is ModulePage:
        page.number = value["number"]
    parent = parent or Page.get_first_root_node()
    siblings = parent.get_children().values_list("slug", flat=True)
    if page.slug in siblings:
        page.slug = slugify(f"{name}-{locale.language_code}")
    return parent.add_child(instance=page)


def load_page(page, name, value, rows):
    kinds = {"quizzes": "quiz", "printables": "printable", "voices": "voice"}
    kinds |= {"photos": "photo", "recordings": "recording", "films": "film"}
    places = streams.Rows(
        pages={key: row.pk for key, row in rows.items() if isinstance(row, Page)},
        **{name: _rows_of(kind, rows) for name, kind in kinds.items()},
    )
    # Moves of neighbours may have changed the page's place in the tree.
    page.refresh_from_db(fields=["path", "depth", "numchild", "url_path"])
    page.title = value["title"]
    page.minutes = value["minutes"]
    # A block has the same id in all languages, by which translations find it.
    seed = f"{settings.LANGUAGE_CODE}/{name}"
    _FILLERS[type(page)](page, value, seed, places, rows)
    page.publish(page.save_revision(), unreviewed=True)


def _rows_of(kind, rows):
    return {key.partition(":")[2]: row.pk for key, row in rows.items() if key.startswith(f"{kind}:")}


def put_in_order(parent, pages):
    parent = Page.objects.get(pk=parent.pk)
    wanted = [page.pk for page in pages]
    present = list(parent.get_children().order_by("path").values_list("pk", flat=True))
    order = [*wanted, *(pk for pk in present if pk not in wanted)]
    if present == order:
        return
    for pk in order:
        Page.objects.get(pk=pk).move(Page.objects.get(pk=parent.pk), pos="last-child")


def _fill_course(page, value, seed, places, rows):
    page.subtitle = value.get("subtitle", "")
    page.intro = streams.text_stream(value.get("intro"), f"{seed}/intro", places)
    page.close_to_me = streams.text_stream(value.get("close_to_me"), f"{seed}/close_to_me", places)


def _fill_module(page, value, seed, places, rows):
    if page.number != value["number"]:
        # Revisions do not carry it.
        page.number = value["number"]
        page.save(update_fields=["number"])
    for name in ("subtitle", "summary", "warning", "notice"):
        setattr(page, name, value.get(name, ""))
    for review, field in page.REVIEW_FIELDS.items():
        setattr(page, field, review.value in value.get("reviews", []))
    page.objectives = streams.line_stream(value.get("objectives", []), f"{seed}/objectives")
    page.key_messages = streams.line_stream(value.get("key_messages", []), f"{seed}/key_messages")
    page.role_tips = streams.tip_stream(value.get("role_tips", {}), f"{seed}/role_tips")
    page.practice = streams.practice_stream(value.get("practice", []), f"{seed}/practice")
    page.quiz = rows.get(f"quiz:{value['quiz']}")


def _fill_lesson(page, value, seed, places, rows):
    for name in ("warning", "plain_language_reason"):
        setattr(page, name, value.get(name, ""))
    page.body = streams.body_stream(value["body"], f"{seed}/body", places)


_FILLERS = {CoursePage: _fill_course, ModulePage: _fill_module, LessonPage: _fill_lesson}


def _model_of(name):
    if "-L" in name and name.partition("-L")[2].isdigit() and name[1:].partition("-")[0].isdigit():
        return LessonPage
    return ModulePage if name[:1] == "M" and name[1:].isdigit() else None


def _slug(name, locale):
    if name == "COURSE":
        return "curso" if locale == Locale.get_default() else f"curso-{locale.language_code}"
    return name.partition("-L")[2] or name.lower()


def point_site_at(course, locale):
    if locale != Locale.get_default() and Site.objects.filter(is_default_site=True).exists():
        return
    address = urlsplit(settings.SITE_URL)
    wanted = {
        "hostname": address.hostname,
        "port": address.port or (443 if address.scheme == "https" else 80),
        "root_page_id": course.pk,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()
        _remove_welcome_page()


def _remove_welcome_page():
    for page in Page.objects.filter(depth=2, slug="home").exact_type(Page):
        if not page.get_children().exists():
            page.delete()
