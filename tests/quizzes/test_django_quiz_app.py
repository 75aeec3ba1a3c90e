import json

import pytest
from django.urls import reverse

from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import UnreadableFile
from quizzes.importing.planning import plan_import
from quizzes.models import FeedbackTime, Question, Quiz, Topic
from tests.factories import make_quiz, spanish

pytestmark = pytest.mark.django_db


class SiteBuilder:
    def __init__(self):
        self.rows = []
        self.keys = {}

    def add(self, model, pk=None, **fields):
        pk = pk if pk is not None else self.keys.get(model, 0) + 1
        self.keys[model] = pk
        self.rows.append({"model": model, "pk": pk, "fields": fields})
        return pk

    def category(self, name):
        return self.add("quiz.category", category=name)

    def quiz(self, title="Trato digno", **fields):
        fields = {
            "title": title,
            "description": "Para todo el personal.",
            "url": "trato-digno",
            "category": None,
            "random_order": False,
            "max_questions": None,
            "answers_at_end": True,
            "exam_paper": True,
            "single_attempt": False,
            "pass_mark": 60,
            "success_text": "¡Aprobó!",
            "fail_text": "Vuelva a leer la lección.",
            "draft": False,
        } | fields
        return self.add("quiz.quiz", **fields)

    def question(self, content, quizzes, *, category=None, sub_category=None, explanation="", figure=""):
        fields = {"category": category, "sub_category": sub_category, "explanation": explanation, "figure": figure}
        return self.add("quiz.question", content=content, quiz=list(quizzes), **fields)

    def choice(self, content, quizzes, answers, *, order="none", **fields):
        key = self.question(content, quizzes, **fields)
        self.add("multichoice.mcquestion", key, answer_order=order)
        for answer in answers:
            self.add("multichoice.answer", question=key, content=answer.lstrip("*"), correct=answer.startswith("*"))
        return key

    def true_false(self, content, quizzes, correct, **fields):
        return self.add("true_false.tf_question", self.question(content, quizzes, **fields), correct=correct)

    def essay(self, content, quizzes, **fields):
        return self.add("essay.essay_question", self.question(content, quizzes, **fields))

    def dump(self):
        return json.dumps(self.rows).encode()


class Clinic(SiteBuilder):
    def __init__(self):
        super().__init__()
        vih, rights = self.category("vih"), self.category("Derechos del paciente")
        self.main = self.quiz(category=rights)
        both = [self.main, self.quiz("Repaso", url="repaso", exam_paper=False, answers_at_end=False, random_order=True)]
        door = self.add("quiz.subcategory", sub_category="En la puerta", category=rights)
        places = {"category": rights, "sub_category": door}
        options, why = ["*Saludar", "Preguntar la ocupación", "Callar"], "Saludar a toda persona es lo primero."
        self.choice("¿Qué se hace primero?", both, options, explanation=why, **places)
        self.choice("¿Qué dato es privado?", [self.main], ["*Diagnóstico", "*Ocupación", "El clima"], category=vih)
        self.true_false("El VIH se transmite al saludar.", both, False, category=vih)
        self.essay("¿Cómo recibiría usted a una paciente?", [self.main])


def plan_of(site):
    return plan_import(read_file(site.dump(), name="respaldo.json"), locale=spanish())


def bring(site, **options):
    return write_import(plan_of(site), **options)


def said(plan):
    return "\n".join(map(str, [*plan.problems, *plan.warnings]))


@pytest.fixture
def clinic():
    return Clinic()


def test_every_kind_comes_over(clinic):
    bring(clinic)
    assert dict(Question.objects.values_list("text", "kind")) == {
        "¿Qué se hace primero?": "single",
        "¿Qué dato es privado?": "multiple",
        "El VIH se transmite al saludar.": "true_false",
        "¿Cómo recibiría usted a una paciente?": "open",
    }
    greet, truth = (Question.objects.get(kind=kind) for kind in ("single", "true_false"))
    assert greet.feedback == "Saludar a toda persona es lo primero."
    assert (greet.topic.name, greet.topic.parent.name) == ("En la puerta", "Derechos del paciente")
    choices = [[(choice.text, choice.is_correct) for choice in one.choices.all()] for one in (greet, truth)]
    assert choices[0] == [("Saludar", True), ("Preguntar la ocupación", False), ("Callar", False)]
    assert choices[1] == [("Verdadero", False), ("Falso", True)]
    assert all(Question.objects.values_list("live", flat=True))


def test_a_quiz_keeps_its_settings(clinic):
    bring(clinic)
    quiz = Quiz.objects.get(identifier="trato-digno")
    assert (quiz.title, quiz.intro, quiz.pass_mark, quiz.live) == ("Trato digno", "Para todo el personal.", 60, True)
    assert (quiz.is_exam, quiz.attempts_allowed, quiz.shuffle_questions) == (True, None, False)
    assert (quiz.feedback_time, quiz.topic.name) == (FeedbackTime.END, "Derechos del paciente")
    assert (quiz.passed_text, quiz.not_passed_text) == ("¡Aprobó!", "Vuelva a leer la lección.")
    assert quiz.entries.count() == 4
    other = Quiz.objects.get(identifier="repaso")
    assert (other.feedback_time, other.is_exam, other.shuffle_questions) == (FeedbackTime.NOW, False, True)
    assert other.entries.count() == 2
    assert Question.objects.count() == 4


@pytest.mark.parametrize(
    ("fields", "ours"),
    [
        ({"pass_mark": 0}, {"pass_mark": 1}),
        ({"pass_mark": -5}, {"pass_mark": 1}),
        ({"pass_mark": 10**12}, {"pass_mark": 1}),
        ({"single_attempt": True, "exam_paper": False}, {"attempts_allowed": 1, "is_exam": True}),
        ({"max_questions": 2}, {"questions_drawn": 2}),
        ({"max_questions": 0}, {"questions_drawn": None}),
        ({"max_questions": 99}, {"questions_drawn": None}),
        ({"max_questions": -3}, {"questions_drawn": None}),
        ({"draft": True}, {"live": False}),
    ],
)
def test_settings_that_need_thought(clinic, fields, ours):
    clinic.rows[[row["model"] for row in clinic.rows].index("quiz.quiz")]["fields"] |= fields
    bring(clinic)
    quiz = Quiz.objects.get(identifier="trato-digno")
    assert {name: getattr(quiz, name) for name in ours} == ours


def test_the_same_file_twice_adds_nothing(clinic):
    bring(clinic)
    before = [model.objects.count() for model in (Question, Quiz, Topic)]
    done = bring(clinic)
    assert (done.created, done.quizzes, done.topics) == ([], [], [])
    assert [model.objects.count() for model in (Question, Quiz, Topic)] == before


def test_addresses_that_clash_get_a_number():
    make_quiz("trato-digno", 1)
    site = SiteBuilder()
    quizzes = [site.quiz("Uno"), site.quiz("Dos"), site.quiz("Tres", url="x" * 60)]
    site.true_false("Es cierto.", quizzes, True)
    plan = plan_of(site)
    assert [planned.identifier for planned in plan.quizzes] == ["trato-digno-2", "trato-digno-3", "x" * 40]
    assert said(plan).count("trato-digno-") == 2


def test_options_come_in_their_order():
    site = SiteBuilder()
    quiz = site.quiz()
    site.choice("¿Cuál?", [quiz], ["c", "*a", "b"], order="content")
    site.choice("¿Y cuál?", [quiz], ["c", "*a", "b"], order="none")
    site.choice("¿Y este?", [quiz], ["c", "*a", "b"], order="random")
    bring(site)
    orders = {q.text: "".join(c.text for c in q.choices.all()) for q in Question.objects.all()}
    assert orders == {"¿Cuál?": "abc", "¿Y cuál?": "cab", "¿Y este?": "cab"}
    assert not Quiz.objects.get().shuffle_options


def test_what_no_question_can_be_is_named_and_the_good_ones_come():
    site = Clinic()
    site.choice("¿Sin respuesta correcta?", [site.main], ["a", "b"])
    site.choice("¿Sin opciones?", [site.main], [])
    site.question("¿De ninguna clase?", [site.main])
    site.true_false("", [site.main], True)
    site.choice("¿Todas correctas?", [site.main], ["*a", "*b"])
    plan = plan_of(site)
    assert len({problem.place for problem in plan.problems}) == 5
    done = write_import(plan, only_good=True)
    assert len(done.created) == 4
    assert Quiz.objects.get(identifier="trato-digno").entries.count() == 4


def test_an_image_that_is_missing_leaves_a_draft():
    site = SiteBuilder()
    site.true_false("Mire la imagen.", [site.quiz()], True, figure="uploads/2016/03/02/sala.png")
    plan = plan_of(site)
    write_import(plan)
    assert "uploads/2016/03/02/sala.png" in said(plan)
    assert not Question.objects.get().live


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'[{"model": "quiz.quiz", "pk": 1, "fields": {"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}]",
        b'[{"model": "quiz.quiz", "pk": ' + b"9" * 10_000 + b', "fields": {}}]',
        b'[{"model": "quiz.quiz", "pk": 1, "fields": {"title": "cort',
        b'{"model": "quiz.quiz"}',
        b'[{"model": "blog.post", "pk": 1, "fields": {}}]',
        b'["quiz.quiz", 3, null, {"model": 4}, {"model": "quiz.quiz", "pk": [], "fields": {}}]',
        b"null",
    ],
)
def test_what_is_no_dump_is_refused_in_a_sentence(content):
    with pytest.raises(UnreadableFile) as refused:
        read_file(content, format_name="django-quiz-app")
    assert str(refused.value).endswith(".")


def test_fields_of_any_type_break_nothing():
    odd = [None, True, -1, 1e400, float("nan"), "", "\x00\ud800", [], [[1]], {}, {"a": [1]}, 10**4000]
    names = ["title", "url", "category", "pass_mark", "max_questions", "draft", "quiz", "content", "figure"]
    names += ["sub_category", "question", "correct", "answer_order", "explanation", "success_text"]
    for value in odd:
        site = Clinic()
        for row in site.rows:
            row["fields"] |= dict.fromkeys([name for name in names if name in row["fields"]], value)
        plan_of(site)


def test_the_pages_of_the_admin_show_it_and_ignore_people(client, django_user_model, settings, tmp_path):
    settings.VAR_DIR = settings.MEDIA_ROOT = tmp_path
    client.force_login(django_user_model.objects.create_superuser("jefa", password="x"))
    site = Clinic()
    juana = site.add("auth.user", username="juana")
    site.add("quiz.sitting", user=juana, quiz=site.main, complete=True)
    sent = {"pasted": site.dump().decode(), "format_name": "auto", "locale": spanish().pk}
    preview = client.post(reverse("question_import:upload"), sent, follow=True)
    page = preview.text
    assert "Trato digno" in page
    assert "juana" not in page
    address = preview.redirect_chain[-1][0]
    result = client.post(f"{address}confirm/", follow=True).text
    assert "Repaso" in result
    assert Quiz.objects.count() == 2
