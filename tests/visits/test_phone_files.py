"""Pictures of a visit: kept once, without where they were taken, seen by whoever sees the visit."""

from __future__ import annotations

import struct
import uuid
from io import BytesIO

import pytest
from PIL import ExifTags, Image

from openliaison.core import files
from openliaison.core.pictures import without_metadata
from openliaison.visits.models import VisitFile
from tests.factories import role, stationed
from tests.visits.phones import Phone, jpeg, visit_item


@pytest.fixture
def phone(world):
    return Phone(world.officer)


@pytest.fixture
def key(world, phone):
    item = visit_item(world.enterprise)
    phone.send(item)
    return item["client_key"]


def with_position(turned: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    exif[ExifTags.Base.Make] = "Huawei"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (42.0, 17.0, 30.0), 3: "E", 4: (123.0, 50.0, 1.0)})
    return jpeg(exif=exif)


def test_a_picture_is_kept_once_by_its_number_and_by_its_content(phone, key):
    file_id, picture = uuid.uuid4(), jpeg()

    answers = [phone.upload(key, picture, file_id) for _ in range(2)] + [phone.upload(key, picture)]

    assert [a.status_code for a in answers] == [201, 200, 200]
    assert {a.json()["id"] for a in answers} == {str(file_id)}
    assert VisitFile.objects.get().pk == file_id


def test_a_picture_before_its_visit_waits_on_the_phone(world, phone):
    answer = phone.upload(str(uuid.uuid4()), jpeg())

    assert (answer.status_code, answer.json()["why"]) == (409, "visit_missing")


def test_a_number_used_for_another_visit_is_refused(world, phone, key):
    file_id = uuid.uuid4()
    phone.upload(key, jpeg(), file_id)
    other = visit_item(world.enterprise)
    phone.send(other)

    assert phone.upload(other["client_key"], jpeg("blue"), file_id).status_code == 409


def test_somebody_elses_visit_takes_no_picture(world, phone, key):
    deputy = role("officer")
    stationed(deputy, world.enterprise, kind="deputy")

    assert Phone(deputy).upload(key, jpeg()).status_code == 403


@pytest.mark.parametrize("content", [b"", b"MZ\x90\0" + b"\0" * 200, b"<html><script>1</script></html>"])
def test_what_is_no_picture_or_paper_is_refused_with_a_sentence(phone, key, content):
    answer = phone.upload(key, content)

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not VisitFile.objects.exists()


def test_a_picture_is_seen_by_who_sees_the_visit(world, phone, key, at_the_screen):
    phone.upload(key, jpeg())
    address = f"/visits/files/{VisitFile.objects.get().pk}/"

    seen = {n: at_the_screen(r).get(address) for n, r in (("firm", world.manager), ("other", world.stranger))}

    assert seen["firm"].status_code == 200
    assert "sandbox" in seen["firm"]["Content-Security-Policy"]
    assert seen["other"].status_code == 404
    page = at_the_screen(world.officer).get(f"/visits/{VisitFile.objects.get().visit_id}/").content.decode()
    assert address in page


def test_the_position_and_the_phone_are_not_kept(phone, key):
    phone.upload(key, with_position())

    kept = files._path(VisitFile.objects.get().sha256).read_bytes()
    assert not Image.open(BytesIO(kept)).getexif()
    assert b"Huawei" not in kept


def test_a_picture_taken_sideways_stands_upright():
    kept = Image.open(BytesIO(without_metadata(with_position(turned=6), "image/jpeg")))

    assert kept.size == (20, 40)


def test_metadata_of_png_and_webp_goes_too():
    for form, kind in (("PNG", "image/png"), ("WEBP", "image/webp")):
        out = BytesIO()
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Huawei"
        Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(out, form, exif=exif)

        kept = without_metadata(out.getvalue(), kind)

        assert b"Huawei" in out.getvalue()
        assert b"Huawei" not in kept
        assert Image.open(BytesIO(kept)).getpixel((0, 0))[3] == 0


def test_the_position_of_a_heic_picture_is_overwritten_in_place():
    position = struct.pack(">HHHII", 1, 0x0001, 2, 2, 0x4E000000) + struct.pack(">I", 0)
    first = struct.pack(">HHHIII", 1, 0x8825, 4, 1, 26, 0)
    block = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + first + position
    content = b"\0\0\0\x18ftypheic" + b"\0" * 20 + block + b"<x:xmpmeta>GPSLatitude</x:xmpmeta>" + b"picture"

    kept = without_metadata(content, "image/heic")

    assert len(kept) == len(content)
    assert kept.endswith(b"picture")
    assert b"GPSLatitude" not in kept
    assert position[2:14] not in kept


def test_a_broken_picture_that_says_where_it_was_taken_is_refused(phone, key):
    answer = phone.upload(key, with_position()[:-200])

    assert answer.status_code == 422
    assert "broken" in answer.json()["error"]
