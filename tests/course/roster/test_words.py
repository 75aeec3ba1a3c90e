import os
import random

import pytest

from course.checks import job_titles_can_be_read
from course.models import Role
from course.people.clinics import clinic_name_key
from course.people.identifiers import DIGITS, LETTERS, new_code, new_codes
from course.people.names import normalise_name, split_name
from course.roster import job_titles
from course.roster.job_titles import BrokenTitles, loose_key, read_titles, titles_file, titles_of_the_course
from course.roster.staff_roles import known_role, read_role

# Titles that the file does not have: what somebody is stands first, whatever the place or the complement is called.
LIKE_OTHERS = {
    Role.SUPPORT: (
        "Guardián de la clínica|Conserje de clínica|Limpieza de clínica dental|"
        "Técnico en enfermedades transmitidas por vectores|Encargado ETV|Técnica en E.T.V.|"
        "Guardiana del puesto de salud|Encargada de limpieza de farmacia|Personal de limpieza de laboratorio|"
        "Piloto de ambulancia del CAP|Conserjes|Operario de limpieza|Trabajador de servicios generales|"
        "Encargado de salud ambiental|Técnico en salud ambiental|Agente de seguridad de emergencia|"
        "Vigilante nocturno de la clínica|Aux. de mantenimiento|Albañil de clínica|Cocinera del CAIMI|"
        "Guardián de bodega de medicamentos|Clinic guard|Hospital cleaner|"
        "Encargado de desechos sólidos hospitalarios|Auxiliar de lavandería|Chofer de la dirección"
    ),
    Role.FRONT_DESK: (
        "Recepcionista de clínica dental|Archivo clínico|Encargada de archivo clínico|Estadístico médico|"
        "Recep. de clínica|Enc. de archivo|Aux. de estadística médica|Digitadora de vacunas|"
        "Digitador de enfermería|Encargada de admisión y archivo|Técnica en registros médicos|Cajera de farmacia|"
        "Clinic receptionist|Medical records clerk|Encargada de ventanilla de laboratorio|Responsable de SIGSA|"
        "Oficinista de enfermería|Asist. de estadística|Secretaria recepcionista del CAP"
    ),
    Role.CLINICAL: (
        "Aux. Enf. Comunitaria|Enf. graduada de turno|Licda. en Psicología Clínica|Méd. general|"
        "Médica de guardia|Med. ambulatorio|Enfermera de archivo|Enfermera encargada de farmacia|Trab. Social|"
        "Técnico en seguridad alimentaria y nutricional|Encargada de vigilancia epidemiológica|"
        "Encargada de clínica de heridas|Asistente de clínica|T.S.R. II|E.P.S. de medicina|"
        "Promotora de salud mental|Encargada de programa de TB|Dra. Odontóloga|Registered nurse|Head nurse|"
        "Social worker|Educadora en salud sexual|Enfermeras|Vacunadora de emergencia|"
        "Jefe de enfermería del distrito"
    ),
    Role.LAB_PHARMACY: (
        "Tec. Lab.|Técnica de Lab. clínico|Encargado de medicamentos|Farm. encargada|"
        "Jefe de almacén de medicamentos|Encargada de bodega de medicamentos del distrito|Jefa de farmacia|"
        "Aux. de farmacia y bodega|Pharmacy assistant|Química Bióloga encargada|Jefe de laboratorio clínico|"
        "Despachadora de medicinas y medicamentos"
    ),
    Role.MANAGEMENT: (
        "Secretaria médica|Secretaria de enfermería|Jefa de limpieza|Coordinadora de vacunación|"
        "Director del laboratorio|Dra. Directora del CAP|Médico director|Coord. municipal de salud|"
        "Secre. de dirección|Aux. admva.|Asistente adm.|Jefe de archivo|Perito contador|Encargada de RRHH|"
        "Nurse manager|Health centre director|Director of nursing|Responsable de caja chica|"
        "Guardalmacén de distrito|Supervisora de limpieza|Jefe de clínica"
    ),
    None: (
        "Ingeniero agrónomo|Astronauta|Personal 011|Encargado|Técnico|Segura|Auxiliar|Colaborador|Voluntaria|"
        "Of. 3|Jefferson Cajas|Luz Segura Guardado"
    ),
}  # fmt: skip


@pytest.fixture
def own_file(monkeypatch, tmp_path):
    path = tmp_path / "job-titles.csv"
    monkeypatch.setattr(job_titles, "titles_file", lambda: path)
    return path


def test_the_file_holds_the_titles_of_the_health_service_each_with_a_role_and_a_source():
    lines = titles_file().read_text().splitlines()
    titles = read_titles(lines)
    assert len(titles.exact) == len(lines) - 1 > 350
    assert set(titles.exact.values()) == set(Role)
    assert job_titles_can_be_read(None) == []
    for key, role in titles.exact.items():
        assert titles.loose[loose_key(key)] == role, key


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Director médico", Role.MANAGEMENT),
        ("Guardalmacén", Role.MANAGEMENT),
        ("BODEGUERO", Role.MANAGEMENT),
        ("Apoyo administrativa (contrato 029)", Role.MANAGEMENT),
        ("Dra.", Role.CLINICAL),
        ("A.E.", Role.CLINICAL),
        ("EPS", Role.CLINICAL),
        ("Auxiliares de enfermería", Role.CLINICAL),
        ("Médico(a) general", Role.CLINICAL),
        ("Inspector de Saneamiento (ISA)", Role.SUPPORT),
        ("Guardián III", Role.SUPPORT),
        ("Oficinista IV", Role.FRONT_DESK),
        ("Jefe de almacén de medicamentos", Role.LAB_PHARMACY),
        ("front desk", Role.FRONT_DESK),
        ("apoyo", Role.SUPPORT),
        ("Ingeniero agrónomo", None),
        ("", None),
    ],
)
def test_titles_of_lists_get_the_role_that_they_are(title, role):
    assert read_role(title) == role


def test_titles_like_others_are_guessed_by_the_word_that_stands_first_and_told_apart_from_known_ones():
    wrong = {}
    for role, titles in LIKE_OTHERS.items():
        for title in titles.split("|"):
            if (read_role(title), known_role(title)) != (role, None):
                wrong[title] = (read_role(title), role, known_role(title))
    assert wrong == {}
    assert known_role("Auxiliar de Enfermería II (renglón 011)") == Role.CLINICAL
    assert known_role("Guardianía") == Role.SUPPORT
    assert known_role("Conserje de clínica", {"conserje de clinica": "jefatura"}) == Role.MANAGEMENT


def test_the_file_stands_before_what_was_taught_and_both_before_the_guesses(own_file):
    own_file.write_text("title,role,source\nCaja,recepcion,acta 2\n")
    assert read_role("Guardalmacén") == Role.MANAGEMENT
    assert read_role("Guardalmacén", {"guardalmacen": "apoyo"}) == Role.SUPPORT
    own_file.write_text("title,role,source\nGuardalmacén,labfar,acta 3\n")
    assert read_role("Guardalmacén") == Role.LAB_PHARMACY
    assert read_role("Guardalmacén", {"guardalmacen": "apoyo"}) == Role.LAB_PHARMACY


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["puesto,rol,fuente"], "line 1: the columns are title,role,source"),
        (["title,role,source", "Caja,rey,x"], "line 2: the role is one of clinica, labfar"),
        (["title,role,source", "Caja,recepcion, "], "line 2: there are three cells"),
        (["title,role,source", "Caja,recepcion"], "line 2: there are three cells"),
        (["title,role,source", "Caja,recepcion,x,y"], "line 2: there are three cells"),
        (["title,role,source", "  ,recepcion,x"], "line 2: there is no title"),
        (["title,role,source", "Caja,recepcion,x", "CAJA.,apoyo,y"], "line 3: the same title as in line 2"),
    ],
)
def test_a_broken_file_is_told_by_its_line_and_lists_are_read_all_the_same(own_file, lines, words):
    own_file.write_text("\n".join(lines))
    with pytest.raises(BrokenTitles) as broken:
        titles_of_the_course()
    assert words in str(broken.value)
    (warning,) = job_titles_can_be_read(None)
    assert (warning.id, words in warning.msg) == ("course.W005", True)
    assert read_role("Enfermera") == Role.CLINICAL


def test_a_file_of_other_letters_is_told_and_a_mended_one_is_read_anew(own_file):
    own_file.write_bytes("title,role,source\nGuardián,apoyo,x\n".encode("latin-1"))
    with pytest.raises(BrokenTitles):
        titles_of_the_course()
    own_file.write_text("title,role,source\nGuardián,jefatura,x\n")
    later = own_file.stat().st_mtime + 10
    os.utime(own_file, (later, later))
    assert read_role("Guardián") == Role.MANAGEMENT
    own_file.unlink()
    assert read_role("Guardián") == Role.SUPPORT


@pytest.mark.parametrize(
    ("text", "given_names", "surnames", "unsure"),
    [
        ("Ana Lucía Coj de la Cruz", "Ana Lucía", "Coj de la Cruz", False),
        ("Coj de la Cruz, Ana Lucía", "Ana Lucía", "Coj de la Cruz", False),
        ("María de los Ángeles Xol Choc", "María de los Ángeles", "Xol Choc", False),
        ("Carlos Enrique López y López", "Carlos Enrique", "López y López", False),
        ("Juan Pérez", "Juan", "Pérez", False),
        ("PEDRO PÉREZ GÓMEZ", "Pedro", "Pérez Gómez", True),
        ("María López de García", "María", "López de García", True),
        ("Prince", "Prince", "", False),
    ],
)
def test_a_whole_name_is_divided_by_its_two_surnames(text, given_names, surnames, unsure):
    assert split_name(text) == (given_names, surnames, unsure)


def test_with_the_surnames_first_the_first_two_are_those():
    assert split_name("COJ DE LA CRUZ ANA LUCÍA", surnames_first=True) == ("Ana Lucía", "Coj de la Cruz", False)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [("Dra. SOFÍA", "Sofía"), ("PÉREZ-GÓMEZ", "Pérez-Gómez"), ("o'connor", "O'Connor"), ("de León", "de León")],
)
def test_titles_go_and_capitals_become_a_name(text, tidied):
    assert normalise_name(text) == tidied


def test_a_clinic_is_the_same_in_every_way_of_writing_it():
    assert (
        len({clinic_name_key(name) for name in ["C/S San Pedro", "CENTRO DE SALUD DE SAN PEDRO", "CS San Pedro"]}) == 1
    )
    assert clinic_name_key("Puesto de Salud San Pedro") != clinic_name_key("Centro de Salud San Pedro")


def test_codes_have_no_letters_that_look_like_others_spell_nothing_and_are_given_once():
    assert not set(LETTERS + DIGITS) & set("01OILSZBGQ")
    assert not set(LETTERS) & set("AEIOU")
    chance = random.Random(3)
    codes = [new_code(chance) for _ in range(3000)]
    assert all(len(code) == 6 for code in codes)
    assert not any("HP" in code or "PT" in code for code in codes)
    taken = {new_code(random.Random(5))}
    codes = new_codes(200, taken=taken, chance=random.Random(5))
    assert len(set(codes)) == 200
    assert not taken & set(codes)
