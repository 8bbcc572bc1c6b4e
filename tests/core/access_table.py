"""Every URL × every kind of person: what each gets, and the file that says so.

A cell is "in" (the page, a redirect to another one, or a sentence about one's input), "log-in", "401", "403"
or "404". `REWRITE_ACCESS_TABLE=1 pytest tests/core/test_access.py` writes docs/reference/access.csv anew.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config import api
from openliaison.accounts.models import ApiToken, Invitation, Organisation
from openliaison.cases import services as cases
from openliaison.cases.models import Category
from openliaison.core import api_docs
from openliaison.core.models import CalendarDay, SavedView, Task
from openliaison.core.scope import ADMIN, ANALYST, AREA, ENTERPRISE, HANDLER, INSPECTOR, LEADER, OFFICER
from openliaison.desks.models import Handover
from openliaison.register.models import Booking, Contact, Fact, GroupTie, ImportBatch, Link, Merge, Site
from openliaison.register.services import data_requests
from openliaison.visits.models import Device, FactConflict, Proposal, Suggestion, Visit
from openliaison.visits.phone.files import attach_to_visit
from tests import factories
from tests.conftest import NOON, ROOT
from tests.core.rich_world import RichWorld

FILE = Path(ROOT) / "docs" / "reference" / "access.csv"
# Columns of the table → roles of the rich world.
OURS = (
    "officer",
    "coordinator",
    "handler of the lead",
    "leader",
    "enterprise",
    "inspector",
    "analyst",
    "administrator",
)
OUR_ROLES = (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE, INSPECTOR, ANALYST, ADMIN)
NEXT_DOOR = ("officer next door", "coordinator next door", "enterprise next door")
ABROAD = ("coordinator abroad", "enterprise abroad", "administrator abroad")
STRANGER = "stranger"
COLUMNS = (STRANGER, *OURS, *NEXT_DOOR, *ABROAD)
HEAD = ["url", "path", "method", *COLUMNS]
METHODS = ("GET", "POST")
# What a GET may write: who read, that a session is alive, that a phone has called.
MAY_BE_WRITTEN = {"core_readlog", "django_session", "visits_device"}
# Served by the web server or by Django itself, not views of ours.
NOT_OURS = {"static"}


@dataclass(frozen=True)
class Url:
    """One named URL with its view."""

    name: str
    route: str
    view: Any
    parameters: tuple[str, ...]

    @property
    def allowed(self) -> Any:
        return getattr(self.view, "allowed_roles", None)

    @property
    def is_of_an_object(self) -> bool:
        return any(p.endswith("_id") for p in self.parameters)

    @property
    def first_let_in(self) -> str:
        """Somebody who gets past the door: they learn which methods there are."""
        return next((w for w, role in zip(OURS, OUR_ROLES, strict=True) if role in (self.allowed or ())), STRANGER)


def urls(resolver: URLResolver | None = None, names: str = "", route: str = "/") -> Iterator[Url]:
    """Every URL of the site, the API included."""
    for one in (resolver or get_resolver()).url_patterns:
        where = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{names}{one.namespace}:" if one.namespace else names
            yield from urls(one, inner, where)
        elif isinstance(one, URLPattern) and one.name not in NOT_OURS:
            yield Url(f"{names}{one.name}", where, one.callback, tuple(one.pattern.converters))


class Samples:
    """A value for every parameter of every URL: things of the county of the rich world."""

    def __init__(self, world: RichWorld) -> None:
        officer, desk, lead = (world.roles[n] for n in ("officer", "coordinator", "handler of the lead"))
        given = {"text": "每天傍晚跳闸", "channel": "visit", "by": officer, "at": NOON}
        first, case = (cases.open_case(enterprise=world.mine, **given) for _ in range(2))
        cases.assign_case(case=case, lead=factories.organisation("grid"), by=desk, at=NOON)
        promise = cases.make_promise(enterprise=world.mine, case=case, text="x", due_on=NOON.date(), by=lead, at=NOON)
        upload = SimpleUploadedFile("note.txt", "现场记录".encode())
        file = cases.attach_file(case=case, upload=upload, by=officer, at=NOON)
        seen = Visit.objects.get(enterprise=world.mine)
        picture = attach_to_visit(visit=seen, upload=SimpleUploadedFile("gate.txt", b"gate"), by=officer, at=NOON)
        batch = ImportBatch.objects.get(place=world.place, rows__enterprise=world.mine)
        kept = Path(settings.MEDIA_ROOT) / "imports" / batch.sha256
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("name\n示例\n", encoding="utf-8")
        self.values: dict[str, Any] = {
            "case_id": case.pk,
            "first_case_id": first.pk,
            "enterprise_id": world.mine.pk,
            "fact_id": Fact.objects.filter(enterprise=world.mine, sensitivity="public", superseded_at=None)[0].pk,
            "contact_id": Contact.objects.get(enterprise=world.mine, is_main=True).pk,
            "visit_id": Visit.objects.get(enterprise=world.mine).pk,
            "promise_id": promise.pk,
            "file_id": file.pk,
            "task_id": Task.objects.filter(person=desk.user)[0].pk,
            "token_id": ApiToken.objects.get(user=desk.user).pk,
            "user_id": officer.user_id,
            "role_id": officer.pk,
            "person_id": officer.user_id,
            "invitation_id": Invitation.objects.get(enterprise_id=world.mine.pk).pk,
            "organisation_id": Organisation.objects.get(place=world.place, code="grid").pk,
            "handover_id": Handover.objects.get(person=officer.user).pk,
            "category_id": Category.objects.get(place=world.place, code="energy").pk,
            "batch_id": batch.pk,
            "row_id": batch.rows.get().pk,
            "view_id": SavedView.objects.get(person=desk.user).pk,
            "day_id": CalendarDay.objects.filter(place=world.place)[0].pk,
            "tie_id": GroupTie.objects.get(parent=world.mine).pk,
            "site_id": Site.objects.get(enterprise=world.mine).pk,
            "booking_id": Booking.objects.filter(enterprise=world.mine, organisation__code="grid")[0].pk,
            "proposal_id": Proposal.objects.get(suggestions__enterprise=world.mine).pk,
            "suggestion_id": Suggestion.objects.get(enterprise=world.mine).pk,
            "photo": picture.pk,
            "conflict_id": FactConflict.objects.get(enterprise=world.mine).pk,
            "device_id": Device.objects.get(user=officer.user).pk,
            "link_id": Link.objects.get(enterprise=world.mine, kind="officer").pk,
            "merge_id": Merge.objects.get(kept=world.mine).pk,
            "other_id": world.theirs.pk,
            "answer": "yes",
            "verb": "message",
            "token": "not-a-token",
            "key": "employees",
            "language": "zh",
        }
        asked = data_requests.ask_data(
            enterprise=world.mine,
            purpose="x",
            questions=[{"label": "几人？", "type": "int"}],
            wanted_by=date(2026, 12, 23),
            over_reason="x",
            by=lead,
            at=NOON,
        )
        # Where a parameter of the same name means something else.
        self.of_url = {
            "core:settings_clock": {"key": "reply"},
            "core:settings_value": {"key": "decline_reasons"},
            "desks:rows": {"key": "open"},
            "register:data_request": {"booking_id": asked.pk},
            "register:data_sheet": {"sheet_id": asked.sheet},
            "api:data_request": {"booking_id": asked.pk},
            "api:data_answer": {"booking_id": asked.pk},
            "visits:by_key": {"key_id": Visit.objects.get(enterprise=world.mine).client_key},
            "cases:by_entry": {"key_id": case.entries.order_by("pk")[0].client_key},
            "visits:picture": {"file_id": picture.pk},
        }

    def of(self, url: Url) -> dict[str, Any]:
        values = self.values | self.of_url.get(url.name, {})
        lacking = [p for p in url.parameters if p not in values]
        assert not lacking, f"{url.name}: give {', '.join(lacking)} a value in tests/core/access_table.py (Samples)."
        return {p: values[p] for p in url.parameters}


@dataclass(frozen=True)
class Sent:
    """What a request carries: nothing on a page, a body as the API's description gives it."""

    content: bytes = b""
    kind: str = "application/x-www-form-urlencoded"


# What a body's fields mean, by the parameter of the same thing.
FIELDS = {
    "enterprise_id": "enterprise_id",
    "contact_id": "contact_id",
    "category": "category_id",
    "of": "first_case_id",
    "person": "user_id",
    "organisation": "organisation_id",
    "lead": "organisation_id",
    "co_handlers": "organisation_id",
}


def bodies(samples: Samples) -> dict[str, Sent]:
    """Name of an operation → a body that its schema accepts, so that the service behind it is asked."""
    described = api.schema()
    found = {}
    for path, methods in described["paths"].items():
        for one in methods.values():
            shape = api_docs.resolved(described, api_docs.body_of(one))
            if shape:
                body = api_docs.example(described, shape)
                for field in FIELDS.keys() & body.keys():
                    value = samples.values[FIELDS[field]]
                    if field == "organisation" and isinstance(body[field], str):
                        value = "grid"  # by its code
                    body[field] = [value] if isinstance(body[field], list) else value
                found[path] = Sent(json.dumps(body).encode(), "application/json")
    boundary = "a-line-between"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="upload"; filename="x.txt"\r\n\r\ntext\r\n'
    found["/api/v1/cases/{case_id}/attach"] = Sent(
        f"{part}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
    )
    return found


def written_rows() -> dict[str, int]:
    """How many rows this transaction has written, table by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


class Visitor:
    """A person with a fresh session for every request; what a request writes is undone."""

    def __init__(self, world: RichWorld, who: str) -> None:
        device = str(uuid.uuid5(uuid.NAMESPACE_DNS, who))
        self.who, self.client, self.wrote = who, Client(headers={"X-Device": device}), set[str]()
        if who != STRANGER:
            self.client.force_login(world.roles[who].user)
        self._cookies = self.client.cookies.copy()

    def status(self, method: str, address: str, sent: Sent) -> int:
        self.client.cookies = self._cookies.copy()
        with transaction.atomic():
            before = written_rows()
            answer = self.client.generic(method, address, sent.content, content_type=sent.kind)
            self.wrote = {t for t, n in written_rows().items() if n > before.get(t, 0)} - MAY_BE_WRITTEN
            for close in answer._resource_closers:  # files; the response's own end would end the transaction too
                close()
            transaction.set_rollback(True)
        if answer.status_code == 302 and not answer.headers["Location"].startswith("/account/log-in/?next="):
            return 200
        return answer.status_code


def cell(status: int) -> str:
    """What a status means in the table."""
    if status in (401, 403, 404):
        return str(status)
    return "log-in" if status == 302 else "in"


def lines(world: RichWorld) -> tuple[list[list[str]], list[str]]:
    """The table as it is, and the faults of ours met on the way."""
    samples, faults, found = Samples(world), [], []
    visitors = {who: Visitor(world, who) for who in COLUMNS}
    listed = [(u, reverse(u.name, kwargs=samples.of(u))) for u in sorted(urls(), key=lambda u: (u.name, u.route))]
    known = bodies(samples)
    for url, address in listed:
        sent = known.get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", url.route), Sent())
        asking = [v for who, v in visitors.items() if url.is_of_an_object or who not in (*NEXT_DOOR, *ABROAD)]
        first = visitors[url.first_let_in]
        for method in getattr(url.view, "methods", METHODS):
            if _ask(first, method, address, sent, faults) == 405:
                continue
            cells = {v.who: cell(_ask(v, method, address, sent, faults)) for v in asking}
            found.append([url.name, url.route, method, *(cells.get(who, "") for who in COLUMNS)])
    return found, faults


def _ask(visitor: Visitor, method: str, address: str, sent: Sent, faults: list[str]) -> int:
    try:
        status = visitor.status(method, address, sent)
    except Exception as error:  # whatever it is, it is a fault of ours
        faults.append(f"{method} {address} for {visitor.who}: {type(error).__name__}: {str(error)[:200]}")
        return 500
    if method == "GET" and visitor.wrote:
        faults.append(f"GET {address} for {visitor.who} wrote to {', '.join(sorted(visitor.wrote))}")
    if status >= 500 and address != "/healthz":
        faults.append(f"{method} {address} for {visitor.who}: {status}")
    return status


def as_text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([HEAD, *rows])
    return out.getvalue()


def written() -> list[list[str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
