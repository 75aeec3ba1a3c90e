"""Partial credit: what share of the points an option earns, as papers hold it."""

from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from quizzes.base.markup import gaps_in, sources_in
from quizzes.exceptions import UnreadableResponse

# 33.33333 per cent means a third: what other banks write with five places is one of these shares.
MOST_PARTS = 20
NEAR = Fraction(1, 10**7)


def exact_share(percent):
    """Return per cent (a Decimal of five places) as an exact Fraction: 33.33333 is a third."""
    share = Fraction(percent) / 100
    plain = share.limit_denominator(MOST_PARTS)
    return plain if abs(plain - share) <= NEAR else share


def freeze_share(choice):
    """Return what a paper holds of an option's own share: nothing when the kind's rule holds for it."""
    return {} if choice.fraction is None else {"share": str(exact_share(choice.fraction))}


def has_shares(item):
    """Say whether the question gives its options shares of their own."""
    return any("share" in option for option in item["options"])


def share_of(option, otherwise=0):
    """Return the exact share of a paper's option; `otherwise` where it has none of its own."""
    return Fraction(option.get("share", otherwise))


def check_full_share(shares):
    """Yield a sentence unless one of the shares (Fractions) is the whole."""
    if 1 not in shares:
        yield _("Give 100% to one option at least: nobody could earn every point.")


RIGHT, WRONG, MISSED, LEFT = "right", "wrong", "missed", "left"
# Worth a part of the points: chosen, and not chosen.
PARTLY, NEARLY = "partly", "nearly"
# Written, and not yet read by whoever marks it.
WRITTEN = "written"
# Chosen, where it may not be told yet what is right.
CHOSEN = "chosen"


@dataclass(frozen=True)
class ReviewRow:
    """A line of the review. `verdict`: the person's part is `right`, `partly` right or `wrong`, was `missed`, or was
    rightly `left`; `nearly` is an option worth a part that was left; `written` is what waits for a marker, and of what
    was `chosen` no more than that is told.

    `given` and `belongs` are filled where an option is not simply chosen: the place given to a step and its own, the
    pair chosen and the right one. `typed` is what the person wrote, to be shown as it is. `number` is how the place in
    a picture, or the gap in a text, is called on the page.
    """

    text: str
    verdict: str
    feedback: str = ""
    given: str = ""
    belongs: str = ""
    typed: str | None = None
    number: str = ""

    @property
    def is_only_chosen(self):
        """Say whether the line is an option that the person chose, and no more than that is told of it."""
        return self.verdict == CHOSEN and self.typed is None and not self.given


class Mistake(str):
    """A sentence about a question's options that knows where it belongs: to this field of these options."""

    def __new__(cls, sentence, choices, field="text"):
        mistake = super().__new__(cls, sentence)
        mistake.choices, mistake.field = list(choices), field
        return mistake


class Unfinished(Mistake):
    """What still has to be added, and files of other systems can't have: such a question is brought as a draft."""


class Kind:
    """A kind of question. A response is JSON; `nothing` is the response of someone who has not answered."""

    name = ""
    label = ""
    # Where it stands in the list of kinds that editors choose from.
    place = 100
    # What an editor has to know about the options of this kind.
    help = ""
    scored = True
    # Whether a person has to mark what was answered: then `score` is None for anything but `nothing`.
    marked_by_hand = False
    # Whether the page shows the options; the accepted answers of a box to write in stay on the server.
    shows_options = True
    nothing = ""
    # Which fields of a Choice, beside text and feedback, this kind makes use of.
    choice_fields = ()
    # Which fields of a Question only some kinds make use of, this one does: unit, forgives_case, …
    question_fields = ()
    # Whether people fill in gaps, `[[1]]`, that stand in the text.
    has_gaps = False
    # Whether it can't be asked without an image.
    needs_image = False
    # How the image is shown: gets `image`, `item`, and `rows` of a review.
    picture_template = "quizzes/item_image.html"
    # How a review shows what was asked: gets `reviewed`.
    asked_template = "quizzes/asked.html"

    @property
    def template(self):
        """The fields of the question, inside the form: gets `item`, `response`, `prefix` and `problem`.

        `prefix` stands before every name and id, for several questions may be on a page.
        """
        return f"quizzes/kinds/{self.name}.html"

    def freeze(self, question, chance, *, shuffle=True):
        """Return the question as an item of a paper: all that is needed to show, score and review it for ever."""
        choices = list(question.choices.all())
        cited = [source.identifier for source in question.sources.all()]
        wholes = _wholes_of(question) if self.scored else {}
        for text in (
            question.text,
            question.feedback,
            *wholes.values(),
            *(part for c in choices for part in (c.text, c.match, c.feedback)),
        ):
            cited += sources_in(text)
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
            # For whoever marks it: no page of the person who answers shows it.
            **({"marking_guide": question.marking_guide} if self.marked_by_hand and question.marking_guide else {}),
            **self._freeze_teaching(question),
            **self.freeze_choices(choices, chance, shuffle=shuffle),
        }

    def _freeze_teaching(self, question):
        """Return the act that a question is about, where it is taught, and whether nobody passes who misses it."""
        act = question.act
        # Nobody waits for a marker to learn that something indispensable is missing.
        is_indispensable = question.is_indispensable and self.scored and not self.marked_by_hand
        return {
            **({"act": {"id": act.identifier, "text": act.text}} if act else {}),
            **({"lesson": question.lesson} if question.lesson else {}),
            **({"indispensable": True} if is_indispensable else {}),
        }

    def freeze_choices(self, choices, chance, *, shuffle):
        """Return the part of the item that depends on the kind, in the order of the screen."""
        raise NotImplementedError

    def reshuffle(self, item, chance):
        """Return what changes in an item that is asked once more: its options in another order, where that may be."""
        return {}

    def asked(self, item):
        """Return the marked text that stands above the fields; nothing where the fields stand in the text itself."""
        return item["text"]

    def shown_options(self, item):
        """Return the options whose text stands on the page of whoever answers."""
        return item["options"] if self.shows_options else []

    def read_form(self, item, form):
        """Return the response that a posted form (a QueryDict) holds; raises UnreadableResponse."""
        raise NotImplementedError

    def draft(self, form):
        """Return what to show again of a posted form that could not be read; nothing where that is what stands."""

    def read(self, item, response):
        """Return a response that arrived as JSON in its one true form; raises UnreadableResponse."""
        raise NotImplementedError

    def score(self, item, response):
        """Return the points of a response, a Fraction from 0 to 1; None when a person has to mark it."""
        return Fraction(0)

    def is_answered(self, item, response):
        """Say whether the response is complete."""
        return response != self.nothing

    def count_parts(self, item):
        """Return how many fields have to be filled for a complete response; 0 where any response is complete."""
        return 0

    def first_control(self, item):
        """Return how the id of the first field ends, after the prefix: what a complaint about the question leads to."""
        return "choice"

    def problem(self, item, response):
        """Return a sentence about what contradicts itself in a response that was saved, or nothing."""
        return ""

    def review(self, item, response):
        """Return the ReviewRows: what was chosen, what is right, and why, for every option."""
        return []

    def review_chosen(self, item, response):
        """Return the ReviewRows of what was chosen, with its feedback, and of nothing else: no row tells what is right.

        Where the feedback of an option says where it belongs, it stays away too.
        """
        chosen = [row for row in self.review(item, response) if row.verdict in (RIGHT, PARTLY, WRONG)]
        return [replace(row, verdict=CHOSEN, belongs="") for row in chosen]

    def right_response(self, item):
        """Return the response that earns every point."""
        return self.nothing

    def picks(self, item, response):
        """Return what the figures count of a response, as texts of at most 120 characters, each once.

        These are keys of options, or `key:value` where each option gets a place or a pair. What people typed is never
        among them: a kind that they answer by writing returns the key of the accepted answer, or nothing.
        """
        keys = option_keys(item)
        if isinstance(response, dict):
            return [f"{key}:{value}" for key, value in response.items() if key in keys]
        chosen = response if isinstance(response, list) else [response]
        return [key for key in keys if key in chosen]

    def right_picks(self, item):
        """Return what is right of all that `picks` can return; of the item its options are enough."""
        return self.picks(item, self.right_response(item))

    def check(self, choices, *, text=None, has_image=None):
        """Yield a sentence for each thing that is wrong with a question's options; `choices` have Choice's fields.

        A Mistake says of which options it speaks; a plain sentence is about the question. What is not known of the
        question, its `text` and whether it `has_image`, is not looked at.
        """
        if empty := [choice for choice in choices if not str(choice.text).strip() and not self.may_be_empty(choice)]:
            yield Mistake(_("An option has no text."), empty)
        yield from self.check_options(choices)
        if text is not None:
            yield from self.check_text(text, choices)
        if self.needs_image and has_image is False:
            yield Unfinished(_("This kind of question shows places in a picture: choose its image."), [])
        if "fraction" not in self.choice_fields and any(choice.fraction is not None for choice in choices):
            yield _("This kind of question has its own rule for parts: leave the per cent of its options empty.")
        if "tolerance" not in self.choice_fields and any(choice.tolerance is not None for choice in choices):
            yield _("Only numbers have a tolerance: leave it empty.")

    def check_options(self, choices):
        """Yield what this kind has to say about its options."""
        return iter(())

    def check_text(self, text, choices):
        """Yield what this kind has to say about the text of the question."""
        if gaps_in(text):
            yield _("“[[1]]” is a gap, which only a question with gaps has: take it out of the text.")

    def may_be_empty(self, choice):
        """Say whether an option may be without text."""
        return False


def _wholes_of(question):
    """Return the feedback on the answer as a whole, by the verdict of the review that it belongs to."""
    said = {RIGHT: question.right_feedback, PARTLY: question.partly_feedback, WRONG: question.wrong_feedback}
    return {verdict: text for verdict, text in said.items() if text.strip()}


def one_of(keys, value):
    """Return `value` if it is one of `keys`; raises UnreadableResponse for anything else, of any type."""
    if isinstance(value, str) and value in keys:
        return value
    raise UnreadableResponse


def pairs_of(response):
    """Return the items of a JSON object; raises UnreadableResponse for anything else."""
    if isinstance(response, dict):
        return response.items()
    raise UnreadableResponse


def option_keys(item):
    return [option["key"] for option in item["options"]]


def freeze_option(choice, **more):
    lesson = {"lesson": choice.lesson} if choice.lesson else {}
    return {"key": str(choice.translation_key), "text": choice.text, "feedback": choice.feedback, **lesson, **more}


def shuffled(items, chance):
    """Return the items in an order drawn by `chance`, never the order they came in.

    Of two there is only one other order, and always to see it would tell which is right: chance alone decides.
    """
    drawn = list(items)
    chance.shuffle(drawn)
    return drawn[1:] + drawn[:1] if drawn == list(items) and len(drawn) > 2 else drawn
