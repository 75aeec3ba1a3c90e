import base64
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from wagtail.images import get_image_model

from quizzes.exporting.writing import export_questions
from quizzes.importing.bringing import bring_file, reading_of
from quizzes.importing.formats import read_file
from quizzes.importing.loading import write_import
from quizzes.importing.planning import plan_import
from quizzes.models import Question, Stimulus, Topic
from tests.factories import make_case, make_question, make_staff, spanish

from .factories import png

pytestmark = pytest.mark.django_db

TWO = "::A::¿Uno? {T}\n\n::B::¿Dos? {=Sí ~No}\n\n"
SIX = "y un caso lo comparten seis como máximo: se dejó fuera."
TOLD = (
    "// [id:M1-C1]\n::En la puerta::[markdown]Llega una señora.\\n\\n"
    "**Portero\\:** ¿Qué busca?\\n(Silencio.)\\n**Ella\\:** A la doctora.\n\n"
)


def read(text):
    return read_file(text.encode(), format_name="gift")


def plan(text, **more):
    return plan_import(read(text), locale=spanish(), **more)


def said(reading):
    return [str(warning) for warning in reading.warnings]


def description(name="En la puerta", text="Llega una señora.", inside="", more=""):
    return (
        f'<question type="description"><name><text>{name}</text></name><questiontext format="html">'
        f"<text><![CDATA[{text}]]></text>{inside}</questiontext>{more}</question>"
    )


def truth(name):
    answers = "".join(f'<answer fraction="{n}"><text>{w}</text></answer>' for n, w in ((100, "true"), (0, "false")))
    text = f"<name><text>{name}</text></name><questiontext><text>¿{name}?</text></questiontext>"
    return f'<question type="truefalse">{text}{answers}</question>'


def test_a_text_before_two_to_six_questions_is_offered_as_their_case():
    reading = read(TOLD + TWO + "$CATEGORY: Otra\n\n::C::¿Tres? {F}\n")
    first, second, third = reading.questions
    assert first.case is second.case
    assert third.case is None
    case = first.case
    found = (case.place, case.identifier, case.title, case.text)
    assert found == ("línea 2", "M1-C1", "En la puerta", "Llega una señora.")
    assert case.dialogue == "Portero: ¿Qué busca?\n(Silencio.)\nElla: A la doctora."
    assert said(reading) == []


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("Lea con calma.\n", "línea 1 «Lea con calma.»: Es un texto sin respuesta y se dejó fuera."),
        ("::Aviso::Lea.\n\n" + "¿? {T}\n\n" * 7, f"línea 1 «Aviso»: A este texto le siguen 7 preguntas, {SIX}"),
        ("::Aviso::Lea.\n\n$CATEGORY: X\n\n" + TWO, "línea 1 «Aviso»: Es un texto sin respuesta y se dejó fuera."),
    ],
)
def test_a_text_that_is_no_case_is_named_at_its_line(text, warning):
    reading = read(text)
    assert said(reading) == [warning]
    assert not any(question.case for question in reading.questions)


def test_before_one_question_a_text_becomes_its_beginning_and_what_is_refused_counts():
    reading = read("::Aviso::Lea.\n\n::A::¿Uno? {T}\n\n::Otro::Mire.\n\n¿Roto? {=\n\n" + TWO)
    assert reading.questions[0].text == "Lea.\n\n¿Uno?"
    assert "El texto que está antes, «Aviso», pasó a ser su comienzo." in said(reading)[0]
    assert [question.case and question.case.title for question in reading.questions] == [None, "Otro", "Otro"]


def test_descriptions_of_moodle_come_with_their_image_and_what_is_lost_is_named():
    file = f'<file name="sala.png" path="/" encoding="base64">{base64.b64encode(png()).decode()}</file>'
    shown = 'Mire.<img src="@@PLUGINFILE@@/sala.png" alt="Una sala">'
    more = "<generalfeedback><text>Siga.</text></generalfeedback><tags><tag><text>x</text></tag></tags>"
    content = f"<quiz>{description(text=shown, inside=file, more=more)}{truth('A')}{truth('B')}</quiz>".encode()
    reading = reading_of(bring_file(content))
    case = reading.questions[0].case
    assert (case.text, case.image_text, case.image.small[:4]) == ("Mire.", "Una sala", b"RIFF")
    lost = ["Un caso no tiene retroalimentación: se dejó fuera la de este texto.", "Se dejaron fuera sus etiquetas."]
    assert [warning.split(": ", 1)[1] for warning in said(reading)] == lost
    done = write_import(plan_import(reading, locale=spanish()))
    made = Stimulus.objects.get()
    assert ([made], made.live, made.image_text) == (done.cases, True, "Una sala")
    assert [question.case_place for question in done.created] == [1, 2]


def test_importing_twice_makes_a_case_once_and_new_questions_join_it_while_there_is_room():
    planned = plan(TOLD + TWO)
    done = write_import(planned)
    assert [case.identifier for case in done.cases] == ["M1-C1"]
    again = write_import(plan(TOLD + TWO))
    assert (again.created, again.cases, len(again.present)) == ([], [], 2)
    write_import(plan(TOLD + TWO + "::C::¿Tres? {F}\n"))
    joined = Stimulus.objects.get().questions.order_by("case_place")
    assert [question.identifier for question in joined] == ["A", "B", "C"]
    many = "".join(f"::D{n}::¿{n}? {{T}}\n\n" for n in range(4))
    planned = plan(TOLD + many)
    assert "en él no caben tantas preguntas más" in str(planned.warnings[-1])
    assert {question.case for question in write_import(planned).created} == {None}


def test_a_case_of_fewer_than_two_new_questions_and_one_not_wanted_are_left_out_and_named():
    make_question("A", text="¿Uno?", kind="true_false", choices=[])
    planned = plan(TOLD + "::A::// {T}\n\n::B::¿Dos? {=Sí ~No}\n")
    assert planned.cases[0].state == "new"
    planned = plan(TOLD + TWO, without_cases={"línea 2"})
    assert planned.cases[0].state == "left out"
    assert "como usted eligió" in str(planned.warnings[-1])
    # The second time the plan is made with the bank as it is then.
    done = write_import(planned)
    assert not done.cases
    assert {question.case for question in done.created} == {None}
    planned = plan(TOLD + TWO + "::C::¿Tres? {F}\n")
    assert "Menos de dos de sus preguntas son nuevas" in str(planned.warnings[-1])


def test_the_editor_sees_each_case_with_its_questions_and_may_take_it_out(editor_client):
    sent = {"pasted": TOLD + TWO, "format_name": "gift", "locale": spanish().pk}
    page = editor_client.post(reverse("question_import:upload"), sent, follow=True)
    assert '<input type="checkbox" name="case" value="línea 2" checked> <strong>En la puerta</strong>' in page.text
    preview = page.redirect_chain[-1][0]
    assert "<b>Portero:</b> ¿Qué busca?" in editor_client.get(f"{preview}question/2/").text
    page = editor_client.post(f"{preview}confirm/", {"offered": "línea 2"}, follow=True)
    assert "Este texto se dejó fuera, como usted eligió" in page.text
    assert (Stimulus.objects.count(), Question.objects.count()) == (0, 2)
    Question.objects.all().delete()
    page = editor_client.post(reverse("question_import:upload"), sent, follow=True)
    chosen = {"offered": "línea 2", "case": "línea 2"}
    page = editor_client.post(f"{page.redirect_chain[-1][0]}confirm/", chosen, follow=True)
    assert "M1-C1 · En la puerta" in page.text
    assert Stimulus.objects.get().questions.count() == 2


def test_what_was_unticked_stays_so_when_nothing_could_be_imported(editor_client):
    sent = {"pasted": TOLD + TWO + "\n::C::¿Tres? {=a ~b\n", "format_name": "gift", "locale": spanish().pk}
    page = editor_client.post(reverse("question_import:upload"), sent, follow=True)
    chosen = {"offered": "línea 2", "kind-1": "multiple"}
    page = editor_client.post(f"{page.redirect_chain[-1][0]}confirm/", chosen, follow=True)
    assert "No se importó nada" in page.text
    assert '<input type="checkbox" name="case" value="línea 2"> <strong>En la puerta</strong>' in page.text
    assert not Question.objects.exists()


def test_the_command_says_which_cases_it_makes_and_makes_none_if_asked(tmp_path):
    file = tmp_path / "preguntas.gift"
    file.write_text(TOLD + TWO)

    def run(*flags):
        out = StringIO()
        call_command("import_questions", file, *flags, stdout=out)
        return out.getvalue()

    assert "línea 2 · caso nuevo · M1-C1 · «En la puerta» · 2 preguntas" in run("--dry-run")
    assert "como usted eligió" in run("--no-cases", "--dry-run")
    assert "Casos nuevos: M1-C1." in run()
    assert "línea 2 · caso que ya está · M1-C1" in run("--dry-run")


def bank():
    cases = {
        case.identifier: (case.title, case.text, case.dialogue, case.image_text, bool(case.image), case.live)
        for case in Stimulus.objects.all()
    }
    fields = ("identifier", "case__identifier", "case_place", "topic__name")
    return cases, list(Question.objects.order_by("identifier").values_list(*fields))


@pytest.mark.parametrize("format_name", ["gift", "moodle-xml"])
def test_cases_go_out_before_their_questions_and_come_back(format_name, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    topic = Topic.objects.create(identifier="trato", name="Trato", locale=spanish())
    dialogue = "Portero: ¿Qué **busca**?\n(Silencio.)\nElla: A las 8:30, la doctora {hoy}."
    make_question("A-1", topic=topic)
    case = make_case("M1-C1", 3, topic=topic, text="Llega *una* señora.\n\nTrae a su hija.", dialogue=dialogue)
    make_question("Z-1", topic=topic)
    make_case("Z-2", 2, text="", dialogue="A: ¿Sí?\nB: No.")
    if format_name == "moodle-xml":
        image = get_image_model().objects.create(title="sala", file=ContentFile(png(), "sala.png"))
        Stimulus.objects.filter(pk=case.pk).update(image=image, image_text="Una sala")
    # Its order is that of the case, and its questions stay together, wherever the list has them.
    case.questions.filter(identifier="M1-C1-3").update(case_place=0)
    before = bank()
    everything = Question.objects.order_by("-identifier")
    file = export_questions(everything, format_name=format_name)
    lost = [str(warning) for warning in file.warnings if "salen juntas" in str(warning)]
    assert len(lost) == 2
    Question.objects.all().delete()
    Stimulus.objects.all().delete()
    reading = read_file(file.content, format_name=format_name)
    assert not [warning for warning in said(reading) if "caso" in warning or "texto" in warning]
    write_import(plan_import(reading, locale=spanish()))
    cases, questions = bank()
    assert cases == before[0]
    places = {identifier: place for identifier, _case, place, _topic in questions}
    assert (places["M1-C1-3"], places["M1-C1-1"], places["M1-C1-2"], places["Z-1"]) == (1, 2, 3, None)
    assert [row[:2] + row[3:] for row in questions] == [row[:2] + row[3:] for row in before[1]]


def test_what_a_file_does_not_hold_of_a_case_is_named_question_by_question():
    other = Topic.objects.create(identifier="otro", name="Otro", locale=spanish())
    case = make_case("C", 2)
    case.questions.filter(identifier="C-2").update(topic=other)

    def lost(questions, format_name):
        return [str(one) for one in export_questions(questions, format_name=format_name).warnings if "caso" in str(one)]

    alone = Question.objects.filter(identifier="C-1")
    sentence = "«C-1»: Su caso «En la puerta» no está en el archivo: ninguna otra pregunta de él lo está."
    assert lost(alone, "gift") == lost(alone, "moodle-xml") == [sentence]
    both = Question.objects.order_by("identifier")
    assert "«C-2»: En el archivo está con su caso, en «»." in lost(both, "gift")
    assert len(lost(both, "xlsx")) == 2
    image = get_image_model().objects.create(title="sala", file=ContentFile(png(), "sala.png"))
    Stimulus.objects.update(image=image, image_text="Una sala")
    assert "«C-1»: La imagen de su caso no está en el archivo." in lost(both, "gift")


def pictured(colour, *questions):
    inside = f'<file name="a.png" path="/" encoding="base64">{base64.b64encode(png(colour=colour)).decode()}</file>'
    shown = 'Observe la imagen.<img src="@@PLUGINFILE@@/a.png" alt="Una sala">'
    return f"<quiz>{description('Imagen', shown, inside)}{''.join(map(truth, questions))}</quiz>".encode()


def shares():
    return {
        case.identifier: [question.text for question in case.questions.order_by("case_place")]
        for case in Stimulus.objects.all()
    }


def test_the_same_words_about_another_picture_are_another_case():
    for content in (pictured("red", "A", "B"), pictured("blue", "C", "D"), pictured("red", "E", "F")):
        write_import(plan_import(read_file(content, format_name="moodle-xml"), locale=spanish()))
    assert shares() == {"Imagen": ["¿A?", "¿B?", "¿E?", "¿F?"], "CASO-001": ["¿C?", "¿D?"]}


def test_a_file_that_comes_back_to_a_case_gives_it_six_questions_at_most_each_at_its_place():
    def bring(*names):
        runs = ["::Sala::Mire.\n\n" + "".join(f"¿{name}? {{T}}\n\n" for name in run) for run in names]
        return write_import(plan("".join(runs)))

    bring("AB")
    done = bring("CD", "EFG", "HI")
    assert shares() == {"Sala": ["¿A?", "¿B?", "¿C?", "¿D?", "¿H?", "¿I?"]}
    known = "línea 7 «Sala»: El banco ya lo tiene, y en él no caben tantas preguntas más: vienen sin él."
    assert said(done) == [known]
    assert sorted(question.case_place for question in Question.objects.exclude(case=None)) == [*range(1, 7)]


def test_a_case_that_the_bank_has_with_other_words_is_named():
    make_case("M1-C1", 2, text="Otra cosa.")
    done = write_import(plan(TOLD + TWO))
    assert said(done) == ["línea 2 «En la puerta»: Está en el banco con otro texto, que se queda como está."]


def test_whoever_may_add_questions_and_no_cases_brings_the_questions_alone():
    person = make_staff("ed")
    person.user_permissions.add(*Permission.objects.filter(codename__in=["add_question", "publish_question"]))
    done = write_import(plan(TOLD + TWO), by=person)
    assert said(done) == ["Los casos quedan fuera: usted puede agregar preguntas, pero no casos."]
    assert [question.case for question in done.created] == [None, None]
    assert not Stimulus.objects.exists()
