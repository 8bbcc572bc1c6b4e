"""Settings of the tests: a database of their own in a temporary folder, and everything stricter."""

import os
import tempfile
from pathlib import Path

# Shared by the workers of one run; set here because settings are read before any conftest.
os.environ.setdefault("OPENLIAISON_DATA", tempfile.mkdtemp(prefix="openliaison-test-"))
os.environ["OPENLIAISON_AS"] = "owner"

from .settings import *  # noqa: F403
from .settings import DATA, TEMPLATES

IS_TEST = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = Path(DATA) / "files"
(Path(DATA) / "static").mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there


class _Undefined(str):
    """An undefined template variable fails the test instead of showing nothing."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"Undefined template variable: {name}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = _Undefined("%s")  # type: ignore[index]
