"""What is uploaded, on storage that speaks S3; a site without such storage never imports this."""

import shutil
from tempfile import TemporaryFile
from urllib.parse import urljoin

from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class FilesOnS3(S3Storage):
    """Files in a bucket. The site itself shows them, to whom it may: nobody gets an address of the storage."""

    def __init__(self, **options):
        # A page waits for a storage that is gone no longer than for a database.
        patience = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})
        super().__init__(client_config=patience, **options)

    def url(self, name, *arguments, **options):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def open_stretch(self, name, start, stop):
        """Return an open file with the bytes from `start` to `stop` of one, and ask the storage for no more of it."""
        stored = self.bucket.Object(f"{self.location}/{name}")
        try:
            answer = stored.get(Range=f"bytes={start}-{stop - 1}")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 416):
                raise FileNotFoundError(name) from error
            raise
        # Whoever reads slowly keeps no line to the storage open.
        file = TemporaryFile()  # noqa: SIM115 - whoever asked closes it
        shutil.copyfileobj(answer["Body"], file)
        file.seek(0)
        return file
