import pytest

from course.models import Area, CentreHead
from tests.factories import make_clinic, make_cohort, make_learner
from tests.modules.factories import make_printable


@pytest.fixture
def area():
    return Area.objects.create(name="Área de Salud de Sololá")


@pytest.fixture
def clinic(area):
    return make_clinic("Centro de Salud de Sololá", area=area)


@pytest.fixture
def cohort(clinic, trainer):
    return make_cohort(trainers=[trainer], clinic=clinic)


@pytest.fixture
def head(clinic, cohort):
    person = make_learner("IRM264", "Irma Yolanda", "Noriega", role="jefatura", clinic=clinic, cohort=cohort)
    CentreHead.objects.create(clinic=clinic, person=person)
    return person


@pytest.fixture
def checklist(db):
    groups = [
        {"title": "Entrada y espera", "points": ["Un solo **saludo**.", "Hay [[vih|VIH]] a solas."]},
        {"title": "Datos", "points": ["Nadie pregunta la libreta."]},
    ]
    return make_printable("lista-del-centro", {"checklist": {"answers": ["Sí"], "groups": groups}})
