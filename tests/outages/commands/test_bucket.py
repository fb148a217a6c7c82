"""The copy of the site in a bucket: against a local server that speaks S3, over HTTP."""

import hashlib
import io
import os

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer

from outages.management import mirror
from outages.management.bucket import Bucket, cache_control, content_type


@pytest.fixture
def server(monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    client = boto3.client("s3")
    client.create_bucket(Bucket="copies")
    yield client
    server.stop()


def a_copy(folder, files):
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    (folder / mirror.SIGNATURE).write_bytes(b"signed")
    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    (folder / mirror.MANIFEST).write_text(f'{{"files": {str(hashes).replace(chr(39), chr(34))}}}')
    return hashes


def test_only_what_changed_is_brought_with_its_type_and_what_is_gone_goes_but_nobody_elses(server, tmp_path):
    server.put_object(Bucket="copies", Key="site/not-ours.txt", Body=b"x")
    files = {
        "de/index.html": b"eins",
        "acme/feeds/atom.xml": b"<a/>",
        "static/a.0123456789ab.css": b"a{}",
        "b.json": b"1",
    }
    hashes = a_copy(tmp_path, files)
    place = Bucket("s3://copies/site/")
    assert place.push(tmp_path, hashes, 60) == 4
    assert place.push(tmp_path, hashes, 60) == 0, "nothing has changed"

    page = server.get_object(Bucket="copies", Key="site/de/index.html")
    assert (page["Body"].read(), page["ContentType"], page["CacheControl"]) == (
        b"eins", "text/html; charset=utf-8", "no-cache",
    )  # fmt: skip
    kept = server.head_object(Bucket="copies", Key="site/static/a.0123456789ab.css")
    assert kept["CacheControl"] == "public, max-age=31536000, immutable"
    assert server.head_object(Bucket="copies", Key="site/manifest.json.sig")["ContentLength"] == 6

    del files["b.json"]
    (tmp_path / "b.json").unlink()
    files["de/index.html"] = b"zwei"
    hashes = a_copy(tmp_path, files)
    assert Bucket("s3://copies/site").push(tmp_path, hashes, 60) == 1, "a new process knows by the server what is there"
    keys = {found["Key"] for found in server.list_objects_v2(Bucket="copies")["Contents"]}
    assert keys == {f"site/{name}" for name in (*files, "manifest.json", "manifest.json.sig", "not-ours.txt")}


def test_where_it_is_late_or_there_is_no_bucket_the_manifest_stays_and_it_is_said(server, tmp_path):
    server.create_bucket(Bucket="late")
    hashes = a_copy(tmp_path, {"de/index.html": b"eins"})
    with pytest.raises(mirror.MirrorError, match="in time"):
        Bucket("s3://late").push(tmp_path, hashes, -1)
    assert "Contents" not in server.list_objects_v2(Bucket="late")
    with pytest.raises(mirror.MirrorError, match="NoSuchBucket"):
        Bucket("s3://nowhere").push(tmp_path, hashes, 60)
    with pytest.raises(CommandError, match="names no bucket"):
        call_command("push_site", str(tmp_path), "s3://", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("acme/feeds/rss.xml", "application/rss+xml; charset=utf-8"), ("acme/map.png", "image/png"),
     ("acme/feeds/feed.json", "application/feed+json; charset=utf-8"), ("x.unheard-of", "application/octet-stream")],
)  # fmt: skip
def test_types_of_files(name, expected):
    assert content_type(name) == expected
    assert cache_control(name) == "no-cache"
