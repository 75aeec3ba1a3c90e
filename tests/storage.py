"""Storage that speaks S3, by moto's server, in the process of the tests."""

import contextlib
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "trato"
CREDENTIALS = {"S3_ACCESS_KEY_ID": "tests", "S3_SECRET_ACCESS_KEY": "tests-only", "S3_REGION": "us-east-1"}


@contextlib.contextmanager
def s3_storage():
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = CREDENTIALS | {"S3_ENDPOINT_URL": f"http://{host}:{port}"}
    # What another server in this process was given is still there.
    urlopen(Request(f"{found['S3_ENDPOINT_URL']}/moto-api/reset", method="POST")).close()
    client_of(found).create_bucket(Bucket=BUCKET)
    try:
        yield found
    finally:
        server.stop()


def storages_on_s3(storages, found):
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": found["S3_ENDPOINT_URL"],
        "access_key": found["S3_ACCESS_KEY_ID"],
        "secret_key": found["S3_SECRET_ACCESS_KEY"],
        "region_name": found["S3_REGION"],
        "location": "media",
    }
    return storages | {"default": {"BACKEND": "course.storage.S3MediaStorage", "OPTIONS": options}}


def client_of(found):
    return boto3.client(
        "s3",
        endpoint_url=found["S3_ENDPOINT_URL"],
        aws_access_key_id=found["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=found["S3_SECRET_ACCESS_KEY"],
        region_name=found["S3_REGION"],
    )


def names_in_bucket(found):
    return sorted(one["Key"] for one in client_of(found).list_objects_v2(Bucket=BUCKET).get("Contents", []))
