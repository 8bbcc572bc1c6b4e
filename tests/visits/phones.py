"""A phone, for tests: a browser of one officer with a number of its own, and what it sends."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.conftest import NOON

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


class Phone:
    """A browser of one officer, with a number of its own."""

    def __init__(self, who, device: uuid.UUID | None = None, language: str = "en", **client: Any) -> None:
        self.device = device or uuid.uuid4()
        self.client = Client(headers={"Accept-Language": language, "User-Agent": ANDROID}, **client)
        if who is not None:
            self.client.force_login(who.user)

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers={"X-Device": str(self.device), **headers})

    def post(self, path: str, content: Any = None, **headers: str):
        told = {"X-Device": str(self.device), **headers}
        return self.client.post(path, json.dumps(content or {}), content_type="application/json", headers=told)

    def upload(self, key: str, picture: bytes, file_id: uuid.UUID | None = None, name: str = "photo.jpg"):
        content = {"file": SimpleUploadedFile(name, picture, "image/jpeg"), "visit": key}
        path = f"/phone/files/{file_id or uuid.uuid4()}"
        return self.client.post(path, content, headers={"X-Device": str(self.device)})

    def send(self, item: dict[str, Any]):
        return self.post("/phone/sync", item)


def visit_item(firm, *, made_at=NOON, sent_at=NOON, key=None, kind="visit", **body) -> dict[str, Any]:
    told = {"enterprise_id": firm.pk, "mode": "visit", "nothing_new": False, "notes": "订单恢复", **body}
    return {
        "client_key": str(key or uuid.uuid4()),
        "kind": kind,
        "made_at": made_at.isoformat(),
        "sent_at": sent_at.isoformat(),
        "device": str(uuid.uuid4()),
        "body": told,
    }


def jpeg(colour: str = "red", exif: Any = None, size: tuple[int, int] = (40, 20)) -> bytes:
    out = BytesIO()
    more = {"exif": exif} if exif is not None else {}
    Image.new("RGB", size, colour).save(out, "JPEG", **more)
    return out.getvalue()
