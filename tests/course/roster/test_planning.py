import pytest
from django.utils import translation

from course.models import ADMINISTRATORS, Enrolment, User
from course.people.enrolment import enrol_people
from course.roster.columns import find_columns
from course.roster.planning import Mended, plan_list
from course.roster.reading import read_list
from course.roster.rows import Fate
from course.roster.uploads import bring_sheets, columns_to_choose, hidden_in, plan_of, sheets_of, unused_columns
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

from .factories import messy_rows
from .messy import LISTS

pytestmark = pytest.mark.django_db
HEADINGS = ["Código", "Apellidos", "Nombres", "Puesto", "Centro"]


def plan(cohort, *rows, headings=HEADINGS, by=None):
    rows = [headings, *rows]
    number, columns = find_columns(rows)
    return plan_list(rows, columns, first=number + 1, cohort=cohort, by=by or cohort.trainers.get())


def fates(cohort, *rows, mended):
    rows = [HEADINGS, *rows]
    number, columns = find_columns(rows)
    options = {"cohort": cohort, "by": cohort.trainers.get(), "mended": mended}
    return [line.fate for line in plan_list(rows, columns, first=number + 1, **options).lines]


def only_line(cohort, *row, **options):
    (line,) = plan(cohort, list(row), **options).lines
    return line


def test_the_messy_list_has_5_questions_and_8_problems_in_words(cohort):
    rows = messy_rows()
    number, columns = find_columns(rows)
    found = plan_list(rows, columns, first=number + 1, cohort=cohort, by=cohort.trainers.get())
    problems = {line.number: line.problem for line in found.of(Fate.PROBLEM)}
    twice = "La misma persona que en la fila {}. Si son dos personas, que una diga un segundo nombre."
    letters = "El nombre tiene cifras o signos. Revise si las columnas son las correctas."
    assert "estigma" in problems.pop(66)
    assert problems == {
        **{18: twice.format(5), 19: "Falta el nombre.", 20: "Faltan los apellidos.", 29: letters},
        **{44: twice.format(42), 51: letters, 54: twice.format(30)},
    }
    asked = {line.number: line.like_row.number for line in found.of(Fate.ASK)}
    assert asked == {23: 22, 34: 33, 43: 42, 60: 7, 64: 24}
    assert found.new_clinics == ["Puesto de Salud El Tizate", "Hospital de Amatitlán"]
    names = {(line.given_names, line.surnames) for line in found.of(Fate.CREATE)}
    assert {("Sofía", "Velásquez Gómez"), ("José", "Santos de los Santos")} <= names
    assert {line.number: line.notes for line in found.of(Fate.CREATE) if line.notes} == {
        38: ["«Astronauta» no es un puesto conocido: la persona lo dice la primera vez que entra."]
    }


def test_somebody_of_the_group_is_found_by_the_name_and_only_what_is_new_changes(cohort):
    ana = make_learner(cohort=cohort, clinic=cohort.clinic, job_title="Recepcionista")
    line = only_line(cohort, "", "COJ DE LA CRUZ", "ANA LUCIA", "Recepcionista", "")
    assert (line.fate, line.person) == (Fate.UNCHANGED, ana)
    line = only_line(cohort, "", "Coj de la Cruz", "Ana Lucía", "Directora", "Hospital de Amatitlán")
    changes = {"role": "jefatura", "job_title": "Directora", "clinic": "Hospital de Amatitlán"}
    assert (line.fate, line.changes) == (Fate.UPDATE, changes)


def test_somebody_of_another_group_of_the_trainer_comes_in_from_the_same_clinic_and_is_asked_about_else(cohort):
    ana = make_learner(cohort=make_cohort("Otro", trainers=[cohort.trainers.get()]), clinic=cohort.clinic)
    line = only_line(cohort, "", "Coj de la Cruz", "Ana Lucía", "", "")
    assert (line.fate, line.person, line.enrols) == (Fate.JOIN, ana, True)
    line = only_line(cohort, "", "Coj de la Cruz", "Ana Lucía", "", "Hospital de Amatitlán")
    assert (line.fate, line.person, [one.person for one in line.candidates]) == (Fate.ASK, None, [ana])


def test_people_of_other_trainers_are_nobody_to_change(cohort):
    make_learner(cohort=make_cohort("Ajeno", trainers=[make_trainer("otra")]), clinic=cohort.clinic)
    assert only_line(cohort, "", "Coj de la Cruz", "Ana Lucía", "", "").fate == Fate.CREATE
    line = only_line(cohort, "ANA234", "Coj de la Cruz", "Ana Lucía", "", "")
    assert line.problem == "Alguien que no está en ninguno de sus grupos tiene el código de usuario ANA234."
    line = only_line(cohort, "XYZ999", "Coj de la Cruz", "Ana Lucía", "", "")
    assert line.problem.startswith("Nadie tiene el código de usuario XYZ999.")


def test_of_two_people_of_one_name_the_trainer_is_asked_unless_the_code_says_which(cohort):
    make_learner(cohort=cohort, clinic=cohort.clinic)
    second = make_learner("LUZ567", cohort=cohort, clinic=cohort.clinic)
    line = only_line(cohort, "", "Coj de la Cruz", "Ana Lucía", "", "")
    assert (line.fate, len(line.candidates)) == (Fate.ASK, 2)
    assert only_line(cohort, "LUZ567", "Coj de la Cruz", "Ana Lucía", "", "").person == second


def test_capitals_in_one_of_two_columns_of_surnames_are_lowered_there(cohort):
    headings = ["Primer apellido", "Segundo apellido", "Nombres"]
    line = only_line(cohort, "DE LA CRUZ", "Tuyuc", "ROSA", headings=headings)
    assert (line.surnames, line.given_names) == ("de la Cruz Tuyuc", "Rosa")


def test_a_person_is_taken_once_and_the_same_name_in_another_clinic_is_asked_about(cohort):
    make_learner(cohort=cohort, clinic=cohort.clinic)
    rows = [["", "Coj de la Cruz", "Ana Lucía", "", clinic] for clinic in ("Hospital de Amatitlán", "")]
    elsewhere, here = plan(cohort, *rows).lines
    assert (elsewhere.fate, elsewhere.like_row, here.fate) == (Fate.ASK, here, Fate.UNCHANGED)


@pytest.mark.parametrize(
    ("first", "second", "likely"),
    [
        (("Paz Pérez", "Luz María", "CUI", ""), ("Paz Pérez", "Luz María", "", "Hospital de Amatitlán"), True),
        (("Paz Pérez", "Luz María", "", ""), ("Paz", "Luz", "", ""), True),
        (("Velásquez Gómez", "Bilma", "", ""), ("Velázquez Gómez", "Vilma", "", "Hospital de Amatitlán"), True),
        (("Coj Tzoc", "Ana", "", ""), ("Tzoc Coj", "Ana", "", ""), True),
        (("Paz", "Luz", "", ""), ("Paz", "Luz", "", "Hospital de Amatitlán"), False),
        (("Paz Pérez", "Luz María", "", ""), ("Paz", "Luz", "", "Hospital de Amatitlán"), False),
        (("Paz Pérez", "Luz María", "CUI", ""), ("Paz Pérez", "Luz María", "OTHER", ""), None),
        (("Coj Tzoc", "Mario", "", ""), ("Coj Tzoc", "María", "", ""), None),
        (("Coj Tzoc", "Ana Lucía", "", ""), ("Coj Xol", "Ana Lucía", "", ""), None),
    ],
)
@pytest.mark.postgres
def test_two_rows_with_names_alike_are_asked_about_or_noted(cohort, first, second, likely):
    numbers = {"": "", "CUI": "2547896540101", "OTHER": "1998765430101"}
    rows = [[*row[:2], numbers[row[2]], row[3]] for row in (first, second)]
    earlier, later = plan(cohort, *rows, headings=["Apellidos", "Nombres", "CUI", "Centro"]).lines
    assert (earlier.fate, earlier.notes) == (Fate.CREATE, [])
    assert (later.fate, later.like_row) == ((Fate.ASK, earlier) if likely else (Fate.CREATE, None))
    note = ["La fila 2 tiene el mismo nombre o uno parecido: revise si es otra persona."]
    assert later.notes == (note if likely is False else [])


def test_a_row_that_is_another_person_than_the_row_above_makes_an_account_and_so_does_one_alone(cohort):
    rows = [["", "Paz Pérez", "Luz María", "", clinic] for clinic in ("Hospital de Amatitlán", "")]
    assert fates(cohort, *rows, mended=None) == [Fate.CREATE, Fate.ASK]
    assert fates(cohort, *rows, mended=Mended(rows={"3": {"same": "other"}})) == [Fate.CREATE, Fate.CREATE]
    assert fates(cohort, *rows, mended=Mended(rows={"2": {"out": True}})) == [Fate.OUT, Fate.CREATE]


def test_who_went_on_to_a_group_of_somebody_else_is_asked_about_by_the_name_and_changed_by_nothing(cohort):
    theirs = make_cohort("Ajena", trainers=[make_trainer("otra")])
    luz = make_learner("LUZ234", "Luz María", "Paz Pérez", cohort=cohort, clinic=cohort.clinic, phone="+50255551234")
    Enrolment.objects.update(left_at=NOW)
    enrol_people(theirs, [luz], now=NOW)
    make_learner("PEC234", "Rita", "Pec Xol", cohort=theirs, clinic=cohort.clinic)
    rows = [
        ["", *name, "", ""]
        for name in (("Paz Pérez", "Luz María"), ("Pas", "Lus"), ("Paz Xol", "Eva"), ("Pec Xol", "Rita"))
    ]
    same, sounds, another, stranger = plan(cohort, *rows[:1]).lines + plan(cohort, *rows[1:]).lines
    for line in (same, sounds):
        assert (line.fate, line.person, line.candidates, line.went_on) == (Fate.ASK, None, [], ["Paz Pérez, Luz María"])
    assert [(line.fate, line.went_on) for line in (another, stranger)] == [(Fate.CREATE, [])] * 2
    assert fates(cohort, rows[0], mended=Mended(rows={"2": {"same": "other"}})) == [Fate.CREATE]
    assert fates(cohort, rows[0], mended=Mended(rows={"2": {"same": str(luz.key)}})) == [Fate.ASK]
    (line,) = plan(cohort, ["LUZ234", *rows[0][1:]]).lines
    assert (line.fate, line.person, line.went_on) == (Fate.PROBLEM, None, [])
    (line,) = plan(cohort, rows[0], by=make_staff("jefa", ADMINISTRATORS)).lines
    assert (line.fate, line.person) == (Fate.JOIN, luz)


def test_a_trainer_neither_changes_nor_opens_the_account_of_who_has_a_role_in_the_site(cohort):
    fields = {"first_name": "Sonia", "last_name": "Paz", "role": "apoyo", "clinic": cohort.clinic}
    boss = make_staff("jefa", is_staff=True, is_active=False, **fields)
    boss.enrolments.create(cohort=cohort)
    admin = make_staff("raiz", is_staff=True, is_superuser=True)
    for is_active, title in ((False, ""), (True, "Médica")):
        User.objects.filter(pk=boss.pk).update(is_active=is_active)
        line = only_line(cohort, "", "Paz", "Sonia", title, "")
        assert (line.fate, line.reopens) == (Fate.PROBLEM, not is_active)
        assert line.problem.startswith("Esta persona tiene una función")
        assert only_line(cohort, "", "Paz", "Sonia", title, "", by=admin).fate == Fate.UPDATE


@pytest.mark.parametrize(
    ("codes", "repeated"),
    [(("", "LUZ567"), True), (("LUZ567", ""), True), (("", ""), True), (("LUZ567", "PAZ222"), False)],
)
def test_one_name_twice_in_a_clinic_is_two_people_only_where_each_has_a_code(cohort, codes, repeated):
    for code in ("LUZ567", "PAZ222"):
        make_learner(code, "Luz", "Paz", cohort=cohort, clinic=cohort.clinic)
    first, second = plan(cohort, *([code, "Paz", "Luz", "", ""] for code in codes)).lines
    assert ("La misma persona que en la fila 2." in second.problem) is repeated
    assert "La misma persona" not in first.problem


def test_an_address_of_somebody_else_is_left_out(cohort):
    make_learner(email="ana@ejemplo.gt", cohort=cohort)
    line = only_line(cohort, "Paz", "Luz", "ANA@ejemplo.gt", headings=["Apellidos", "Nombres", "Correo"])
    assert (line.fate, line.email) == (Fate.CREATE, "")
    assert line.notes == ["Otra persona tiene esa dirección de correo: no se guarda."]


def test_the_same_as_above_is_what_stands_above_and_below_nothing_it_is_empty_with_a_note(cohort):
    cohort.clinic = make_clinic("Centro de Salud de Palencia")
    rows = [
        ["", "Coj", "Ana", "Ídem", "ditto"],
        ["", "Paz", "Luz", "Enfermera", "Hospital de Amatitlán"],
        ["", "Xol", "Eva", '"', "''"],
        ["", "Total", "3", "", ""],
        ["", "Sis", "Noé", "idem.", "ÍDEM"],
        ["", "Centro de Salud de Palencia", "", "", ""],
        ["", "Pec", "Rita", "»", '"'],
        ["", "Idem", "Rosa", "", "Hospital de Amatitlán"],
    ]
    lines = plan(cohort, *rows).lines
    assert {line.number: (line.job_title, line.clinic_words, bool(line.notes)) for line in lines} == {
        2: ("", "Centro de Salud de Palencia", True),
        3: ("Enfermera", "Hospital de Amatitlán", False),
        4: ("Enfermera", "Hospital de Amatitlán", False),
        6: ("Enfermera", "Hospital de Amatitlán", False),
        8: ("Enfermera", "Centro de Salud de Palencia", False),
        9: ("", "Hospital de Amatitlán", True),
    }
    assert (lines[0].notes, lines[-1].problem) == (
        ["Dice «lo mismo» y arriba no hay nada que tomar: queda vacío."],
        "Faltan los apellidos.",
    )


def test_a_clinic_that_is_a_number_alone_is_made_by_nobody_unasked(cohort):
    line = only_line(cohort, "", "Paz", "Luz", "", "1204")
    assert (line.fate, line.open_clinic) == (Fate.ASK, "1204")


@pytest.fixture
def clinic_of_the_lists():
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], clinic=make_clinic())
    make_learner("ANA234", "Zoila", "Chavajay", cohort=cohort, clinic=cohort.clinic)
    make_learner("LUZ222", "Luz Marina", "Ixcot Sical", cohort=cohort, clinic=cohort.clinic, role="apoyo")
    earlier = make_cohort("El año pasado", trainers=[trainer])
    make_learner("RSA222", "Rosa", "Tuyuc", cohort=earlier, clinic=cohort.clinic)
    pedro = make_learner("PDR222", "Pedro Antonio", "Yat Choc", cohort=cohort, clinic=cohort.clinic, is_active=False)
    Enrolment.objects.filter(learner=pedro).update(left_at=NOW)
    foreign = make_cohort("Ajeno", trainers=[make_trainer("otra")])
    enrol_people(foreign, [make_learner("MRO222", "Mario", "Xol", cohort=foreign)], now=NOW)
    return cohort


def plain(line, facts):
    return (line.fate.value, f"{line.surnames}, {line.given_names}", {name: getattr(line, name) for name in facts})


@pytest.mark.postgres
def test_every_row_of_the_lists_becomes_what_it_is(clinic_of_the_lists):
    found, expected, cohort = {}, {}, clinic_of_the_lists
    with translation.override("es"):
        for make in LISTS:
            messy = make()
            sheets = read_list(messy.content)
            upload = bring_sheets(cohort, sheets, name=messy.name, by=cohort.trainers.get(), now=NOW)
            plan = plan_of(upload)
            assert plan is not None, messy.name
            facts = {number: one[2] for number, one in messy.rows.items() if not isinstance(one, str)}
            rows = {line.number: plain(line, facts.get(line.number, {})) for line in plan.lines}
            rows |= {other.number: other.kind.value for other in plan.others}
            expected[messy.name], found[messy.name] = messy.rows, rows
            if messy.sheet:
                (read,) = [sheet.name for sheet in sheets_of(upload) if sheet.is_read]
                assert read == messy.sheet
            assert hidden_in(upload, columns_to_choose(upload)) == messy.hidden, messy.name
            if messy.unused:
                assert unused_columns(columns_to_choose(upload), plan.asked)[0] == list(messy.unused), messy.name
    wrong = {
        (name, row): (found[name].get(row), expected[name].get(row))
        for name in found
        for row in {*found[name], *expected[name]}
        if found[name].get(row) != expected[name].get(row)
    }
    assert wrong == {}
