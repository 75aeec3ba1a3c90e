import io
import tracemalloc

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from certificates.images import ImageUse, check_image, make_printed_copy
from certificates.models import CertificateDesign, DesignLogo, PrintedImage, Signatory
from certificates.pdf.rendering import store_images
from modules.pdf.renderer import get_renderer
from tests.factories import spanish

from .factories import issue, make_design, make_graduate
from .pictures import as_file, drawn, png_of, upload


def refusal_of(content, use=ImageUse.LOGO):
    with pytest.raises(ValidationError) as refusal:
        make_printed_copy(content, use)
    return refusal.value.messages[0]


def as_printed(content, use=ImageUse.LOGO):
    return Image.open(io.BytesIO(make_printed_copy(content, use)["content"])).convert("RGB")


def test_forty_megapixels_are_refused_before_they_are_decoded():
    content = png_of(8000, 5000, rows=5000)
    tracemalloc.start()
    try:
        assert refusal_of(content) == (
            "La imagen tiene 8000 × 5000 puntos, demasiados para imprimir."
            " Hágala más pequeña: 1200 puntos de ancho bastan."
        )
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 60_000)])
def test_a_bomb_is_refused(size):
    assert "Hágala más pequeña" in refusal_of(png_of(*size, rows=1))


SVGS = [
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
]
WHOLE = [as_file(drawn()), as_file(drawn(), "JPEG"), as_file(drawn(), "WEBP", lossless=True)]


@pytest.mark.parametrize("content", [*SVGS, b"", b"%PDF-1.7", *(content[: len(content) // 2] for content in WHOLE)])
def test_damaged_or_other_files_are_refused(content):
    assert refusal_of(content).startswith("No es una imagen PNG, JPEG, WebP o GIF que se pueda leer")


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM", "EPS"])
def test_other_formats_are_refused_despite_their_name(kind):
    assert refusal_of(as_file(drawn(), kind)).startswith("No es una imagen")


def test_format_is_detected_from_content(db):
    check_image(upload(as_file(drawn(), "JPEG"), name="firma.png"), ImageUse.SIGNATURE)


@pytest.mark.parametrize(
    "nothing",
    [
        Image.new("RGB", (400, 160), "white"),
        Image.new("RGBA", (400, 160), (0, 0, 0, 0)),
        Image.new("L", (400, 160), 251),
        drawn(mode="RGBA", ground=(0, 0, 0, 0), ink="white"),
    ],
)
def test_empty_signature_is_refused(nothing):
    said = "Sobre papel blanco no se ve nada de esta imagen. Elija una con trazos oscuros."
    assert refusal_of(as_file(nothing), ImageUse.SIGNATURE) == said
    assert refusal_of(as_file(nothing), ImageUse.LOGO) == said


def test_dark_signature_is_refused():
    assert refusal_of(as_file(Image.new("RGB", (400, 160), "#444")), ImageUse.SIGNATURE).startswith(
        "Esta imagen es oscura"
    )
    assert as_printed(as_file(Image.new("RGB", (400, 160), "#444"))).size == (400, 160)


def test_a_cmyk_photograph_keeps_its_colours():
    copy = as_printed(as_file(Image.new("CMYK", (300, 120), (0, 255, 255, 0)), "JPEG", quality=95))
    level = copy.getpixel((150, 60))
    assert level[0] > 200
    assert max(level[1:]) < 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(kind):
    copy = as_printed(as_file(drawn(mode="RGBA", ground=(0, 0, 0, 0), ink=(0, 0, 128, 255)), kind))
    assert copy.getpixel((0, copy.height - 1))[0] < 60 or copy.getpixel((0, 0)) == (255, 255, 255)
    assert {(0, 0, 0)}.isdisjoint({colour for _count, colour in copy.getcolors(4096)})


def test_sixteen_bits_and_palettes_come_out_right():
    deep = Image.new("I;16", (200, 80), 65535)
    deep.paste(0, (50, 20, 150, 60))
    assert as_printed(as_file(deep)).size == (100, 40)
    assert as_printed(as_file(drawn().quantize(4), "GIF")).getpixel((2, 2))


def test_margins_are_cut_off_and_size_is_limited():
    scan = Image.new("RGB", (2480, 3508), "white")
    scan.paste(drawn(size=(1200, 400)), (700, 1500))
    assert as_printed(as_file(scan), ImageUse.SIGNATURE).width == 590
    assert max(as_printed(as_file(drawn(size=(3000, 3000)))).size) <= 500


def test_exif_rotation_is_applied():
    turned = drawn(size=(400, 100)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    copy = as_printed(as_file(turned, "JPEG", exif=exif, quality=95))
    assert copy.width > copy.height


def test_equal_images_are_stored_once(db):
    image = upload(as_file(drawn()))
    first = store_images([(image, ImageUse.LOGO), (image, ImageUse.LOGO), (None, ImageUse.SIGNATURE)])
    assert first[0] == first[1]
    assert first[2] == ""
    assert store_images([(image, ImageUse.LOGO)]) == first[:1]
    assert list(PrintedImage.objects.values_list("content_type", flat=True)) == ["image/png"]


def with_images(design, *, signature=None, logo=None):
    if signature:
        design.signatories = [Signatory(name="Dra. Julia Tzoc", post="Directora", image=signature, locale=spanish())]
    if logo:
        design.logos = [DesignLogo(image=logo, institution="Ministerio", locale=spanish())]
    design.save()
    return CertificateDesign.objects.get(pk=design.pk)


@pytest.mark.django_db
def test_issued_certificate_keeps_its_image(ana):
    old, new = upload(as_file(drawn(ink="purple"))), upload(as_file(drawn(ink="teal")))
    with_images(make_design(), signature=old, logo=old)
    first = issue(ana)
    with_images(CertificateDesign.objects.get(), signature=new, logo=new)
    assert first.printed["logos"] != issue(make_graduate("BEA234")).printed["logos"]
    first.refresh_from_db()
    assert PrintedImage.objects.filter(pk=first.printed["logos"][0]["image"]).exists()
    assert PrintedImage.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("harm", ["gone", "spoiled"])
def test_missing_image_is_printed_as_text_or_empty_line(ana, harm, caplog):
    image = upload(as_file(drawn(ink="olive")) if harm == "gone" else b"<svg/>")
    if harm == "gone":
        image.file.storage.delete(image.file.name)
    with_images(make_design(), signature=image, logo=image)
    printed = issue(ana).printed
    assert printed["signatories"] == [{"name": "Dra. Julia Tzoc", "post": "Directora", "image": ""}]
    assert printed["logos"] == [{"image": "", "institution": "Ministerio"}]
    assert sum("is left out of a certificate" in record.message for record in caplog.records) == 2


@pytest.mark.django_db
def test_image_needs_sign_in(client, ana):
    [digest] = store_images([(upload(as_file(drawn())), ImageUse.SIGNATURE)])
    address = f"/es/certificado/imagen/{digest}"
    assert client.get(address).status_code == 302
    client.force_login(ana)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "image/png",
        "private, max-age=31536000, immutable",
    )
    assert client.get(f"/es/certificado/imagen/{'0' * 64}").status_code == 404


@pytest.mark.parametrize("content", [content[: len(content) // 2] for content in WHOLE])
def test_truncated_file_is_refused_after_rendering_too(content):
    get_renderer("", ())
    assert refusal_of(content).startswith("No es una imagen")


@pytest.mark.django_db
def test_clinic_is_printed_without_unprintable_letters(ana):
    assert issue(ana, clinic="Centro 🏥 de Salud \u202eمركز").printed["clinic"] == "Centro de Salud"
