"""Answer sheets: handed out, found by code, withdrawn."""

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from course.models import PaperSheet, User
from course.people.audit import audit_log
from modules.progress.outline import course_outline
from quizzes.attempts.closing import close_attempt, lock_attempt
from quizzes.attempts.taking import start_attempt
from quizzes.exceptions import EmptyQuiz, MayNotStart
from quizzes.models import Medium

from .lettering import unprintable

# Without characters that look alike: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPRTWXY"
LENGTH = 8
CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


class NoPaper(MayNotStart):
    def __str__(self):
        return _("This quiz has a question that paper can’t ask. It is taken on screen.")


class NotStudying(MayNotStart):
    def __str__(self):
        return _("The course of the group is not open today.")


@dataclass(frozen=True)
class Handout:
    """The sheets of those who have one now, and [(person, reason)] of the others."""

    sheets: list[PaperSheet]
    refused: list[tuple[User, str]]


@transaction.atomic
def hand_out(quiz, learners, *, cohort, by, now, chance, session=None):
    """Start an attempt on paper for each who may, and return the Handout; open attempts stay as they are."""
    sheets, refused = [], []
    for learner in learners:
        try:
            sheets.append(_sheet_for(learner, quiz, cohort=cohort, by=by, now=now, chance=chance, session=session))
        except (MayNotStart, EmptyQuiz) as error:
            refused.append((learner, str(error)))
    if sheets:
        audit_log("papers_printed", by=by, cohort=cohort, subject=quiz.title, people=len(sheets), now=now)
    return Handout(sheets, refused)


@transaction.atomic
def _sheet_for(learner, quiz, *, cohort, by, now, chance, session):
    if not learner.has_perm("quizzes.start_attempt", quiz):
        raise NotStudying
    attempt = start_attempt(
        learner,
        quiz,
        language=quiz.locale.language_code,
        now=now,
        chance=chance,
        audience=learner.role,
        medium=Medium.PAPER,
    )
    if unprintable(attempt.snapshot):
        # Roll the attempt back.
        raise NoPaper
    sheet = PaperSheet.objects.filter(attempt=attempt).first()
    return sheet or _new_sheet(attempt, cohort=cohort, by=by, now=now, chance=chance, session=session)


def _new_sheet(attempt, *, cohort, by, now, chance, session):
    while True:
        code = "".join(chance.choices(ALPHABET, k=LENGTH))
        sheet = PaperSheet(code=code, attempt=attempt, cohort=cohort, session=session, printed_by=by, printed_at=now)
        try:
            with transaction.atomic():
                sheet.save(force_insert=True)
        except IntegrityError:
            # A concurrent request made the sheet, or (1 in 5·10¹⁰) the code is taken.
            if known := PaperSheet.objects.filter(attempt=attempt).first():
                return known
        else:
            return sheet


def sheets_of(cohort, quiz_key):
    return (
        PaperSheet.objects.filter(cohort=cohort, attempt__quiz_key=quiz_key)
        .select_related("attempt__learner", "keyed_by", "session")
        .order_by("attempt__learner__sort_key", "attempt__learner_id", "printed_at", "pk")
    )


def is_waiting(sheet):
    return sheet.attempt.is_in_second_chance or not sheet.attempt.has_ended


def quizzes_with_sheets(cohort, session=None):
    """Return [(module of the course or session, {"sheets": printed, "keyed": entered})]."""
    sheets = PaperSheet.objects.filter(cohort=cohort)
    modules = [module for module in course_outline() if module.quiz_key]
    if session:
        sheets = sheets.filter(session=session)
        modules = [module for module in modules if not session.modules or str(module.key) in session.modules]
    counts = sheets.values("attempt__quiz_key").annotate(
        sheets=Count("pk"), keyed=Count("pk", filter=Q(keyed_at__isnull=False))
    )
    by_quiz = {row["attempt__quiz_key"]: row for row in counts}
    return [(module, by_quiz.get(module.quiz_key, {})) for module in modules]


def read_code(text):
    """Return a typed or scanned code in its canonical form, "" for an invalid one."""
    code = re.sub(r"[\s\-–·]", "", text).upper()
    return code if CODE.fullmatch(code) else ""


def grouped(code):
    return f"{code[:4]}-{code[4:]}"


@transaction.atomic
def withdraw_sheet(sheet, *, by, now):
    """End the attempt of a lost sheet as never sent; return whether it was open."""
    attempt = lock_attempt(sheet.attempt_id, sheet.attempt.learner_id)
    if attempt.is_final:
        return False
    close_attempt(attempt, at=now)
    audit_log("sheet_withdrawn", by=by, cohort=sheet.cohort, about=[attempt.learner], now=now)
    return True
