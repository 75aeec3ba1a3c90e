"""Sittings of django-quiz-app as finished attempts of people who are known here, with all that goes wrong there."""

import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image as Picture
from wagtail.images import get_image_model

from modules.models import ModulePage, TrainingRecord
from quizzes.analysis.figures import count_new_attempts
from quizzes.answering.feedback import review_paper
from quizzes.attempts.grading import marks_of
from quizzes.attempts.marking import answers_to_mark, mark_answer
from quizzes.attempts.outcomes import quiz_outcomes
from quizzes.importing.moving.progress import read_scores
from quizzes.models import Answer, AnswerWrite, Attempt, Question, Quiz, Topic
from tests.factories import make_course, make_learner
from tests.quizzes.old_sites import Clinic, OldSiteBuilder

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(db):
    return make_learner("ANA234")


@pytest.fixture
def clinic():
    return Clinic()


@pytest.fixture
def move(tmp_path):
    """Return a function that runs the command with a site and a list of people, and returns what it said."""

    def run(site, people="juana;ANA234\n", **options):
        file, names = tmp_path / "respaldo.json", tmp_path / "personas.csv"
        file.write_bytes(site.dump())
        names.write_text(people)
        out = StringIO()
        call_command("import_questions", file, people=names, stdout=out, stderr=out, **options)
        return out.getvalue()

    return run


def reviewed(attempt):
    responses = {str(key): response for key, response in attempt.answers.values_list("question_key", "response")}
    return review_paper(attempt.paper, responses, marks_of(attempt))


def verdicts(attempt):
    return [item.verdict for item in reviewed(attempt)]


def test_a_finished_sitting_becomes_a_finished_attempt(move, clinic, ana):
    order = [clinic.truth, clinic.greet, clinic.essay, clinic.any]
    clinic.sitting(
        clinic.juana,
        clinic.main,
        order,
        clinic.full_answers(),
        incorrect_questions=f"{clinic.essay},",
        current_score=3,
    )

    move(clinic)

    attempt = Attempt.objects.get()
    assert (attempt.learner, attempt.grade, attempt.passed) == (ana, 75, True)
    assert attempt.started_at == datetime(2016, 3, 2, 14, 0, 0, 123000, tzinfo=UTC)
    assert attempt.submitted_at == datetime(2016, 3, 2, 14, 20, 30, 456000, tzinfo=UTC)
    assert attempt.quiz_key == Quiz.objects.get(identifier="trato-digno").translation_key
    assert (attempt.paper["pass_mark"], attempt.paper["total"], attempt.paper["origin"]) == (60, 4, "django-quiz-app")
    keys = dict(Question.objects.values_list("translation_key", "kind"))
    kinds = [keys[key] for key in map(type(next(iter(keys))), (item["key"] for item in attempt.paper["questions"]))]
    assert kinds == ["true_false", "single", "open", "multiple"]
    assert verdicts(attempt) == ["right", "right", "wrong", "right"]
    # The grade is known at once, exam or not: the person has seen it years ago.
    assert quiz_outcomes([ana.pk], [attempt.quiz_key])[ana.pk, attempt.quiz_key].passed
    assert not answers_to_mark([ana.pk]).exists()


def test_of_several_right_answers_any_one_counts_as_it_did(move, clinic, ana):
    clinic.sitting(clinic.juana, clinic.main, [clinic.any], {clinic.any: str(clinic.answers_of(clinic.any)[1])})

    move(clinic)

    (item,) = reviewed(Attempt.objects.get())
    assert (item.fraction, [row.verdict for row in item.rows]) == (1, ["missed", "right", "left"])


def test_a_mark_by_hand_still_changes_an_open_answer(move, clinic, ana, django_user_model):
    clinic.sitting(
        clinic.juana,
        clinic.main,
        clinic.order,
        clinic.full_answers(),
        incorrect_questions=f"{clinic.essay},,{clinic.truth},",
        current_score=2,
    )
    move(clinic)
    attempt = Attempt.objects.get()
    marker = django_user_model.objects.create_user("carlos")
    key = str(Question.objects.get(kind="open").translation_key)

    mark_answer(
        attempt,
        key,
        fraction=1,
        comment="Bien.",
        reason="",
        seen=0,
        by=marker,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )

    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed) == (75, True)
    assert verdicts(attempt) == ["right", "right", "wrong", "right"]


def test_twice_the_same_file_adds_nothing(move, clinic, ana):
    for _times in range(2):
        clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())
    move(clinic)
    models = (Attempt, AnswerWrite, Answer, Question, Quiz, Topic)
    before = [model.objects.count() for model in models]
    assert before[:3] == [2, 8, 8]

    said = move(clinic)

    assert [model.objects.count() for model in models] == before
    assert "Intentos que ya estaban aquí: 2." in said


def test_what_a_sitting_finishes_is_on_record_as_of_then(move, clinic, ana):
    make_course(modules=1, lessons=0, quiz=False)
    move(clinic)
    page = ModulePage.objects.get()
    page.quiz = Quiz.objects.get(identifier="trato-digno")
    page.save_revision().publish()
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers(), current_score=4)
    move(clinic)
    whole = TrainingRecord.objects.of_the_course().get(learner=ana)
    assert whole.finished_at == Attempt.objects.get().submitted_at


def test_people_who_are_not_in_the_list_are_counted_and_left_out(move, clinic, ana, django_user_model):
    for person in (clinic.juana, clinic.pedro, clinic.pedro, 99):
        clinic.sitting(person, clinic.main, clinic.order, clinic.full_answers())
    people = django_user_model.objects.count()

    said = move(clinic, "antes;ahora\n1;ana234\n")

    assert Attempt.objects.count() == 1
    assert "  - 99: 1\n  - pedro: 2\n" in said
    assert django_user_model.objects.count() == people


def test_a_dry_run_shows_all_of_it_and_writes_nothing(move, clinic, ana):
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())
    clinic.sitting(clinic.pedro, clinic.main, clinic.order, clinic.full_answers())

    said = move(clinic, dry_run=True)

    assert "Intentos que se traen: 1." in said
    assert "  - pedro: 1" in said
    assert "No se guardó nada" in said
    assert [model.objects.count() for model in (Attempt, Question, Quiz, Topic)] == [0, 0, 0, 0]


def test_a_mistake_in_the_list_of_people_stops_everything(move, clinic, ana):
    with pytest.raises(CommandError, match="fila 2: aquí nadie se llama «NADIE»"):
        move(clinic, "juana,ANA234\npedro,NADIE\n")
    assert not Question.objects.exists()


@pytest.mark.parametrize("people", ["juana\n", "juana,\n", "juana,ANA234\njuana,BEA345\n", ",ANA234"])
def test_a_list_that_says_nothing_clear_is_refused(move, clinic, ana, people):
    make_learner("BEA345", first_name="Bea")

    with pytest.raises(CommandError) as refused:
        move(clinic, people)

    assert "lista de personas" in str(refused.value)


def test_a_name_that_is_also_a_number_is_refused(move, clinic, ana):
    clinic.sitting(clinic.user("1"), clinic.main, clinic.order, clinic.full_answers())

    with pytest.raises(CommandError, match="«1» es el número"):
        move(clinic, "1,ANA234\n")


def test_people_by_natural_key(move, clinic, ana):
    clinic.rows = [row for row in clinic.rows if row["model"] != "auth.user"]
    clinic.sitting(["juana"], clinic.main, clinic.order, clinic.full_answers())

    move(clinic)

    assert Attempt.objects.get().learner == ana


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"complete": False}, "No se terminó"),
        ({"quiz": 99}, "Su cuestionario no está en el archivo"),
        ({"start": None, "end": None}, "No dice cuándo fue"),
        ({"start": "ayer", "end": "2016-99-99T00:00:00"}, "No dice cuándo fue"),
        ({"end": "2999-01-01T00:00:00Z"}, "terminó en el futuro"),
        ({"question_order": "", "user_answers": ""}, "No dice qué preguntas hizo"),
        ({"question_order": ",,x,-4,", "user_answers": "{}"}, "No dice qué preguntas hizo"),
    ],
)
def test_what_can_be_no_attempt_is_listed(move, clinic, ana, fields, reason):
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())
    clinic.rows[-1]["fields"] |= fields

    said = move(clinic)

    assert reason in said
    assert not Attempt.objects.exists()
    assert Question.objects.count() == 4


def test_what_was_deleted_since_is_said_in_the_review(move, clinic, ana):
    answers = clinic.full_answers() | {clinic.greet: "777", 500: "3"}
    clinic.sitting(
        clinic.juana,
        clinic.main,
        [clinic.greet, 500, clinic.truth],
        answers,
        incorrect_questions="500,",
        current_score=2,
    )

    said = move(clinic)

    greet, lost, truth = reviewed(Attempt.objects.get())
    assert [item.verdict for item in (greet, lost, truth)] == ["right", "wrong", "right"]
    assert "Una opción que se borró del sitio anterior" in [row.text for row in greet.told]
    assert lost.item["text"] == "Esta pregunta se borró del sitio anterior."
    assert "pregunta 500" in said
    assert Attempt.objects.get().grade == Decimal("66.66666")


@pytest.mark.parametrize("score", [-7, None, True, "3", 10**30, 99])
def test_points_that_can_not_be_are_mended_and_told(move, clinic, ana, score):
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers(), current_score=score)

    assert "Sus puntos no eran un número de 0 a 4" in move(clinic)
    assert Attempt.objects.get().grade == (100 if score == 99 else 0)


def test_a_list_that_was_cut_off_is_completed_from_the_answers(move, ana):
    make_learner("EVA222")
    site = OldSiteBuilder()
    quiz = site.quiz()
    for n in range(1, 301):
        site.true_false(f"Pregunta {n}", [quiz], True)
    order = list(range(1, 301))
    answers = {key: "True" if key <= 200 else "False" for key in order}
    wrong = ("," * 700 + ",,".join(map(str, range(201, 301))) + ",")[:1024]
    # It may be cut behind a comma or in the middle of a number; doubled commas bring that about sooner.
    for name, doubled in {"juana": 0, "eva": 2}.items():
        cut = ("," * doubled + "".join(f"{key}," for key in order))[:1024]
        assert cut.endswith(",") is (doubled == 0)
        fields = {"question_order": cut, "incorrect_questions": wrong, "current_score": 200}
        site.sitting(site.user(name), quiz, [], answers, **fields)

    said = move(site, "juana;ANA234\neva;EVA222\n")

    first, second = Attempt.objects.all()
    assert first.learner_id != second.learner_id
    for attempt in (first, second):
        assert len(attempt.paper["questions"]) == 300
        assert verdicts(attempt) == ["right"] * 200 + ["wrong"] * 100
        assert attempt.grade == Decimal("66.66666")
    assert said.count("se cortó") == 2


@pytest.mark.parametrize("answers", ["", "{", "[]", "null", "[" * 50_000, '{"1": null, "x": [], "": 4}'])
def test_answers_that_can_not_be_read_leave_right_and_wrong(move, clinic, ana, answers):
    clinic.sitting(
        clinic.juana,
        clinic.main,
        clinic.order,
        {},
        user_answers=answers,
        incorrect_questions=f"{clinic.essay},,{clinic.truth},",
        current_score=2,
    )

    move(clinic)

    attempt = Attempt.objects.get()
    assert (attempt.grade, attempt.answers.count()) == (50, 0)
    assert verdicts(attempt) == ["right", "right", "missed", "missed"]


def test_points_that_contradict_the_list_are_told_and_stand(move, clinic, ana):
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers(), current_score=1)

    assert "Sus puntos eran 1 y, según su lista de respuestas incorrectas, hubo 4 correctas" in move(clinic)
    assert Attempt.objects.get().grade == 25


def test_an_answer_that_counted_otherwise_stays_as_it_counted(move, clinic, ana):
    order = [clinic.greet, clinic.truth]
    answers = {clinic.greet: str(clinic.answers_of(clinic.greet)[0]), clinic.truth: "True"}
    clinic.sitting(clinic.juana, clinic.main, order, answers, incorrect_questions=f"{clinic.greet},", current_score=1)

    said = move(clinic)

    greet, truth = reviewed(Attempt.objects.get())
    assert (greet.verdict, [row.verdict for row in greet.told]) == ("wrong", ["wrong"])
    assert (truth.verdict, truth.told[0].verdict) == ("right", "right")
    assert said.count("queda como contó") == 2


def test_a_grade_that_was_rounded_up_still_passes(move, clinic, ana):
    quiz = clinic.quiz("Dos tercios", url="dos-tercios", pass_mark=67)
    order = [clinic.greet, clinic.truth, clinic.any]
    clinic.sitting(
        clinic.juana,
        quiz,
        order,
        clinic.full_answers(),
        current_score=2,
        incorrect_questions=f"{clinic.any},",
    )

    move(clinic)

    attempt = Attempt.objects.get()
    assert attempt.passed
    assert attempt.grade < 67


def test_a_sitting_stays_with_whom_it_was_given(move, clinic, ana):
    bea = make_learner("BEA345", first_name="Bea")
    clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())
    move(clinic)

    said = move(clinic, "juana;BEA345\n")

    assert "de otra persona" in said
    assert not bea.attempts.exists()


def test_progress_is_compared_by_whole_names_and_not_stored(move, clinic, ana):
    clinic.sitting(
        clinic.juana, clinic.main, clinic.order, clinic.full_answers(), incorrect_questions=f"{clinic.essay},"
    )
    clinic.progress(clinic.juana, "pre-vih,0,1,vih,2,2,Derechos del paciente,4,9,viej")

    said = move(clinic)

    assert "juana · Derechos del paciente: 4 de 9 allá, 1 de 1 en los intentos" in said
    assert "juana · vih" not in said
    assert "juana · pre-vih" not in said
    assert "«viej»" in said


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("", {}),
        ("vih,1,2,", {"vih": (1, 2)}),
        ("pre-vih,1,2,vih,3,4,", {"pre-vih": (1, 2), "vih": (3, 4)}),
        ("trato, en la puerta,1,2,", {"trato, en la puerta": (1, 2)}),
        ("vih,-1,2,", {"vih": (-1, 2)}),
        ("x" * 30_000, {}),
        ("1," * 10_000, {"1": (1, 1)}),
    ],
)
def test_scores_are_read_from_the_left(text, scores):
    assert read_scores(text)[0] == scores


def picture(colour="red"):
    stream = BytesIO()
    Picture.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def with_figures(clinic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "ours"
    quiz = clinic.main
    names = ["uploads/2016/03/02/sala.png", "../secreto.png", "/etc/hostname", "uploads/no.png", "uploads/link.png"]
    for name in [*names, "uploads/falso.png"]:
        clinic.true_false(f"Mire {name}", [quiz], True, figure=name)
    folder = tmp_path / "media"
    (folder / "uploads/2016/03/02").mkdir(parents=True)
    (folder / names[0]).write_bytes(picture())
    (folder / "uploads/falso.png").write_bytes(b"<svg onload='alert(1)'/>")
    (tmp_path / "secreto.png").write_bytes(picture("blue"))
    (folder / "uploads/link.png").symlink_to(tmp_path / "secreto.png")
    return clinic


def test_images_come_from_the_folder_and_from_nowhere_else(move, with_figures, ana, tmp_path):
    said = move(with_figures, media=tmp_path / "media")

    image = get_image_model().objects.get()
    question = Question.objects.get(image=image)
    assert (question.text, question.live) == ("Mire uploads/2016/03/02/sala.png", False)
    assert Question.objects.filter(text__startswith="Mire", live=True).count() == 0
    assert said.count("no está en el archivo") == 4
    assert "falso.png" in said


def test_images_come_from_a_zip(move, with_figures, ana, tmp_path):
    with zipfile.ZipFile(tmp_path / "media.zip", "w") as archive:
        archive.writestr("media/uploads/2016/03/02/sala.png", picture())

    move(with_figures, media=tmp_path / "media.zip")

    assert get_image_model().objects.count() == 1


def test_a_dry_run_leaves_no_image(move, with_figures, ana, tmp_path):
    with_figures.sitting(with_figures.juana, with_figures.main, with_figures.order, with_figures.full_answers())

    move(with_figures, media=tmp_path / "media", dry_run=True)

    assert not get_image_model().objects.exists()
    assert not list((tmp_path / "ours").rglob("*.png"))


def test_a_zip_that_leads_outside_is_refused(move, clinic, ana, tmp_path):
    with zipfile.ZipFile(tmp_path / "media.zip", "w") as archive:
        archive.writestr("../../uploads/sala.png", picture())

    with pytest.raises(CommandError, match="fuera"):
        move(clinic, media=tmp_path / "media.zip")


def test_people_and_images_are_refused_for_other_formats(tmp_path, ana):
    file = tmp_path / "preguntas.txt"
    file.write_text("¿Qué?\nA. Sí\nB. No\nANSWER: A\n")

    with pytest.raises(CommandError, match="django-quiz-app"):
        call_command("import_questions", file, media=tmp_path)


def test_the_figures_about_questions_count_them(move, clinic):
    people = ""
    for n in range(12):
        make_learner(f"XYZ{n:03}", first_name=f"Eva {n}")
        name = f"p{n}"
        clinic.sitting(clinic.user(name), clinic.main, [clinic.greet, 900], {clinic.greet: "1", 900: "x"})
        people += f"{name};XYZ{n:03}\n"
    move(clinic, people)

    key = Quiz.objects.get(identifier="trato-digno").translation_key
    assert count_new_attempts(key, now=datetime(2026, 1, 1, tzinfo=UTC)) == 12


def test_queries_do_not_grow_with_the_questions_of_sittings(move, clinic, ana, django_assert_max_num_queries):
    for _times in range(3):
        clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())
    move(clinic)
    for _times in range(30):
        clinic.sitting(clinic.juana, clinic.main, clinic.order, clinic.full_answers())

    with django_assert_max_num_queries(40):
        move(clinic)

    assert Attempt.objects.count() == 33


def test_the_person_sees_it_in_the_table_and_in_the_review(move, clinic, ana, client, start_rule):
    clinic.sitting(
        clinic.juana,
        clinic.main,
        clinic.order,
        clinic.full_answers(),
        incorrect_questions=f"{clinic.essay},",
        current_score=3,
    )
    move(clinic)
    client.force_login(ana)

    table = client.get(reverse("quiz_entry", args=["trato-digno"])).content.decode()
    review = client.get(reverse("attempt_result", args=[Attempt.objects.get().pk])).content.decode()
    mine = client.get(reverse("my_quizzes"))

    assert "75\xa0% (3 de 4 puntos)" in mine.content.decode()
    assert sum(row.points for row in mine.context["topics"]) == 3
    assert sum(row.total for row in mine.context["topics"]) == 4
    assert "75\xa0%" in table
    assert "2016" in table
    assert "Esto lo respondió en el sitio anterior" in review
    assert "Con respeto y por su nombre." in review
    assert "no se sabe si alguien la leyó" in review
    assert "Pendiente de calificar" not in review
