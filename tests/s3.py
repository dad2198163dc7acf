"""A server of S3 for tests: moto, in a thread of this process, with one bucket.

What belongs here: starting one, and what the environment says of it. The fixture is in `conftest`.
"""

import hashlib
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

BUCKET = "shared-things"


def put_objects(folder: Path, url: str) -> None:
    """Make the objects below a URL of the bucket those of a folder's files, and no others."""
    import boto3

    s3, (_, _, bucket, prefix) = boto3.client("s3"), url.split("/", 3)
    files = {
        f"{prefix}/{file.relative_to(folder).as_posix()}": file
        for file in folder.rglob("*")
        if file.is_file()
    }
    there = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/").get("Contents", [])
    for one in there:
        if one["Key"] not in files:
            s3.delete_object(Bucket=bucket, Key=one["Key"])
    tags = {one["Key"]: one["ETag"].strip('"') for one in there}
    for key, file in files.items():
        content = file.read_bytes()
        if tags.get(key) != hashlib.md5(content).hexdigest():
            s3.put_object(Bucket=bucket, Key=key, Body=content)


@contextmanager
def s3_server() -> Generator[dict[str, str]]:
    """Give what the environment of a client has to say; it says so meanwhile."""
    from moto.server import ThreadedMotoServer  # as heavy as it is: only for those who ask

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    said = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    try:
        with mock.patch.dict(os.environ, said):
            import boto3

            boto3.client("s3").create_bucket(Bucket=BUCKET)
            yield said
    finally:
        server.stop()
