import random
import re

import pytest
from django.urls import reverse
from lxml import html
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from quizzes.analysis.report import question_places
from quizzes.attempts.drawing import draw_snapshot
from quizzes.bank.changes import find_unfinished, place_questions
from quizzes.bank.effects import effects_of
from quizzes.bank.previews import preview_case, preview_question, preview_quiz
from quizzes.bank.usage import find_uses, is_used
from quizzes.base.identifiers import stable_key
from quizzes.base.markup import format_dialogue, parse_dialogue
from quizzes.cms.quiz_form import between_cases
from quizzes.exporting.parts.cases import keep_together
from quizzes.exporting.questions import gather_questions, select_questions
from quizzes.models import Question, Quiz, QuizDraw, QuizQuestion, Stimulus
from quizzes.models.pools import choose_units, largest_sum
from tests.factories import make_case, make_learner, make_question, make_quiz

from .admin_fields import draws_of, edit_fields, errors_beside, errors_of, listed, question_fields, quiz_fields, url
from .factories import answer_all, asked, make_draw, make_topic, start, submit, translate

pytestmark = pytest.mark.django_db
SEEDS = range(40)


def test_units_make_up_number_exactly_if_possible():
    chance = random.Random(3)
    for _n in range(300):
        sizes = [chance.choice([0, 1, 1, 2, 3, 4, 5, 6]) for _unit in range(chance.randrange(9))]
        number = chance.randrange(1, 14)
        sums = {sum(size for n, size in enumerate(sizes) if bits >> n & 1) for bits in range(2 ** len(sizes))}
        best = max(one for one in sums if one <= number)
        chosen = choose_units(sizes, number, chance=chance)
        assert sum(sizes[place] for place in chosen) == best == largest_sum(sizes, number)
        assert len(set(chosen)) == len(chosen)
        assert {n for n, size in enumerate(sizes) if not size} <= set(chosen)


def test_every_unit_can_be_drawn():
    chosen = {place for seed in SEEDS for place in choose_units([1, 1, 3, 6, 2], 6, chance=random.Random(seed))}
    assert chosen == {0, 1, 2, 3, 4}


def test_dialogue_round_trip():
    text = "Recepcionista: ¿Motivo?\n(Silencio.)\nSeñora Ixchel: A las 8:30 dije: «privado»."
    assert [tuple(said) for said in parse_dialogue(f"\n{text}\n\n")] == [
        ("Recepcionista", "¿Motivo?"),
        ("", "(Silencio.)"),
        ("Señora Ixchel", "A las 8:30 dije: «privado»."),
    ]
    assert format_dialogue(parse_dialogue(text)) == text
    # Many blanks must not make parsing quadratic.
    [said] = parse_dialogue(f"{' ' * 100_000}Ixchel{' ' * 100_000}dice")
    assert said.who == ""


def test_cases_make_up_nearest_number_below():
    case = make_case("C3", 3)
    quiz = make_quiz("m1", [case.questions.first(), make_case("C4", 4).questions.first()], questions_drawn=5)
    assert {len(asked(quiz, seed)) for seed in SEEDS} == {4} == {quiz.count_questions()}


def test_quiz_translated_before_its_questions_counts_their_case():
    quiz = make_quiz("m1", [make_case("C2", 2).questions.first()])
    Quiz.objects.update(locale=Locale.objects.get(language_code="en"))
    quiz.refresh_from_db()
    assert len(asked(quiz)) == 2 == quiz.count_questions()


def test_draws_take_whole_cases_whose_questions_all_fit():
    law, other = make_topic("leyes"), make_topic("otro")
    make_case("C3", 3, topic=law)
    astray = make_case("C2", 2, topic=law)
    astray.questions.filter(identifier="C2-2").update(topic=other)
    thinking = make_case("CR", 2, topic=law)
    thinking.questions.filter(identifier="CR-2").update(kind="reflection")
    for n in (1, 2, 3):
        make_question(f"L{n}", topic=law)
    quiz = make_quiz("m1", 1)
    drawing = make_draw(quiz, law, 1)
    for count in range(1, 8):
        QuizDraw.objects.update(count=count)
        assert quiz.count_questions() == 1 + count
        for seed in SEEDS:
            chosen = asked(quiz, seed)[1:]
            assert len(chosen) == min(count, 6) == len(set(chosen))
            assert not {"C2-1", "C2-2", "CR-1"} & set(chosen)
            assert [name for name in chosen if name.startswith("C3")] in ([], ["C3-1", "C3-2", "C3-3"])
    used = set(Question.objects.filter(is_used()).values_list("identifier", flat=True))
    assert used == {"M1-Q1", "L1", "L2", "L3", "C3-1", "C3-2", "C3-3"}
    everything = list(Question.objects.all())
    assert used == {question.identifier for question in everything if find_uses(everything)[question.pk]}
    assert drawing.count == 1


def test_draw_leaves_enough_units_for_next_draw():
    law = make_topic("leyes")
    for size in (2, 3):
        make_case(f"C{size}", size, topic=law)
    make_question("L1", topic=law)
    quiz = make_quiz("m1", [])
    make_draw(quiz, law, 3)
    make_draw(quiz, law, 2)
    assert {tuple(sorted(asked(quiz, seed))) for seed in SEEDS} == {("C2-1", "C2-2", "C3-1", "C3-2", "C3-3")}


def test_quiz_form_counts_questions_of_cases(editor_client):
    law = make_topic("leyes")
    case = make_case("C3", 3, topic=law)
    make_case("C2", 2, topic=law)
    entries = [case.questions.first(), make_question("S1")]
    add = url(Quiz, "add")
    page = editor_client.post(add, quiz_fields(entries, questions_drawn="5"))
    assert "El cuestionario tiene 4 preguntas propias" in page.text
    page = editor_client.post(add, quiz_fields(entries, questions_drawn="2"))
    assert "Los casos se sacan enteros, así que 2 no se puede completar. Cerca: 1 y 3." in page.text
    page = editor_client.post(add, quiz_fields([make_question("S2")]) | draws_of((law, 4, {})))
    assert "Los casos se sacan enteros, así que 4 no se puede completar. Cerca: 3 y 5." in page.text
    # Questions of the quiz's own case are not drawn too.
    page = editor_client.post(add, quiz_fields(entries) | draws_of((law, 3, {})))
    assert "Hay 5 preguntas publicadas" in page.text
    page = editor_client.post(add, quiz_fields(entries, questions_drawn="3") | draws_of((law, 2, {})))
    assert "puede que queden muy pocas preguntas sueltas para completar 2" in page.text
    assert editor_client.post(add, quiz_fields(entries, questions_drawn="") | draws_of((law, 2, {}))).status_code == 302


def test_questions_of_own_case_are_not_drawn_again():
    law = make_topic("leyes")
    case = make_case("C3", 3, topic=law)
    make_question("L1", topic=law)
    quiz = make_quiz("m1", [case.questions.first()])
    make_draw(quiz, law, 4)
    assert sorted(asked(quiz)) == ["C3-1", "C3-2", "C3-3", "L1"]


def test_drafts_are_not_asked_and_question_brings_its_case():
    case = make_case("C3", 3)
    quiz = make_quiz("m1", [case.questions.first(), make_question("S1")])
    case.questions.exclude(identifier="C3-1").update(live=False)
    snapshot = draw_snapshot(quiz, chance=random.Random(1))
    assert [item["identifier"] for item in snapshot["questions"]] == ["C3-1", "S1"]
    assert len(snapshot["cases"]) == 1
    Stimulus.objects.update(live=False)
    assert asked(quiz) == ["S1"]
    assert quiz.count_questions() == 1
    Stimulus.objects.update(live=True, locale=Locale.objects.get(language_code="en"))
    assert asked(quiz) == ["S1"]
    assert quiz.count_questions() == 1


def test_snapshot_keeps_case_unchanged():
    case = make_case("C2", 2, text="Llega una persona [S42].", dialogue="Portero: ¿Qué busca?\nElla: A la doctora.")
    attempt = start(make_learner(), make_quiz("m1", [case.questions.first()]))
    Stimulus.objects.update(title="Otro", text="Otro", dialogue="")
    attempt.refresh_from_db()
    key = str(case.translation_key)
    assert [item["case"] for item in attempt.snapshot["questions"]] == [key, key]
    told = {"identifier": "C2", "title": "En la puerta", "text": "Llega una persona [S42].", "sources": ["S42"]}
    told["dialogue"] = [{"who": "Portero", "words": "¿Qué busca?"}, {"who": "Ella", "words": "A la doctora."}]
    assert attempt.snapshot["cases"] == {key: told}
    assert [source["id"] for source in attempt.snapshot["sources"]] == ["S42"]
    assert start(make_learner("B"), make_quiz("m2", 1)).snapshot["cases"] == {}


@pytest.mark.parametrize(
    ("count", "sizes", "gone", "near"),
    [
        (4, [1, 1, 1, 1], 3, None),
        (5, [3, 2], 0, None),
        (4, [3, 2], 0, (3, 5)),
        (1, [6, 2], 0, (0, 2)),
        (4, [6, 1, 1, 1, 1, 1], 0, None),
        (4, [6, 1, 1, 1, 1, 1, 1], 1, None),
        (4, [6, 1, 1, 1, 1, 1, 1], 2, ()),
    ],
)
def test_quiz_promises_no_number_that_whole_cases_may_miss(count, sizes, gone, near):
    refusal = between_cases(count, sizes, gone=gone)
    if not near:
        assert (refusal is None) is (near is None)
    else:
        assert (refusal.params["below"], refusal.params["above"]) == near


def heading(text, level):
    found = re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def test_case_is_shown_above_each_question_and_open_on_first(learner, learner_client):
    case = make_case("C3", 3, text="Llega una persona [S42].", dialogue="Portero: ¿Qué **busca**?\n(Silencio.)")
    quiz = make_quiz("m1", [make_question("S1"), case.questions.first(), make_question("S2")])
    attempt = start(learner, quiz)

    def page(number):
        return learner_client.get(reverse("attempt_question", args=[attempt.pk, number])).text

    assert ["case-fold" in page(number) for number in (1, 5)] == [False, False]
    for number in (2, 3, 4):
        text = page(number)
        assert heading(text, 2)[0] == "Caso: En la puerta · preguntas 2 a 4 de 5"
        assert ('case-fold" open' in text) is (number == 2)
        assert text.index("case-fold") < text.index("<legend")
        assert 'id="fuente-S42"' in text
        # As in a lesson: superscript, unbreakable, with text for screen readers.
        assert 'persona<sup class="cites">&nbsp;<a class="source" href="#fuente-S42">' in text
        assert "<li><b>Portero:</b> ¿Qué <strong>busca</strong>?</li>" in text
        assert "<li>(Silencio.)</li>" in text


def test_pages_with_all_questions_show_case_once(learner, learner_client):
    questions = [make_question("S1"), make_case("C2", 2).questions.first(), make_question("S2")]
    attempt = start(learner, make_quiz("m1", questions, layout="all"))

    def outline(name, *more):
        text = learner_client.get(reverse(name, args=[attempt.pk, *more])).text
        found = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", text.partition("</main>")[0], re.DOTALL)
        return [(int(level), " ".join(re.sub(r"<[^>]+>", " ", words).split())) for level, words in found]

    case, asked = "Caso: En la puerta · preguntas 2 a 3 de 4", [f"Pregunta {n} de 4" for n in (1, 2, 3, 4)]
    first = [(1, "Preguntas"), (2, asked[0]), (2, case), (3, asked[1]), (3, asked[2]), (2, asked[3])]
    assert outline("attempt_question", 1) == first
    assert outline("attempt_summary") == [(1, "Antes de enviar"), (2, "Caso: En la puerta")]
    answer_all(attempt)
    submit(attempt)
    right = [f"Pregunta {n} Correcta 1 de 1" for n in (1, 2, 3, 4)]
    lines = [(2, right[0]), (2, case), (3, right[1]), (3, right[2]), (2, right[3])]
    assert outline("attempt_answers")[1:] == lines


def test_usage_and_impact_of_case():
    case, quiz = make_case("C3", 3), make_quiz("m1", 1)
    first, second, third = case.questions.all()
    QuizQuestion.objects.create(quiz=quiz, question=second, sort_order=5, locale=quiz.locale)
    start(make_learner(), quiz)
    [use] = find_uses([first])[first.pk]
    assert (use.quiz, use.sentence) == (quiz, "En cada intento, con su caso «En la puerta»")
    assert find_uses([second])[second.pk][0].how == "asked"
    assert set(Question.objects.filter(is_used())) == {*(entry.question for entry in quiz.entries.all()), first, third}
    for thing in (case, first, second):
        effects = effects_of(thing)
        assert [one.quiz for one in effects.quizzes] == [quiz]
        assert effects.people.under_way == 1
    Stimulus.objects.update(live=False)
    assert find_uses([Question.objects.get(pk=first.pk)])[first.pk] != [use]


def test_previews_show_case_with_its_questions(client):
    case = make_case("C2", 2, text="", dialogue="Portero: ¿Qué busca?")
    question = case.questions.last()
    assert preview_question(question, "")["snapshot"]["cases"][str(case.translation_key)]["title"] == "En la puerta"
    shown = preview_case(case, "review")
    assert [one.item["identifier"] for one in shown["fields"]] == ["C2-1", "C2-2"]
    assert len(shown["reviewed"]) == 2
    assert shown["mistakes"] == []
    assert (shown["part"].first, shown["part"].last) == (1, 2)
    alone = preview_case(Stimulus(title="Nuevo"), "")
    assert alone["part"].case["title"] == "Nuevo"
    assert len(alone["mistakes"]) == 2
    quiz = make_quiz("m1", [question])
    shown = preview_quiz(quiz)["fields"]
    assert [(one.item["identifier"], one.is_draft) for one in shown] == [("C2-1", False), ("C2-2", False)]
    Stimulus.objects.update(live=False)
    assert [(one.item["identifier"], one.is_draft) for one in preview_quiz(quiz)["fields"]] == [("C2-2", True)]


def test_analysis_and_export_of_quiz_include_questions_of_case():
    case = make_case("C3", 3)
    quiz = make_quiz("m1", [make_question("S1"), case.questions.get(identifier="C3-2"), make_question("S2")])
    by_key = {str(question.translation_key): question.identifier for question in Question.objects.all()}
    places = {by_key[key]: place for key, place in question_places(quiz).items()}
    assert places == {"S1": 1, "C3-1": 2, "C3-2": 3, "C3-3": 4, "S2": 5}
    gathered = gather_questions(select_questions(locale=quiz.locale, quiz=quiz))
    names = [read.name for read in keep_together([read for read, _question in gathered])]
    assert names == ["S1", "C3-1", "C3-2", "C3-3", "S2"]


def case_fields(identifier="M1-C1", **more):
    fields = {"identifier": identifier, "title": "En la puerta", "text": "Llega una señora.", "dialogue": ""}
    return fields | {"image": "", "image_text": "", "action-publish": "1"} | more


def draft(fields):
    return {name: value for name, value in fields.items() if name != "action-publish"}


def chosen_case(page):
    return html.fromstring(page.text).xpath('//*[@name="case"]')[0].value


def places(case):
    return list(case.questions.order_by("case_place").values_list("identifier", "case_place"))


def test_case_with_one_question_stays_draft(editor_client):
    page = editor_client.post(url(Stimulus, "add"), case_fields())
    assert errors_of(page)[0].startswith("Un caso lo comparten de dos a seis preguntas, y este tiene 0.")
    assert editor_client.post(url(Stimulus, "add"), draft(case_fields())).status_code == 302
    case = Stimulus.objects.get()
    assert (case.translation_key, case.live) == (stable_key("case:M1-C1"), False)
    # A new question of the case without a place comes last.
    assert chosen_case(editor_client.get(f"{url(Question, 'add')}?case={case.pk}")) == str(case.pk)
    assert editor_client.get(f"{url(Question, 'add')}?case={'9' * 30}").status_code == 200
    for identifier in ("M1-Q1", "M1-Q2"):
        sent = question_fields(identifier=identifier, case=str(case.pk), case_place="")
        assert editor_client.post(url(Question, "add"), sent).status_code == 302
    assert places(case) == [("M1-Q1", 1), ("M1-Q2", 2)]
    page = editor_client.get(url(Stimulus, "edit", case.pk))
    assert page.text.index("M1-Q1</a>") < page.text.index("M1-Q2</a>")
    first, second = case.questions.order_by("case_place")
    assert page.text.count(f'name="place_{first.pk}"') == 1
    page = editor_client.post(url(Stimulus, "edit", case.pk), case_fields() | {f"place_{first.pk}": "cero"})
    assert errors_of(page) == ["Un lugar en el caso es un número desde 1."]
    sent = case_fields() | {f"place_{first.pk}": "2", f"place_{second.pk}": "1"}
    assert editor_client.post(url(Stimulus, "edit", case.pk), sent).status_code == 302
    case.refresh_from_db()
    assert case.live
    assert places(case) == [("M1-Q2", 1), ("M1-Q1", 2)]
    first.refresh_from_db()
    assert (first.has_unpublished_changes, first.latest_revision.content["case_place"]) == (False, 2)


def test_case_has_at_most_six_questions(editor_client):
    case, late = make_case("C", 6), make_question("Late")
    full = "El caso «C · En la puerta» ya tiene seis preguntas. Elija otro, o saque antes una de él."
    for fields in (edit_fields(late, case=str(case.pk)), draft(edit_fields(late, case=str(case.pk)))):
        page = editor_client.post(url(Question, "edit", late.pk), fields)
        assert errors_beside(page) == {"case": full}
    late.case = case
    assert find_unfinished(late) == full
    late.save()
    page = editor_client.post(url(Stimulus, "edit", case.pk), case_fields("C"))
    assert errors_of(page) == ["Un caso lo comparten de dos a seis preguntas, y este tiene 7. Saque algunas de él."]
    assert find_unfinished(case.questions.first()) == full


def test_drafts_of_published_questions_count_in_case(editor_client):
    case = Stimulus.objects.create(identifier="C", title="T", text="x", locale=Locale.get_default(), live=False)
    for question in (make_question("A"), make_question("B")):
        sent = draft(edit_fields(question, case=str(case.pk)))
        assert editor_client.post(url(Question, "edit", question.pk), sent).status_code == 302
    assert not case.questions.exists()
    assert editor_client.post(url(Stimulus, "edit", case.pk), case_fields("C")).status_code == 302


def test_case_requires_content_and_image_description(editor_client):
    case = make_case("C", 2)
    page = editor_client.post(url(Stimulus, "edit", case.pk), case_fields("C", text=" "))
    assert errors_of(page) == ["Escriba el caso: un texto, un diálogo o una imagen."]
    image = get_image_model().objects.create(title="sala", file=get_test_image_file())
    page = editor_client.post(url(Stimulus, "edit", case.pk), case_fields("C", text="", image=str(image.pk)))
    assert list(errors_beside(page)) == ["image_text"]
    sent = case_fields("C", text="", image=str(image.pk), image_text="Una sala de espera.")
    assert editor_client.post(url(Stimulus, "edit", case.pk), sent).status_code == 302
    snapshot = start(make_learner(), make_quiz("m1", [case.questions.first()])).snapshot
    [frozen] = snapshot["cases"].values()
    assert frozen["image"]["text"] == "Una sala de espera."
    assert frozen["image"]["digest"]


def test_publishing_shows_impact_and_needed_case_cannot_be_unpublished(editor_client):
    case = make_case("C", 2)
    quiz = make_quiz("m1", [case.questions.first()])
    start(make_learner(), quiz)
    page = editor_client.post(url(Stimulus, "edit", case.pk), case_fields("C"), follow=True)
    assert "1 persona: 1 en curso" in page.text
    page = editor_client.post(url(Stimulus, "delete", case.pk), follow=True)
    assert "lo comparten preguntas, así que no se eliminó nada" in page.text
    page = editor_client.post(url(Question, "delete", case.questions.last().pk), follow=True)
    assert "si viene con su caso, sáquela del caso" in page.text
    assert Question.objects.count() == 2
    usage = editor_client.get(url(Stimulus, "usage", case.pk)).text
    assert "Se pregunta en cada intento" in usage
    assert "C-2 · ¿Qué corresponde en C-2?" in usage
    Question.objects.update(case=None)
    assert editor_client.post(url(Stimulus, "delete", case.pk)).status_code == 302
    assert not Stimulus.objects.exists()


@pytest.mark.postgres
def test_case_list_can_be_searched_and_filtered(editor_client):
    for n in range(2):
        make_quiz(f"m{n}", [make_case(f"C{n}", 2 + n, title=f"Recepción {n}").questions.first()])
    Stimulus.objects.create(identifier="Z", title="Otro", text="Sin uso", locale=Locale.get_default(), live=False)

    names = ["C0", "C1"]
    assert listed(editor_client, Stimulus) == [*names, "Z"]
    narrowed = [{"q": "RECEPCION"}, {"used": "used"}, {"live": "false"}]
    assert [listed(editor_client, Stimulus, **asked) for asked in narrowed] == [names, names, ["Z"]]
    assert listed(editor_client, Stimulus, used="unused", q="señora") == []
    page = editor_client.get(url(Stimulus, "list"))
    assert f"?case={Stimulus.objects.get(identifier='C0').pk}" in page.text
    assert listed(editor_client, Question, case=Stimulus.objects.get(identifier="C0").pk) == ["C0-1", "C0-2"]


def test_case_is_translated_with_its_questions(editor_client):
    english = Locale.objects.get(language_code="en")
    case = make_case("C", 2)
    for thing in (case, *case.questions.all()):
        translate(thing, english)
    there = Stimulus.objects.get(locale=english)
    assert (there.identifier, there.translation_key) == ("C", case.translation_key)
    assert [question.identifier for question in there.questions.order_by("case_place")] == ["C-1", "C-2"]


def test_places_of_drafts_and_published_questions_change_together():
    case = make_case("C", 2)
    first, second = case.questions.order_by("pk")
    first.text = "Otra"
    first.save_revision()
    place_questions([second, first], by=None)
    first.refresh_from_db()
    assert (first.case_place, first.latest_revision.content["case_place"]) == (2, 2)
    assert (first.has_unpublished_changes, first.text == "Otra") == (True, False)


def test_old_version_can_be_restored_after_its_case_was_deleted(editor_client):
    case = make_case("C", 2)
    question = case.questions.first()
    old = question.save_revision()
    question.case = question.case_place = None
    question.save_revision().publish()
    Question.objects.update(case=None)
    assert editor_client.post(url(Stimulus, "delete", case.pk)).status_code == 302
    assert not Stimulus.objects.exists()
    page = editor_client.get(url(Question, "revisions_revert", question.pk, old.pk))
    assert page.status_code == 200
    assert not chosen_case(page)
    assert f"{question.text}</textarea>" in page.text
