"""Example values of the blocks, for the previews of the block picker."""

from django.templatetags.static import static

TEXT = (
    "<p>Dos mujeres llegan al centro con la misma tos. A una le dicen «buenos días». A la otra la miran de pies a"
    " cabeza.</p><h3>¿Qué cambia?</h3><ul><li>La tos es igual.</li><li>El trato, no.</li></ul>"
)
KEY_MESSAGE = "Un saludo o una mirada también curan o lastiman."
ROLE_TIPS = [
    {"role": "apoyo", "tip": "Oriente sin preguntar el motivo de la visita."},
    {"role": "labfar", "tip": "Llame por número o por el nombre que ella dio."},
]
DO_AVOID = {
    "title": "En la ventanilla",
    "rows": [
        {"do": "«¿En qué le ayudo?»", "avoid": "«¿Usted a qué viene?»", "why": "La sala entera escucha."},
        {"do": "Pedir los datos en voz baja.", "avoid": "Leerlos en voz alta.", "why": ""},
    ],
}
FIGURE = {
    "drawing": "porton",
    "alt": "Dibujo de un portón abierto.",
    "caption": "La misma entrada, el mismo saludo.",
}
CHECKLIST = {
    "title": "Antes de abrir",
    "items": ["La puerta del consultorio cierra.", "Los expedientes están guardados."],
}
CALLOUT = {
    "kind": "note",
    "title": "Siempre personas adultas",
    "text": "<p>Cuando este curso dice «trabajo sexual», habla de personas de 18 años o más.</p>",
}
PHOTO = {
    "alt": "La ventanilla del centro: un mostrador con un biombo verde a cada lado.",
    "caption": "Con un biombo a cada lado, la fila no oye.",
}
_OWN_WORK = {"made_by": "Equipo del curso", "rights": "own", "shows": "nobody"}
_OWN_RECORDING = {"made_by": "Equipo del curso", "rights": "own", "consent_number": "0", "consent_scope": "Muestra"}
_NO_FILE = "muestra-00000000000000000000"
_SIZE = {"width": 1200, "height": 800, "mark": "example", "files": {}, "bytes": {"jpg": 140_000}}
LISTEN_TITLE = "Cómo saludar en el portón"
FILM_CAPTION = "Con el biombo abierto, nadie ve desde la fila."
DIRECTORY = {"title": "Quién puede ayudar", "needs": ["lideresas_pares"]}
REFLECTION = {
    "prompt": "¿Cuándo le atendieron a usted con respeto? ¿Qué hizo esa persona?",
    "feedback": "Eso mismo puede hacer usted mañana.",
}
SCENARIO = {
    "identifier": "M1-E1",
    "title": "En el portón",
    "role": "apoyo",
    "warning": "",
    "steps": [
        {
            "name": "inicio",
            "text": "Son las 6:50. Yesenia llega al portón y pregunta si hay número.",
            "choices": [
                {
                    "text": "«Buenos días. Pase adelante, allí le dan su número».",
                    "rating": "best",
                    "consequence": "Yesenia entra y la atienden en su turno.",
                    "feedback": "Una frase bastó.",
                    "next": "",
                },
                {
                    "text": "«¿Y usted a qué viene?»",
                    "rating": "harmful",
                    "consequence": "Yesenia se va sin que la vean.",
                    "feedback": "El motivo se dice adentro, a quien atiende.",
                    "next": "",
                },
            ],
        }
    ],
}


def example_photo(model):
    photo = model(identifier="ventanilla", sizes=[_SIZE], **_OWN_WORK)
    photo.address_of = lambda size, ending: static("modules/example-photo.svg")
    return photo


def example_recordings(model):
    common = _OWN_RECORDING | {"title": "Cómo saludar en el portón", "seconds": 80, "opus_bytes": 240_000}
    words = "Texto de muestra. Aquí va por escrito todo lo que se dice, en su idioma."
    languages = {"es": "Nombre de quien habla (muestra)", "cak": "Nombre de quien habla (muestra)"}
    return [
        model(identifier=f"saludo-{code}", language=code, speaker=speaker, transcript=words, opus=_NO_FILE, **common)
        for code, speaker in languages.items()
    ]


def example_film(model):
    poster = example_photo(model._meta.get_field("poster").related_model)
    fields = {"title": "Así se coloca el biombo", "language": "es", "seconds": 48, "width": 1280, "height": 720}
    fields |= {"file_bytes": 3_900_000, "kind": "video/mp4", "captions": "WEBVTT", "file": _NO_FILE}
    words = "Texto de muestra. Aquí va por escrito lo que se dice y lo que se ve."
    film = model(identifier="biombo", poster=poster, transcript=words, **fields, **_OWN_WORK)
    film.address_of_captions = lambda: static("modules/example-captions.vtt")
    return film
