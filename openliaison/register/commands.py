"""The register from the command line: `register import FILE` and `register undo BATCH`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Container, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from openliaison.core.errors import Refused
from openliaison.core.models import Place
from openliaison.core.now import now

from . import facts
from .importing import mapping as units_of
from .importing import steps, storing, summing, wording
from .importing.kinds import kind_of
from .importing.prepare import Table
from .importing.problems import Problem, Unreadable
from .models import ImportBatch, ImportRow

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2
MOST_SHOWN = 200  # lines of faults printed; the page shows all
MANY = 10  # so many rows with the same fault are told in one line


def import_file(argv: list[str]) -> int:
    """Take a file (CSV, XLSX, XLS) into the register."""
    parser = argparse.ArgumentParser(prog="openliaison register import", description=import_file.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--place", default="", help="code of the place; without it the only or first one")
    parser.add_argument("--source", default="", help="what the file's source is called; keys of enterprises hang on it")
    parser.add_argument("--as-of", type=_day, default=None, help="the day for which the file speaks, as 2026-01-31")
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=TARGET", help="TARGET empty: left out")
    parser.add_argument("--unit", action="append", default=[], metavar="COLUMN=UNIT", help="元, 万元, thousand, …")
    parser.add_argument("--data", help="the data folder")
    found = parser.parse_args(argv)
    with translation.override(_language()):
        try:
            return _import(found, now())
        except (Refused, _Bad) as error:
            return _say_bad(str(error))
        except Unreadable as error:
            return _say_bad(f"{found.file}: {wording.unreadable(error)}")


def undo(argv: list[str]) -> int:
    """Take an import back as a whole."""
    parser = argparse.ArgumentParser(prog="openliaison register undo", description=undo.__doc__)
    parser.add_argument("batch", type=int, help="the number that the import printed")
    parser.add_argument("--data", help="the data folder")
    found = parser.parse_args(argv)
    with translation.override(_language()):
        batch = ImportBatch.objects.filter(pk=found.batch).first()
        if batch is None:
            return _say_bad(_("There is no import %(number)s.") % {"number": found.batch})
        try:
            steps.begin(batch=batch, state=ImportBatch.State.UNDOING, by=None, at=now())
        except Refused as error:
            return _say_bad(str(error))
        batch = steps.undo(batch=batch, at=now())
        print(_("Import %(number)s (%(file)s) is undone.") % {"number": batch.pk, "file": batch.file_name})
        if batch.outcome:
            print(wording.outcome(batch.outcome))
        return DONE if batch.state == ImportBatch.State.UNDONE else OUR_FAULT


class _Bad(Exception):
    """What was typed does not fit; the text says how to mend it."""


def _import(found: argparse.Namespace, at: datetime) -> int:
    place = _place(found.place)
    if not found.file.is_file():
        raise _Bad(_("%(file)s: there is no such file.") % {"file": found.file})
    kind_of(found.file)
    digest = storing.keep(storing.pieces_of(found.file))
    known = steps.known_file(place, place.root_path, digest)
    if known and known.state == ImportBatch.State.DONE:
        print(_already(known))
        return DONE
    batch = _with_wishes(known, found, place.day(at)) if known else _receive(found, place, digest, at)
    _map(batch, Table(batch), _pairs(found.map), _pairs(found.unit), at)
    state = ImportBatch.State.CHECKING if found.dry_run else ImportBatch.State.RUNNING
    steps.begin(batch=batch, state=state, by=None, at=at)
    batch = (steps.check if found.dry_run else steps.take_in)(batch=batch, at=at)
    _report(batch, found.file.name)
    return DONE if batch.state != ImportBatch.State.FAILED else BAD_INPUT


def _receive(found: argparse.Namespace, place: Place, digest: str, at: datetime) -> ImportBatch:
    return steps.receive_file(
        place=place,
        area=place.root_path,
        file_name=storing.clean_name(found.file.name),
        sha256=digest,
        source=found.source,
        as_of=found.as_of or place.day(at),
        by=None,
        at=at,
    )


def _with_wishes(batch: ImportBatch, found: argparse.Namespace, today: date) -> ImportBatch:
    """A file that waits already, as it is wanted now."""
    facts.need_as_of(found.as_of or batch.as_of, today)
    batch.source, batch.as_of = found.source or batch.source, found.as_of or batch.as_of
    batch.save(update_fields=["source", "as_of"])
    return batch


def _already(batch: ImportBatch) -> str:
    return _(
        "This very file was taken in as import %(number)s on %(day)s. Nothing was changed; undo that one first."
    ) % {
        "number": batch.pk,
        "day": batch.place.day(batch.created_at),
    }


def _map(batch: ImportBatch, table: Table, wanted: dict[str, str], units: dict[str, str], at: datetime) -> None:
    """The proposal, changed by what was asked for, settled."""
    columns = table.columns()
    labels = {c.label: c.at for c in columns}
    for label in (*wanted, *units):
        if label not in labels:
            listed = ", ".join(labels)
            raise _Bad(_("There is no column “%(column)s”; there are: %(all)s.") % {"column": label, "all": listed})
    mapping = {c.at: c.proposal.target for c in columns if c.proposal.target}
    factors = {c.at: c.unit for c in columns if c.unit}
    for label, target in wanted.items():
        mapping = {k: v for k, v in mapping.items() if v != target} | {labels[label]: target}
    factors |= {labels[label]: _factor(label, word) for label, word in units.items()}
    mapping = {k: _target(table, v) for k, v in mapping.items() if v}
    for at_, key in mapping.items():
        if table.catalogue.targets[key].money and at_ not in factors:
            raise _Bad(
                _("In which unit are the sums of column “%(column)s”? Say --unit “%(column)s=万元”.")
                % {"column": table.head.labels[at_]}
            )
    steps.map_columns(batch=batch, sheet=table.sheet, head=table.head, mapping=mapping, units=factors, by=None, at=at)


def _target(table: Table, key: str) -> str:
    found = next((k for k in (key, f"fact:{key}") if k in table.catalogue.targets), None)
    if found is None:
        listed = ", ".join(k.removeprefix("fact:") for k in table.catalogue.targets)
        raise _Bad(_("“%(key)s” is not something a column can be; there are: %(all)s.") % {"key": key, "all": listed})
    return found


def _factor(label: str, word: str) -> int:
    factor = units_of.read_unit(word)
    if factor is None:
        raise _Bad(
            _("“%(unit)s” is no unit of column “%(column)s”; say 元, 万元, 亿元, dollars, thousand or million.")
            % {"unit": word, "column": label}
        )
    return factor


def _report(batch: ImportBatch, file: str) -> None:
    if batch.outcome:
        print(f"{file}: {wording.outcome(batch.outcome)}", file=sys.stderr)
        return
    said = _("Import %(number)s") if batch.state == ImportBatch.State.DONE else _("Dry run of import %(number)s")
    print(said % {"number": batch.pk} + ": " + ", ".join(f"{n} {word}" for word, n in _counts(batch)))
    found = summing.sums(batch)
    many = {s.key: s for s in found if s.rows >= MANY}
    for one in many.values():
        print(_summed(one, file))
    lines = _single_lines(batch, file, many)
    for line in islice(lines, MOST_SHOWN):
        print(line)
    if left := sum(1 for _line in lines):
        print(_("… and %(number)s more lines; the page “Imports” shows and exports all.") % {"number": left})


def _summed(one: summing.Sum, file: str) -> str:
    """The same fault in many rows, in one line."""
    told = {"file": file, "rows": one.rows, "words": one.words, "first": one.first_rows}
    if not one.column:
        return _("%(file)s, %(rows)s rows: %(words)s First rows: %(first)s.") % told
    told["column"] = one.column
    return _("%(file)s, %(rows)s rows, column “%(column)s”, for example: %(words)s First rows: %(first)s.") % told


def _single_lines(batch: ImportBatch, file: str, but: Container[str]) -> Iterator[str]:
    rows = batch.rows.exclude(problems=[]) | batch.rows.filter(action=ImportRow.Action.UNDECIDED)
    for row in rows.order_by("row_number").iterator(chunk_size=1000):
        yield from _lines(row, file, but)


def _counts(batch: ImportBatch) -> list[tuple[str, int]]:
    words = {
        _("rows"): batch.rows_total,
        _("new"): batch.created,
        _("changed"): batch.updated,
        _("unchanged"): batch.unchanged,
        _("refused"): batch.refused,
        _("to be decided"): batch.undecided,
    }
    return list(words.items())


def _lines(row: ImportRow, file: str, but: Container[str]) -> list[str]:
    where = _("%(file)s, row %(row)s") % {"file": file, "row": row.row_number}
    problems = [Problem(**p) for p in row.problems]
    lines = [_line(where, p) for p in problems if f"{p.code}|{p.column}" not in but]
    if row.action == ImportRow.Action.UNDECIDED:
        lines.append(
            f"{where}: "
            + _("“%(name)s” looks like an enterprise on file; decide it on the page “Imports”.")
            % {"name": row.cells["name"]}
        )
    return lines


def _line(where: str, problem: Problem) -> str:
    column = _(", column “%(column)s”") % {"column": problem.column} if problem.column else ""
    return f"{where}{column}: {wording.problem(problem)}"


def _place(code: str) -> Place:
    places = Place.objects.order_by("pk")
    place = places.filter(code=code).first() if code else places.first()
    if place is None:
        listed = ", ".join(places.values_list("code", flat=True))
        raise _Bad(
            _("There is no place “%(code)s”; there are: %(all)s. “openliaison place load DIR” loads one.")
            % {"code": code, "all": listed or "–"}
        )
    return place


def _pairs(words: list[str]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise _Bad(_("“%(word)s” needs an equals sign, as in COLUMN=VALUE.") % {"word": word})
    return {k.strip(): v.strip() for k, _sep, v in (word.rpartition("=") for word in words)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date; write it as 2026-01-31.") from None


def _language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _say_bad(text: Any) -> int:
    print(text, file=sys.stderr)
    return BAD_INPUT
