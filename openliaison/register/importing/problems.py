"""What can be wrong with a file or a row, as a code with its particulars; `wording` puts it into words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# These are told and the row is taken all the same; everything else refuses the row.
WARNINGS = frozenset(
    {
        "locality_unknown",
        "locality_twice",
        "industry_unknown",
        "status_unknown",
        "other_currency",
        "same_as_row",
        "email",
    }
)


class Unreadable(Exception):
    """The file as a whole cannot be taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Problem:
    """One fault of one row; `column` is the heading in the file."""

    code: str
    column: str = ""
    value: str = ""
    hint: str = ""

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    def as_json(self) -> dict[str, str]:
        return {k: v for k, v in asdict(self).items() if v}
