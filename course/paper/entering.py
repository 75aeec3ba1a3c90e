"""Keying in a sheet: once, by the same rules as answers on screen."""

from django.db import transaction
from django.utils.translation import gettext as _

from course.models import PaperSheet
from course.people.audit import audit_log
from quizzes.attempts import taking as attempts
from quizzes.attempts.closing import lock_attempt
from quizzes.attempts.responses import CHECK_CLIENT, IncomingAnswer
from quizzes.attempts.second_chance import second_chance_snapshot
from quizzes.kinds import get_kind

from .lettering import Misread, on_sheet, read_typed

CLIENT = "paper"


class NotEntered(Exception):
    """Nothing was saved. `errors` is {question number: sentence}."""

    def __init__(self, message, errors=None):
        super().__init__(message)
        self.errors = errors or {}


class AlreadyEntered(NotEntered):
    pass


def enter_sheet(sheet, typed, *, again=None, by, now):
    """Save the typed text of a sheet, {number: text}, submit its attempt and return it graded.

    With `again`, a second typing, both must agree. An attempt that `is_in_second_chance` missed something essential:
    see `enter_second`. Raises NotEntered, AlreadyEntered.
    """
    _check_not_own(sheet, by)
    with transaction.atomic():
        sheet = PaperSheet.objects.select_for_update().get(pk=sheet.pk)
        attempt = sheet.attempt
        _check_open(sheet, attempt)
        responses = read_sheet(attempt.snapshot, typed, again)
        given = [IncomingAnswer(key, response, CLIENT, 1, now) for key, response in responses.items()]
        attempts.save_answers(attempt.pk, given, learner=attempt.learner_id, now=now)
        sheet.keyed_by, sheet.keyed_at = by, now
        sheet.save(update_fields=["keyed_by", "keyed_at"])
        audit_log("paper_entered", by=by, cohort=sheet.cohort, about=[attempt.learner], now=now)
        return attempts.submit_attempt(attempt, now=now)


def enter_second(sheet, typed, *, again=None, by, now):
    """Save what the second chance asks, which is final. Raises NotEntered, also for a blank; AlreadyEntered."""
    _check_not_own(sheet, by)
    with transaction.atomic():
        sheet = PaperSheet.objects.select_for_update().get(pk=sheet.pk)
        attempt = lock_attempt(sheet.attempt_id, sheet.attempt.learner_id)
        if not attempt.is_in_second_chance:
            raise AlreadyEntered(_("This sheet is entered already. Nothing was changed."))
        paper = second_chance_snapshot(attempt.snapshot)
        responses = read_sheet(paper, typed, again)
        items = [(one.number, one.item) for one in on_sheet(paper)]
        if blank := [number for number, item in items if not get_kind(item).is_answered(item, responses[item["key"]])]:
            words = _("What is indispensable is not left blank: ask it once more.")
            raise NotEntered(_("The sheet is not saved yet: look at the questions named."), dict.fromkeys(blank, words))
        given = [IncomingAnswer(key, response, CHECK_CLIENT, 1, now) for key, response in responses.items()]
        attempts.save_answers(attempt.pk, given, learner=attempt.learner_id, now=now)
        audit_log("paper_entered", by=by, cohort=sheet.cohort, about=[attempt.learner], now=now)
        attempt.refresh_from_db()
        return attempt


def _check_not_own(sheet, by):
    if sheet.attempt.learner_id == by.pk:
        raise NotEntered(_("Nobody enters their own sheet. Ask another facilitator."))


def _check_open(sheet, attempt):
    if sheet.keyed_at:
        raise AlreadyEntered(_("This sheet is entered already. Nothing was changed."))
    if attempt.abandoned_at:
        raise AlreadyEntered(_("This sheet was withdrawn. Nothing was changed."))
    if attempt.submitted_at:
        raise AlreadyEntered(_("This attempt was sent already. Nothing was changed."))


def read_sheet(paper, typed, again=None):
    responses, errors = {}, {}
    for question in on_sheet(paper):
        try:
            response = read_typed(question, typed.get(question.number, ""))
            if again is not None and read_typed(question, again.get(question.number, "")) != response:
                raise Misread(_("The two times differ. Look at the sheet and type both again."))
        except Misread as problem:
            errors[question.number] = str(problem)
        else:
            responses[question.item["key"]] = response
    if errors:
        raise NotEntered(_("The sheet is not saved yet: look at the questions named."), errors)
    return responses
