"""Cards: the short screens of a lesson, derived from its blocks as they stand."""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import groupby

from modules.blocks.lessons import split_tips
from modules.text.readability import ENGLISH, SPANISH, sentences_in, words_in
from modules.text.richtext import html_to_markdown
from quizzes.base.markup import find_sources, is_unverified, strip_markup

# Words: up to which pieces are joined, the most on a card, and below which a piece joins its neighbour.
JOINED, MOST_WORDS, LEAST = 50, 60, 14
# A drawing takes the room of some 25 words.
MOST_BESIDE_DRAWING = 34
# More words are set in smaller letters, so that the card fits 360 × 640.
MOST_IN_LARGE_LETTERS = 34
MOST_POINTS, MOST_IN_POINTS = 4, 36
# Cards in a row on which nothing is tapped or chosen, after which readers tire.
MOST_PLAIN = 5
STEPS_OF_SCENE = 2

_LIST_ITEM = re.compile(r"(?:[-*]|\d+[.)])\s")
# «En la cola: «Aquí pasan todas»»: what stands before the colon is the situation, not the act.
_SITUATION = re.compile(r"([^:«“]{3,80}): (\S.*)", re.DOTALL)
# «Es **exponer**. …» names what was avoided: {language: (as written, after the worse answer, after the better one)}.
_NAMED_HARM = {"es": ("Es **", "Eso es **", "Lo otro es **"), "en": ("That is **", "That is **", "The other is **")}
_SHOWN_IF = {"photo": "picture", "listen": "recordings", "film": "is_shown", "voice": "is_shown"}
# They stand before the last card, whatever their place in the lesson.
_LATE = {"directory", "printable", "quiz"}
_ABOUT = "about"


@dataclass(frozen=True)
class Answer:
    letter: str
    text: str
    is_better: bool
    why: str


@dataclass(frozen=True)
class Part:
    kind: str  # "text" in Markdown, "key" (message), "point"
    text: str


@dataclass
class Card:
    """`kind`: text, key, callout, check, checklist, reflection, tip, scene, block (rendered by its own template)."""

    kind: str
    title: str = ""
    parts: list[Part] = field(default_factory=list)
    words: int = 0
    block: object = None
    # The blocks of the lesson that begin on the card.
    begins: list = field(default_factory=list)
    callout: str = ""
    drawings: list = field(default_factory=list)
    # Shown where all cards are: on paper and below each other.
    spare_drawings: list = field(default_factory=list)
    situation: str = ""
    answers: list[Answer] = field(default_factory=list)
    better: str = ""
    own: dict | None = None
    others: list = field(default_factory=list)

    @property
    def texts(self):
        tips = [tip["tip"] for tip in (self.own, *self.others) if tip]
        answers = [text for answer in self.answers for text in (answer.text, answer.why)]
        return [*(part.text for part in self.parts), *answers, *tips, *self._block_texts]

    @property
    def _block_texts(self):
        if self.kind == "reflection":
            return [self.block.value["feedback"] or ""]
        return texts_of_scene(self.block) if self.kind == "scene" else []

    @property
    def has_sources(self):
        return any(find_sources(text) for text in self.texts)

    @property
    def is_unverified(self):
        return any(map(is_unverified, self.texts))

    @property
    def is_long(self):
        return self.words > MOST_IN_LARGE_LETTERS or bool(self.drawings)

    @property
    def is_plain(self):
        """Nothing is tapped or chosen on it."""
        return self.kind in ("text", "key", "callout", "tip")

    @property
    def steps(self):
        return STEPS_OF_SCENE if self.kind == "scene" else 1


@dataclass
class Cards:
    """The cards of a lesson for one role; `others` are the scenes of other roles, `about` its callouts on the text."""

    cards: list[Card]
    others: list
    about: list

    @property
    def steps(self):
        return sum(card.steps for card in self.cards)

    @property
    def most_words(self):
        return max((card.words for card in self.cards), default=0)

    @property
    def checks(self):
        return sum(card.kind in ("check", "scene") for card in self.cards)

    @property
    def plain_runs(self):
        """The runs of more than five plain cards, as (first, last) numbers."""
        runs, start = [], None
        for number, card in enumerate([*self.cards, None], start=1):
            if card is not None and card.is_plain:
                start = start or number
            elif start:
                runs.append((start, number - 1))
                start = None
        return [(first, last) for first, last in runs if last - first + 1 > MOST_PLAIN]


def texts_of_scene(block):
    steps = block.value["steps"]
    choices = [choice for step in steps for choice in step["choices"]]
    named = ("text", "consequence", "feedback", "their_side")
    return [*(step["text"] for step in steps), *(choice.get(name) or "" for choice in choices for name in named)]


def count_words(text):
    return len(words_in(strip_markup(text)))


def find_unverified(text, language):
    """Return the sentences with `[VL]`, without their marks."""
    paragraphs = re.split(r"\n+", text)
    sentences = [sentence for paragraph in paragraphs for sentence in split_sentences(paragraph, language)]
    return [strip_markup(sentence).lstrip("-# ").strip() for sentence in sentences if is_unverified(sentence)]


def derive_cards(lesson, *, role, today, addresses=None, with_other_scenes=False):
    """Return the `Cards` of a lesson page; without a scene of `role` all scenes are cards.

    `addresses` is {page pk: address} of the pages that texts link to.
    """
    return _Deriver(lesson, role, {"today": today}, addresses or {}).run(with_other_scenes)


class _Deriver:
    def __init__(self, lesson, role, context, addresses):
        self.lesson, self.role, self.context, self.addresses = lesson, role, context, addresses
        self.language = lesson.locale.language_code
        self.cards, self.late, self.tips, self.about, self.drawings = [], [], [], [], []

    def run(self, with_other_scenes):
        scenes = [block for block in self.lesson.body if block.block_type == "scenario" and block.value["steps"]]
        own = [scene for scene in scenes if not self._is_others(scene)]
        others = [scene for scene in scenes if self._is_others(scene)]
        shown = own if own and not with_other_scenes else scenes
        for is_scene, run in groupby(self.lesson.body, key=lambda block: block.block_type == "scenario"):
            if is_scene:
                self.cards += [self._scene(scene) for scene in sorted(run, key=self._is_others) if scene in shown]
            else:
                for block in run:
                    self._add(block)
        self._place_drawings()
        return Cards([*self.cards, *self.late, *self.tips], others if own else [], self.about)

    def _is_others(self, scene):
        return scene.value["role"] != self.role

    def _scene(self, block):
        title, opening = block.value["title"], block.value["steps"][0]["text"]
        return Card("scene", title, block=block, begins=[block], words=count_words(opening))

    def _add(self, block):
        add = getattr(self, f"_add_{block.block_type}", None)
        if add:
            add(block, block.value)
        elif _is_shown(block, self.context):
            cards = self.late if block.block_type in _LATE else self.cards
            cards.append(Card("block", block=block, begins=[block], words=_words_of_block(block)))

    def _add_text(self, block, value):
        self.cards += _text_cards(self._markdown(value), Card("text", block=block), self.language)

    def _add_callout(self, block, value):
        if value["kind"] == _ABOUT:
            self.about.append(value)
            return
        callout = Card("callout", value["title"], block=block, callout=value["kind"])
        self.cards += _text_cards(self._markdown(value["text"]), callout, self.language)

    def _markdown(self, value):
        return html_to_markdown(getattr(value, "source", value) or "", self.addresses)

    def _add_key_message(self, block, value):
        words, last, part = count_words(value), self.cards[-1] if self.cards else None, Part("key", value)
        joins = last and last.kind == "text" and last.words + words <= JOINED and last.parts[-1].kind == "text"
        if joins:
            _append(last, part, words)
            last.begins.append(block)
        else:
            self.cards.append(Card("key", parts=[part], words=words, begins=[block]))

    def _add_figure(self, block, value):
        self.drawings.append((len(self.cards), block))

    def _place_drawings(self):
        for place, block in self.drawings:
            roomy = [
                (abs(number - place), number)
                for number, card in enumerate(self.cards)
                if card.kind in ("text", "key") and card.words <= MOST_BESIDE_DRAWING and not card.drawings
            ]
            if roomy:
                card = self.cards[min(roomy)[1]]
                card.drawings.append(block)
                card.begins.append(block)
            elif self.cards:
                self.cards[max(0, place - 1)].spare_drawings.append(block)

    def _add_do_avoid(self, block, value):
        for number, row in enumerate(value["rows"]):
            self.cards.append(self._check(block, value, row, number))

    def _check(self, block, value, row, number):
        situation, better = "", row["do"]
        if match := _SITUATION.fullmatch(better):
            situation, better = match[1], match[2][:1].upper() + match[2][1:]
        written, after_worse, after_better = _NAMED_HARM.get(self.language, ("\n", "", ""))
        why, rest = row["why"] or "", (row["why"] or "").removeprefix(written)
        names_harm = rest != why
        answers = [
            (better, True, after_better + rest if names_harm else why),
            (row["avoid"], False, after_worse + rest if names_harm else why),
        ]
        if hashlib.sha256(f"{self.lesson.slug}/{row['do']}".encode()).digest()[0] % 2:
            answers.reverse()
        answers = [Answer(letter, *answer) for letter, answer in zip("AB", answers, strict=True)]
        words = count_words(situation) + sum(count_words(answer.text) for answer in answers)
        return Card(
            "check",
            value["title"] or "",
            words=words,
            begins=[block] if number == 0 else [],
            situation=situation,
            answers=answers,
            better=better,
        )

    def _add_checklist(self, block, value):
        card = None
        for point in value["items"]:
            words = count_words(point)
            if card is None or len(card.parts) == MOST_POINTS or card.words + words > MOST_IN_POINTS:
                card = Card("checklist", value["title"], begins=[] if card else [block])
                self.cards.append(card)
            card.parts.append(Part("point", point))
            card.words += words

    def _add_reflection(self, block, value):
        prompt = Part("text", value["prompt"])
        self.cards.append(
            Card("reflection", parts=[prompt], words=count_words(value["prompt"]), block=block, begins=[block])
        )

    def _add_role_tips(self, block, value):
        tips = split_tips(value, self.role)
        own = tips["own"][0] if tips["own"] else None
        words = count_words(own["tip"]) if own else sum(count_words(tip["tip"]) for tip in tips["others"])
        self.tips.append(Card("tip", words=words, begins=[block], own=own, others=tips["others"]))


def _is_shown(block, context):
    if block.block_type in ("quiz", "printable"):
        return bool(block.value and block.value.live)
    name = _SHOWN_IF.get(block.block_type)
    return name is None or bool(block.block.get_context(block.value, parent_context=context)[name])


def _words_of_block(block):
    return count_words(block.value["title"]) if block.block_type in ("directory", "listen") else 0


def _text_cards(markdown, model, language):
    cards = []
    for heading, is_list, piece in _pieces(markdown, language):
        words, last = count_words(piece), cards[-1] if cards else None
        title = heading or model.title
        if last and last.title == title and _joins(last, is_list, piece, words):
            _append(last, Part("text", piece), words)
            continue
        begins = [] if cards else [model.block]
        card = Card(model.kind, title, [Part("text", piece)], words, begins=begins, callout=model.callout)
        if is_list and last and last.title == title and _leads(last) and len(last.parts) > 1:
            _take_lead(card, last)
        cards.append(card)
    return _without_scraps(cards)


def _joins(last, is_list, piece, words):
    total = last.words + words
    if is_list and _leads(last):
        return total <= MOST_WORDS
    begins_anew = piece.startswith("**") and not is_list
    return total <= JOINED and (not begins_anew or min(last.words, words) < LEAST)


def _leads(card):
    return card.parts[-1].text.rstrip().endswith(":")


def _take_lead(card, last):
    words = count_words(last.parts[-1].text)
    if card.words + words <= MOST_WORDS:
        card.parts.insert(0, last.parts.pop())
        card.words += words
        last.words -= words


def _without_scraps(cards):
    kept = []
    for card in cards:
        last = kept[-1] if kept else None
        is_scrap = last and last.title == card.title and min(last.words, card.words) < LEAST
        if is_scrap and last.words + card.words <= MOST_WORDS:
            for part in card.parts:
                _append(last, part, 0)
            last.words += card.words
        else:
            kept.append(card)
    return kept


def _append(card, part, words):
    card.parts.append(part)
    card.words += words


def _pieces(markdown, language):
    """Yield (heading, whether it is a list, Markdown) of paragraphs and parts of lists."""
    heading = ""
    for block in re.split(r"\n\s*\n", markdown.strip()):
        block = block.strip()
        if block.startswith("#"):
            line, _newline, block = block.partition("\n")
            heading, block = line.lstrip("# ").strip(), block.strip()
        if not block:
            continue
        if _LIST_ITEM.match(block):
            for items in _split_list(block):
                yield heading, True, items
        else:
            for part in _split_paragraph(block, language):
                yield heading, False, part


def _split_list(block):
    items, words = [], 0
    for item in re.split(r"\n(?=(?:[-*]|\d+[.)])\s)", block):
        size = count_words(item)
        if items and words + size > JOINED:
            yield "\n".join(items)
            items, words = [], 0
        items.append(item)
        words += size
    yield "\n".join(items)


def _split_paragraph(paragraph, language):
    """Cut a paragraph of more than 60 words between sentences, as evenly as it goes."""
    sentences, total = split_sentences(paragraph, language), count_words(paragraph)
    if total <= MOST_WORDS or len(sentences) < 2:
        return [paragraph]
    count, parts, here, words = -(-total // JOINED), [], [], 0
    for sentence in sentences:
        size = count_words(sentence)
        if here and words + size / 2 > total / count and len(parts) < count - 1:
            parts.append(" ".join(here))
            here, words = [], 0
        here.append(sentence)
        words += size
    return [*parts, " ".join(here)]


def split_sentences(paragraph, language):
    """Split between sentences, never within quotation marks or brackets."""
    sentences = []
    for sentence in sentences_in(paragraph, ENGLISH if language == ENGLISH.code else SPANISH):
        if sentences and _is_open(sentences[-1]):
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    return sentences


def _is_open(text):
    return any(text.count(opening) > text.count(closing) for opening, closing in ("«»", "“”", "()"))
