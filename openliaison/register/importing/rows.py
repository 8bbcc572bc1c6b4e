"""One row of a file as what it says of one enterprise, with everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from openliaison.register import facts, numbers

from . import values
from .localities import Localities, Spot
from .problems import Problem
from .targets import Target

LONGEST = {
    "name": 200,
    "name_en": 200,
    "street": 200,
    "source_key": 120,
    "contact.name": 80,
    "contact.function": 80,
    "contact.phone": 40,
    "contact.email": 254,
}
LONGEST_FACT = 4000
STATUS_WORDS = {
    "active": "active|in operation|open|存续|在营|开业|在业|正常|营业|存续(在营、开业、在册)|在营(开业)企业",
    "stopped": "stopped|suspended|production stopped|停产|停业|歇业",
    "moved": "moved|moved away|迁出|已迁出",
    "closed": "closed|dissolved|注销|吊销|已注销|已吊销|吊销,未注销|吊销,已注销|破产",
}
_STATUSES = {word: status for status, words in STATUS_WORDS.items() for word in words.split("|")}
_NOTE = re.compile(r"(合\s*计|总\s*计|小\s*计|注\s*[:：]|备注\s*[:：]|说明\s*[:：]|填表|制表|total\b)", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CODE = re.compile(r"([A-Za-z]?\d{2,4}|[A-Za-z])\b")


@dataclass(frozen=True)
class Column:
    """A column that is taken: where it stands, its heading, what it means, and the unit of its sums."""

    at: int
    label: str
    target: Target
    factor: int | None = None


@dataclass(frozen=True)
class Setup:
    """What reading a row needs to know of its place."""

    scheme: str
    currency: str
    today: date
    localities: Localities
    industry: Callable[[str], str | None]


@dataclass(slots=True)
class Reading:
    """What a row says. Texts that are not given are ""."""

    row_number: int  # as the file shows it, from 1
    number: str = ""
    name: str = ""
    source_key: str = ""
    identity: dict[str, str] = field(default_factory=dict)  # name_en, street, industry, status
    spot: Spot | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(not p.is_warning for p in self.problems)

    @property
    def street(self) -> str:
        return self.identity.get("street", "")


class RowReader:
    """Reads the rows beneath a head, column by column."""

    def __init__(self, setup: Setup, columns: Sequence[Column], width: int) -> None:
        self.setup, self.columns, self.width = setup, columns, width
        self.labels = {c.target.key: c.label for c in columns}
        self.currency_at = next((c.at for c in columns if c.target.key == "currency"), None)

    def read_all(self, rows: Iterator[Sequence[Any]], first: int) -> Iterator[Reading]:
        """Every row from `first` (counted from 0) on that says something; blank lines and totals are passed over."""
        for at, row in enumerate(rows):
            if at >= first and is_said(row):
                yield self.read(row, at + 1)

    def read(self, row: Sequence[Any], row_number: int) -> Reading:
        found = Reading(row_number)
        if any(str(cell).strip() for cell in row[self.width :] if cell is not None):
            found.problems.append(Problem("too_many_cells", value=str(len(row)), hint=str(self.width)))
            return found
        for column in self.columns:
            cell = row[column.at] if column.at < len(row) else ""
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            try:
                self._take(found, column, cell, row)
            except values.Unfit as error:
                found.problems.append(_problem(error.args[0], column, cell, " · ".join(error.args[1:])))
        self._finish(found)
        return found

    def _finish(self, found: Reading) -> None:
        if not found.name and not found.is_refused:
            found.problems.append(Problem("name_missing", self.labels.get("name", "")))
        area = self.setup.localities.area
        if found.spot and not found.spot.path.startswith(area):
            name = self.setup.localities.home.name
            found.problems.append(Problem("outside_area", self.labels.get("locality", ""), found.spot.name, name))
        if found.contact and not found.contact.get("name"):
            label = self.labels.get("contact.phone") or self.labels.get("contact.email", "")
            found.contact["name"] = found.contact.get("function") or label

    def _take(self, found: Reading, column: Column, cell: Any, row: Sequence[Any]) -> None:
        key = column.target.key
        if key == "number":
            self._number(found, column, cell)
        elif key == "locality":
            self._locality(found, column, cell)
        elif key == "industry":
            self._industry(found, column, cell)
        elif key == "status":
            self._status(found, column, cell)
        elif key.startswith("fact:"):
            self._fact(found, column, cell, row)
        elif key != "currency":
            self._plain(found, column, cell)

    def _plain(self, found: Reading, column: Column, cell: Any) -> None:
        key, text = column.target.key, values.text(cell)
        if len(text) > LONGEST[key]:
            raise values.Unfit("too_long", str(LONGEST[key]))
        if key == "contact.email" and not _EMAIL.fullmatch(text):
            raise values.Unfit("email")
        if key in ("name", "source_key"):
            setattr(found, key, text)
        elif key.startswith("contact."):
            found.contact[key.removeprefix("contact.")] = text
        else:
            found.identity[key] = text

    def _number(self, found: Reading, column: Column, cell: Any) -> None:
        found.number, problem, hint = numbers.read(cell, self.setup.scheme)
        if problem:
            raise values.Unfit(problem, hint) if hint else values.Unfit(problem)

    def _locality(self, found: Reading, column: Column, cell: Any) -> None:
        found.spot, problem = self.setup.localities.find(values.text(cell))
        if problem:
            raise values.Unfit(problem, self.setup.localities.home.name)

    def _industry(self, found: Reading, column: Column, cell: Any) -> None:
        text = values.text(cell)
        lead = _CODE.match(text)
        tries = [text, f"0{text}", lead[1] if lead else ""]
        code = next((c for t in tries if t and (c := self.setup.industry(t))), None)
        if code is None:
            raise values.Unfit("industry_unknown")
        found.identity["industry"] = code

    def _status(self, found: Reading, column: Column, cell: Any) -> None:
        word = values.text(cell).lower().replace("（", "(").replace("）", ")").replace("，", ",")
        if word not in _STATUSES:
            raise values.Unfit("status_unknown")
        found.identity["status"] = _STATUSES[word]

    def _fact(self, found: Reading, column: Column, cell: Any, row: Sequence[Any]) -> None:
        key = column.target.key.removeprefix("fact:")
        if column.target.money:
            self._money(found, key, column, cell, row)
        else:
            found.facts[key] = fact_value(column.target, column.target.type, cell, self.setup)

    def _money(self, found: Reading, key: str, column: Column, cell: Any, row: Sequence[Any]) -> None:
        currency, scale = column.target.money  # type: ignore[misc]
        sum_ = values.money(cell, factor=column.factor or 1, currency=currency)
        stated = self._currency(row)
        if sum_.is_foreign or (stated and stated not in values.currency_words(currency)):
            raise values.Unfit("other_currency", currency)
        amount = (sum_.amount / scale).normalize()
        found.facts[key] = int_or_text(amount) if column.target.type == "int" else f"{amount:f}"

    def _currency(self, row: Sequence[Any]) -> str:
        at = self.currency_at
        return values.text(row[at]).upper() if at is not None and at < len(row) else ""


def is_said(row: Sequence[Any]) -> bool:
    """Whether a row is more than blank cells, a total or a note."""
    cells = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    return bool(cells) and not (_NOTE.match(cells[0]) and len(cells) < max(3, len(row) // 2 + 1))


def fact_value(target: Target, type_: str, cell: Any, setup: Setup) -> Any:
    """A cell as a fact of this type is kept (JSON)."""
    kind, _sep, rest = type_.partition(":")
    if kind == "list":
        return [fact_value(target, rest, item, setup) for item in values.items(cell)]
    if kind == "bool":
        return values.yes_or_no(cell)
    if kind == "int":
        return int_or_text(values.number(cell))
    if kind == "decimal":
        return f"{values.number(cell).normalize():f}"
    if kind == "date":
        return _day(target, cell, setup)
    if kind == "enum":
        return values.one_of(cell, rest.split("|"))
    text = values.text(cell)
    if len(text) > LONGEST_FACT:
        raise values.Unfit("too_long", str(LONGEST_FACT))
    return text


def int_or_text(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise values.Unfit("not_whole")
    return int(number)


def _day(target: Target, cell: Any, setup: Setup) -> str:
    found = values.day(cell, month_first=setup.currency == "USD")
    if facts.lies_ahead(target, found, setup.today):
        raise values.Unfit("date_ahead")
    return found.isoformat()


def _problem(code: str, column: Column, cell: Any, hint: str) -> Problem:
    shown = " ".join(str(cell).split())
    if isinstance(cell, float):
        shown = f"{cell:.5E}" if abs(cell) >= 1e15 else f"{cell:g}"
    return Problem(code, column.label, shown[:80], hint)
