"""The picture of the practice quiz: a waiting room, drawn here so that nobody's face is in it."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Picture
from PIL import ImageDraw
from wagtail.images import get_image_model

FILE = "original_images/sala-de-espera.png"
SIZE = (960, 600)
TITLE = "Sala de espera"
WORDS = "Una sala de espera: gente en fila ante una ventanilla, una pizarra con nombres, una puerta y una banca."
_INK, _WALL, _FLOOR, _WOOD, _PAPER = "#1B1F3B", "#F4EBDD", "#D8C9B0", "#A9744A", "#FFFFFF"


def make_room_image():
    """Return the image of the library, whose file is drawn only once."""
    if not default_storage.exists(FILE):
        default_storage.save(FILE, ContentFile(draw_room()))
    width, height = SIZE
    return get_image_model().objects.create(title=TITLE, file=FILE, description=WORDS, width=width, height=height)


def draw_room():
    """Return the picture as PNG."""
    picture = Picture.new("RGB", SIZE, _WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 430, 960, 600), fill=_FLOOR)
    # The window of the reception, with whoever attends.
    pen.rectangle((40, 150, 290, 330), fill="#BFD4DA", outline=_INK, width=4)
    _draw_person(pen, 165, 330, "#0F6B63", legs=False)
    pen.rectangle((30, 330, 300, 440), fill=_WOOD, outline=_INK, width=4)
    for x, colour in ((330, "#A3173F"), (400, "#2B3A8C"), (470, "#A84A22")):
        _draw_person(pen, x, 520, colour)
    # The board with names, the clock, the door of the consulting room, the bench.
    pen.rectangle((400, 70, 660, 210), fill=_PAPER, outline=_INK, width=4)
    for row in range(4):
        pen.line((425, 100 + 27 * row, 540, 100 + 27 * row), fill=_INK, width=5)
        pen.line((565, 100 + 27 * row, 635, 100 + 27 * row), fill="#A3173F", width=5)
    pen.ellipse((320, 60, 370, 110), fill=_PAPER, outline=_INK, width=4)
    pen.line((345, 85, 345, 68), fill=_INK, width=4)
    pen.line((345, 85, 358, 90), fill=_INK, width=4)
    pen.rectangle((780, 130, 920, 440), fill="#C79A6B", outline=_INK, width=4)
    pen.ellipse((795, 285, 809, 299), fill=_INK)
    pen.rectangle((560, 430, 750, 450), fill=_WOOD, outline=_INK, width=4)
    for x in (575, 725):
        pen.rectangle((x, 450, x + 12, 510), fill=_WOOD, outline=_INK, width=3)
    _draw_person(pen, 610, 470, "#E0A100")
    stream = BytesIO()
    picture.quantize(32).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw_person(pen, x, foot, colour, *, legs=True):
    """Draw somebody from behind, who could be anybody: `foot` is where they stand."""
    top = foot - (150 if legs else 110)
    pen.ellipse((x - 18, top, x + 18, top + 36), fill="#8A5A3C", outline=_INK, width=3)
    pen.rounded_rectangle((x - 28, top + 38, x + 28, top + 110), 14, fill=colour, outline=_INK, width=3)
    if legs:
        pen.rectangle((x - 18, top + 110, x - 4, foot), fill=_INK)
        pen.rectangle((x + 4, top + 110, x + 18, foot), fill=_INK)
