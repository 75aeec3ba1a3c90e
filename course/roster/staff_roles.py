"""What lists call the work of people, in many spellings, as one of the five roles of the course."""

import logging
from functools import lru_cache

from django.utils.translation import get_language

from course.models import Role
from course.models.spanish_order import spanish_key
from quizzes.wording.audiences import job_in_words

from .job_titles import BrokenTitles, title_key, titles_of_the_course

logger = logging.getLogger(__name__)
# Whoever directs or keeps a store does so wherever it is.
_FIRST = {
    Role.LAB_PHARMACY: ["bodega de farmacia", "bodega de medic", "almacen de medic"],
    Role.MANAGEMENT: ["direc", "subdirec", "guardalmacen", "guarda almacen", "almacen", "bodeg", "apoyo admin"],
}
# Beginnings of words, some of two words. The first role with one in the cell has it: «jefe de enfermería» nurses first.
_BEGINNINGS = {
    Role.LAB_PHARMACY: [
        "laborator", "lab ", "farmac", "microscop", "quimic", "bioquimic", "pharmac",
    ],
    Role.CLINICAL: [
        "enfermer", "enf", "medic", "doctor", "dr ", "dra ", "psicolog", "trabajador social", "trabajadora social",
        "trabajo social", "odontolog", "dentist", "nutricion", "comadron", "nurs", "physician", "midwi", "social work",
        "psycholog", "epidemiolog", "educador", "salud rural", "tsr", "partera", "ginecolog", "pediatr", "clinic",
        "vacuna", "inmuniza", "eps ", "epesist", "promotor", "promotora", "paramedic", "fisioterap", "obstetr",
    ],
    Role.SUPPORT: [
        "guard", "segur", "vigilan", "porter", "limpieza", "conserj", "intenden", "mantenimiento", "piloto", "chofer",
        "conductor", "clean", "janitor", "driv", "mainten", "secur", "cociner", "lavander", "operativ", "jardiner",
        "mensajer", "saneamiento", "vector", "camiller",
    ],
    Role.FRONT_DESK: [
        "recepc", "admision", "archiv", "ventanill", "caja", "cajer", "estadistic", "estadig", "digitador", "reception",
        "front desk", "records", "cash", "registr", "clerk", "informacion", "oficinist", "sigsa",
    ],
    Role.MANAGEMENT: [
        "coordin", "admin", "jef", "gerent", "conta", "secretar", "financ", "compras", "recursos humanos", "manag",
        "supervis", "head", "planill", "inventari", "bodeg", "informatic",
    ],
}  # fmt: skip


def read_role(text, learned=None):
    """Return the `Role` that a cell means, or None when it says something that is not known.

    `learned` are the titles that trainers taught, as `learned_roles()` returns them: they stand after what the course
    knows for certain, and before the guesses by beginnings of words.
    """
    if role := role_for_certain(text):
        return role
    if learned and (role := learned.get(title_key(text))):
        return Role(role)
    return _guess(text)


def role_for_certain(text):
    """Return the `Role` of a title that is the course's own word or stands in its file, or None.

    No trainer teaches the site another one, because the next list of everybody would be read so.
    """
    return _in_own_words(text, get_language()) or _in_file(text)


# A list of thousands has a few dozen roles.
@lru_cache(maxsize=2_000)
def _in_own_words(text, _language):
    words = spanish_key(text)
    own = ((role, (role.value, str(role.label), job_in_words(role))) for role in Role)
    return next((role for role, called in own if words in map(spanish_key, called)), None)


def _in_file(text):
    try:
        return titles_of_the_course().role_of(text)
    except BrokenTitles as error:
        # `manage.py check` says it to whoever can mend it; a trainer's list is read all the same.
        logger.error("%s", error)
        return None


@lru_cache(maxsize=2_000)
def _guess(text):
    words = f" {spanish_key(text)} "
    for beginnings_of in (_FIRST, _BEGINNINGS):
        for role, beginnings in beginnings_of.items():
            if any(f" {start}" in words for start in beginnings):
                return role
    return None
