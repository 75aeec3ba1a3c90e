import random
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from quizzes.attempts.drawing import draw_snapshot, seen_questions
from quizzes.attempts.selection import Pool, choose_from_pools, choose_spares
from quizzes.base.identifiers import stable_key
from quizzes.base.job_roles import Audience
from quizzes.kinds import get_kind
from quizzes.models import Attempt, Question, Quiz, QuizDraw, QuizQuestion, Source, Topic
from quizzes.models.pools import QuestionFacts, get_subtopics, largest_sum
from tests.factories import make_act, make_case, make_question, make_quiz, spanish

from .admin_fields import (
    edit_quiz_fields,
    errors_beside,
    errors_of,
    listed,
    pools_of,
    question_fields,
    quiz_fields,
    url,
)
from .factories import NOW, asked, give, make_draw, make_kind, make_topic, start, submit

pytestmark = pytest.mark.django_db
ACTS = [1, 2, 3, 4]
quick = settings(max_examples=80, derandomize=True, deadline=None, database=None)


def make_units(sizes, acts, marked):
    units, number = [], 0
    for place, size in enumerate(sizes):
        unit = []
        for _ in range(size):
            number += 1
            act = acts[number % len(acts)]
            fields = {"act": act, "is_core_act": True, "is_indispensable": bool(marked) and number % marked == 0}
            unit.append(QuestionFacts(number, str(number), place if size > 1 else None, **fields))
        units.append(tuple(unit))
    return units


def choose(units, count, seen, seed, **more):
    [chosen] = choose_from_pools([Pool(count, units, **more)], seen=seen, chance=random.Random(seed))
    return chosen


@quick
@given(
    sizes=st.lists(st.integers(1, 3), max_size=14),
    acts=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    marked=st.integers(0, 6),
    count=st.integers(1, 10),
    seen=st.dictionaries(st.integers(1, 20).map(str), st.integers(1, 3), max_size=20),
    seed=st.integers(0, 99),
)
def test_pool_gives_its_number_with_whole_cases_all_competencies_and_indispensable_question(
    sizes, acts, marked, count, seen, seed
):
    units = make_units(sizes, acts, marked)
    chosen = choose(units, count, seen, seed, acts=tuple(dict.fromkeys(acts)))
    assert set(chosen) <= set(units)
    assert len(chosen) == len(set(chosen))
    assert sum(map(len, chosen)) == largest_sum(sizes, count)
    if set(sizes) <= {1}:
        there, asked = ({facts.act for unit in some for facts in unit} for some in (units, chosen))
        has_marked = any(facts.is_indispensable for unit in chosen for facts in unit)
        assert has_marked or not any(unit[0].is_indispensable for unit in units)
        assert len(asked) >= min(len(there), count - has_marked)


@quick
@given(size=st.integers(5, 30), count=st.integers(1, 10), marked=st.integers(0, 7), seed=st.integers(0, 99))
def test_retry_asks_seen_questions_only_without_unseen_ones(size, count, marked, seed):
    units, seen = make_units([1] * size, ACTS, marked), {}
    acts = tuple({unit[0].act for unit in units})
    for attempt in range(1, 6):
        chosen = [unit[0] for unit in choose(units, count, seen, seed + attempt, acts=acts)]
        new = [unit[0] for unit in units if unit[0].key not in seen]
        again = [facts for facts in chosen if facts.key in seen]
        if again and len([facts for facts in new if facts in chosen]) < len(new):
            # A seen question comes again only as the last one of its competency or the last indispensable one.
            for facts in again:
                same_act = not any(other.act == facts.act for other in new)
                assert same_act or (facts.is_indispensable and not any(other.is_indispensable for other in new))
        left = [unit[0] for unit in units if unit[0] not in chosen and seen.get(unit[0].key)]
        latest = max((seen[facts.key] for facts in again), default=0)
        assert not again or all(seen[o.key] >= latest for o in left if o.act in {f.act for f in again} and not marked)
        seen |= {facts.key: attempt for facts in chosen}


def test_competencies_are_balanced_and_small_own_pool_is_filled_from_core():
    units = make_units([1] * 20, ACTS, 0)
    own = [(QuestionFacts(n, str(n), audiences=("apoyo",), act=10 + n % 2),) for n in range(100, 103)]
    for seed in range(5):
        [chosen] = choose_from_pools([Pool(8, units, acts=tuple(ACTS))], seen={}, chance=random.Random(seed))
        assert sorted(unit[0].act for unit in chosen) == [1, 1, 2, 2, 3, 3, 4, 4]
        pools = [Pool(6, units, acts=tuple(ACTS)), Pool(4, own, others=units, is_own=True)]
        core, mine = choose_from_pools(pools, seen={}, chance=random.Random(seed))
        assert set(own) < set(mine)
        assert len(core) == 6
        assert len(set(core) | set(mine)) == 10


def test_spare_has_same_competency_and_is_unseen_or_seen_longest_ago():
    marked = [
        QuestionFacts(n, str(n), act=act, is_indispensable=True) for n, act in ((1, 1), (2, 1), (3, 9), (4, None))
    ]
    others = [
        QuestionFacts(10, "10", act=1),
        QuestionFacts(11, "11", act=1),
        QuestionFacts(12, "12", act=1, audiences=("clinica",)),
    ]
    others += [
        QuestionFacts(13, "13", act=1, case=7),
        QuestionFacts(14, "14", act=1, kind="open"),
        QuestionFacts(15, "15", act=None),
    ]

    def spares(seen, audience="apoyo", units=marked):
        chance = random.Random(1)
        return choose_spares([[one] for one in units], others, audience=audience, seen=seen, chance=chance)

    found = spares({"10": 3})
    assert (found[1], found[2]) == (11, 10)
    assert (found[3], found[4]) == (3, 4)
    assert {spares({"10": 3, "11": 4}, "clinica", marked[:1])[1], spares({"10": 4, "11": 2})[1]} == {12, 11}
    assert spares({}, units=[marked[0], QuestionFacts(10, "10", act=1), QuestionFacts(11, "11", act=1)]) == {1: 1}


@pytest.fixture
def bank(db):
    core = [make_act(f"M1-C{n}") for n in range(1, 5)]
    questions = [make_question(f"C{n}", act=core[n % 4], is_indispensable=n in (0, 4, 8)) for n in range(16)]
    for role in Audience:
        acts = [make_act(f"M1-{role}-{n}") for n in (1, 2)]
        questions += [
            make_question(f"{role}-{n}", act=acts[n % 2], audiences=[role.value], is_indispensable=n < 3)
            for n in range(8)
        ]
    quiz = make_quiz("m1", questions)
    for pool, count in (("core", 6), ("own", 4)):
        QuizDraw.objects.create(quiz=quiz, pool=pool, count=count, locale=quiz.locale)
    return quiz


def identifiers(snapshot):
    return {item["identifier"] for item in snapshot["questions"]}


def test_every_job_gets_core_and_own_questions_and_an_indispensable_one(bank):
    of_role = {}
    for role in Audience:
        for seed in range(4):
            snapshot = draw_snapshot(bank, chance=random.Random(f"{role}-{seed}"), audience=role.value)
            asked = identifiers(snapshot)
            core = {item["act"]["id"] for item in snapshot["questions"] if item["identifier"][0] == "C"}
            assert core == {"M1-C1", "M1-C2", "M1-C3", "M1-C4"}
            assert len(asked) == len(snapshot["questions"]) == 10
            assert len({name for name in asked if name.startswith(role.value)}) == 4
            assert len({name for name in asked if name[0] == "C"}) == 6
            marked = {item["key"]: item for item in snapshot["questions"] if item.get("indispensable")}
            assert {item["identifier"].partition("-")[0] for item in marked.values()} >= {role.value}
            assert snapshot["repeats"].keys() == marked.keys()
            for key, spare in snapshot["repeats"].items():
                assert spare["act"] == marked[key]["act"]
                assert spare["identifier"] not in asked
            assert snapshot["audience"] == role.value
            of_role.setdefault(role.value, set()).update(asked)
    core = [{name for name in asked if name[0] == "C"} for asked in of_role.values()]
    assert set.union(*core) == {f"C{n}" for n in range(16)}
    assert len(set.intersection(*core)) > 3
    nobody = draw_snapshot(bank, chance=random.Random(1))
    assert {name[0] for name in identifiers(nobody)} == {"C"}
    assert len(nobody["questions"]) == 10
    assert "audience" not in nobody
    assert bank.count_questions() == 10
    QuizDraw.objects.filter(pool="own").update(count=3)
    assert Quiz.objects.all().question_counts() == {bank.pk: 9}


def test_retry_asks_unseen_questions_and_change_of_job_keeps_open_attempt(bank, learner, learner_client):
    def take(number):
        return start(learner, bank, now=NOW + timedelta(days=number), seed=number, audience="apoyo")

    seen = set()
    for number in range(2):
        attempt = take(number)
        assert not seen & identifiers(attempt.snapshot)
        seen |= identifiers(attempt.snapshot)
        submit(attempt)
    third = take(2)
    assert len(identifiers(third.snapshot) - seen) == 4
    assert start(learner, bank, now=NOW + timedelta(days=2), audience="jefatura") == third
    spare = next(iter(third.snapshot["repeats"].values()))
    assert spare["key"] not in seen_questions(learner, bank.translation_key) or spare["identifier"] in seen
    give(third, spare, get_kind(spare).right_response(spare))
    submit(third)
    assert seen_questions(learner, bank.translation_key)[spare["key"]] == 3
    # On screen the site knows the job: front desk.
    Attempt.objects.all().delete()
    learner_client.post(reverse("quiz_start", args=["m1"]))
    assert Attempt.objects.get().snapshot["audience"] == learner.role == "recepcion"


def test_case_belongs_to_pool_if_all_its_questions_do(bank):
    whole, mixed = make_case("W", 3), make_case("X", 2)
    Question.objects.filter(case=whole).update(audiences=["apoyo"])
    Question.objects.filter(pk=mixed.questions.first().pk).update(audiences=["apoyo"])
    bank.entries.add(*make_quiz("m3", [whole.questions.first(), mixed.questions.first()]).entries.all())
    bank.save()
    drawn = [identifiers(draw_snapshot(bank, chance=random.Random(n), audience="apoyo")) for n in range(12)]
    assert {len(names & {"W-1", "W-2", "W-3"}) for names in drawn} == {0, 3}
    assert not any("X-1" in names or "X-2" in names for names in drawn)
    assert all(len(names) == 10 for names in drawn)
    others = [identifiers(draw_snapshot(bank, chance=random.Random(n), audience="clinica")) for n in range(3)]
    assert not any({"W-1", "X-1"} & names for names in others)


def test_quiz_without_pools_has_spares(learner):
    act = make_act("M5-C3")
    asked = [make_question("Q1", act=act, is_indispensable=True), make_question("Q2")]
    make_question("Q3", act=act, audiences=["clinica"])
    quiz = make_quiz("m5", asked)
    assert [item["identifier"] for item in start(learner, quiz).snapshot["repeats"].values()] == ["Q1"]
    Attempt.objects.all().delete()
    make_question("Q4", act=act)
    snapshot = start(learner, quiz).snapshot
    assert [item["identifier"] for item in snapshot["questions"]] == ["Q1", "Q2"]
    assert [item["identifier"] for item in snapshot["repeats"].values()] == ["Q4"]
    Question.objects.update(is_indispensable=False)
    Attempt.objects.all().delete()
    assert "repeats" not in start(learner, quiz).snapshot


def test_quiz_form_warns_about_jobs_with_too_few_questions(bank, editor_client):
    questions = [entry.question for entry in bank.entries.select_related("question")]

    def add(*pools, **more):
        return editor_client.post(url(Quiz, "add"), quiz_fields(questions, "m9", **more) | pools_of(*pools))

    assert errors_beside(add(("core", 6), ("own", 9))) == {
        "draws-1-count": "Hay 8 preguntas publicadas que corresponden; no se pueden sacar 9."
    }
    Question.objects.filter(identifier__in=["apoyo-1", "labfar-2", "labfar-3"]).update(live=False)
    assert errors_beside(add(("core", 6), ("own", 8)))["draws-1-count"] == (
        "Muy pocas preguntas publicadas corresponden a: Laboratorio, farmacia; Guardianía, limpieza, mantenimiento, "
        "piloto. No se pueden sacar 8."
    )
    assert "A quien no tiene puesto en el sitio" in errors_beside(add(("core", 12), ("own", 6)))["draws-1-count"]
    assert "tratan 4 actos de todo el personal" in errors_beside(add(("core", 3), ("own", 4)))["draws-0-count"]
    assert "questions_drawn" in errors_beside(add(("core", 6), ("own", 4), questions_drawn="5"))
    page = editor_client.post(url(Quiz, "add"), quiz_fields([], "m9") | pools_of(("core", 6)))
    assert errors_beside(page)["draws-0-topic"].startswith("Sin tema saca de las preguntas propias del cuestionario")
    assert add(("core", 6), ("own", 4)).status_code == 302
    quiz = Quiz.objects.get(identifier="m9")
    assert [(draw.topic, draw.pool, draw.count) for draw in quiz.draws.all()] == [(None, "core", 6), (None, "own", 4)]
    told = editor_client.get(url(Question, "usage", questions[0].pk)).text
    assert "Es una de las propias, de las que cada intento saca algunas" in told


def test_quiz_preview_by_job_shows_thin_pools(bank, editor_client):
    Question.objects.filter(identifier__in=["C1", "C5", "C9"]).update(live=False)
    Question.objects.filter(audiences=["apoyo"]).update(is_indispensable=False)
    address = url(Quiz, "preview_on_edit", bank.pk)
    assert editor_client.post(address, edit_quiz_fields(bank)).json()["is_available"]

    def seen(mode):
        text = editor_client.get(address, {"mode": mode}).text
        return {name for name in Question.objects.values_list("identifier", flat=True) if f"en {name}?" in text}, text

    asked, text = seen("apoyo")
    assert len(asked) == 10
    assert len([name for name in asked if name.startswith("apoyo-")]) == 4
    assert "Una sola pregunta pide: M1-C2." in text
    assert "Nada de lo que se pregunta" not in text
    assert len(seen("")[0]) == bank.entries.count()
    assert dict(bank.preview_modes)["jefatura"] == "Como la ve: Dirección, coordinación, administración"


def test_quiz_form_refuses_new_reflections_and_keeps_old_ones(editor_client):
    asked, reflection = make_question("Q1"), make_kind("reflection", "R1")
    page = editor_client.post(url(Quiz, "add"), quiz_fields([asked, reflection], "m8"))
    sentence = "Un cuestionario cuenta y una reflexión no: póngala en una lección, como bloque."
    assert errors_beside(page) == {"entries-1-question": sentence}
    quiz = make_quiz("m1", [asked, reflection])
    fields = edit_quiz_fields(quiz, title="Otro título")
    assert editor_client.post(url(Quiz, "edit", quiz.pk), fields).status_code == 302
    assert Quiz.objects.get().title == "Otro título"
    page = editor_client.post(url(Quiz, "edit", quiz.pk), fields | pools_of(("core", 1)))
    assert errors_of(page) == [
        "Un cuestionario por puestos no pide reflexiones: saque R1; en una lección hay un bloque para eso."
    ]


def test_question_form_has_competency_audiences_and_lesson(editor_client):
    act = make_act("M1-C1")
    aim = {"act": str(act.pk), "is_indispensable": "on", "lesson": "M1-L4#en-la-fila"}
    fields = question_fields(**aim) | {"choices-1-lesson": "M1-L2", "audiences": ["apoyo", "clinica"]}
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    question = Question.objects.get()
    assert (question.act, question.audiences, question.is_indispensable) == (act, ["clinica", "apoyo"], True)
    assert (question.lesson, [choice.lesson for choice in question.choices.all()]) == (
        "M1-L4#en-la-fila",
        ["", "M1-L2", ""],
    )
    assert question.latest_revision.as_object().audiences == ["clinica", "apoyo"]

    def refused(kind="single", **more):
        page = editor_client.post(url(Question, "add"), question_fields(kind, "M1-Q2", **aim | more))
        return list(errors_beside(page))

    assert refused(lesson="lección 4") == ["lesson"]
    assert refused(act="") == ["act"]
    assert refused("open") == ["is_indispensable"]
    assert refused(**{"choices-0-lesson": "x"}) == ["choices-0-lesson"]
    make_question("M1-Q3", audiences=["labfar"])
    make_question("M1-Q4", text="¿Y en la fila?")
    for narrowed, found in [
        ({"audience": "apoyo"}, ["M1-Q1"]),
        ({"audience": "labfar"}, ["M1-Q3"]),
        ({"audience": "everyone"}, ["M1-Q4"]),
        *(({name: value}, ["M1-Q1"]) for name, value in [("is_indispensable", "true"), ("act", act.pk)]),
        *(({"q": words}, ["M1-Q1"]) for words in ("m1-l4", "igual a toda")),
    ]:
        assert listed(editor_client, Question, **narrowed) == found


def make_pool(topic, count, **fields):
    return [make_question(f"{topic.identifier}-{n}", topic=topic, **fields) for n in range(count)]


def test_questions_keep_order_of_editor():
    quiz = make_quiz("m1", 3)
    for order, entry in enumerate(quiz.entries.order_by("-pk")):
        QuizQuestion.objects.filter(pk=entry.pk).update(sort_order=order)
    assert asked(quiz) == ["M1-Q3", "M1-Q2", "M1-Q1"]


def test_drawn_questions_keep_their_order():
    quiz = make_quiz("m1", 6, questions_drawn=2)
    drawn = [asked(quiz, seed) for seed in range(20)]
    assert all(names == sorted(names) and len(names) == 2 for names in drawn)
    assert {identifier for names in drawn for identifier in names} == {f"M1-Q{n}" for n in range(1, 7)}


def test_quiz_may_shuffle_questions():
    quiz = make_quiz("m1", 6, shuffle_questions=True)
    drawn = [asked(quiz, seed) for seed in range(5)]
    assert len({tuple(names) for names in drawn}) > 1
    assert all(sorted(names) == [f"M1-Q{n}" for n in range(1, 7)] for names in drawn)


def test_quiz_may_shuffle_options():
    def options_of(quiz, seed):
        [item] = draw_snapshot(quiz, chance=random.Random(seed))["questions"]
        return [option["text"] for option in item["options"]]

    shuffled, fixed = make_quiz("m1", 1, shuffle_options=True), make_quiz("m2", 1, shuffle_options=False)
    assert len({tuple(options_of(shuffled, seed)) for seed in range(9)}) > 1
    assert {tuple(options_of(fixed, seed)) for seed in range(9)} == {("Saludar", "Callar", "Preguntar en voz alta")}


def test_source_is_in_language_of_quiz():
    english = Locale.objects.get(language_code="en")
    for locale, title in ((spanish(), "Guía"), (english, "Guide")):
        Source.objects.create(identifier="S3", title=title, locale=locale, translation_key=stable_key("S3"))
    quiz = make_quiz("m1", [make_question("M1-Q1", text="¿Qué dice [S3]?")])
    assert [source["title"] for source in draw_snapshot(quiz, chance=random.Random(1))["sources"]] == ["Guía"]


def test_draw_includes_subtopics():
    law, rights = make_topic("leyes"), make_topic("otro")
    make_pool(law, 2)
    make_pool(make_topic("vih", make_topic("salud", law)), 2)
    make_pool(rights, 3)
    quiz = make_quiz("m1", 1)
    make_draw(quiz, law, count=4)
    assert sorted(asked(quiz)) == ["M1-Q1", "leyes-0", "leyes-1", "vih-0", "vih-1"]


def test_draw_may_exclude_subtopics_and_filter_by_difficulty():
    law = make_topic("leyes")
    make_pool(law, 2, difficulty="hard")
    make_pool(make_topic("vih", law), 2, difficulty="hard")
    make_question("leyes-facil", topic=law, difficulty="easy")
    quiz = make_quiz("m1", 1)
    make_draw(quiz, law, count=9, with_subtopics=False, difficulty="hard")
    assert sorted(asked(quiz)) == ["M1-Q1", "leyes-0", "leyes-1"]


def test_no_question_is_drawn_twice():
    law = make_topic("leyes")
    pool = make_pool(law, 4)
    quiz = make_quiz("m1", pool[:2])
    make_draw(quiz, law, count=1)
    make_draw(quiz, law, count=5)
    assert sorted(asked(quiz)) == ["leyes-0", "leyes-1", "leyes-2", "leyes-3"]


def test_draw_excludes_drafts_reflections_and_other_languages():
    law = make_topic("leyes")
    make_pool(law, 2)
    make_question("leyes-reflexion", kind="reflection", choices=[], topic=law)
    make_question("leyes-draft", topic=law, live=False)
    make_question("leyes-facil", topic=law, difficulty="easy")
    english = make_question("leyes-english", topic=law)
    english.locale = Locale.objects.get(language_code="en")
    english.save()
    quiz = make_quiz("m1", [])
    make_draw(quiz, law, count=9)
    assert sorted(asked(quiz)) == ["leyes-0", "leyes-1", "leyes-facil"]


def test_cycle_of_topics_ends():
    one = make_topic("uno")
    two = make_topic("dos", one)
    Topic.objects.filter(pk=one.pk).update(parent=two)
    below = make_topic("debajo", two)
    assert get_subtopics(spanish().pk) == {
        one.pk: {one.pk, two.pk, below.pk},
        two.pk: {one.pk, two.pk, below.pk},
        below.pk: {below.pk},
    }


def test_draw_from_topic_in_another_language_is_empty():
    english = Locale.objects.get(language_code="en")
    law = make_topic("leyes")
    make_pool(law, 2)
    Topic.objects.filter(pk=law.pk).update(locale=english)
    quiz = make_quiz("m1", 1)
    make_draw(quiz, law, count=2)
    assert asked(quiz) == ["M1-Q1"]


def test_entry_page_shows_number_of_questions():
    quiz = make_quiz("m1", 5, questions_drawn=3)
    make_draw(quiz, make_topic("leyes"), count=2)
    make_draw(quiz, make_topic("salud"), count=4)
    assert quiz.count_questions() == 9
