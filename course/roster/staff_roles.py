"""What lists call the work of people, in many spellings, as one of the five roles of the course."""

from functools import lru_cache

from django.utils.translation import get_language

from course.models import Role
from course.models.spanish_order import spanish_key
from quizzes.wording.audiences import job_in_words

# Beginnings of words, some of two words. The first role with one in the cell has it: «jefe de enfermería» nurses first.
_BEGINNINGS = {
    Role.LAB_PHARMACY: [
        "laborator", "lab ", "farmac", "microscop", "quimic", "bioquimic", "pharmac",
    ],
    Role.CLINICAL: [
        "enfermer", "enf", "medic", "doctor", "psicolog", "trabajador social", "trabajadora social", "trabajo social",
        "odontolog", "dentist", "nutricion", "comadron", "nurs", "physician", "midwi", "social work", "psycholog",
        "epidemiolog", "educador", "salud rural", "tsr", "partera", "ginecolog", "pediatr", "clinic",
    ],
    Role.SUPPORT: [
        "guard", "segur", "vigilan", "porter", "limpieza", "conserj", "intenden", "mantenimiento", "piloto", "chofer",
        "conductor", "clean", "janitor", "driv", "mainten", "secur", "cociner", "lavander", "operativ", "jardiner",
        "mensajer", "apoyo",
    ],
    Role.FRONT_DESK: [
        "recepc", "admision", "archiv", "ventanill", "caja", "cajer", "estadistic", "estadig", "digitador", "reception",
        "front desk", "records", "cash", "registr", "clerk", "informacion",
    ],
    Role.MANAGEMENT: [
        "direc", "coordin", "admin", "jef", "gerent", "conta", "secretar", "financ", "compras", "recursos humanos",
        "manag", "supervis", "head", "planill", "inventari",
    ],
}  # fmt: skip


def read_role(text):
    """Return the `Role` that a cell means, or None when it says something that is not known."""
    return _role_with_words(text, get_language())


def _own_words(role):
    return spanish_key(role.value), spanish_key(str(role.label)), spanish_key(job_in_words(role))


# A list of thousands has a few dozen roles.
@lru_cache(maxsize=2_000)
def _role_with_words(text, _language):
    words = f" {spanish_key(text)} "
    for role in Role:
        if words.strip() in _own_words(role):
            return role
    return next(
        (role for role, beginnings in _BEGINNINGS.items() if any(f" {start}" in words for start in beginnings)), None
    )
