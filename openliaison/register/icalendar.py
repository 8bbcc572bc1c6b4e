"""Events as calendar programmes read them: RFC 5545, in UTC, lines folded at 75 octets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_OCTETS = 75


@dataclass(frozen=True)
class Event:
    """One event; `is_sure` says whether it is agreed."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    is_sure: bool = True


def calendar_text(events: Iterable[Event], *, name: str, at: datetime) -> str:
    """A whole calendar; lines end with CRLF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpenLiaison//diary//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += _event(event, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, at: datetime) -> list[str]:
    given = {
        "SUMMARY": _text(event.summary),
        "LOCATION": _text(event.location),
        "DESCRIPTION": _text(event.description),
        "URL": event.url,
    }
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}@openliaison",
        f"DTSTAMP:{_instant(at)}",
        f"DTSTART:{_instant(event.starts_at)}",
        f"DTEND:{_instant(event.ends_at)}",
        *(f"{key}:{value}" for key, value in given.items() if value),
        f"STATUS:{'CONFIRMED' if event.is_sure else 'TENTATIVE'}",
        "END:VEVENT",
    ]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> list[str]:
    """No line longer than 75 octets; no character cut in two; a continuation begins with a blank.

    >>> [len(part.encode()) for part in _folded("SUMMARY:" + "访" * 40)]
    [74, 55]
    """
    parts, kept, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MOST_OCTETS:
            parts.append(kept)
            kept, size = " ", 1
        kept, size = kept + character, size + octets
    return [*parts, kept]
