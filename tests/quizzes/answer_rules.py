"""Model of an attempt, written independently of the tested code.

`Sheet` stores what arrived for one attempt and derives what must be stored and which answer is current, by
docs/explanation/attempts.md.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

# What comes of a response that arrives in time: it is written, can't be read, or is kept nowhere and the person told.
WRITTEN, UNREADABLE, REFUSED = "written", "unreadable", "refused"
CLOCK_ERROR = timedelta(seconds=5)


@dataclass(frozen=True)
class Said:
    """A response as a device sends it (`sent`), its `fate`, and what is stored of it.

    `points` is its score from 0 to 1, None while it waits for a marker. `form` is the same as form fields.
    """

    sent: object
    fate: str = WRITTEN
    stored: object = None
    points: Fraction | None = Fraction(0)
    form: tuple = ()


@dataclass
class Row:
    """A stored write. `decision` is that of the trainer about a late answer."""

    said: Said
    certainty: int | None
    given_at: datetime
    reason: str = ""
    decision: str = ""

    @property
    def kept(self):
        return self.said.sent if self.reason in ("paper", "unreadable") else self.said.stored


@dataclass
class Sheet:
    """One attempt. `writes` and `held` (late answers) are {(question, client, number): Row}."""

    attempt: str
    person: str
    snapshot: dict
    started_at: datetime
    due_at: datetime | None
    writes: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    submitted_at: datetime | None = None
    abandoned_at: datetime | None = None

    @property
    def rules(self):
        return self.snapshot["rules"]

    @property
    def has_ended(self):
        return self.submitted_at is not None or self.abandoned_at is not None

    @property
    def tells_at_once(self):
        return (self.rules["feedback_time"], self.rules["layout"], self.due_at) == ("now", "one", None)

    def is_over(self, now):
        return self.due_at is not None and now > self.due_at + timedelta(seconds=self.rules["grace_seconds"])

    def marks_of(self, question):
        return next((item["marks"] for item in self.snapshot["questions"] if item["key"] == question), None)

    def standing(self, question):
        rows = {key[1:]: row for key, row in self.writes.items() if key[0] == question}
        if ("check", 1) in rows:
            return rows["check", 1]
        last = {client: max(number for other, number in rows if other == client) for client, _number in rows}
        latest = sorted((rows[client, number].given_at, client) for client, number in last.items())
        return rows[latest[-1][1], last[latest[-1][1]]] if latest else None

    def stand(self):
        return {question: self.standing(question) for question in {key[0] for key in self.writes}}

    def grade(self):
        points, total, standing = Fraction(0), 0, self.stand()
        if not self.submitted_at or any(row.said.points is None for row in standing.values()):
            return None
        for item in self.snapshot["questions"]:
            total += item["marks"]
            if item["key"] in standing:
                points += standing[item["key"]].said.points * item["marks"]
        percent = points * 100 / total
        return (Decimal(percent.numerator) / percent.denominator).quantize(Decimal("0.00001"), ROUND_DOWN)

    def arrive(self, question, client, number, said, *, certainty, given_at, now, hold_as=""):
        row = Row(said, certainty, max(given_at, self.started_at))
        marks = self.marks_of(question)
        if marks is None:
            return self._hold(question, client, number, row, "paper")
        if not marks or said.fate == REFUSED:
            return "refused"
        if said.fate == UNREADABLE:
            return self._hold(question, client, number, row, "unreadable")
        is_closed = bool(hold_as) or self.has_ended or self.is_over(now)
        if (question, client, number) in self.writes:
            return "there"
        if is_closed and number is None and self._said_last(question) == said.stored:
            return "there"
        if (question, "check", 1) in self.writes:
            return "refused"
        if is_closed:
            in_time = self.submitted_at and (self.due_at is None or self.submitted_at < self.due_at)
            return self._hold(question, client, number, row, hold_as or ("submitted" if in_time else "late"))
        number = number or 1 + self._last_form(self.writes, question)
        row.certainty = certainty if self.rules["asks_certainty"] else None
        self.writes[question, client, number] = row
        return "row"

    def close_if_over(self, now):
        if not self.has_ended and self.is_over(now):
            self.close(self.due_at)

    def close(self, at):
        if self.writes:
            self.submitted_at = at
        else:
            self.abandoned_at = at

    def submit(self, now):
        self.close_if_over(now)
        if not self.has_ended:
            self.submitted_at = now

    def submit_if_all_told(self, now):
        scored = [item["key"] for item in self.snapshot["questions"] if item["marks"]]
        if all((key, "check", 1) in self.writes for key in scored):
            self.submit(now)

    def end_by_clock(self, now):
        if not self.has_ended and self.due_at and now >= self.due_at - CLOCK_ERROR:
            self.close(min(now, self.due_at))

    def decide(self, key, decision):
        row = self.held[key]
        if row.decision:
            return
        row.decision = decision
        if decision == "counted":
            self.writes.setdefault(
                key, Row(row.said, row.certainty if self.rules["asks_certainty"] else None, row.given_at)
            )
            if self.abandoned_at:
                self.submitted_at, self.abandoned_at = self.due_at or self.abandoned_at, None

    def _hold(self, question, client, number, row, reason):
        row.reason = reason
        if number is None:
            newest = self._last_form(self.held, question)
            if newest and self.held[question, client, newest].kept == row.kept:
                return "there"
            number = 1 + max(newest, self._last_form(self.writes, question) if reason in ("late", "submitted") else 0)
        if (question, client, number) in self.held:
            return "there"
        self.held[question, client, number] = row
        return "held"

    def _said_last(self, question):
        number = self._last_form(self.writes, question)
        late = {key: row for key, row in self.held.items() if row.reason in ("late", "submitted")}
        is_last = number and self._last_form(late, question) <= number
        return self.writes[question, "form", number].said.stored if is_last else ()

    def _last_form(self, rows, question):
        return max((number for q, client, number in rows if (q, client) == (question, "form")), default=0)
