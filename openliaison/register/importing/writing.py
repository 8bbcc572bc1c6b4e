"""Writes a chunk of plans into the register, and beside each row what it takes to undo it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from openliaison.register import search
from openliaison.register.models import Contact, Enterprise, Fact, FactDefinition, ImportBatch, ImportRow

from .copying import Copier, new_ids
from .on_file import name_key
from .planning import Plan
from .rows import Reading

Action = ImportRow.Action
_IDENTITY = ("name_en", "street", "industry")
SEARCHED = {"name", "name_en", "number"}


class Writer:
    """Writes one batch's plans, chunk by chunk, in the transaction that is open."""

    def __init__(self, batch: ImportBatch, definitions: dict[str, FactDefinition], home: Any, at: datetime) -> None:
        self.batch, self.definitions, self.home, self.at = batch, definitions, home, at
        self.enterprises = Copier(
            Enterprise,
            ["id", "place_id", "number", "source", "source_key", "name", "name_key", *_IDENTITY, "status",
             "locality_id", "locality_path", "batch_id", "search", "created_at"],
        )  # fmt: skip
        self.facts = Copier(
            Fact,
            ["enterprise_id", "key", "value", "unit", "sensitivity", "source", "source_ref", "as_of", "recorded_by_id",
             "recorded_at", "superseded_at", "batch_id"],
        )  # fmt: skip
        self.contacts = Copier(
            Contact,
            ["id", "enterprise_id", "name", "function", "phone", "email", "is_main", "recorded_by_id", "recorded_at"],
        )
        self.rows = row_copier()

    def write(self, plans: Sequence[Plan]) -> None:
        created = [p for p in plans if p.action == Action.CREATED]
        updated = [p for p in plans if p.action == Action.UPDATED]
        ids = {id(p): new for p, new in zip(created, new_ids(Enterprise, len(created)), strict=True)}
        ids |= {id(p): p.enterprise.id for p in plans if p.enterprise}
        if created:
            self.enterprises.write(self._enterprise(ids[id(p)], p.reading) for p in created)
        self._update([p for p in updated if p.identity])
        self._supersede(updated)
        self.facts.write(self._fact(ids[id(p)], c) for p in (*created, *updated) for c in p.facts)
        contacts = self._write_contacts([p for p in (*created, *updated) if p.contact], ids)
        kept = [p for p in plans if p.action != Action.UNCHANGED or p.reading.problems]
        self.rows.write(row_of(self.batch, p, ids.get(id(p)), contacts.get(id(p))) for p in kept)

    def _enterprise(self, new: int, reading: Reading) -> dict[str, Any]:
        spot = reading.spot or self.home
        has_key = bool(reading.source_key)
        return {
            "id": new,
            "place_id": self.batch.place_id,
            "number": reading.number,
            "source": self.batch.source if has_key else "",
            "source_key": reading.source_key,
            "name": reading.name,
            "name_key": name_key(reading.name),
            **{k: reading.identity.get(k, "") for k in _IDENTITY},
            "status": reading.identity.get("status", Enterprise.Status.ACTIVE),
            "locality_id": spot.id,
            "locality_path": spot.path,
            "batch_id": self.batch.pk,
            "search": _vector(reading.name, reading.identity.get("name_en", ""), reading.number),
            "created_at": self.at,
        }

    def _fact(self, enterprise_id: int, change: Any) -> dict[str, Any]:
        definition = self.definitions[change.key]
        return {
            "enterprise_id": enterprise_id,
            "key": change.key,
            "value": change.value,
            "unit": definition.unit,
            "sensitivity": definition.sensitivity,
            "source": Fact.Source.IMPORT,
            "source_ref": self.batch.file_name,
            "as_of": self.batch.as_of,
            "recorded_by_id": self.batch.started_by_id,
            "recorded_at": self.at,
            "superseded_at": self.at if change.is_older else None,
            "batch_id": self.batch.pk,
        }

    def _update(self, plans: Sequence[Plan]) -> None:
        by_id = {p.enterprise.id: p for p in plans if p.enterprise}
        for id_, words in search_of([i for i, p in by_id.items() if SEARCHED & p.identity.keys()]).items():
            by_id[id_].search_was = words
        for id_, plan in by_id.items():
            Enterprise.objects.filter(pk=id_).update(**{k: v[1] for k, v in plan.identity.items()})
        refresh_search([i for i, p in by_id.items() if SEARCHED & p.identity.keys()])

    def _supersede(self, plans: Sequence[Plan]) -> None:
        ids = [c.supersedes for p in plans for c in p.facts if c.supersedes]
        if ids:
            Fact.objects.filter(pk__in=ids).update(superseded_at=self.at)

    def _write_contacts(self, plans: Sequence[Plan], ids: dict[int, int]) -> dict[int, int]:
        """Adds and changes contacts; gives the ids of those added, by plan."""
        new = [p for p in plans if p.contact_id is None]
        numbers = dict(zip(map(id, new), new_ids(Contact, len(new)), strict=True)) if new else {}
        for plan in plans:
            if plan.contact_id is not None:
                Contact.objects.filter(pk=plan.contact_id).update(**plan.contact)
        if new:
            self.contacts.write(self._contact(numbers[id(p)], ids[id(p)], p) for p in new)
        return numbers

    def _contact(self, new: int, enterprise_id: int, plan: Plan) -> dict[str, Any]:
        given = {k: plan.contact.get(k, "") for k in ("name", "function", "phone", "email")}
        return given | {
            "id": new,
            "enterprise_id": enterprise_id,
            "is_main": plan.is_main_contact,
            "recorded_by_id": self.batch.started_by_id,
            "recorded_at": self.at,
        }


def row_copier() -> Copier:
    return Copier(ImportRow, ["batch_id", "row_number", "action", "enterprise_id", "before", "cells", "problems"])


def row_of(batch: ImportBatch, plan: Plan, enterprise_id: int | None, contact_id: int | None = None) -> dict[str, Any]:
    """The row that remembers what became of a row of the file."""
    is_open = plan.action in (Action.REFUSED, Action.UNDECIDED, Action.SKIPPED)
    return {
        "batch_id": batch.pk,
        "row_number": plan.reading.row_number,
        "action": plan.action,
        "enterprise_id": enterprise_id,
        "before": None if is_open else _before(plan, contact_id),
        "cells": _cells(plan),
        "problems": [p.as_json() for p in plan.reading.problems],
    }


def search_of(ids: Sequence[int]) -> dict[int, str | None]:
    """The search words on file, as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        cursor.execute("select id, search::text from register_enterprise where id = any(%s)", [list(ids)])
        return dict(cursor.fetchall())


def refresh_search(ids: Sequence[int]) -> None:
    """Write the search words anew."""
    rows = Enterprise.objects.filter(pk__in=ids).values_list("id", "name", "name_en", "number") if ids else []
    with connection.cursor() as cursor:
        cursor.executemany(
            "update register_enterprise set search = %s::tsvector where id = %s",
            [(_vector(name, name_en, number), id_) for id_, name, name_en, number in rows],
        )


def _vector(*texts: str) -> str:
    """The search words as PostgreSQL reads them."""
    return " ".join(f"'{word}'" for word in search.words(*texts))


def _before(plan: Plan, contact_id: int | None) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    if plan.identity:
        found["identity"] = plan.identity
    if SEARCHED & plan.identity.keys():
        found["search"] = plan.search_was
    if superseded := [c.supersedes for c in plan.facts if c.supersedes]:
        found["superseded"] = superseded
    if contact_id is not None:
        found["contact_made"] = contact_id
    if plan.contact_id is not None:
        found["contact"] = {"id": plan.contact_id, "was": plan.contact_was, "became": plan.contact}
    return found or None


def _cells(plan: Plan) -> dict[str, Any] | None:
    """What a person needs to see of the row: its identity, and of a look-alike whom it may be."""
    if plan.action == Action.UNCHANGED:
        return None
    reading = plan.reading
    found: dict[str, Any] = {"name": reading.name, "number": reading.number, "street": reading.street}
    if plan.action in (Action.UNDECIDED, Action.SKIPPED):
        found["spot"] = reading.spot.name if reading.spot else ""
        found["candidates"] = [s.id for s in plan.candidates]
    return found
