"""How many syllables an English word is said with, by its letters. Pure.

English writes what it no longer says, so every rule here has words that break it: those that people use stand in a
list. Why rules and no library, and how often they err: docs/decisions/0010-readability.md.
"""

import re
import unicodedata

_GROUP = re.compile(r"[aeiouy]+")
# Capital letters said one by one; of others, such as PEP or AIDS, one says the word.
_SPELT = frozenset("DPI HIV ID NGO STI UN USA UV ICU IUD HPV ARV".split())  # noqa: SIM905 - read as a text
_AS_ONE_SAYS = {
    word: count
    for count, words in {
        1: "aches cheque juan morgue real",
        2: "business cafe camera cameras cashier cashiers chocolate different dungeon evening evenings eyebrow eyebrows"
        " families family farewell fashioned favourite fluid fluids general headaches interest interests k'iche liar"
        " liars lion lions maybe naked pigeon premier ruin ruined ruins several soldier soldiers storeroom storerooms"
        " surgeon surgeons triage vineyard wholesale wicked",
        3: "anyhow beforehand businesses coercion genuine interested interesting overseas recipe recipes storekeeper"
        " suicide vegetables",
        4: "apostrophe diabetes diarrhoea everybody interestingly",
    }.items()
    for word in words.split()
}
# A silent e within: `baseline`, `therefore`, `safety`.
_SILENT_WITHIN = re.compile(
    r"^((?:un)?(?:bas|els|sid|nam|lik|ther|fram|guid|lif|hom|hous|tim|saf|fir|whit|car|wid|nin|som|plac|for|pric|stat|wher"
    r"|not|fac|wav|hop|us|ag|tast))e(?=(?:line|way|walk|work|wise|sake|by|fore|body|thing|time|table|where|ty|teen|man|men"
    r"|style|cycle|span|taker|taking|giver|ful|less|ly|ness|ment|head|hand|side|see|saw|cast|word|book|mail|keeper"
    r"|wife|hold|made|school|land|town|works|place|what|how|day|long|told|most|runner))"
)
_SILENT_BEFORE = re.compile(r"[aeiouy][^aeiouy]*[^aeiouyl]e(?:ly|less|ness|ment|ments|ful|fully|some)$")
_MORE = [
    re.compile(pattern)
    for pattern in (
        # Two vowels that are two syllables.
        r"(?<![ctsgl])ia(?!ge)",
        r"(?<=[ctsg])iat",
        r"(?<=l)ia(?!n|r)",
        r"lian(?=ce)",
        r"tiality",
        r"i(?=o(?!us|n|ur))(?!or(?<=[nv]ior))",
        r"(?<![ctsgx])ious",
        r"(?<![aeioutscglnx])ion",
        r"(?<![st])iu",
        r"(?<![ctr])ien[ct]|rien[ct]|(?<=^sc)ience",
        r".{2}ier(?=s?$)",
        r".{3}iest$",
        r"iet(?!h|s?$(?<=oviet)|$(?<=viet))",
        r"eo(?!u|ple|ne)",
        r"[aeiouy][^aeiouy]+ea(?=s?$)",
        r"(?<![gq])ua(?!de)",
        r"(?<=[^qg])ue(?:l|n|t|r)",
        r"uity",
        r"oe(?=ver)|oem|oet",
        r"^creat(?!u)|^rea(?:ct|ss|pp|rr|lit|lis)|^reu|^coo(?=rd|pe)|thea(?:tr|tt)",
        r"[aeou]y(?=[aeiou])(?!ed$|es$|e$)|[aeou]y(?=ee)",
        r"yone",
        r"(?<![aeou])ying|[aeiou]ing",
        # A consonant that is a syllable.
        r"ism|thms?$",
        r"[^aeiouyr]re(?=s?$)",
        r"[^aeiouylr]le(?=s?$)",
        r"[dst]nt$",
    )
]
_FEWER = [
    re.compile(pattern)
    for pattern in (
        r"[^aeiouy]e$",
        r"(?:[^aeiouysxzcgh]|(?<![cs])h|(?<=t)h)es$",
        r"(?:[^aeiouytdrl]|[aeiouylr]l|[aeiouyr]r)ed$",
        r"(?:og|ag|eag|ng|iq|aq|sq)ues?$",
        r"^every",
    )
]
_SIBILANT = re.compile(r"(?:[sxz]|[cs]h|[cszg]e)$")


def count_syllables(word):
    """Return how many syllables a word is said with; at least one."""
    if word in _SPELT or (word.isupper() and not re.search(r"[AEIOUY]", word)):
        return len(word)
    if "-" in word:
        return sum(map(count_syllables, filter(None, word.split("-"))))
    parts = unicodedata.normalize("NFD", word.lower().replace("’", "'").replace("ʼ", "'"))
    return _count("".join(letter for letter in parts if not unicodedata.combining(letter)))


def _count(word):
    if word in _AS_ONE_SAYS:
        return _AS_ONE_SAYS[word]
    stem, _apostrophe, ending = word.rpartition("'")
    if ending == "s" and stem:
        return _count(stem) + bool(_SIBILANT.search(stem))
    if ending in ("ll", "ve", "d") and stem:
        return _count(stem) + (stem[-1] not in "aeiouyw")
    if ending in ("m", "re", "") and stem:
        return _count(stem)
    letters = _SILENT_WITHIN.sub(r"\1", word.replace("'", ""))
    count = len(_GROUP.findall(letters))
    count += sum(len(pattern.findall(letters)) for pattern in _MORE)
    count -= sum(bool(pattern.search(letters)) for pattern in _FEWER)
    count -= bool(_SILENT_BEFORE.search(letters))
    return max(count, 1)
