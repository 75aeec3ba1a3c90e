"""Clinics named in a list: known, similar, new or none."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from certificates.text.names import check_claims
from course.models import Clinic
from course.people.clinics import clinic_name_key

MOST_PROPOSED = 4
MOST_COMPARED = 200
# First words that name the kind of clinic.
_KINDS = [
    "centro salud", "puesto salud", "centro atencion permanente", "centro atencion medica permanente",
    "centro atencion integral materno infantil", "centro atencion pacientes ambulatorios",
    "centro atencion paciente ambulatorio", "centro convergencia", "unidad minima salud", "unidad minima",
    "maternidad periferica", "maternidad", "hospital nacional", "hospital", "clinica", "posta salud", "distrito salud",
    "distrito", "municipio", "cap", "caimi", "capa", "cenapa", "umc",
]  # fmt: skip
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
    """A name in the list that equals no clinic of the site; `rows` counts its rows.

    `choice` is a clinic's key as text, NEW, NONE, or "" if nobody chose; `chosen` says whether the trainer did.
    `proposed` are similar clinics, the likeliest first.
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
    """Meaning of a cell: a clinic of the site, the name of a new one, or neither."""

    clinic: Clinic | None = None
    name: str = ""
    named: NamedClinic | None = None


def clinics_to_choose(cohort):
    own = cohort.clinic
    area = own.area_id if own else None
    clinics = Clinic.objects.all()
    return sorted(clinics, key=lambda clinic: (clinic != own, clinic.area_id != area, clinic.sort_key, clinic.pk))


class ClinicNames:
    """Reads clinic names of one list for one group; `chosen` is {key of a name: choice} of the trainer."""

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
        """Look at all names at once: «Palencia» means the only «C/S Palencia» of another row."""
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
        key = clinic_name_key(words)
        return bool(key) and (key in self._by_key or key in self._by_place)

    def read(self, words, *, over_people=False):
        """Return the `Place` of a cell; an empty cell means the group's clinic."""
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
            # Digits alone are a code.
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
        # Certificates print the name, and must not claim a clinic free of stigma.
        check_claims({"name": words})
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
