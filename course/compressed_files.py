"""Static files, compressed once."""

import gzip
from functools import cache
from pathlib import Path

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressOnce(Compressor):
    """Compressing all takes ten seconds and more: skip unchanged files, and do equal ones once."""

    def __init__(self, **options):
        super().__init__(**options)
        self.compress_brotli = cache(super().compress_brotli)
        self.compress_gzip = cache(super().compress_gzip)

    def compress(self, path):
        return [] if is_compressed(path) else super().compress(path)


class CompressedFiles(CompressedManifestStaticFilesStorage):
    once = None

    def create_compressor(self, **options):
        self.once = self.once or CompressOnce(**options)
        return self.once

    def compress_files(self, paths):
        """Compress files with a digest in their name, then those without it, most of which are equal."""
        paths = set(paths)
        hashed = paths & set(self.hashed_files.values())
        for some in (hashed, paths - hashed):
            yield from super().compress_files(some)


def is_compressed(path):
    holds = Path(path).read_bytes()
    try:
        return all(unpack(Path(f"{path}{end}").read_bytes()) == holds for end, unpack in _UNPACKED.items())
    except (OSError, EOFError, ValueError, brotli.error):
        return False


_UNPACKED = {".br": brotli.decompress, ".gz": gzip.decompress}
