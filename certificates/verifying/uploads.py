"""A PDF that somebody brings to be compared: only its SHA-256 is kept, and only until the answer."""

import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# Ours have some tens of kilobytes; with logos and signatures a few hundred.
LARGEST = 5 * 1024 * 1024
# What is larger is not even listened to: its sender gets the sentence at once, or a broken line.
LONGEST_LISTENED = 40 * 1024 * 1024
_MARK = b"%PDF-"


class BroughtFile(UploadedFile):
    """What is known of the file when all of it has passed: its SHA-256, its size, whether it begins as a PDF does."""

    def __init__(self, *, digest, is_pdf, **about):
        super().__init__(**about)
        self.digest = digest
        self.is_pdf = is_pdf

    def close(self):
        """There is nothing to close: no byte of it was kept."""


class DigestHandler(FileUploadHandler):
    """Reads a file as it arrives, and keeps nothing of it but the digest: neither on disk nor in memory."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.hash, self.beginning, self.seen = hashlib.sha256(), b"", 0

    def receive_data_chunk(self, raw_data, start):
        self.beginning = self.beginning or raw_data[: len(_MARK)]
        self.seen += len(raw_data)
        # The rest of one that is too large passes by, so that the browser comes to hear why it is refused.
        if self.seen <= LARGEST:
            self.hash.update(raw_data)

    def file_complete(self, file_size):
        return BroughtFile(
            digest=self.hash.hexdigest(),
            is_pdf=self.beginning == _MARK,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
        )
