"""Takes a batch back: the register as it was before, but for what people have done since.

* Enterprises that the batch made go, unless something was attached to them since: a case, a visit, a link, a fact or
  contact of other origin, an account, a change by hand. Those stay as they are, and the outcome names them.
* Fields that the batch changed get their former value, unless they were changed again since.
* The batch's facts go; the ones they replaced hold again, unless a newer one has come.
* A later batch that speaks of the same enterprises must be undone first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

from openliaison.accounts.models import Invitation, Role
from openliaison.core.models import Journal
from openliaison.register.models import Contact, Enterprise, Fact, ImportBatch, ImportRow, LookAlike

from .writing import SEARCHED, refresh_search

Action = ImportRow.Action
PIECE = 2000
Item = TypeVar("Item")


def later_batches(batch: ImportBatch) -> list[ImportBatch]:
    """Files taken in after this one that changed enterprises this one made or changed."""
    ours = ImportRow.objects.filter(batch=batch, action__in=[Action.CREATED, Action.UPDATED]).values("enterprise_id")
    theirs = ImportRow.objects.filter(batch_id__gt=batch.pk, action=Action.UPDATED, enterprise_id__in=ours)
    later = ImportBatch.objects.filter(pk__in=theirs.values("batch_id"), state__in=["done", "undoing"])
    return list(later.order_by("-pk"))


def take_back(batch: ImportBatch) -> list[Enterprise]:
    """Undo everything the batch wrote; gives the enterprises that stay because something hangs on them."""
    made = list(Enterprise.objects.filter(batch=batch).values_list("pk", flat=True))
    kept: set[int] = set()
    for ids in _pieces(made):
        kept |= _with_attachments(batch, ids)
    for ids in _pieces(i for i in made if i not in kept):
        _remove(batch, ids)
    rows = ImportRow.objects.filter(batch=batch, action=Action.UPDATED).exclude(before=None)
    for changed in _pieces(rows.order_by("pk").iterator(chunk_size=PIECE)):
        _restore(batch, changed)
    return list(Enterprise.objects.filter(pk__in=kept).order_by("name"))


# ── What was made ────────────────────────────────────────────


def _with_attachments(batch: ImportBatch, ids: list[int]) -> set[int]:
    """Those of the enterprises to which something was attached that the batch did not bring."""
    found: set[int] = set()
    for model, field in _references():
        rows = model._base_manager.filter(**{f"{field}__in": ids})
        own = _own(batch, model, ids)
        rows = rows if own is None else rows.exclude(own) if own else rows.none()
        found |= set(rows.values_list(field, flat=True))
    touched = models.Q(confirmed_at__isnull=False) | models.Q(retracted_at__isnull=False)
    found |= set(Fact.objects.filter(touched, enterprise_id__in=ids).values_list("enterprise_id", flat=True))
    subjects = {f"register.enterprise:{i}": i for i in ids}
    journal = Journal.objects.filter(subject__in=list(subjects), at__gte=batch.created_at)
    return found | {subjects[s] for s in journal.values_list("subject", flat=True)}


def _references() -> list[tuple[type[models.Model], str]]:
    """Every table that points to an enterprise, of whatever room."""
    related = [r for r in Enterprise._meta.get_fields(include_hidden=True) if r.one_to_many or r.one_to_one]
    by_key = [(r.related_model, r.field.attname) for r in related if r.auto_created]  # type: ignore[union-attr]
    return [*by_key, (Role, "enterprise_id"), (Invitation, "enterprise_id")]  # type: ignore[list-item]


def _own(batch: ImportBatch, model: type[models.Model], ids: list[int]) -> models.Q | None:
    """The rows of a table that came with the batch or mean nothing; an empty Q stands for all of them."""
    if model is Fact:
        return models.Q(batch=batch)
    if model is Contact:
        return models.Q(pk__in=_contacts_made(batch, ids))
    if model is ImportRow:
        stands = [ImportBatch.State.DONE, ImportBatch.State.UNDOING]
        return models.Q(batch=batch) | ~models.Q(action=Action.UPDATED) | ~models.Q(batch__state__in=stands)
    return models.Q() if model is LookAlike else None


def _contacts_made(batch: ImportBatch, ids: Iterable[int]) -> list[int]:
    rows = ImportRow.objects.filter(batch=batch, enterprise_id__in=list(ids), before__has_key="contact_made")
    return list(rows.values_list("before__contact_made", flat=True))


def _remove(batch: ImportBatch, ids: list[int]) -> None:
    _delete(Fact.objects.filter(enterprise_id__in=ids))
    _delete(Contact.objects.filter(enterprise_id__in=ids))
    _delete(LookAlike.objects.filter(enterprise_id__in=ids))
    ImportRow.objects.filter(enterprise_id__in=ids).update(enterprise=None)
    _delete(Enterprise.objects.filter(pk__in=ids))


def _delete(rows: models.QuerySet) -> None:
    """Without looking for what hangs on the rows: that was done before."""
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]


# ── What was changed ─────────────────────────────────────────


def _restore(batch: ImportBatch, rows: list[ImportRow]) -> None:
    ids = [row.enterprise_id for row in rows if row.enterprise_id]
    _delete(Fact.objects.filter(batch=batch, enterprise_id__in=ids))
    _revive([i for row in rows for i in row.before.get("superseded", [])])
    made = [row.before["contact_made"] for row in rows if "contact_made" in row.before]
    _delete(Contact.objects.filter(pk__in=made))
    for row in rows:
        if contact := row.before.get("contact"):
            _set_back(Contact, contact["id"], {k: [w, contact["became"][k]] for k, w in contact["was"].items()})
        if identity := row.before.get("identity"):
            _restore_identity(row, identity)


def _revive(ids: list[int]) -> None:
    """Let replaced facts hold again where no newer one does."""
    current = Fact.objects.current().filter(enterprise_id=models.OuterRef("enterprise_id"), key=models.OuterRef("key"))
    Fact.objects.filter(pk__in=ids).exclude(models.Exists(current)).update(superseded_at=None)


def _restore_identity(row: ImportRow, identity: dict[str, list[Any]]) -> None:
    if row.enterprise_id is None:
        return
    done = _set_back(Enterprise, row.enterprise_id, identity)
    if not SEARCHED & done:
        return
    if done >= SEARCHED & identity.keys():
        with connection.cursor() as cursor:
            words = row.before.get("search")
            cursor.execute(
                "update register_enterprise set search = %s::tsvector where id = %s", [words, row.enterprise_id]
            )
    else:
        refresh_search([row.enterprise_id])


def _set_back(model: Any, pk: int, fields: dict[str, list[Any]]) -> set[str]:
    """Give fields their former value where they still hold what the batch wrote; tells which."""
    now = model.objects.filter(pk=pk).values(*fields).first() or {}
    back = {k: was for k, (was, became) in fields.items() if k in now and now[k] == became}
    if back:
        model.objects.filter(pk=pk).update(**back)
    return set(back)


def _pieces(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while piece := list(islice(iterator, PIECE)):
        yield piece
