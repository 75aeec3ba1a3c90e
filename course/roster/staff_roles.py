"""Role of a job title, in any spelling."""

import logging
import re
from functools import lru_cache

from django.utils.translation import get_language

from course.models import Role
from course.models.people import spanish_key
from quizzes.base.job_roles import find_job, get_audience, job_label

from .job_titles import BrokenTitles, Titles, head_words, neuter, title_key, titles_of_the_course

logger = logging.getLogger(__name__)
# Beginnings of words, each of one word or of several in a row; «$» ends the word. What is no role by itself is in none
# of them: «encargada de», «auxiliar de», «técnico en», «asistente de», «personal de».
_BEGINNINGS = {
    Role.CLINICAL: (
        "enfermer|enf$|enfa$|enfra$|medic|med$|doctor|dr$|dra$|psic|psiq|psychol|trabajador social"
        "|trabajadora social|trabajo social|trab social|social work|odont|dentist|dental|nutri|comadron|nurs"
        "|physician|midwi|epidemiol|educ|salud rural|salud mental|salud reproductiv|salud comunit|tsr$|tsrs$|parter"
        "|ginecol|pediatr|clinic|vacun|inmuniz|pai$|eps$|epesist|promotor|promocion|proedusa|paramedic|fisioter"
        "|obstetr|terap|cirug|ciruj|anestes|traumat|radiol|rayos|ultraso|ecograf|optometr|higienist|instrument"
        "|materno|lactancia|planificacion famil|vih$|its$|tuberculos|tb$|seguridad aliment|vigilancia epidem"
        "|vigilancia salud|vigilancia nutri|atencion primari|emergenci|urgenci|consejer"
    ),
    Role.LAB_PHARMACY: (
        "laborator|lab$|labs$|farm|microscop|quimic|bioquimic|pharmac|citolog|citotec|flebot|banco sangre"
        "|medicament|medicinas$|bodega farm|bodega medic|almacen medic|almacen farm|jef bodega farm"
        "|jef bodega medic|jef almacen medic|jef almacen farm|jef farm|jef laborator|guardalmacen medic"
        "|guardalmacen farm"
    ),
    Role.FRONT_DESK: (
        "recep|admis|archiv|ventanill|caja$|cajer|cobrador|estad|digitad|digitac|front desk|records|cash|registr"
        "|clerk|informacion|oficinist|sigsa|atencion usuari|atencion public|citas$|telefonist|datos$|secre recep"
    ),
    Role.SUPPORT: (
        "guard$|guards$|guardi|segurid|secur|vigilan|porter|limpi|aseo$|conserj|intenden|manten|mant$|piloto|chofer"
        "|conductor|clean|janitor|driv|mainten|cociner|cocina|lavander|operativ|jardiner|mensajer|saneamiento"
        "|vector|etv$|camiller|salud ambient|tecnic salud ambient|agua$|desechos|ambulanci|rociad|fumig|entomol"
        "|malaria|dengue|chagas|electric|plomer|carpint|polici|peon$|albanil|costurer|lancher|motorist|sereno"
        "|servicios general|servicios vari"
    ),
    Role.MANAGEMENT: (
        "direc|dir$|subdirec|coord|adm|jefe|jefa|jefatur|gerent|contad|contab|secre|financ|compras|recursos human"
        "|rrhh$|manag|supervisor|head$|chief|planill|nomin|inventari|almacen|bodeg|guardalmacen|guarda almacen"
        "|informatic|comput|presupuest|tesor|audit|planific|jurid|abogad|logistic|caja chica|medic direc"
        "|medic subdirec|medic coord|medic jef|doctor direc|dr direc|dra direc|enfermer direc|medical superin"
    ),
}  # fmt: skip
# {first letters: [(role, beginnings of words in a row)]}
_LETTERS = 2
_BY_LETTERS = {}
for _role, _text in _BEGINNINGS.items():
    for _one in _text.split("|"):
        _BY_LETTERS.setdefault(_one[:_LETTERS], []).append((_role, _one.split(" ")))
_MOST_WORDS = 10
_BEFORE_BEGINNINGS = 1_000
# English words: there the occupation comes last, «clinic receptionist», or before «of».
_ENGLISH = re.compile(
    r"\b(nurs(e|ing)|physician|midwife|cleaner|cleaning|janitor|driver|maintenance|security|receptionist|reception|desk"
    r"|records?|cashier|clerk|manager|head|pharmac(y|ist)|assistant|officer|worker|technician|clinic|health|medical"
    r"|laboratory|chief)\b"
)


def read_role(text, learned=None):
    return known_role(text, learned) or guess_role(text)


def known_role(text, learned=None):
    if role := role_for_certain(text):
        return role
    return Role(role) if learned and (role := learned.get(title_key(text))) else None


def role_for_certain(text):
    return _in_own_words(text, get_language()) or _titles().role_of(text)


def guess_role(text):
    """Return the `Role` of a similar title, or None: in Spanish the occupation comes first.

    The longest title of the file decides that the words begin with, or a known beginning of the first word:
    «Recepcionista de clínica dental», «encargada de archivo clínico».
    """
    words, titles = head_words(text)[:_MOST_WORDS], _titles()
    if _ENGLISH.search(spanish_key(text)):
        words = words[: words.index("of")] if "of" in words[1:] else words
        places = reversed(range(len(words)))
    else:
        places = range(len(words))
    return next((role for place in places if (role := _role_at(words[place:], titles))), None)


@lru_cache(maxsize=2_000)
def _in_own_words(text, _language):
    words = spanish_key(text)
    own = ((role, (role.value, str(role.label), job_label(role))) for role in Role)
    role = next((role for role, called in own if words in map(spanish_key, called)), None)
    if role is None and (audience := get_audience(find_job(text))):
        role = Role(audience.value)
    return role


def _titles():
    try:
        return titles_of_the_course()
    except BrokenTitles as error:
        # `manage.py check` reports it too; the list is read all the same.
        logger.error("%s", error)
        return Titles({}, {}, {})


def _role_at(words, titles):
    neutral = tuple(map(neuter, words))
    count = next((count for count in range(len(words), 0, -1) if neutral[:count] in titles.heads), 0)
    found, ends = [], [f"{word}$" for word in words]
    if count:
        found.append((count, _BEFORE_BEGINNINGS, titles.heads[neutral[:count]]))
    for role, beginnings in _BY_LETTERS.get(words[0][:_LETTERS], []):
        if len(beginnings) <= len(ends) and all(map(str.startswith, ends, beginnings)):
            found.append((len(beginnings), sum(map(len, beginnings)), role))
    return max(found, key=lambda one: one[:2])[2] if found else None
