"""Static files as browsers fetch them: compressed once, and never again while they stay what they are."""

import gzip
from functools import cache
from pathlib import Path

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressOnce(Compressor):
    """Compressing all takes ten seconds and more: what lies there whole stays, and what is there twice is done once."""

    def __init__(self, **options):
        super().__init__(**options)
        self.compress_brotli = cache(super().compress_brotli)
        self.compress_gzip = cache(super().compress_gzip)

    def compress(self, path):
        return [] if is_compressed(path) else super().compress(path)


class CompressedFiles(CompressedManifestStaticFilesStorage):
    """Files under a name that tells what they hold, and compressed beside them."""

    once = None

    def create_compressor(self, **options):
        self.once = self.once or CompressOnce(**options)
        return self.once

    def compress_files(self, paths):
        """Compress those with a digest in their name, and then the same ones without it, which most are equal to."""
        paths = set(paths)
        hashed = paths & set(self.hashed_files.values())
        for some in (hashed, paths - hashed):
            yield from super().compress_files(some)


def is_compressed(path):
    """Tell whether both compressed forms of a file stand beside it, and are whole: what they hold is what it holds."""
    holds = Path(path).read_bytes()
    try:
        return all(unpack(Path(f"{path}{end}").read_bytes()) == holds for end, unpack in _UNPACKED.items())
    except (OSError, EOFError, ValueError, brotli.error):
        return False


_UNPACKED = {".br": brotli.decompress, ".gz": gzip.decompress}
