"""A small course as content files, whole and in canonical form, for tests to load, to save and to break."""

from io import StringIO

from django.core.management import call_command

from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course

COURSE = """\
id: COURSE
title: Trato digno
subtitle: Atención con respeto
intro: |-
  **Trato digno** es un curso. Vea la [ley](https://example.org/ley).

  - Para quien cuida el portón
  - Para quien atiende
minutes: 120
close_to_me: Haga una pausa. Nadie lo sabrá.
topics:
- id: estigma
  name: Estigma y discriminación
- id: ley
  name: Ley y deberes
"""
ACTS = """\
- id: M1-C1
  text: Saluda igual a toda persona.
  core: true
"""
SOURCES = """\
- id: S7
  title: Código Penal
- id: S42
  title: 'Stigma: health facilities'
  publisher: Nyblade et al.
  year: '2019'
  address: https://doi.org/10.1186/s12916-019-1256-2
"""
GLOSSARY = """\
- id: estigma
  term: Estigma
  english: Stigma
  definition: Etiqueta que rebaja a una persona [S42].
- id: autoestigma
  term: Autoestigma
  definition: Creer que uno merece ese trato.
"""
LANGUAGE = """\
- id: diga-01
  say: trabajadora sexual
  avoid: «mujer de la vida»
  why: Juzga o reduce a la persona
- id: diga-02
  say: violencia
  avoid: «pleito»
  why: No minimizar
"""
DIRECTORY = """\
- id: omes
  name: OMES, Organización Mujeres en Superación
  kind: Organización liderada por trabajadoras sexuales
  needs:
  - lideresas_pares
  - denuncia_ddhh
  population: Mujeres
  area: Ciudad de Guatemala
  phone: '1572'
  website: https://redtrasex.org
  note: Pregunte su horario [VL].
  sources:
  - S7
  checked_on: 2026-03-01
  checked_by: Ana Coj
- id: centro
  name: Centro de Salud
  needs:
  - salud_general
"""
PRINTABLES = """\
- id: lista
  title: Lista del centro
  purpose: Para mirar el centro punto por punto.
  intro: Marque una [[estigma|casilla]] [S42].
  orientation: portrait
  pages: 2
  body:
  - text: Son **pocos** puntos [VL].
  - sentence: «Con gusto».
  - blanks:
      title: Quién
      fields:
      - Centro
      - Fecha
  - checklist:
      answers:
      - Sí
      - 'No'
      groups:
      - title: Entrada
        points:
        - Un solo saludo.
        - Una sola fila.
      - title: Datos
        points:
        - No se pide libreta.
  - by_role:
      roles:
        clinica: «Preguntaré primero»
        apoyo: «Orientaré»
  - note:
      title: Recuerde
      lines:
      - Elijan tres.
- id: plan
  title: Plan
  purpose: Para escribir tres cambios.
  orientation: landscape
  pages: 1
  body:
  - numbered:
      items:
      - Mirar
      - Elegir
  - pairs:
      when: Lo que pasa
      then: Lo que se hace
      rows:
      - when: «¿Está aquí?»
        then: «No damos razón».
  - table:
      title: Tres
      columns:
      - title: Qué
        width: wide
      - title: Fecha
        width: narrow
      rows: 3
      lines: 4
  - agenda:
      steps:
      - minutes: 5
        text: Acuerdos
      - minutes: 10
        text: Relato
  - signatures:
      title: Firmamos
      posts:
      - Dirección
      rows: 8
  - signatures:
      rows: 2
"""
MODULE = """\
id: M1
number: 1
title: Cuando la puerta se siente cerrada
subtitle: Qué es el estigma
summary: Una frase para la lista.
minutes: 15
warning: Puede saltar las escenas.
notice: Información general [VL].
objectives:
- Explicar el estigma.
- Elegir una respuesta.
key_messages:
- El estigma es una *etiqueta* [S42].
role_tips:
  clinica: Pregunte primero.
  apoyo: Oriente sin preguntar.
"""
LESSON_1 = """\
id: M1-L1
title: Una etiqueta
minutes: 2
body:
- text: |-
    Primer párrafo con su fuente [S42] y el [[estigma]].

    ### Lo que hacemos

    Segundo párrafo. Siga en [la lección 2](M1-L2).

    1. Salude
    2. Escuche
- key_message: La atención empieza en el portón. 😀
- role_tips:
    apoyo: Salude igual a todas.
- do_avoid:
    title: En el portón
    rows:
    - do: Salude
      avoid: Pregunte a qué viene
      why: Es privado
    - do: Oriente
      avoid: Comente
- figure:
    drawing: porton
    alt: Un portón abierto
    caption: La entrada
- checklist:
    title: Antes de abrir
    items:
    - Saludé
    - Callé los nombres
- callout:
    kind: legal
    title: La ley
    text: Es **deber** de todos [S7].
- directory:
    title: Dónde ayudan
    needs:
    - denuncia_ddhh
- quiz: M1
- printable: lista
- reflection:
    prompt: ¿Qué haría usted?
    feedback: Gracias por pensarlo.
"""
LESSON_2 = """\
id: M1-L2
title: 'Escenas: ¿qué haría usted?'
minutes: 6
warning: Hay frases que lastiman.
body:
- scenario:
    id: M1-E1
    title: En el portón
    role: apoyo
    act: M1-C1
    place: fila
    steps:
    - name: inicio
      text: Son las 6:50. Yesenia pide número.
      speaker: Doña Toña, vecina
      choices:
      - text: «Buenos días, seño».
        rating: best
        feedback: Una frase basta.
        next: paso-2
      - text: No dice nada.
        rating: partial
        consequence: Oye comentarios.
        feedback: El silencio permite.
    - name: paso-2
      text: La vecina se ríe.
      choices:
      - text: Responde con calma.
        rating: best
        consequence: Se calla.
        feedback: Con calma se puede.
        ending: le-cuesta
        cost: true
        their_side: «Me *oyó* [[estigma]] [S42]».
      - text: Grita.
        rating: harmful
        consequence: Todos miran.
        feedback: Gritar expone.
"""
QUIZ = """\
id: M1
title: Cuestionario del módulo 1
intro: Son pocas preguntas.
pass_mark: 80
questions:
- id: M1-Q1
  kind: single
  topic: estigma
  text: ¿Cuál es *discriminación*?
  choices:
  - id: a
    text: Pensar mal
    feedback: Eso es estigma [S42].
  - id: b
    text: Hacerla esperar
    correct: true
    feedback: Así es.
  feedback: Pensar no es hacer [S42].
  sources:
  - S7
  - S42
- id: M1-Q2
  kind: true_false
  text: Sin insultos no hay estigma.
  choices:
  - id: verdadero
    text: Verdadero
  - id: falso
    text: Falso
    correct: true
- id: M1-Q3
  kind: multiple
  text: ¿Qué suele hacer?
  choices:
  - id: a
    text: Llegar tarde
    correct: true
  - id: b
    text: Callar
    correct: true
  - id: c
    text: Pedir más controles
  verify: true
- id: M1-Q4
  kind: ordering
  text: Ordene los pasos.
  choices:
  - id: a
    text: Saludar
  - id: b
    text: Escuchar
  - id: c
    text: Orientar
- id: M1-Q5
  kind: matching
  topic: ley
  text: Una cada caso.
  choices:
  - id: a
    text: Adulta por cuenta propia
    match: Trabajo sexual
  - id: b
    text: Adolescente
    match: Explotación
  - id: c
    text: Sin papeles
    match: Posible trata
- id: M1-Q6
  kind: reflection
  text: ¿Qué hará distinto mañana?
"""
FILES = {
    "course.yaml": COURSE,
    "acts.yaml": ACTS,
    "sources.yaml": SOURCES,
    "glossary.yaml": GLOSSARY,
    "language.yaml": LANGUAGE,
    "directory.yaml": DIRECTORY,
    "printables.yaml": PRINTABLES,
    "m1/module.yaml": MODULE,
    "m1/lesson-1.yaml": LESSON_1,
    "m1/lesson-2.yaml": LESSON_2,
    "m1/quiz.yaml": QUIZ,
}


def make_content(folder, language="es", without=(), **replaced):
    content = folder / "content"
    for name, text in FILES.items():
        if name in without:
            continue
        path = content / language / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for old, new in replaced.get(name[:-5].replace("/", "_").replace("-", "_"), ()):
            assert old in text, f"{old!r} is not in {name}"
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
    return content


def bytes_of(content):
    return {path.relative_to(content).as_posix(): path.read_bytes() for path in content.rglob("*") if path.is_file()}


def load(content, language="es", **options):
    return load_course(read_course(content, language), **options)


def save(directory):
    said = StringIO()
    call_command("save_content", directory=directory, stdout=said, stderr=said)
    return said.getvalue().splitlines()
