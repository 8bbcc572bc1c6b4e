"""Uploads are judged by what they hold, kept once, and served so that no browser runs them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from openliaison.cases.models import CaseFile
from openliaison.core import files


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("现场.png", picture(), "image/png"),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("说明.txt", "现场记录".encode(), "text/plain"),
        ("old.txt", "现场记录".encode("gb18030"), "text/plain"),
        ("rows.csv", b"a,b\n1,2\n", "text/csv"),
    ],
)
def test_what_is_useful_is_taken_under_its_real_type(name, content, kind):
    assert files.keep(upload(name, content)).content_type == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", b"<html><script>alert(1)</script></html>"),
        ("photo.png", b"\n  <svg onload=alert(1)>"),
        ("photo.png", b"MZ\x90\x00" + b"\0" * 200),
        ("photo.jpg", b"\x7fELF" + b"\0" * 200),
        ("all.png", b"PK\x03\x04" + b"\0" * 200),
        ("run.txt", b"text \0 with a zero"),
        ("nothing.txt", b""),
    ],
)
def test_what_could_run_or_says_nothing_is_refused_in_words(name, content, folder):
    with pytest.raises(files.Unwelcome, match=name.split(".")[0]):
        files.keep(upload(name, content))
    assert not list(folder.rglob("*")) if folder.exists() else True


def test_too_large_is_said_with_the_limit(monkeypatch):
    monkeypatch.setattr(files, "LARGEST_MB", 0)
    with pytest.raises(files.Unwelcome, match="0 MB"):
        files.keep(upload("x.txt", b"x" * 10))


def test_the_same_content_lies_on_the_disk_once(folder):
    first, second = files.keep(upload("a.txt", b"same")), files.keep(upload("b.txt", b"same"))

    assert first.sha256 == second.sha256
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\x.txt", "x.txt"),
        ('a"b<c>.txt', "abc.txt"),
        ("行\r\nSet-Cookie: x.txt", "行Set-Cookie x.txt"),
    ],
)
def test_a_name_is_a_name_and_no_path_or_header(given, kept):
    one = upload("x.txt", b"text")
    one._name = given

    assert files.keep(one).name == kept


def test_a_served_file_is_not_run_by_a_browser():
    kept = files.keep(upload("说明.txt", "现场记录".encode()))

    answer = files.serve(_stored(kept))
    assert b"".join(answer.streaming_content) == "现场记录".encode()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_picture_may_be_looked_at():
    answer = files.serve(_stored(files.keep(upload("现场.png", picture()))))
    assert b"".join(answer.streaming_content) == picture()
    assert answer.headers["Content-Disposition"].startswith("inline")


def _stored(kept: files.Kept) -> CaseFile:
    return CaseFile(**kept._asdict())
