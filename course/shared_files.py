"""What is uploaded, on storage that speaks S3; a site without such storage never imports this."""

from urllib.parse import urljoin

from botocore.config import Config
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
