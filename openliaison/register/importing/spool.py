"""Readings kept on disk between the first pass over a file and the second: parsed once, memory stays flat."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile

from .rows import Reading

PIECE = 500


class Spool:
    """Readings that were written once and may be read again and again. The file is this process's own, and nameless."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._file = TemporaryFile("w+b")  # noqa: SIM115
        self._source = iter(readings)

    def fill(self) -> Iterator[Reading]:
        """Every reading, written down as it passes."""
        while piece := list(islice(self._source, PIECE)):
            pickle.dump(piece, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            yield from piece

    def __iter__(self) -> Iterator[Reading]:
        self._file.seek(0)
        while True:
            try:
                piece: list[Reading] = pickle.load(self._file)
            except EOFError:
                return
            yield from piece

    def close(self) -> None:
        self._file.close()
