"""Front-end packages: single files of `node_modules/`, served under /static/vendor/. Nothing is built or copied in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# address under /static/vendor/: file in node_modules/
FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "idb/idb.js": "idb/build/umd.js",
}


class PackageFinder(BaseFinder):
    """Finds the files named above. Whole `dist` folders fail on missing source maps and weigh 100 MB."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.BASE_DIR) / "node_modules"

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix("vendor/")
        if name == path or name not in FILES:
            return [] if find_all else None
        found = str(self.root / FILES[name])
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, file in FILES.items():
            storage = _OneFile(location=self.root, source=file)
            storage.prefix = "vendor"  # type: ignore[attr-defined]
            yield name, storage


class _OneFile(FileSystemStorage):
    """Opens one file of a package under another name."""

    def __init__(self, *, location: Path, source: str) -> None:
        super().__init__(location=location)
        self.source = source

    def path(self, name: str) -> str:
        return super().path(self.source)


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed names and gzip; references to source maps, which are not served, are left alone."""

    patterns = tuple(
        (extension, tuple(p for p in rules if "sourceMappingURL" not in (p[0] if isinstance(p, tuple) else p)))
        for extension, rules in CompressedManifestStaticFilesStorage.patterns
    )
