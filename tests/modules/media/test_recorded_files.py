import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils.translation import override

from modules.recorded.captions import LONGEST, MOST_SIGNS_OF_CUE, check_captions
from modules.recorded.looking import MP3_TYPE, MP4_TYPE, OGG_TYPE, OPUS_TYPE, WEBM_TYPE, look_at_film, look_at_sound
from modules.recorded.refusals import UnusableRecording
from quizzes.base.sandbox.child import MEGABYTE, Limits
from quizzes.base.sandbox.parent import run_sandboxed

FILES = Path(__file__).parent / "files"
SOUNDS = {
    "tone.opus": (OPUS_TYPE, 2),
    "phone.opus": (OPUS_TYPE, 2),
    "tone.ogg": (OGG_TYPE, 2),
    "tone.mp3": (MP3_TYPE, 2),
    "phone.mp3": (MP3_TYPE, 1),
}
FILMS = {
    "vorbis.webm": WEBM_TYPE,
    "film.mp4": MP4_TYPE,
    "phone.mp4": MP4_TYPE,
    "film.webm": WEBM_TYPE,
    "phone.webm": WEBM_TYPE,
}
# Who, where, with what device, when: as the files hold them.
TRACES = [b"Ana", b"14.6349", b"90.5069", b"Marca", b"Telefono-9", b"\xe5\xc9\xbe\xa0", b"2026-03-01"]


def content_of(name):
    return (FILES / name).read_bytes()


def look_at(content, name):
    return (look_at_film if name in FILMS else look_at_sound)(content)


def refusal_of(content, name="tone.opus"):
    with override("es"), pytest.raises(UnusableRecording) as refused:
        look_at(content, name)
    return str(refused.value)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_recording_tells_its_kind_and_its_length(name):
    found = look_at_sound(content_of(name))
    assert (found["type"], found["seconds"]) == SOUNDS[name]


@pytest.mark.parametrize("name", FILMS)
def test_a_film_tells_its_kind_its_length_and_its_size(name):
    found = look_at_film(content_of(name))
    assert [found[fact] for fact in ("type", "seconds", "width", "height")] == [FILMS[name], 2, 160, 90]


@pytest.mark.parametrize("name", ["phone.opus", "phone.mp3", "phone.mp4", "phone.webm"])
def test_who_where_and_with_what_device_is_taken_out_and_nothing_else(name):
    before = content_of(name)
    assert [trace for trace in TRACES if trace in before]
    after = look_at(before, name)["content"]
    assert [trace for trace in TRACES if trace in after] == []
    assert look_at(after, name)["content"] == after
    # Not one byte of sound or picture moved: but for MP3, whose tags stand before and behind.
    assert len(after) == len(before) or after in before


@pytest.mark.parametrize("name", [*SOUNDS, *FILMS])
def test_what_is_cut_off_is_refused_wherever_it_is_cut(name):
    content = content_of(name)
    # The last frame of an MP3 may be missing, as many programs leave it; and Ogg may end with any page.
    whole_pages = {at for at in range(len(content)) if content.startswith(b"OggS", at)}
    for part in range(1, 20):
        at = len(content) * part // 20
        if name.endswith("mp3") or at in whole_pages:
            continue
        assert refusal_of(content[:at], name), at


@pytest.mark.parametrize("name", [*SOUNDS, *FILMS])
def test_a_broken_file_is_refused_or_read_but_never_more(name):
    content = content_of(name)
    for at in range(0, len(content), 37):
        broken = bytearray(content)
        broken[at] ^= 0xFF
        # Any other error would be the reader's.
        with suppress(UnusableRecording):
            assert look_at(bytes(broken), name)["seconds"]


HTML = b"<!doctype html><script>alert(1)</script>"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(99)
ZIP = b"PK\x03\x04" + bytes(99)


@pytest.mark.parametrize(
    "content", [HTML, PNG, ZIP, b"", b"\0", b"OggS", b"ID3", b"ID3\x04\0\0\xff\xff\xff\xff", b"\xff\xfb"]
)
def test_what_is_no_recording_is_refused(content):
    assert refusal_of(content)
    assert refusal_of(content, "film.mp4")


def test_another_file_cannot_ride_along():
    assert refusal_of(content_of("tone.opus") + ZIP).startswith("El archivo está dañado")
    assert refusal_of(content_of("film.mp4") + ZIP, "film.mp4").startswith("El archivo está dañado")
    assert refusal_of(content_of("film.webm") + ZIP, "film.webm")
    assert refusal_of(content_of("tone.mp3") + HTML * 9).startswith("El archivo está dañado")
    tag = b"ID3\x04\0\0" + bytes([0, 0, 0, len(HTML)]) + HTML
    assert look_at_sound(tag + content_of("tone.mp3"))["content"] == look_at_sound(content_of("tone.mp3"))["content"]
    assert HTML not in look_at_film(content_of("film.mp4") + box(b"free", HTML))["content"]
    assert HTML not in look_at_film(content_of("film.mp4") + box(b"uuid", HTML))["content"]
    assert HTML not in look_at_film(content_of("film.mp4") + box(b"mdat", HTML))["content"]


def test_another_file_cannot_ride_inside_what_plays():
    film = content_of("film.mp4")
    for name in (b"mvhd", b"tkhd", b"mdhd", b"vmhd", b"smhd", b"elst", b"stts", b"stss", b"stsc", b"stsz", b"stco"):
        clean = look_at_film(longer(film, name, ZIP))["content"]
        assert (ZIP in clean, len(clean)) == (False, len(film) + len(ZIP)), name
        assert look_at_film(clean)["content"] == clean
    for name in (b"ftyp", b"avcC", b"esds", b"sgpd"):
        assert refusal_of(longer(film, name, ZIP * 50), "film.mp4").startswith("El archivo está dañado"), name


def longer(film, name, more):
    content = bytearray(film)
    at = content.index(name) - 4
    size = struct.unpack_from(">I", content, at)[0]
    for holder in [b"moov", b"trak", b"mdia", b"edts", b"minf", b"stbl", b"stsd", b"avc1", b"mp4a", name]:
        place = content.find(holder)
        while place >= 0:
            (length,) = struct.unpack_from(">I", content, place - 4)
            if place - 4 <= at and at + size <= place - 4 + length:
                struct.pack_into(">I", content, place - 4, length + len(more))
            place = content.find(holder, place + 4)
    place = content.find(b"stco")
    while place >= 0:
        (count,) = struct.unpack_from(">I", content, place + 8)
        for row in range(place + 12, place + 12 + 4 * count, 4):
            struct.pack_into(">I", content, row, struct.unpack_from(">I", content, row)[0] + len(more))
        place = content.find(b"stco", place + 4)
    content[at + size : at + size] = more
    return bytes(content)


def test_what_a_recorder_wrote_into_vorbis_is_taken_out_of_a_film_too():
    # As programs write it that hand on what stood in the Ogg: here in place of the name of the encoder.
    film = content_of("vorbis.webm").replace(b"Xiph.Org libVorbis I", b"Ana Coj, en Mixco 1.")
    found = look_at_film(film)
    assert [b"Ana Coj" in content for content in (film, found["content"])] == [True, False]
    assert len(found["content"]) == len(film)
    assert look_at_film(found["content"])["content"] == found["content"]
    assert refusal_of(film.replace(b"\x03vorbis", b"\x03VORBIS"), "vorbis.webm")


def test_ogg_without_a_moment_is_refused_in_words():
    content = bytearray(content_of("tone.opus"))
    place = 0
    while (place := content.find(b"OggS", place)) >= 0:
        content[place + 6 : place + 14] = b"\xff" * 8
        place += 4
    assert refusal_of(renumbered(bytes(content))).startswith("El archivo está dañado")


def box(name, content):
    return struct.pack(">I4s", 8 + len(content), name) + content


def test_a_second_stream_in_an_ogg_is_refused():
    one = content_of("tone.opus")
    assert refusal_of(one + one)
    assert refusal_of(renumbered(one + one))


def renumbered(content):
    content, place, number = bytearray(content), 0, 0
    while (place := content.find(b"OggS", place)) >= 0:
        struct.pack_into("<I", content, place + 18, number)
        end = content.find(b"OggS", place + 4)
        end = len(content) if end < 0 else end
        struct.pack_into("<I", content, place + 22, 0)
        struct.pack_into("<I", content, place + 22, ogg_checksum(content[place:end]))
        place, number = end, number + 1
    return bytes(content)


def ogg_checksum(page):
    register = 0
    for byte in page:
        register ^= byte << 24
        for _bit in range(8):
            register = (register << 1 ^ 0x04C11DB7 if register & 0x80000000 else register << 1) & 0xFFFFFFFF
    return register


def test_the_checksums_of_a_cleaned_ogg_are_those_of_the_book():
    clean = look_at_sound(content_of("phone.opus"))["content"]
    assert renumbered(clean) == clean
    assert zlib.crc32(clean) != zlib.crc32(content_of("phone.opus"))


def test_a_film_with_more_than_picture_and_sound_is_refused_with_the_way_to_mend_it():
    sentence = refusal_of(content_of("film.mp4").replace(b"soun", b"meta"), "film.mp4")
    assert sentence.startswith("Además de imagen y sonido")
    assert "ffmpeg -i" in sentence
    assert "-map_metadata -1" in sentence


def test_what_many_telephones_do_not_play_is_refused_by_name():
    assert "(hvc1)" in refusal_of(content_of("film.mp4").replace(b"avc1\0", b"hvc1\0"), "film.mp4")
    assert "(V_XYZ)" in refusal_of(content_of("film.webm").replace(b"V_VP9", b"V_XYZ"), "film.webm")


def test_a_film_that_says_it_is_huge_or_lasts_for_hours_is_refused():
    small, large = struct.pack(">HHHH", 160, 0, 90, 0), struct.pack(">HHHH", 30_000, 0, 30_000, 0)
    assert "1920" in refusal_of(content_of("film.mp4").replace(small, large), "film.mp4")
    long = content_of("film.mp4").replace(struct.pack(">II", 1000, 2000), struct.pack(">II", 1, 20_000), 1)
    assert "más de una hora" in refusal_of(long, "film.mp4")


def test_a_film_of_an_upright_telephone_is_upright():
    content = content_of("film.mp4")
    lying = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    upright = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 90 << 16, 0, 0x40000000)
    at = content.index(b"tkhd")
    found = look_at_film(content[:at] + content[at:].replace(lying, upright, 1))
    assert (found["width"], found["height"]) == (90, 160)


def test_the_largest_film_is_read_within_the_limits():
    content = content_of("film.mp4") + box(b"free", bytes(30 * MEGABYTE - 20_000))
    found = run_sandboxed(look_at_film, content, refusal=UnusableRecording, limits=Limits(answer=40 * MEGABYTE))
    assert (found["seconds"], len(found["content"])) == (2, len(content))


def test_boxes_in_boxes_without_end_are_refused_in_words():
    deep = b""
    for _turn in range(3000):
        deep = box(b"trak", deep)
    with override("es"), pytest.raises(UnusableRecording) as refused:
        run_sandboxed(look_at_film, content_of("film.mp4")[:32] + box(b"moov", deep), refusal=UnusableRecording)
    assert str(refused.value)


def test_captions_come_out_in_one_form_without_notes_and_names():
    written = (
        "\ufeffWEBVTT - del curso\r\nKind: captions\r\n\r\nNOTE para mí\r\nsola\r\n\r\n"
        "uno\r\n00:00.500 --> 00:02.000 line:80%\r\n"
        "<v Rosa>Buenos <b>días</b>, <00:00:01.000><c.rojo>seño</c> & <script>x</script>\r\n\r\n"
        "00:01:02.000 --> 01:00:03.000\r\nDos líneas &amp; más\r\nde texto"
    )
    assert check_captions(written) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000 line:80%\n"
        "<v Rosa>Buenos <b>días</b>, seño &amp; &lt;script&gt;x&lt;/script&gt;\n\n"
        "00:01:02.000 --> 01:00:03.000\nDos líneas &amp; más\nde texto\n"
    )
    assert check_captions(check_captions(written)) == check_captions(written)


CUE = "WEBVTT\n\n00:01.000 --> 00:02.000"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Línea 1 de los subtítulos: los subtítulos empiezan con una línea que dice WEBVTT."),
        ("WEBVTT2\n\n", "Línea 1 de los subtítulos: los subtítulos empiezan con una línea que dice WEBVTT."),
        ("WEBVTT\n\n", "Los subtítulos todavía no dicen nada"),
        ("WEBVTT\n\nHola", "Línea 3 de los subtítulos: aquí faltan los tiempos"),
        (f"{CUE}\n\n", "Línea 3 de los subtítulos: ahí no se dice nada."),
        (f"{CUE}\n<v Rosa>\n", "Línea 3 de los subtítulos: ahí no se dice nada."),
        (
            "WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nHola",
            "Línea 4 de los subtítulos: esto está escrito como en SRT.",
        ),
        ("WEBVTT\n\n1:00 --> 2:00\nHola", "Línea 3 de los subtítulos: los tiempos se escriben como"),
        ("WEBVTT\n\n00:61.000 --> 02:00.000\nHola", "Línea 3 de los subtítulos: los tiempos se escriben como"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nHola", "Línea 3 de los subtítulos: termina antes de empezar."),
        (
            f"{CUE}\nA\n\n00:01.500 --> 00:03.000\nB",
            "Línea 6 de los subtítulos: empieza antes de que termine el anterior (línea 3).",
        ),
        (f"{CUE}\nA\n00:02.000 --> 00:03.000\nB", "Línea 3 de los subtítulos: falta una línea vacía"),
        (f"{CUE} region:a\nA", "Línea 3 de los subtítulos: aquí no se entiende «region:a»."),
        (
            f"WEBVTT\n\nSTYLE\n::cue {{ color: red }}\n\n{CUE[8:]}\nA",
            "Línea 3 de los subtítulos: la forma de los subtítulos",
        ),
        (f"{CUE}\n{'a' * (MOST_SIGNS_OF_CUE + 1)}", "Línea 3 de los subtítulos: nadie lee tanto de una vez."),
        ("WEBVTT\n\n" + "a" * LONGEST, "Los subtítulos son más largos"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(written, sentence):
    with override("es"), pytest.raises(UnusableRecording) as refused:
        check_captions(written)
    assert str(refused.value).startswith(sentence)


def test_what_is_shown_after_the_end_of_the_film_is_refused():
    assert check_captions(f"{CUE}\nA", seconds=1)
    with override("es"), pytest.raises(UnusableRecording, match="dura 1 segundos"):
        check_captions(f"{CUE}\nA\n\n00:09.000 --> 00:10.000\nB", seconds=1)
