"""Lists of staff as different clinics write them, each built its own way, beside what is to become of each row.

A `Messy` is (name of the file, bytes of it, {row number: what is expected}); see `test_planning.py`. What is
expected of a person is ("nuevas" or another fate, "SURNAMES, GIVEN", {more facts}), of another row its kind.
"""

import csv
import datetime
import io
import zipfile
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

NEW, PROBLEM, ASK, JOIN, SAME, CHANGE = "nuevas", "problemas", "por-decidir", "entran", "iguales", "cambian"


class Messy(NamedTuple):
    """A list, its name, and what is to become of its rows."""

    name: str
    content: bytes
    rows: dict
    sheet: str = ""
    unused: tuple = ()
    # Columns and rows that the workbook does not show.
    hidden: tuple = ([], "")


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_of(title="Hoja1"):
    book = Workbook()
    book.active.title = title
    return book, book.active


def filled(sheet, rows):
    for row in rows:
        sheet.append(row)


def comma_separated(rows, *, separator=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL, newline="\r\n"):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=newline).writerows(rows)
    return file.getvalue().encode(encoding)


def merged_clinics():
    book, sheet = sheet_of("PERSONAL")
    filled(sheet, [["ÁREA DE SALUD GUATEMALA NORORIENTE"], ["Servicio", "Nombres", None, "Apellidos", None, "Puesto"]])
    filled(sheet, [[None, "Primero", "Segundo", "Primero", "Segundo", None]])
    filled(sheet, [["Centro de Salud de Palencia", "Ana", "Lucía", "Coj", "Tzoc", "Enfermera"]])
    filled(sheet, [[None, "Juan", None, "Pérez", "Xol", "Médico"], [None, "Rosa", "María", "Sis", None, "Guardiana"]])
    filled(sheet, [["Puesto de Salud El Tizate", "Nora", None, "Ixcot", "Sical", "Auxiliar de enfermería"]])
    for cells in ("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3", "A4:A6"):
        sheet.merge_cells(cells)
    sheet["A1"].font = Font(bold=True, size=16)
    clinic = "Centro de Salud de Palencia"
    return Messy("combinadas.xlsx", saved(book), {
        4: (NEW, "Coj Tzoc, Ana Lucía", {"clinic_words": clinic, "role": "clinica"}),
        5: (NEW, "Pérez Xol, Juan", {"clinic_words": clinic}),
        6: (NEW, "Sis, Rosa María", {"clinic_words": clinic, "role": "apoyo"}),
        7: (NEW, "Ixcot Sical, Nora", {"clinic_words": "Puesto de Salud El Tizate"}),
    })  # fmt: skip


def second_sheet():
    book, sheet = sheet_of("Instrucciones")
    filled(sheet, [["Llene la hoja de personal y envíela a recursos humanos"], ["Gracias"]])
    people = book.create_sheet("Personal 2026")
    filled(people, [["Nombres", "Apellidos", "Cargo"], ["Marta Elena", "Ajú Xol", "Guardalmacén"]])
    gone = book.create_sheet("Bajas")
    filled(
        gone, [["Nombres", "Apellidos", "Cargo", "Correo"], ["Zoe", "Paz", "Médica", ""], ["Eva", "Paz", "Guardia", ""]]
    )
    gone.sheet_state = "hidden"
    return Messy("libro.xlsx", saved(book), {2: (NEW, "Ajú Xol, Marta Elena", {"role": "jefatura"})}, "Personal 2026")


def hidden_columns():
    book, sheet = sheet_of()
    filled(sheet, [["No.", "Apellidos y Nombres", "Salario", "Cargo que desempeña", None]])
    filled(sheet, [[1, "COJ TZOC ANA LUCÍA", 3500.5, "Dra.", "x"], [2, "PÉREZ XOL JUAN JOSÉ", 2800, "Bodeguero", None]])
    filled(sheet, [[3, "SIS ROSA", None, "Bodeguero", None], [4, "TUM LUZ", None, "Bodeguero", None]])
    sheet.column_dimensions["C"].hidden = True
    for number in (3, 5, 9):
        sheet.row_dimensions[number].hidden = True
    return Messy("planilla.xlsx", saved(book), {
        2: (NEW, "Coj Tzoc, Ana Lucía", {"role": "clinica"}), 3: (NEW, "Pérez Xol, Juan José", {"role": "jefatura"}),
        4: (NEW, "Sis, Rosa", {}), 5: (NEW, "Tum, Luz", {}),
    }, "Hoja1", ("No.", "Salario", "Columna 5"), (["Salario"], "3, 5"))  # fmt: skip


def formulas():
    book, sheet = sheet_of()
    filled(sheet, [["Nombre completo", "Puesto", "Correo"], ["x", "Recepcionista", "y"], ["#N/A", "Médico", "#REF!"]])
    content = saved(book)
    old = zipfile.ZipFile(io.BytesIO(content))
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = part.decode()
                cell = text[text.index('<c r="A2"') : text.index("</c>", text.index('<c r="A2"')) + 4]
                formula = '<c r="A2" t="str"><f>CONCATENATE(&quot;Ana Lucía &quot;,D2)</f><v>Ana Lucía Coj Tzoc</v></c>'
                part = text.replace(cell, formula).encode()
            archive.writestr(name, part)
    return Messy("formulas.xlsx", new.getvalue(), {
        2: (NEW, "Coj Tzoc, Ana Lucía", {"role": "recepcion", "email": ""}), 3: (PROBLEM, ", ", {}),
    })  # fmt: skip


def dates_and_numbers():
    book, sheet = sheet_of()
    born = datetime.date(1980, 5, 17)
    filled(sheet, [["Código", "Nombres", "Apellidos", "Fecha de ingreso", "Teléfono", "Renglón"]])
    filled(sheet, [[100234, "Ana", "Coj", born, 55551234, "011"], [100235.0, "Luz", "Paz", born, 55551235, 29]])
    return Messy("fechas.xlsx", saved(book), {
        2: (NEW, "Coj, Ana", {"code": "", "identifiers": {"employee": "100234"}}),
        3: (NEW, "Paz, Luz", {"code": "", "identifiers": {"employee": "100235"}}),
    }, "Hoja1", ("Fecha de ingreso", "Renglón"))  # fmt: skip


def pasted_from_chat():
    text = (
        "Nombre completo\tPuesto\n1. Ana Lucía Coj Tzoc\tenfermera\n2) Juan José Pérez Xol\tMÉDICO EPS\n- Luz Paz\t\n"
    )
    return Messy("pegado.txt", text.encode(), {
        2: (NEW, "Coj Tzoc, Ana Lucía", {}), 3: (NEW, "Pérez Xol, Juan José", {"role": "clinica"}),
        4: (NEW, "Paz, Luz", {"role": ""}),
    })  # fmt: skip


def pictures_in_names():
    rows = [["Nombres", "Apellidos"], ["María 😀", "López ✔️ Coj"], ["Ñusta 👩🏽‍⚕️", "Güeco"]]
    return Messy("emojis.csv", comma_separated(rows), {
        2: (NEW, "López Coj, María", {}), 3: (NEW, "Güeco, Ñusta", {}),
    })  # fmt: skip


def twice():
    rows = [["Apellidos", "Nombres", "Correo", "CUI"], ["Coj Tzoc", "Ana", "ana@ejemplo.gt", "2547896540101"]]
    rows += [["COJ TZOC", "ANA", "", ""], ["Paz", "Luz", "ana@ejemplo.gt", ""], ["Paz", "Luz", "", "2547896540102"]]
    rows += [["Paz", "Luz", "", "2547 89654 0103"], ["Cruz", "Eva", "", "2547896540101"]]
    return Messy("repetidas.csv", comma_separated(rows), {
        2: (NEW, "Coj Tzoc, Ana", {"email": "ana@ejemplo.gt"}), 3: (PROBLEM, "Coj Tzoc, Ana", {}),
        4: (NEW, "Paz, Luz", {"email": ""}), 5: (PROBLEM, "Paz, Luz", {}), 6: (PROBLEM, "Paz, Luz", {}),
        7: (PROBLEM, "Cruz, Eva", {}),
    })  # fmt: skip


def totals_and_signatures():
    rows = [
        ["No.", "Nombre completo", "Cargo"],
        [1, "Ana Lucía Coj Tzoc", "Enfermera"],
        ["", "Subtotal enfermería", "1"],
    ]
    rows += [[2, "Juan José Pérez Xol", "Conserje"], ["TOTAL", "2", ""], ["", "", ""], ["", "________________", ""]]
    rows += [["", "Dr. Mario Alberto Paz Sis", ""], ["", "Director del centro", ""], ["", "Vo. Bo.", ""]]
    rows += [["Fecha: 3 de marzo", "", ""]]
    return Messy("totales.csv", comma_separated(rows), {
        2: (NEW, "Coj Tzoc, Ana Lucía", {}), 3: "total", 4: (NEW, "Pérez Xol, Juan José", {}), 5: "total",
        **dict.fromkeys((7, 8, 9, 10, 11), "signature"),
    })  # fmt: skip


def sections():
    headings = ["Nombres", "Apellidos", "Puesto"]
    rows = [["DISTRITO DE SALUD"], headings, ["Centro de Salud de Palencia"], ["Ana", "Coj", "Enfermera"]]
    rows += [headings, ["Luz", "Paz", "Caja"], ["P/S El Tizate", "", ""], ["Eva", "Sis", "A.E."]]
    return Messy("secciones.csv", comma_separated(rows, separator="|"), {
        3: "clinic", 4: (NEW, "Coj, Ana", {"clinic_words": "Centro de Salud de Palencia"}), 5: "headings",
        6: (NEW, "Paz, Luz", {"clinic_words": "Centro de Salud de Palencia", "role": "recepcion"}), 7: "clinic",
        8: (NEW, "Sis, Eva", {"clinic_words": "Puesto de Salud El Tizate"}),
    })  # fmt: skip


def sections_of_services():
    book, sheet = sheet_of("nomina")
    filled(sheet, [["Nombre del empleado", "Renglón", "Correo electrónico"], ["PERSONAL DE ENFERMERÍA", None, None]])
    filled(sheet, [["Ana Lucía Coj Tzoc", "011", None], ["SECCIÓN ADMINISTRATIVA", None, None]])
    filled(sheet, [["Juan José Pérez Xol", "029", "juan@ejemplo,gt"]])
    for row in (2, 4):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFCC00")
    return Messy("servicios.xlsx", saved(book), {
        2: "title", 3: (NEW, "Coj Tzoc, Ana Lucía", {}), 4: "title",
        5: (NEW, "Pérez Xol, Juan José", {"email": "juan@ejemplo.gt"}),
    })  # fmt: skip


def english():
    rows = [
        ["Staff ID", "First name", "Middle name", "Last name", "Job title", "Health center", "Email address", "Mobile"]
    ]
    rows += [
        ["GT-0012", "John", "Paul", "Smith", "Nurse", "Health Center Palencia", "john@example.org", "+1 555 010 2030"]
    ]
    return Messy("staff.csv", comma_separated(rows), {
        2: (NEW, "Smith, John Paul", {"role": "clinica", "identifiers": {"employee": "GT0012"}, "says_clinic": True}),
    })  # fmt: skip


def empty_columns():
    book, sheet = sheet_of()
    for row, cells in {5: ["Apellidos", None, "Nombres"], 7: ["Coj", None, "Ana"], 12: ["Paz", None, "Luz"]}.items():
        for place, cell in enumerate(cells, start=6):
            sheet.cell(row, place, cell)
    return Messy("vacias.xlsx", saved(book), {7: (NEW, "Coj, Ana", {}), 12: (NEW, "Paz, Luz", {})})


def four_names():
    rows = [
        [
            "Primer Nombre",
            "Segundo Nombre",
            "Tercer Nombre",
            "Primer Apellido",
            "Segundo Apellido",
            "Apellido de casada",
        ]
    ]
    rows += [
        ["Ana", "Lucía", "Inés", "Coj", "Tzoc", "de López"],
        ["Eva", "", "", "Sis", "", "Paz"],
        ["Leo", "", "", "Us", "", ""],
    ]
    return Messy("cuatro.csv", comma_separated(rows, separator=";"), {
        2: (NEW, "Coj Tzoc de López, Ana Lucía Inés", {}), 3: (NEW, "Sis de Paz, Eva", {}), 4: (NEW, "Us, Leo", {}),
    })  # fmt: skip


def profession_and_post():
    rows = [["Nombres", "Apellidos", "Profesión", "Puesto nominal", "Puesto funcional"]]
    rows += [["Ana", "Coj", "Perito contador", "Trabajador operativo III", "Recepcionista"]]
    return Messy("profesion.csv", comma_separated(rows), {
        2: (NEW, "Coj, Ana", {"role": "recepcion", "job_title": "Recepcionista"}),
    }, "", ("Profesión", "Puesto nominal"))  # fmt: skip


def services_inside():
    rows = [["Nombres", "Apellidos", "Servicio", "Establecimiento"], ["Ana", "Coj", "Emergencia", "C/S Palencia"]]
    rows += [["Luz", "Paz", "Consulta externa", "C.S. Palencia"], ["Eva", "Sis", "Farmacia", "Palencia"]]
    clinic = "Centro de Salud Palencia"
    return Messy("emergencia.csv", comma_separated(rows), {
        2: (NEW, "Coj, Ana", {"clinic_words": clinic}), 3: (NEW, "Paz, Luz", {"clinic_words": clinic}),
        4: (NEW, "Sis, Eva", {"clinic_words": clinic}),
    }, "", ("Servicio",))  # fmt: skip


def bad_addresses():
    rows = [["Nombres", "Apellidos", "Correo"], ["Ana", "Coj", "ana@ gmail.com"], ["Luz", "Paz", "luz@gmail,com"]]
    rows += [
        ["Eva", "Sis", "no tiene"],
        ["Leo", "Us", "leo@gmail.com / leo2@gmail.com"],
        ["Mía", "Xol", "MIA@GMAIL.COM."],
    ]
    return Messy("correos.csv", comma_separated(rows), {
        2: (NEW, "Coj, Ana", {"email": "ana@gmail.com"}), 3: (NEW, "Paz, Luz", {"email": "luz@gmail.com"}),
        4: (NEW, "Sis, Eva", {"email": ""}), 5: (NEW, "Us, Leo", {"email": "leo@gmail.com"}),
        6: (NEW, "Xol, Mía", {"email": "mia@gmail.com"}),
    })  # fmt: skip


def identity_numbers():
    book, sheet = sheet_of("dpi")
    filled(
        sheet,
        [["Nombres", "Apellidos", "No. de DPI"], ["Ana", "Coj", "2547 89654 0101"], ["Luz", "Paz", 2547896540102]],
    )
    filled(sheet, [["Eva", "Sis", "2.54E+12"], ["Leo", "Us", "9" * 300]])
    return Messy("dpi.xlsx", saved(book), {
        2: (NEW, "Coj, Ana", {"identifiers": {"cui": "2547896540101"}}),
        3: (NEW, "Paz, Luz", {"identifiers": {"cui": "2547896540102"}}),
        4: (NEW, "Sis, Eva", {"identifiers": {}}), 5: (NEW, "Us, Leo", {"identifiers": {}}),
    })  # fmt: skip


def known_people():
    rows = [
        ["Usuario", "Nombres", "Apellidos", "Puesto", "Lugar de trabajo"],
        ["ana-234", "Zoila Ester", "Chavajay", "", ""],
    ]
    rows += [
        ["", "LUZ MARINA", "IXCOT SICAL", "Farmacéutica", ""],
        ["", "Rosa", "Tuyuc", "", "Centro de Salud de Palencia"],
    ]
    rows += [["", "Mario", "Xol", "", ""], ["ZZZ999", "Eva", "Sis", "", ""]]
    return Messy("conocidas.csv", comma_separated(rows), {
        2: (CHANGE, "Chavajay, Zoila Ester", {}), 3: (CHANGE, "Ixcot Sical, Luz Marina", {}),
        4: (ASK, "Tuyuc, Rosa", {}), 5: (NEW, "Xol, Mario", {}), 6: (PROBLEM, "Sis, Eva", {}),
    })  # fmt: skip


def similar_people():
    rows = [["Nombre completo"], ["Luz Ixcot Sical"], ["Luz Marina Sical Ixcot"], ["Pedro Antonio Yat Choc"]]
    rows += [["Luz M. Ixcot Sical"], ["Soila Chabajay"], ["Luz Marina Ixcat Sical"], ["Rosa Tuc"]]
    return Messy("parecidas.csv", comma_separated(rows), {
        2: (ASK, "Ixcot Sical, Luz", {}), 3: (ASK, "Sical Ixcot, Luz Marina", {}),
        4: (JOIN, "Yat Choc, Pedro Antonio", {}), 5: (ASK, "Ixcot Sical, Luz M.", {}),
        6: (ASK, "Chabajay, Soila", {}), 7: (ASK, "Ixcat Sical, Luz Marina", {}), 8: (NEW, "Tuc, Rosa", {}),
    })  # fmt: skip


def block_of_two_columns():
    book, sheet = sheet_of()
    filled(sheet, [["Apellidos", None, "Nombres", None, "Puesto"], ["Coj", None, "Ana", None, "Guardián nocturno"]])
    filled(sheet, [["Nota: faltan los del turno de noche"]])
    for cells in ("A1:B1", "C1:D1", "A2:B2", "C2:D2", "A3:E3"):
        sheet.merge_cells(cells)
    return Messy("dobles.xlsx", saved(book), {2: (NEW, "Coj, Ana", {"role": "apoyo"}), 3: "signature"})


def old_mac():
    rows = [["Apellidos y nombres", "Cargo"], ["Coj Tzoc Ana Lucía", "Estadígrafo"]]
    content = comma_separated(rows, encoding="utf-8-sig", separator=";", newline="\r")
    return Messy("mac.csv", content, {2: (NEW, "Coj Tzoc, Ana Lucía", {"role": "recepcion"})})


def numbered_lines():
    book, sheet = sheet_of("Asistencia")
    filled(sheet, [["LISTADO DE ASISTENCIA"], ["No.", "Nombre y apellido", "Sexo", "Puesto", "Firma"]])
    names = {1: ["Ana Coj", "F", "Médica"], 2: ["Juan Paz", "M", "Chofer"], 3: ["Luz Sis", "F", None]}
    filled(sheet, [[number, *names.get(number, []), None] for number in range(1, 31)])
    return Messy("asistencia.xlsx", saved(book), {
        3: (NEW, "Coj, Ana", {"role": "clinica"}), 4: (NEW, "Paz, Juan", {"role": "apoyo"}), 5: (NEW, "Sis, Luz", {}),
    }, "Asistencia", ("No.", "Firma"))  # fmt: skip


def grades_and_contracts():
    rows = [["Apellidos", "Nombres", "Puesto"], ["Coj", "Ana", "Auxiliar de Enfermería II (renglón 011)"]]
    rows += [
        ["Paz", "Luz", "Enfermero/a profesional"],
        ["Sis", "Eva", "PARAMÉDICO III"],
        ["Us", "Leo", "Encargado de vectores"],
    ]
    rows += [["Xol", "Mía", "Inspectora de Saneamiento Ambiental"], ["Tum", "Noé", "Ingeniero agrónomo"]]
    return Messy("grados.csv", comma_separated(rows), {
        2: (NEW, "Coj, Ana", {"role": "clinica", "job_title": "Auxiliar de Enfermería II (renglón 011)"}),
        3: (NEW, "Paz, Luz", {"role": "clinica"}), 4: (NEW, "Sis, Eva", {"role": "clinica"}),
        5: (NEW, "Us, Leo", {"role": "apoyo"}), 6: (NEW, "Xol, Mía", {"role": "apoyo"}),
        7: (NEW, "Tum, Noé", {"role": ""}),
    })  # fmt: skip


def clinics_of_many_names():
    rows = [
        ["Nombres", "Apellidos", "Centro"],
        ["Ana", "Coj", "C/S San Pedro Ayampuc"],
        ["Luz", "Paz", "SAN PEDRO AYAMPUC"],
    ]
    rows += [["Eva", "Sis", "Centro de Salud San Pedro Ayanpuc"], ["Leo", "Us", "CAP San Pedro Ayampuc"]]
    rows += [["Mía", "Xol", "Hospital de Amatitlán"], ["Noé", "Tum", "Zona libre de estigma"]]
    own = "Centro de Salud de San Pedro Ayampuc"
    return Messy("centros.csv", comma_separated(rows), {
        2: (NEW, "Coj, Ana", {"clinic_words": own}), 3: (NEW, "Paz, Luz", {"clinic_words": own}),
        4: (ASK, "Sis, Eva", {"clinic_words": ""}), 5: (ASK, "Us, Leo", {"clinic_words": ""}),
        6: (NEW, "Xol, Mía", {"clinic_words": "Hospital de Amatitlán"}), 7: (PROBLEM, "Tum, Noé", {}),
    })  # fmt: skip


LISTS = [
    merged_clinics, second_sheet, hidden_columns, formulas, dates_and_numbers, pasted_from_chat,
    pictures_in_names, twice, totals_and_signatures, sections, sections_of_services, english, empty_columns,
    four_names, profession_and_post, services_inside, bad_addresses, identity_numbers, known_people, similar_people,
    block_of_two_columns, old_mac, numbered_lines, grades_and_contracts, clinics_of_many_names,
]  # fmt: skip
