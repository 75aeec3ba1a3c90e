"""Going back to an earlier version of the tables and forward again loses no result, certificate or name of a signer."""

from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.utils import timezone

from certificates.badges.keys import make_key
from certificates.models import Certificate, CertificateDesign, CorrectionRequest, LaterCredential, StatusList
from course.models import Failure, Reminder, Role, User
from quizzes.models import Attempt, FeedbackTime, Quiz, QuizDraw, Topic
from quizzes.wording.audiences import job_called
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.factories import NOW, make_learner, make_quiz
from tests.migrating import no_garbage_looked_for
from tests.quizzes.factories import start

WORDS = import_module("course.migrations.0026_register_posts").WORDS

# Of migrations that landed, and never change again.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]


def go_back(*versions):
    """Take all apps back in one go, for which Django looks once at what all of the migrations have done."""
    with no_garbage_looked_for():
        MigrationExecutor(connection).migrate(list(versions))


@contextmanager
def forward_again():
    try:
        yield
    finally:
        with no_garbage_looked_for():
            call_command("migrate", verbosity=0)


def test_certificates_those_who_sign_and_reminders_are_kept_and_none_becomes_valid():
    make_small_course()
    make_design([("Dra. Julia Tzoc", "Directora"), ("", "Facilitador")])
    annulled = Certificate.objects.filter(pk=issue(make_graduate()).pk)
    annulled.update(annulled_at=timezone.now(), annulled_reason="Otra persona")
    later = LaterCredential.objects.create(
        certificate=annulled.get(),
        made_at=NOW,
        names_holder=True,
        issuer="did:web:trato.example",
        text="{}",
        status_list=StatusList.objects.create(),
        status_index=1,
    )
    learner = make_learner("EVA222")
    sent = Reminder.objects.create(learner=learner, requested_at=NOW - timedelta(hours=1), sent_at=NOW)
    Reminder.objects.create(learner=learner, sent_at=NOW - timedelta(days=9))
    Reminder.objects.create(learner=learner)
    Reminder.objects.create(learner=learner, failed_at=NOW, problem=Failure.LEFT)
    # A letter for a case after the course waits beside one for the course, which tables of before do not know.
    Reminder.objects.create(learner=learner, finish_key=uuid4(), week=1)

    with forward_again():
        with pytest.raises(RuntimeError, match="badges were made anew"):
            go_back(("certificates", "0001_initial"))
        assert LaterCredential.objects.get() == later
        QuerySet(LaterCredential).delete()
        with pytest.raises(RuntimeError, match="annulled"):
            go_back(("certificates", "0001_initial"))
        annulled.update(annulled_at=None, annulled_reason="")
        go_back(("certificates", "0001_initial"), ("course", "0004_print_sheets_in_the_background"))

    lines = CertificateDesign.objects.get(signatories__post="Directora").signatories.values_list("name", "post")
    assert list(lines) == [("Dra. Julia Tzoc", "Directora"), ("", "Facilitador")]
    assert annulled.get().annulled_at is None
    assert Reminder.objects.count() == len(set(Reminder.objects.values_list("token", flat=True))) == 2
    before = sent.token
    sent.refresh_from_db()
    assert (sent.requested_at, sent.sent_at, sent.token != before) == (NOW, NOW, True)


def test_who_is_named_in_a_badge_is_known_again_and_nobody_waits_for_what_is_gone(settings, tmp_path):
    make_small_course()
    settings.SITE_URL, settings.CREDENTIAL_KEYS_DIR = "https://trato.example", tmp_path / "keys"
    make_key()
    named, unnamed = issue(make_graduate(), names_holder=True), issue(make_graduate("EVA222"))
    asked = CorrectionRequest.objects.create(
        learner=named.learner, origin=CorrectionRequest.Origin.OWN, asked={"role": "Archivo"}, was={"role": ""}
    )
    before = ("certificates", "0009_say_which_training")
    with forward_again():
        with pytest.raises(RuntimeError, match="wait for an answer"):
            go_back(before)
        assert CorrectionRequest.objects.get() == asked
        decision = CorrectionRequest.Decision.DECLINED
        CorrectionRequest.objects.update(decided_at=NOW, decision=decision)
        go_back(before)
    found = {one.pk: (one.names_holder, one.issuer, one.digest) for one in Certificate.objects.all()}
    # What was digested cannot be known again.
    assert found == {named.pk: (True, named.issuer, ""), unnamed.pk: (False, unnamed.issuer, "")}
    assert named.issuer
    assert not CorrectionRequest.objects.exists()


def test_what_came_with_pools_goes_and_attempts_stay():
    quiz = make_quiz("m1", 2, feedback_time=FeedbackTime.PASSED)
    attempt = start(make_learner("EVA222"), quiz)
    QuizDraw.objects.create(quiz=quiz, count=1)
    topic = Topic.objects.create(identifier="trato", name="Trato", locale=quiz.locale)
    kept = QuizDraw.objects.create(quiz=quiz, count=1, topic=topic)
    with forward_again():
        go_back(("quizzes", "0009_let_questions_share_a_case"))
    assert list(QuizDraw.objects.values_list("pk", flat=True)) == [kept.pk]
    assert Quiz.objects.get(pk=quiz.pk).feedback_time == FeedbackTime.END
    assert Attempt.objects.get(pk=attempt.pk).paper == attempt.paper


def test_who_had_a_role_and_no_post_goes_on_having_one_on_certificates():
    make_small_course()
    people = {
        code: make_learner(code, role=role, job_title=title)
        for code, role, title in [("AAA234", "apoyo", ""), ("BBB234", "clinica", "Enfermera I"), ("CCC234", "", "")]
    }
    with forward_again():
        go_back(("course", "0025_know_epochs_of_merged_accounts"))
    posts = {code: User.objects.get(pk=person.pk).job_title for code, person in people.items()}
    assert posts == {"AAA234": "Personal de apoyo", "BBB234": "Enfermera I", "CCC234": ""}
    # It is the very word that the course has for the role, so that it is told in another language too.
    assert {role: job_called(word) for words in WORDS.values() for role, word in words.items()} == {
        role.value: role.value for role in Role
    }
