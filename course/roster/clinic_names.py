"""The clinics that a list names: known ones, similar ones to choose from, new ones, none."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from certificates.text.names import check_claims
from course.models import Clinic
from course.people.clinics import clinic_name_key

MOST_PROPOSED = 4
# So many names are compared with all clinics; nobody looks through more.
MOST_COMPARED = 200
# How names begin that say the kind of place; what follows is what the place is called.
_KINDS = [
    "centro salud", "puesto salud", "centro atencion permanente", "centro atencion medica permanente",
    "centro atencion integral materno infantil", "centro atencion pacientes ambulatorios",
    "centro atencion paciente ambulatorio", "centro convergencia", "unidad minima salud", "unidad minima",
    "maternidad periferica", "maternidad", "hospital nacional", "hospital", "clinica", "posta salud", "distrito salud",
    "distrito", "municipio", "cap", "caimi", "capa", "cenapa", "umc",
]  # fmt: skip
# Two ways to write one kind.
_SAME_KIND = {
    "centro atencion permanente": "cap",
    "centro atencion medica permanente": "cap",
    "centro atencion integral materno infantil": "caimi",
    "centro atencion pacientes ambulatorios": "cenapa",
    "centro atencion paciente ambulatorio": "cenapa",
    "posta salud": "puesto salud",
    "unidad minima salud": "unidad minima",
}
NEW, NONE = "new", "none"


@dataclass
class NamedClinic:
    """A name of a clinic in the list that no clinic of the site has exactly.

    `choice` is what counts now: the key of a clinic as text, NEW, NONE, or "" while nobody chose. `chosen` says whether
    the trainer did. `proposed` are similar clinics, the likeliest first; `rows` how many rows have the name.
    """

    key: str
    words: str
    proposed: list
    choice: str
    chosen: bool
    problem: str = ""
    rows: int = 0
    over_people: bool = False


@dataclass
class Place:
    """What a cell means: a clinic of the site, or the name of a new one, or neither."""

    clinic: Clinic | None = None
    name: str = ""
    named: NamedClinic | None = None


def clinics_to_choose(cohort):
    """Return all clinics, that of the group first, then those of its area, each in Spanish order."""
    own = cohort.clinic
    area = own.area_id if own else None
    clinics = Clinic.objects.all()
    return sorted(clinics, key=lambda clinic: (clinic != own, clinic.area_id != area, clinic.sort_key, clinic.pk))


class ClinicNames:
    """Reads the names of clinics in one list for one group; `chosen` is {key of a name: choice} of the trainer."""

    def __init__(self, cohort, chosen):
        self.own, self.chosen, self.named = cohort.clinic, chosen, {}
        self.clinics = clinics_to_choose(cohort)
        self._fuller = {}
        self._by_pk = {str(clinic.pk): clinic for clinic in self.clinics}
        self._by_key, self._by_place = {}, {}
        for clinic in self.clinics:
            self._by_key.setdefault(clinic_name_key(clinic.name), []).append(clinic)
            self._by_place.setdefault(_divide(clinic_name_key(clinic.name))[1], []).append(clinic)
            if clinic.municipality:
                self._by_key.setdefault(clinic_name_key(f"{clinic.name} {clinic.municipality}"), []).append(clinic)

    def look_at_all(self, names):
        """Look at all names of the list: «Palencia» is the «C/S Palencia» of another row, if there is only one such."""
        unknown = {clinic_name_key(words): words for words in reversed([*dict.fromkeys(names)])}
        unknown = {key: words for key, words in unknown.items() if key and key not in self._by_key}
        fuller = {}
        for key, words in unknown.items():
            kind, called = _divide(key)
            if kind:
                fuller.setdefault(called, []).append(words)
        bare = [key for key in unknown if len(fuller.get(key, [])) == 1 and key not in self.chosen]
        self._fuller = {key: fuller[key][0] for key in bare[:MOST_COMPARED] if not self._similar(key)}

    def knows(self, words):
        """Whether a clinic of the site is called so, or so but for the kind of place."""
        key = clinic_name_key(words)
        return bool(key) and (key in self._by_key or key in self._by_place)

    def read(self, words, *, over_people=False):
        """Return the `Place` that the words of a cell mean; without words it is the group's clinic."""
        if not words:
            return Place(self.own, str(self.own)) if self.own else Place()
        key = clinic_name_key(words)
        found = self._by_key.get(key, [])
        if found and (len(found) == 1 or found[0] == self.own) and key not in self.chosen:
            return Place(found[0], str(found[0]))
        if key in self._fuller:
            words, key = self._fuller[key], clinic_name_key(self._fuller[key])
        named = self.named.get(key) or self._name(key, _written_out(words)[:200], found)
        named.rows += 1
        named.over_people |= over_people
        if named.choice == NEW:
            return Place(None, named.words, named)
        clinic = self._by_pk.get(named.choice)
        return Place(clinic, str(clinic) if clinic else "", named)

    def _name(self, key, words, found):
        compared = len(self.named) < MOST_COMPARED
        proposed = found or (self._similar(key) if compared else [])
        choice, chosen = self.chosen.get(key, ""), key in self.chosen
        if choice not in (NEW, NONE, "") and choice not in self._by_pk:
            choice, chosen = "", False
        problem = _not_to_be_made(words)
        if problem and choice == NEW:
            choice, chosen = "", False
        if not chosen and compared:
            choice = self._likeliest(key, proposed, problem)
        self.named[key] = NamedClinic(key, words, proposed, choice, chosen, problem)
        return self.named[key]

    def _likeliest(self, key, proposed, problem):
        if not proposed:
            # Numbers alone are the code of something, and no name.
            return NEW if not problem and any(letter.isalpha() for letter in key) else ""
        alike = [clinic for clinic in proposed if _can_be(key, clinic_name_key(clinic.name))]
        if self.own in alike or len(alike) == 1:
            return str((self.own if self.own in alike else alike[0]).pk)
        return ""

    def _similar(self, key):
        scored = [(_likeness(key, clinic_name_key(clinic.name)), clinic) for clinic in self.clinics]
        near = sorted((one for one in scored if one[0] >= _NEAR), key=lambda one: -one[0])
        return [clinic for _score, clinic in near[:MOST_PROPOSED]]


_NEAR = 0.6
_SHORT = {"c/s": "Centro de Salud", "c.s.": "Centro de Salud", "p/s": "Puesto de Salud", "p.s.": "Puesto de Salud"}


def _written_out(words):
    first, _space, rest = words.partition(" ")
    return f"{_SHORT[first.casefold()]} {rest}" if first.casefold() in _SHORT and rest else words


def _divide(key):
    for kind in _KINDS:
        if key.startswith(f"{kind} "):
            return _SAME_KIND.get(kind, kind), key[len(kind) + 1 :]
    return "", key


def _can_be(key, other):
    (kind, called), (other_kind, other_called) = _divide(key), _divide(other)
    return called == other_called and (not kind or not other_kind or kind == other_kind)


def _likeness(key, other):
    (kind, called), (other_kind, other_called) = _divide(key), _divide(other)
    words, others = set(called.split()), set(other_called.split())
    shared = len(words & others) / min(len(words), len(others)) if words and others else 0
    same_kind = 0 if not kind or not other_kind else (0.1 if kind == other_kind else -0.1)
    return min(1, 0.9 * max(shared if words & others else 0, _letters_alike(called, other_called)) + same_kind)


def _letters_alike(one, other):
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other)]
    if not all(pairs):
        return float(one == other)
    score = 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))
    return score if score >= 0.7 else 0


def _not_to_be_made(words):
    try:
        # The name is printed on certificates, which never say that a place is free of stigma.
        check_claims({"name": words})
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
