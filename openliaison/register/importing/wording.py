"""Faults and outcomes in words, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .problems import Problem, Unreadable
from .targets import Target

FILES = {
    "empty": _("The file is empty. Look whether the right one was chosen."),
    "gone": _("The file itself is kept for 90 days only and is gone. Send it again."),
    "too_large": _("The file has %(mb)s MB; at most %(most)s MB are read. Cut it into several files."),
    "wrong_kind": _("By its content this is a %(kind)s file. Save the table as XLSX or CSV and send that."),
    "web_page": _(
        "This is a web page under the name of a table. Open it in a spreadsheet, save it as XLSX, send that."
    ),
    "broken": _("The workbook is damaged and cannot be read. Open it in a spreadsheet, save it anew, send that."),
    "protected": _("The workbook is protected by a password. Save a copy without one and send that."),
    "bomb": _("The workbook unpacks to far more than a table should hold. Copy the table into a new workbook."),
    "too_many_rows": _("The file has more than %(most)s rows; more are not read at once. Cut it into several files."),
    "too_many_columns": _(
        "The sheet has more than %(most)s columns. Delete what is not needed, also far to the right."
    ),
    "encoding": _("The text is neither UTF-8 nor GB18030. Save it as “CSV UTF-8” in the spreadsheet and send that."),
    "not_text": _("This is not a table of text. Save it as XLSX or “CSV UTF-8” and send that."),
    "broken_csv": _("Line %(line)s cannot be split into cells: a quotation mark is open. Save the file as XLSX."),
    "no_sheet": _("There is no sheet “%(sheet)s” in the file. Choose another."),
    "no_head": _("No row looks like a table’s head. Give every column a heading in one row and send the file again."),
    "no_rows": _("Beneath the head there are no rows. Look whether the right file and the right head were chosen."),
    "refused": "%(text)s",
    "fault": _("Something broke on our side. Nothing was written. Start it again; if it breaks again, tell the desk."),
    "interrupted": _("The work broke off, for the server was stopped. Nothing was written. Start it again."),
    "kept": _("%(count)s enterprises stay, for something was attached to them since: %(named)s."),
}
ROWS = {
    "too_many_cells": _(
        "The row has %(value)s cells, the head %(hint)s; put cells that hold the separator in quotation marks."
    ),
    "name_missing": _("The name is missing; fill it in."),
    "number_destroyed": _(
        "“%(value)s” is a number that a spreadsheet has destroyed: it keeps 15 digits of a long one. Format the column"
        " as text in the source and export it again; the digits cannot be restored here."
    ),
    "number_check_digit": _("The check digit of “%(value)s” is wrong, so a character is; compare it with the licence."),
    "number_better": _("“%(value)s” is not a right number, but “%(hint)s” would be; compare it with the licence."),
    "number_format": _(
        "“%(value)s” is not an official number: length or characters are wrong; compare it with the licence."
    ),
    "number_twice": _("The number %(value)s stands in row %(hint)s already; remove one of the two."),
    "key_twice": _("The key %(value)s stands in row %(hint)s already; remove one of the two."),
    "number_differs": _("On file is %(hint)s, another number than “%(value)s”; correct whichever is wrong."),
    "same_enterprise": _("This is %(value)s on file, of which row %(hint)s speaks already; remove one of the two."),
    "same_as_row": _("The same name and street as row %(hint)s: taken as one enterprise, its lists joined."),
    "outside_area": _("“%(value)s” is outside your area (%(hint)s); let its own coordinator import it."),
    "on_file_elsewhere": _("%(hint)s is on file outside your area; let its own coordinator import it."),
    "locality_unknown": _("“%(value)s” is no locality of this place; taken as %(hint)s."),
    "locality_twice": _(
        "Several localities are called “%(value)s”; taken as %(hint)s. Write the county before the name."
    ),
    "industry_unknown": _("“%(value)s” is not in the list of industries; left out. Use a code of the list."),
    "status_unknown": _("“%(value)s” is not a known state; left as it was."),
    "other_currency": _("“%(value)s” is not in %(hint)s; the sum was left out. Convert it first."),
    "email": _("“%(value)s” is not an e-mail address; left out."),
    "not_a_number": _("“%(value)s” is not a number; correct the cell."),
    "not_whole": _("“%(value)s” is not a whole number; correct the cell."),
    "not_a_date": _("“%(value)s” is not a date; write it as 2026-01-31."),
    "date_ahead": _("“%(value)s” lies ahead; correct the date."),
    "not_yes_or_no": _("“%(value)s” is neither yes nor no; write one of them."),
    "not_one_of": _("“%(value)s” is none of the values that are allowed here; use one of the list."),
    "too_long": _("The cell has more than %(hint)s characters; shorten it."),
    "formula": _("“%(value)s” is a formula; paste the value instead."),
    "markup": _("“%(value)s” holds markup of a web page; paste the plain text."),
}
REASONS = {
    "remembered": _("as last time"),
    "heading": _("by its heading"),
    "like": _("its heading is much like it"),
    "contents": _("by what its cells hold"),
}
UNITS = {
    "CNY": {
        1: _("yuan"),
        1000: _("thousand yuan"),
        10_000: _("10 thousand yuan"),
        1_000_000: _("million yuan"),
        100_000_000: _("100 million yuan"),
    },
    "USD": {1: _("dollars"), 1000: _("thousand dollars"), 1_000_000: _("million dollars")},
}


def problem(found: Mapping[str, str] | Problem) -> str:
    """A row's fault in words."""
    told = found.as_json() if isinstance(found, Problem) else found
    params = {"value": "", "hint": ""} | dict(told)
    code = told["code"]
    if code in ("number_check_digit", "number_format") and params["hint"]:
        code = "number_better"
    return str(ROWS[code]) % params


def outcome(told: Mapping[str, Any]) -> str:
    """Why a batch failed, or what undoing it kept; "" where there is nothing to say."""
    if not told:
        return ""
    named = ", ".join(told.get("names", []))
    rest = told.get("count", 0) - len(told.get("names", []))
    return str(FILES[told["code"]]) % {**told, "named": named + (" …" if rest > 0 else "")}


def unreadable(error: Unreadable) -> str:
    return outcome({"code": error.code, **error.params})


def target(found: Target) -> str:
    in_english = (get_language() or "").startswith("en")
    return found.label_en if in_english else found.label_zh


def units(currency: str) -> list[tuple[int, str]]:
    """The units that sums in a currency come in."""
    known = UNITS.get(currency) or {1: currency, 1000: f"1,000 {currency}", 1_000_000: f"1,000,000 {currency}"}
    return [(factor, str(word)) for factor, word in known.items()]
