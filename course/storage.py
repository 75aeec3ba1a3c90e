"""Uploads on S3 storage; imported only by sites that use it."""

import shutil
from tempfile import TemporaryFile
from urllib.parse import urljoin

from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class S3MediaStorage(S3Storage):
    """The site serves the files itself after a permission check, never by an address of the storage."""

    def __init__(self, **options):
        config = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})
        super().__init__(client_config=config, **options)

    def url(self, name, *arguments, **options):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def open_range(self, name, start, stop):
        """Return an open file with the bytes from `start` to `stop`. Raises FileNotFoundError."""
        stored = self.bucket.Object(f"{self.location}/{name}")
        try:
            response = stored.get(Range=f"bytes={start}-{stop - 1}")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 416):
                raise FileNotFoundError(name) from error
            raise
        # A slow reader must not hold a connection to the storage open.
        file = TemporaryFile()  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(response["Body"], file)
        file.seek(0)
        return file
