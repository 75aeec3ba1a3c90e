"""What a person and a telephone read on a printed page."""

import io
import subprocess

import zxingcpp
from PIL import Image


def words_on(pdf, *options):
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def codes_on(pdf, folder, *options, resolution=100):
    folder.mkdir()
    command = ["pdftoppm", *options, "-r", str(resolution), "-png", "-", folder / "page"]
    subprocess.run(command, input=pdf, check=True)
    pictures = [Image.open(io.BytesIO(picture.read_bytes())) for picture in sorted(folder.glob("page*.png"))]
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]
