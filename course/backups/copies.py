"""Copies of backups in another folder or on S3, under the same retention."""

import contextlib
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from .exceptions import BackupError
from .keeping import kept, moment_of
from .state import Copy


def copy_all(folder, targets):
    """Copy what each target lacks of the backups in `folder`, delete old ones; return a `Copy` for each."""
    return [Copy(target, _problem_with(folder, target)) for target in targets]


def _problem_with(folder, target):
    try:
        with contextlib.ExitStack() as stack:
            place = stack.enter_context(_in_bucket(target)) if target.startswith("s3://") else _InFolder(Path(target))
            _bring_up_to_date(folder, place)
    except BackupError as error:
        return str(error)
    except OSError as error:
        return f"{error.strerror or error}: {target}"
    return ""


def _bring_up_to_date(folder, place):
    here = {path.name: path.stat().st_size for path in folder.iterdir() if moment_of(path.name)}
    there = {name: size for name, size in place.sizes().items() if moment_of(name)}
    stay = kept(here | there)
    for name in sorted(stay & set(here)):
        if there.get(name) != here[name]:
            place.put(folder / name)
    for name in set(there) - stay:
        place.remove(name)


class _InFolder:
    def __init__(self, folder):
        self.folder = folder
        if not folder.is_dir():
            # Not created: without the external disk the copy would land on the site's own.
            raise BackupError(f"No está la carpeta / the folder is not there: {folder}")

    def sizes(self):
        return {path.name: path.stat().st_size for path in self.folder.iterdir() if path.is_file()}

    def put(self, path):
        unfinished = self.folder / f".unfinished-{path.name}"
        try:
            opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with path.open("rb") as source, os.fdopen(opened, "wb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(self.folder / path.name)
        finally:
            unfinished.unlink(missing_ok=True)

    def remove(self, name):
        (self.folder / name).unlink()


@contextlib.contextmanager
def _in_bucket(target):
    try:
        import boto3  # noqa: PLC0415 - only a site with such storage has it
        from boto3.exceptions import Boto3Error  # noqa: PLC0415 - as above
        from botocore.config import Config  # noqa: PLC0415 - as above
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above
    except ImportError:
        raise BackupError("Falta boto3: script/setup --s3 / boto3 is missing.") from None
    try:
        client = boto3.client(
            "s3",
            endpoint_url=settings.S3_ENDPOINT_URL or None,
            aws_access_key_id=settings.S3_ACCESS_KEY_ID or None,
            aws_secret_access_key=settings.S3_SECRET_ACCESS_KEY or None,
            region_name=settings.S3_REGION or None,
            config=Config(connect_timeout=10, read_timeout=60, retries={"total_max_attempts": 3}),
        )
        found = urlsplit(target)
        yield _InBucket(client, found.netloc, found.path.strip("/"))
    except (BotoCoreError, Boto3Error, ClientError, ValueError) as error:
        raise BackupError(f"{target}: {error}") from error


class _InBucket:
    def __init__(self, client, bucket, prefix):
        self.client, self.bucket, self.prefix = client, bucket, f"{prefix}/" if prefix else ""

    def sizes(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        found = [one for page in pages for one in page.get("Contents", [])]
        return {one["Key"].removeprefix(self.prefix): one["Size"] for one in found}

    def put(self, path):
        self.client.upload_file(str(path), self.bucket, self.prefix + path.name)

    def remove(self, name):
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)
