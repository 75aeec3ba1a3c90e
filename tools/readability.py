"""How easy the course is to read, in Spanish and in English: docs/how-to/change-the-course-text.md."""

from modules.text.readability import ENGLISH as ENGLISH_SENTENCES
from modules.text.readability import LONG_SENTENCE, SPANISH, Index, MeasuredLanguage, measure

from .course import pieces_of, read_modules
from .english_syllables import count_syllables
from .measures import Failed
from .prose import passages_of_piece

# After Flesch (1948).
FLESCH = Index(
    "Flesch",
    206.835,
    84.6,
    1.015,
    (
        (90, "very easy"),
        (80, "easy"),
        (70, "fairly easy"),
        (60, "plain"),
        (50, "fairly difficult"),
        (30, "difficult"),
        (float("-inf"), "very difficult"),
    ),
)
ENGLISH = MeasuredLanguage(
    "en",
    ENGLISH_SENTENCES.abbreviation,
    ENGLISH_SENTENCES.before_numbers,
    FLESCH,
    # «Plain English»: from here down Flesch called a text fairly difficult.
    mark=60,
    mark_label="plain",
    long_word=4,
    count_syllables=count_syllables,
)
MEASURED = {language.code: language for language in (SPANISH, ENGLISH)}


def add_arguments(parser):
    parser.add_argument("--longest", type=int, default=5, help="how many sentences to show of a text below the mark")
    parser.add_argument("--all", action="store_true", help="show the longest sentences and words of every text")


def run(directory, language, module, *, longest=5, all=False):
    """Measure how easy lessons, quizzes and survey are to read; fail for a text that is hard without a reason."""
    if language not in MEASURED:
        raise Failed(f"Nobody can measure “{language}”.")
    pieces, spoken = pieces_of(read_modules(directory, language, module)), MEASURED[language]
    measured = {name: measure(passages_of_piece(piece), spoken) for name, piece in pieces.items()}
    _write_table(measured, pieces, spoken)
    below = [name for name, text in measured.items() if not text.is_easy]
    for name in [name for name, text in measured.items() if text.words] if all else below:
        _write_details(name, measured[name], pieces[name], longest)
    if not below:
        print(f"\nEvery text reaches {spoken.mark} ({spoken.mark_label}).")
    if unexplained := [name for name in below if not pieces[name].get("plain_language_reason")]:
        raise Failed(f"Make these easier, or give a reason: {', '.join(unexplained)}")


def _write_table(measured, pieces, language):
    width = max(map(len, measured))
    row = f"{{:<{width}}}  {{:>6}} {{:>9}} {{:>5}} {{:>7}} {{:>5}}  {{:>16}} {{:<16}} {{}}"
    headings = (
        "text",
        "words",
        "sentences",
        "mean",
        "longest",
        f"> {LONG_SENTENCE}",
        language.index.name,
        "",
        "minutes",
    )
    print(row.format(*headings))
    for name, text in measured.items():
        longest = max((sentence.words for sentence in text.sentences), default=0)
        too_long = sum(sentence.words > LONG_SENTENCE for sentence in text.sentences)
        counts = (text.words, len(text.sentences), f"{text.words_per_sentence:.1f}", longest, too_long)
        judged = (f"{text.index:.1f}", str(text.label)) if text.words else ("–", "")
        print(row.format(name, *counts, *judged, f"{pieces[name].get('minutes', '–')} / {text.minutes:.1f}"))


def _write_details(name, text, piece, longest):
    print(f"\n{name}: {text.index:.1f} ({text.label})")
    if reason := piece.get("plain_language_reason"):
        print(f"  Reason: {reason}")
    for sentence in text.longest(longest):
        print(f"  {sentence.words:>3}  {sentence.text}")
    if text.long_words:
        print(f"  Long words, more than once: {', '.join(f'{word} ({n})' for word, n in text.long_words[:12])}")
