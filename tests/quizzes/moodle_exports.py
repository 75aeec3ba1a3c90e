"""Files in the shape in which Moodle 4 exports them, written by hand: a category, every kind, and what has no place."""

# Lines are as long as Moodle makes them.
# ruff: noqa: E501

import base64
from io import BytesIO

from PIL import Image as Picture

# As Moodle writes it: a comment before each question, its format in brackets, a tab before each answer, `~#` for «anything
# else» of a number, an empty `#` where there is no feedback, and only lines feeds.
GIFT = """\
// question: 0  name: Switch category to $course$/top/Por defecto en TD01/Trato en la puerta
$CATEGORY: $course$/top/Por defecto en TD01/Trato en la puerta


// question: 91  name: Quién saluda primero
// [id:TD-Q1] [tag:saludo] [tag:recepción]
::Quién saluda primero::[html]<p>¿Quién saluda <strong>primero</strong> en la ventanilla?</p>\\n<p dir\\="ltr" style\\="text-align\\: left;">Elija una.</p>{
\t~[html]<p>La señora que llega</p>#[html]<p>Ella viene a pedir ayuda\\: no le toca.</p>
\t=[html]<p>Quien atiende</p>#[html]<p>¡Así es!</p>
\t~%33.33333%[html]<p>La jefatura, si está</p>
\t####[html]<p>Un saludo no cuesta nada &amp; abre la puerta.</p>
}


// question: 92  name: Datos que no se piden
::Datos que no se piden::[html]<p>¿Qué <em>no</em> se pide en el portón?</p>{
\t~%50%[html]<p>El número de clientes</p>#[html]<p>No es asunto del portón.</p>
\t~%50%[html]<p>El resultado de la prueba {VIH}</p>
\t~%-100%[html]<p>El nombre con que quiere ser llamada</p>
}


// question: 93  name: El VIH y el saludo
::El VIH y el saludo::[html]<p>El VIH se transmite por un saludo.</p>{FALSE#[html]<p>Lea otra vez la lección 2.</p>#[html]<p>Así es\\: no se transmite.</p>####[html]<p>Ni por compartir la taza.</p>}


// question: 94  name: Sigla
::Sigla::[html]<p>Escriba la sigla de la profilaxis posterior a la exposición.</p>{
\t=%100%PEP#
\t=%50%P.E.P.#[html]<p>Sin puntos, por favor.</p>
\t=%0%*#[html]<p>Son tres letras.</p>
}


// question: 95  name: Horas
::Horas::[html]<p>¿Cuántas horas hay para iniciarla?</p>{#
\t=%100%72:0.5#[html]<p>Sí.</p>
\t=%50%48:12#
\t~#[html]<p>Vea la norma.</p>
}


// question: 96  name: Palabras
::Palabras::[html]<p>Una cada palabra.</p>{
\t=[html]<p>estigma</p> -> una etiqueta
\t=[html]<p>discriminación</p> -> un daño \\= trato desigual
\t=[html]<p>confidencialidad</p> -> «nadie más lo sabe»
}


// question: 97  name: Su plan
::Su plan::[html]<p>¿Qué cambiará usted el lunes?</p>{####[html]<p>Gracias.</p>}


// question: 98  name: Antes de empezar
::Antes de empezar::[html]<p>Lea con calma.</p>

""".replace("{VIH}", "\\{VIH\\}")


def picture():
    stream = BytesIO()
    Picture.new("RGB", (40, 30), "teal").save(stream, "PNG")
    return stream.getvalue()


_HEAD = """  <question type="{kind}">
    <name>
      <text>{name}</text>
    </name>
    <questiontext format="html">
      <text><![CDATA[{text}]]></text>
{files}    </questiontext>
    <generalfeedback format="html">
      <text>{feedback}</text>
    </generalfeedback>
    <defaultgrade>{grade}</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>{hidden}</hidden>
    <idnumber>{idnumber}</idnumber>
"""
_SHUFFLED = """    <single>{single}</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html">
      <text>Respuesta correcta</text>
    </correctfeedback>
    <partiallycorrectfeedback format="html">
      <text>Respuesta parcialmente correcta.</text>
    </partiallycorrectfeedback>
    <incorrectfeedback format="html">
      <text>Respuesta incorrecta.</text>
    </incorrectfeedback>
    <shownumcorrect/>
"""


def head(kind, name, text, *, feedback="", grade="1.0000000", hidden=0, idnumber="", files=""):
    return _HEAD.format(**locals())


def answer(fraction, text, feedback="", text_format="html", more=""):
    return f"""    <answer fraction="{fraction}" format="{text_format}">
      <text>{text}</text>
      <feedback format="html">
        <text>{feedback}</text>
      </feedback>
{more}    </answer>
"""


def html(text):
    return f"<![CDATA[{text}]]>"


def file_of(name, content):
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>\n'


def _category(path):
    return f"""<!-- question: 0  -->
  <question type="category">
    <category>
      <text>{path}</text>
    </category>
    <info format="html">
      <text>Categoría por defecto</text>
    </info>
    <idnumber></idnumber>
  </question>

"""


_PARTS = [
    _category("$course$/top/Por defecto en TD01/Trato // en la puerta"),
    head(
        "multichoice",
        "Quién saluda primero",
        '<p dir="ltr">¿Quién saluda <strong>primero</strong>?<br></p>'
        '<p><img class="img-fluid" role="presentation" src="@@PLUGINFILE@@/el%20port%C3%B3n.png" alt="Un portón" '
        'width="40" height="30"></p>',
        feedback=html("<p>Un saludo abre la puerta.</p>"),
        idnumber="TD-Q1",
        files=file_of("el portón.png", picture()),
    )
    + _SHUFFLED.format(single="true")
    + answer("0", html("<p>La señora que llega</p>"), html("<p>No le toca.</p>"))
    + answer("100", html("<p>Quien atiende</p>"), html("<p>¡Así es!</p>"))
    + answer("33.33333", html("<p>La jefatura, si está</p>"))
    + "    <tags>\n      <tag><text>recepción</text>\n</tag>\n      <tag><text>saludo</text>\n</tag>\n    </tags>\n",
    head("multichoice", "Datos", "<p>¿Qué <em>no</em> se pide?</p>", grade="2.0000000", idnumber="TD-Q2")
    + _SHUFFLED.format(single="false")
    + answer("33.33333", "Uno")
    + answer("33.33333", "Dos")
    + answer("33.33333", "Tres")
    + answer("-50", "Cuatro", html("<p>Eso sí, con respeto.</p>"))
    + answer("-50", "Cinco"),
    head("truefalse", "El saludo", "<p>El VIH se transmite por un saludo.</p>")
    + answer("0", "true", html("<p>Lea otra vez.</p>"), "moodle_auto_format")
    + answer("100", "false", html("<p>Así es.</p>"), "moodle_auto_format"),
    head("shortanswer", "Sigla", "<p>Escriba la sigla.</p>", hidden=1)
    + "    <usecase>1</usecase>\n"
    + answer("100", "PEP", "", "moodle_auto_format")
    + answer("0", "*", html("<p>Son tres letras.</p>"), "moodle_auto_format"),
    head("numerical", "Horas", "<p>¿Cuántas horas hay?</p>")
    + answer("100", "72", "", "moodle_auto_format", "      <tolerance>0.5</tolerance>\n")
    + "    <units>\n      <unit>\n        <multiplier>1</multiplier>\n        <unit_name>horas</unit_name>\n      </unit>\n"
    + "    </units>\n    <unitgradingtype>0</unitgradingtype>\n    <unitpenalty>0.1000000</unitpenalty>\n"
    + "    <showunits>3</showunits>\n    <unitsleft>0</unitsleft>\n",
    head("matching", "Palabras", "<p>Una cada palabra.</p>")
    + "    <shuffleanswers>true</shuffleanswers>\n"
    + "".join(
        f'    <subquestion format="html">\n      <text>{html(f"<p>{left}</p>")}</text>\n'
        f"      <answer>\n        <text>{right}</text>\n      </answer>\n    </subquestion>\n"
        for left, right in (
            ("estigma", "una etiqueta"),
            ("daño", "discriminación"),
            ("secreto", "&lt;nadie&gt; lo sabe"),
        )
    ),
    head("essay", "Su plan", "<p>¿Qué cambiará usted?</p>", grade="10.0000000")
    + "    <responseformat>editor</responseformat>\n    <responserequired>1</responserequired>\n"
    + "    <responsefieldlines>15</responsefieldlines>\n    <minwordlimit></minwordlimit>\n    <maxwordlimit></maxwordlimit>\n"
    + "    <attachments>0</attachments>\n    <attachmentsrequired>0</attachmentsrequired>\n    <maxbytes>0</maxbytes>\n"
    + "    <filetypeslist></filetypeslist>\n"
    + f'    <graderinfo format="html">\n      <text>{html("<p>Busque <em>tres</em> ideas.</p>")}</text>\n    </graderinfo>\n'
    + '    <responsetemplate format="html">\n      <text></text>\n    </responsetemplate>\n',
    head("cloze", "Huecos", "<p>El {1:SHORTANSWER:=VIH} no es el {1:MULTICHOICE:=sida~resfriado}.</p>"),
    head("calculated", "Dosis", "<p>¿Cuánto es {a} por {b}?</p>")
    + answer("100", "{a} * {b}", "", "moodle_auto_format", "      <tolerance>0.01</tolerance>\n"),
    head("description", "Aviso", "<p>Lea con calma.</p>"),
]
XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    + _PARTS[0]
    + "".join(f"<!-- question: {n}  -->\n{part}  </question>\n\n" for n, part in enumerate(_PARTS[1:], start=91))
    + "</quiz>"
)
