"""Import in the admin: upload, preview, confirmation, result."""

import re
from base64 import b64encode
from io import BytesIO
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Locale

from quizzes.bank.previews import preview_question
from quizzes.exceptions import QuizError
from quizzes.exporting.formats import FORMATS as WRITERS
from quizzes.importing.bringing import choose_kinds, reading_of
from quizzes.importing.cases import make_case
from quizzes.importing.formats import LARGEST, refuse_size
from quizzes.importing.loading import NotImported, QuizHasDraft, Taken, write_import
from quizzes.importing.parts.reading import UnreadableFile
from quizzes.importing.planning import make_question, plan_import
from quizzes.models import Question, Quiz, Stimulus, Topic

from .import_forms import ImportForm
from .import_waiting import NotWaiting, claim, find_result, find_waiting, finish, give_back, give_up, let_wait
from .publishing import tell_effects


def thumbnail_of(image):
    """Return a data URL, or nothing if the image cannot be used."""
    return f"data:image/webp;base64,{b64encode(image.small).decode()}" if image and image.small else ""


PER_PAGE = 25
# Allowance for the other form fields.
_FORM_SIZE = 3_000_000


READINGS = {
    "multiple": gettext_lazy("Multiple response: all that are right have to be marked"),
    "single": gettext_lazy("Single choice: only the first of them is right"),
    "short_text": gettext_lazy("Short text: each of them is an accepted answer"),
}


class ChoiceGone(QuizError):
    sentence = gettext_lazy("The topic or the quiz that you chose has been deleted meanwhile. Nothing was imported.")


def may_import(user):
    return user.has_perm("quizzes.add_question")


def for_importers(view):
    """Require the import permission; a file that is gone, or whose target is gone, redirects to the form."""

    def guarded(request, **kwargs):
        if not may_import(request.user):
            raise PermissionDenied
        try:
            return view(request, **kwargs)
        except NotWaiting:
            messages.warning(request, _("That file is no longer here: files are kept for an hour. Bring it again."))
        except ChoiceGone as error:
            messages.error(request, error.sentence)
        return redirect("question_import:upload")

    return guarded


# CSRF protection would read the whole body, so the size is checked first.
@csrf_exempt
@for_importers
def upload(request):
    size = request.META.get("CONTENT_LENGTH") or "0"
    if size.isdigit() and int(size) > LARGEST + _FORM_SIZE:
        return refuse_upload(request, int(size))
    return take_upload(request)


def refuse_upload(request, size):
    """Respond without reading the request body."""
    form = ImportForm(user=request.user)
    try:
        refuse_size(size)
    except UnreadableFile as error:
        messages.error(request, error.sentence)
    return render(request, "quizzes/admin/import.html", {"form": form}, status=413)


@csrf_protect
def take_upload(request):
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        waiting = let_wait(
            form.brought,
            user=request.user,
            name=form.name,
            locale=chosen["locale"].pk,
            topic=chosen["topic"].pk if chosen["topic"] else None,
            quiz=chosen["quiz"].pk if chosen.get("quiz") else None,
        )
        return redirect("question_import:preview", token=waiting.token)
    return render(request, "quizzes/admin/import.html", {"form": form}, status=422 if form.errors else 200)


@for_importers
@require_GET
def template(request):
    writer = WRITERS["xlsx"]
    content, _losses = writer.write([])
    name = f"{slugify(_('Questions'))}{writer.suffix}"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=writer.content_type)


@for_importers
@require_GET
def preview(request, token):
    waiting = find_waiting(token, request.user)
    kinds = _chosen_kinds(request.GET)
    return render_preview(request, waiting, _plan(waiting, waiting.brought, kinds), kinds)


def render_preview(request, waiting, plan, kinds):
    page = Paginator(plan.rows, PER_PAGE).get_page(request.GET.get("p"))
    quiz = _chosen(Quiz, waiting.quiz)
    numbers = {id(row): number for number, row in enumerate(plan.rows, start=1)}
    context = {
        "waiting": waiting,
        "plan": plan,
        "page": page,
        "rows": [(number, row, thumbnail_of(row.read.image)) for number, row in enumerate(page, page.start_index())],
        "counts": {state: len(plan.rows_that_are(state)) for state in ("new", "present", "refused")},
        "new_quizzes": sum(not planned.present for planned in plan.quizzes),
        "quiz": quiz,
        "readings": READINGS.items(),
        "kinds": kinds,
        "chosen": urlencode(_as_fields(kinds)),
        "cases": [(case, [numbers[id(row)] for row in case.rows]) for case in plan.cases if not case.is_left_out],
        "unticked": request.GET.getlist("without"),
    }
    return render(request, "quizzes/admin/import_preview.html", context | (tell_effects(quiz) if quiz else {}))


@for_importers
@require_GET
def preview_one(request, token, number):
    waiting = find_waiting(token, request.user)
    plan = _plan(waiting, waiting.brought, _chosen_kinds(request.GET))
    if not 1 <= number <= len(plan.rows) or plan.rows[number - 1].state == "refused":
        return redirect("question_import:preview", token=token)
    locale, row = Locale.objects.get(pk=waiting.locale), plan.rows[number - 1]
    planned = next((case for case in plan.cases if row in case.rows and not case.is_left_out), None)
    question = make_question(row, locale, case=planned and make_case(planned, locale))
    context = preview_question(question, "review" if "review" in request.GET else "")
    return render(request, "quizzes/preview_question.html", context)


@for_importers
@require_POST
def confirm(request, token):
    waiting, kinds = find_waiting(token, request.user), _chosen_kinds(request.POST)
    try:
        brought = claim(waiting)
    except NotWaiting:
        return redirect("question_import:result", token=token)
    unwanted = frozenset(request.POST.getlist("offered")) - frozenset(request.POST.getlist("case"))
    try:
        plan = _plan(waiting, brought, kinds, without_cases=unwanted)
        quiz = _chosen(Quiz, waiting.quiz)
        done = write_import(plan, only_good="only_good" in request.POST, by=request.user, quiz=quiz)
    except BaseException as error:
        give_back(waiting)
        if not isinstance(error, NotImported | QuizHasDraft | Taken):
            raise
        messages.error(request, str(error.sentence))
        chosen = _as_fields(kinds) | {"without": sorted(unwanted)}
        return redirect(reverse("question_import:preview", args=[token], query=chosen))
    finish(
        waiting,
        {
            "created": [question.pk for question in done.created],
            "present": len(done.present),
            "refused": [str(problem) for problem in done.refused],
            "warnings": [str(warning) for warning in done.warnings],
            "topics": [topic.name for topic in done.topics],
            "added": done.added,
            "quizzes": [quiz.pk for quiz in done.quizzes],
            "cases": [case.pk for case in done.cases],
        },
    )
    return redirect("question_import:result", token=token)


@for_importers
@require_GET
def result(request, token):
    waiting = find_waiting(token, request.user)
    found = find_result(waiting)
    questions = Question.objects.filter(pk__in=found["created"]).order_by("identifier") if found else []
    quizzes = Quiz.objects.filter(pk__in=found["quizzes"]).order_by("title") if found else []
    cases = Stimulus.objects.filter(pk__in=found.get("cases", ())).order_by("identifier") if found else []
    quiz = Quiz.objects.filter(pk=waiting.quiz).first()
    context = {"result": found, "questions": questions, "cases": cases, "quizzes": quizzes, "quiz": quiz}
    return render(request, "quizzes/admin/import_result.html", context | {"waiting": waiting})


@for_importers
@require_POST
def cancel(request, token):
    give_up(find_waiting(token, request.user))
    messages.success(request, _("Nothing was imported, and the file was removed."))
    return redirect("question_import:upload")


def _plan(waiting, brought, kinds, without_cases=()):
    locale, topic = Locale.objects.get(pk=waiting.locale), _chosen(Topic, waiting.topic)
    try:
        reading = reading_of(brought)
    except ValueError:
        raise NotWaiting from None
    choose_kinds(reading, kinds)
    return plan_import(reading, locale=locale, topic=topic, without_cases=without_cases)


def _chosen_kinds(said):
    found = ((re.fullmatch(r"kind-([0-9]{1,6})", name), kind) for name, kind in said.items())
    return {int(match[1]): kind for match, kind in found if match and kind in READINGS}


def _as_fields(kinds):
    return {f"kind-{number}": kind for number, kind in kinds.items()}


def _chosen(model, pk):
    if pk is None:
        return None
    found = model.objects.filter(pk=pk).first()
    if found is None:
        raise ChoiceGone
    return found


class ImportMenuItem(MenuItem):
    def is_shown(self, request):
        return may_import(request.user)


class QuestionImportViewSet(ViewSet):
    name = "question_import"
    url_prefix = "import-questions"
    icon = "upload"
    menu_label = gettext_lazy("Import questions")
    menu_item_class = ImportMenuItem

    def get_urlpatterns(self):
        return [
            path("", upload, name="upload"),
            path("template/", template, name="template"),
            path("<str:token>/", preview, name="preview"),
            path("<str:token>/question/<int:number>/", preview_one, name="preview_one"),
            path("<str:token>/confirm/", confirm, name="confirm"),
            path("<str:token>/result/", result, name="result"),
            path("<str:token>/cancel/", cancel, name="cancel"),
        ]
