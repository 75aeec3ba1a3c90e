"""Which questions a paper asks: the quiz's own, some of them, and what is drawn from topics."""

import random

import pytest
from wagtail.models import Locale

from quizzes.attempts.drawing import draw_paper
from quizzes.attempts.rules import Rules, rules_of
from quizzes.identity import stable_key
from quizzes.models import QuizDraw, QuizQuestion, Source, Topic
from quizzes.models.pools import topics_below
from tests.factories import make_question, make_quiz, spanish

pytestmark = pytest.mark.django_db


def make_topic(name, parent=None):
    return Topic.objects.create(identifier=name, name=name, parent=parent, locale=spanish())


def make_pool(topic, count, **fields):
    return [make_question(f"{topic.identifier}-{n}", topic=topic, **fields) for n in range(count)]


def draw(quiz, topic, **fields):
    return QuizDraw.objects.create(quiz=quiz, topic=topic, locale=quiz.locale, **fields)


def asked(quiz, seed=1):
    return [item["identifier"] for item in draw_paper(quiz, chance=random.Random(seed))["questions"]]


def test_their_order_is_that_of_the_editor_and_not_that_of_making_them():
    quiz = make_quiz("m1", 3)
    for order, entry in enumerate(quiz.entries.order_by("-pk")):
        QuizQuestion.objects.filter(pk=entry.pk).update(sort_order=order)
    assert asked(quiz) == ["M1-Q3", "M1-Q2", "M1-Q1"]


def test_some_of_its_questions_are_drawn_and_keep_their_order():
    quiz = make_quiz("m1", 6, questions_drawn=2)
    papers = [asked(quiz, seed) for seed in range(20)]
    assert all(paper == sorted(paper) and len(paper) == 2 for paper in papers)
    assert {identifier for paper in papers for identifier in paper} == {f"M1-Q{n}" for n in range(1, 7)}


def test_a_quiz_that_asks_more_than_it_has_asks_all():
    assert len(asked(make_quiz("m1", 2, questions_drawn=9))) == 2


def test_without_pools_chance_draws_what_it_drew_before_there_were_some():
    quiz, topic = make_quiz("m1", 8, questions_drawn=4, shuffle_questions=True), make_topic("ley")
    make_pool(topic, 6)
    draw(quiz, topic, count=3)
    paper = draw_paper(quiz, chance=random.Random(5))
    assert [(item["identifier"], item["options"][0]["text"]) for item in paper["questions"]] == [
        ("ley-3", "Callar"),
        ("ley-2", "Saludar"),
        ("M1-Q4", "Preguntar en voz alta"),
        ("M1-Q1", "Callar"),
        ("ley-4", "Preguntar en voz alta"),
        ("M1-Q2", "Callar"),
        ("M1-Q7", "Callar"),
    ]


def test_questions_are_shuffled_when_the_quiz_says_so():
    quiz = make_quiz("m1", 6, shuffle_questions=True)
    papers = [asked(quiz, seed) for seed in range(5)]
    assert len({tuple(paper) for paper in papers}) > 1
    assert all(sorted(paper) == [f"M1-Q{n}" for n in range(1, 7)] for paper in papers)


def test_options_are_shuffled_when_the_quiz_says_so():
    def options_of(quiz, seed):
        [item] = draw_paper(quiz, chance=random.Random(seed))["questions"]
        return [option["text"] for option in item["options"]]

    shuffled, fixed = make_quiz("m1", 1, shuffle_options=True), make_quiz("m2", 1, shuffle_options=False)
    assert len({tuple(options_of(shuffled, seed)) for seed in range(9)}) > 1
    assert {tuple(options_of(fixed, seed)) for seed in range(9)} == {("Saludar", "Callar", "Preguntar en voz alta")}


def test_a_source_is_in_the_language_of_the_paper():
    english = Locale.objects.get(language_code="en")
    for locale, title in ((spanish(), "Guía"), (english, "Guide")):
        Source.objects.create(identifier="S3", title=title, locale=locale, translation_key=stable_key("S3"))
    quiz = make_quiz("m1", [make_question("M1-Q1", text="¿Qué dice [S3]?")])
    assert [source["title"] for source in draw_paper(quiz, chance=random.Random(1))["sources"]] == ["Guía"]


def test_a_draw_takes_from_its_topic_and_what_is_below_it():
    law, rights = make_topic("leyes"), make_topic("otro")
    make_pool(law, 2)
    make_pool(make_topic("vih", make_topic("salud", law)), 2)
    make_pool(rights, 3)
    quiz = make_quiz("m1", 1)
    draw(quiz, law, count=4)
    assert sorted(asked(quiz)) == ["M1-Q1", "leyes-0", "leyes-1", "vih-0", "vih-1"]


def test_a_draw_may_leave_sub_topics_out_and_ask_for_a_difficulty():
    law = make_topic("leyes")
    make_pool(law, 2, difficulty="hard")
    make_pool(make_topic("vih", law), 2, difficulty="hard")
    make_question("leyes-facil", topic=law, difficulty="easy")
    quiz = make_quiz("m1", 1)
    draw(quiz, law, count=9, with_subtopics=False, difficulty="hard")
    assert sorted(asked(quiz)) == ["M1-Q1", "leyes-0", "leyes-1"]


def test_no_question_comes_twice():
    law = make_topic("leyes")
    pool = make_pool(law, 4)
    quiz = make_quiz("m1", pool[:2])
    draw(quiz, law, count=1)
    draw(quiz, law, count=5)
    assert sorted(asked(quiz)) == ["leyes-0", "leyes-1", "leyes-2", "leyes-3"]


def test_a_draw_takes_each_difficulty_and_no_draft_no_reflection_and_nothing_in_another_language():
    law = make_topic("leyes")
    make_pool(law, 2)
    make_question("leyes-reflexion", kind="reflection", choices=[], topic=law)
    make_question("leyes-draft", topic=law, live=False)
    make_question("leyes-facil", topic=law, difficulty="easy")
    english = make_question("leyes-english", topic=law)
    english.locale = Locale.objects.get(language_code="en")
    english.save()
    quiz = make_quiz("m1", [])
    draw(quiz, law, count=9)
    assert sorted(asked(quiz)) == ["leyes-0", "leyes-1", "leyes-facil"]


def test_a_topic_that_is_part_of_itself_is_no_endless_climb():
    one = make_topic("uno")
    two = make_topic("dos", one)
    Topic.objects.filter(pk=one.pk).update(parent=two)
    below = make_topic("debajo", two)
    assert topics_below(spanish().pk) == {
        one.pk: {one.pk, two.pk, below.pk},
        two.pk: {one.pk, two.pk, below.pk},
        below.pk: {below.pk},
    }


def test_a_draw_from_a_topic_in_another_language_gives_nothing():
    english = Locale.objects.get(language_code="en")
    law = make_topic("leyes")
    make_pool(law, 2)
    Topic.objects.filter(pk=law.pk).update(locale=english)
    quiz = make_quiz("m1", 1)
    draw(quiz, law, count=2)
    assert asked(quiz) == ["M1-Q1"]


def test_the_entry_page_counts_what_an_attempt_will_ask():
    quiz = make_quiz("m1", 5, questions_drawn=3)
    draw(quiz, make_topic("leyes"), count=2)
    draw(quiz, make_topic("salud"), count=4)
    assert quiz.count_questions() == 9


def test_papers_from_before_a_rule_existed_have_its_default():
    assert rules_of({}) == Rules()
    assert rules_of({"rules": {"time_limit": 20, "something else": 1}}).time_limit == 20


def test_the_band_of_a_grade_is_the_highest_it_reaches():
    rules = rules_of({"rules": {"bands": [[0, "Vuelva a leer."], [80, "Muy bien."]]}})
    assert [rules.band(grade) for grade in (0, 79.99, 80, 100)] == ["Vuelva a leer."] * 2 + ["Muy bien."] * 2
    assert Rules().band(50) == ""
