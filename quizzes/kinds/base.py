"""Base class of the kinds of question, rows of a review, and partial credit."""

from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from quizzes.base.markup import find_gaps, find_sources
from quizzes.exceptions import UnreadableResponse

# Other banks write a third as 33.33333 per cent.
MAX_DENOMINATOR = 20
TOLERANCE = Fraction(1, 10**7)


def exact_share(percent):
    """Return per cent (a Decimal of five places) as an exact Fraction: 1/3 for 33.33333."""
    share = Fraction(percent) / 100
    simple = share.limit_denominator(MAX_DENOMINATOR)
    return simple if abs(simple - share) <= TOLERANCE else share


def freeze_share(choice):
    """Return the share of an option for a snapshot; {} if the rule of the kind applies."""
    return {} if choice.fraction is None else {"share": str(exact_share(choice.fraction))}


def has_shares(item):
    return any("share" in option for option in item["options"])


def get_share(option, default=0):
    return Fraction(option.get("share", default))


def check_full_share(shares):
    """Yield a problem unless one of the shares (Fractions) is 1."""
    if 1 not in shares:
        yield _("Give 100% to at least one option: otherwise no one could earn every point.")


RIGHT, WRONG, MISSED, LEFT = "right", "wrong", "missed", "left"
PARTLY, NEARLY = "partly", "nearly"
WRITTEN = "written"
# Chosen, before verdicts are shown.
CHOSEN = "chosen"


@dataclass(frozen=True)
class ReviewRow:
    """`given`, `expected`: position of a step or other half of a pair; `number`: label of the place or gap."""

    text: str
    verdict: str
    feedback: str = ""
    given: str = ""
    expected: str = ""
    typed: str | None = None
    number: str = ""

    @property
    def is_only_chosen(self):
        return self.verdict == CHOSEN and self.typed is None and not self.given


class ValidationProblem(str):
    """A message about a field of some of a question's options."""

    def __new__(cls, message, choices, field="text"):
        problem = super().__new__(cls, message)
        problem.choices, problem.field = list(choices), field
        return problem


class DraftProblem(ValidationProblem):
    """Something that files of other systems cannot have: the question is imported as a draft."""


class Kind:
    """A response is a JSON value; `item` is a question in a snapshot."""

    name = ""
    label = ""
    place = 100
    help = ""
    scored = True
    # If True, `score` is None for any response but the empty one.
    marked_by_hand = False
    # Whether the page shows the options; accepted answers of a text box stay on the server.
    shows_options = True
    empty_response = ""
    # Fields of Choice besides text and feedback.
    choice_fields = ()
    # Fields of Question that only some kinds use.
    question_fields = ()
    # Fields of Question that every item of this kind has.
    frozen_fields = ()
    has_gaps = False
    needs_image = False
    # Template of the image; context: `image`, `item`, and `rows` of a review.
    picture_template = "quizzes/item_image.html"
    # Template of the question in a review; context: `reviewed`.
    prompt_template = "quizzes/question_text.html"

    @property
    def template(self):
        """Form template; context: `item`, `response`, `problem`, and `prefix` of every name and id."""
        return f"quizzes/kinds/{self.name}.html"

    def freeze(self, question, chance, *, shuffle=True):
        """Return the item for a snapshot: all that is needed to show, score and review the question."""
        choices = list(question.choices.all())
        cited = [source.identifier for source in question.sources.all()]
        wholes = _overall_feedback(question) if self.scored else {}
        for text in (
            question.text,
            question.feedback,
            *wholes.values(),
            *(part for c in choices for part in (c.text, c.match, c.feedback)),
        ):
            cited += find_sources(text)
        return {
            "key": str(question.translation_key),
            "identifier": question.identifier,
            "kind": self.name,
            "text": question.text,
            "feedback": question.feedback,
            **({"wholes": wholes} if wholes else {}),
            "needs_checking": question.needs_checking,
            "sources": list(dict.fromkeys(cited)),
            "marks": question.marks if self.scored else 0,
            # Never shown to learners.
            **({"marking_guide": question.marking_guide} if self.marked_by_hand and question.marking_guide else {}),
            **self._freeze_teaching(question),
            **{name: getattr(question, name) for name in self.frozen_fields},
            **self.freeze_choices(choices, chance, shuffle=shuffle),
        }

    def _freeze_teaching(self, question):
        act = question.act
        # A learner must not wait for a marker to learn that something indispensable is missing.
        is_indispensable = question.is_indispensable and self.scored and not self.marked_by_hand
        return {
            **({"act": {"id": act.identifier, "text": act.text}} if act else {}),
            **({"lesson": question.lesson} if question.lesson else {}),
            **({"indispensable": True} if is_indispensable else {}),
        }

    def freeze_choices(self, choices, chance, *, shuffle):
        """Return the part of the item that depends on the kind, options in the order of the screen."""
        raise NotImplementedError

    def reshuffle(self, item, chance):
        """Return the changes of an item that is asked again: its options in another order."""
        return {}

    def prompt(self, item):
        """Return the text above the fields; "" if the fields are within the text."""
        return item["text"]

    def visible_options(self, item):
        """Return the options whose text the learner sees before answering."""
        return item["options"] if self.shows_options else []

    def read_form(self, item, form):
        """Return the response in a form (a QueryDict); raises UnreadableResponse."""
        raise NotImplementedError

    def draft(self, form):
        """Return what to show again of a form that could not be read, or None for the saved response."""

    def read(self, item, response):
        """Return a response from JSON in canonical form; raises UnreadableResponse."""
        raise NotImplementedError

    def score(self, item, response):
        """Return the points of a response, a Fraction from 0 to 1; None until a person marks it."""
        return Fraction(0)

    def is_answered(self, item, response):
        return response != self.empty_response

    def count_parts(self, item):
        """Return how many fields a complete response fills; 0 if any response is complete."""
        return 0

    def first_control(self, item):
        """Return the id of the first field without prefix, for links from error messages."""
        return "choice"

    def problem(self, item, response):
        """Return a message about a contradiction in a saved response, or ""."""
        return ""

    def review(self, item, response):
        return []

    def review_chosen(self, item, response):
        """Return ReviewRows of what was chosen, without anything that reveals what is right."""
        chosen = [row for row in self.review(item, response) if row.verdict in (RIGHT, PARTLY, WRONG)]
        return [replace(row, verdict=CHOSEN, expected="") for row in chosen]

    def right_response(self, item):
        """Return the response that earns every point."""
        return self.empty_response

    def picks(self, item, response):
        """Return what statistics count: keys or `key:value`, at most 120 characters, never typed text (personal)."""
        keys = option_keys(item)
        if isinstance(response, dict):
            return [f"{key}:{value}" for key, value in response.items() if key in keys]
        chosen = response if isinstance(response, list) else [response]
        return [key for key in keys if key in chosen]

    def right_picks(self, item):
        """Return the right ones of all possible `picks`; `item` needs only its options."""
        return self.picks(item, self.right_response(item))

    def check(self, choices, *, text=None, has_image=None):
        """Yield problems of a question; `choices` have the fields of Choice, other arguments are unchecked if None."""
        if empty := [choice for choice in choices if not str(choice.text).strip() and not self.may_be_empty(choice)]:
            yield ValidationProblem(_("An option has no text."), empty)
        yield from self.check_options(choices)
        if text is not None:
            yield from self.check_text(text, choices)
        if self.needs_image and has_image is False:
            yield DraftProblem(_("This kind of question shows places in a picture: choose its image."), [])
        if "fraction" not in self.choice_fields and any(choice.fraction is not None for choice in choices):
            yield _(
                "This kind of question has its own rule for partial credit: leave the per cent of its options empty."
            )
        if "tolerance" not in self.choice_fields and any(choice.tolerance is not None for choice in choices):
            yield _("Only numbers have a tolerance: leave it empty.")

    def check_options(self, choices):
        return iter(())

    def check_text(self, text, choices):
        if find_gaps(text):
            yield _("“[[1]]” is a gap, which only a question with gaps has: take it out of the text.")

    def may_be_empty(self, choice):
        return False


def _overall_feedback(question):
    feedback = {RIGHT: question.right_feedback, PARTLY: question.partly_feedback, WRONG: question.wrong_feedback}
    return {verdict: text for verdict, text in feedback.items() if text.strip()}


def require_key(keys, value):
    """Return `value` if it is one of `keys`; raises UnreadableResponse for any other value of any type."""
    if isinstance(value, str) and value in keys:
        return value
    raise UnreadableResponse


def response_items(response):
    """Return the items of a JSON object; raises UnreadableResponse for any other value."""
    if isinstance(response, dict):
        return response.items()
    raise UnreadableResponse


def option_keys(item):
    return [option["key"] for option in item["options"]]


def freeze_option(choice, **more):
    lesson = {"lesson": choice.lesson} if choice.lesson else {}
    return {"key": str(choice.translation_key), "text": choice.text, "feedback": choice.feedback, **lesson, **more}


def shuffled(items, chance):
    """Return items in a random order; never the original one for more than two, so no order gives a hint."""
    drawn = list(items)
    chance.shuffle(drawn)
    return drawn[1:] + drawn[:1] if drawn == list(items) and len(drawn) > 2 else drawn
