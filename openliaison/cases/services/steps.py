"""What every verb of a case does: lock, check, write one line of the story, move the clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Organisation, Role, RoleQuerySet, User
from openliaison.cases import clock, rules
from openliaison.cases.errors import AlreadyDone, Incomplete
from openliaison.cases.models import Case, Entry
from openliaison.core import journal
from openliaison.register import search

Names = dict[str, str]  # a name in both languages, worded when it is read


class _Taken(Exception):
    """This very form was taken before; the case as it stands."""

    def __init__(self, case: Case) -> None:
        self.case = case


def verb(service: Callable[..., Case]) -> Callable[..., Case]:
    """A verb of a case: one transaction; a form sent twice (same `client_key`) is taken once."""

    @wraps(service)
    def used(**arguments: Any) -> Case:
        with transaction.atomic():
            try:
                return service(**arguments)
            except _Taken as taken:
                return taken.case

    return used


def begin(case: Case, verb: str, *, by: Role | None, at: datetime, client_key: uuid.UUID | None = None) -> Case:
    """Lock the case's row and check that `by` may use the verb now; `None` is the house itself."""
    if by is not None:
        rules.require_acting(by)
    rows = Case.objects.select_for_update(of=("self",)).defer("search").select_related("place", "enterprise")
    locked = rows.get(pk=case.pk)
    if _was_sent(client_key, locked, by):
        raise _Taken(locked)
    if by is not None:
        rules.require(locked, by, verb, at)
    return locked


def say(
    case: Case,
    kind: str,
    *,
    by: Role | None,
    at: datetime,
    text: str = "",
    text_en: str = "",
    internal: bool = False,
    client_key: uuid.UUID | None = None,
    **detail: Any,
) -> Entry:
    """Add one line to the case's story."""
    return Entry.objects.create(
        case=case,
        client_key=client_key or uuid.uuid4(),
        kind=kind,
        at=at,
        author_id=by.user_id if by else None,
        author_role=by.kind if by else "",
        organisation_id=by.organisation_id if by else None,
        text=text.strip(),
        text_en=text_en.strip(),
        detail=detail,
        is_internal=internal,
    )


def finish(case: Case, verb: str, *, by: Role | None, at: datetime, **detail: Any) -> Case:
    """Save the case with its clock as it stands after the verb, and journal it."""
    clock.refresh(case, at)
    case.save()
    journal.record(case, verb, by=by, at=at, **detail)
    return case


def _was_sent(client_key: uuid.UUID | None, case: Case, by: Role | None) -> bool:
    """Whether this very form has been taken before, from this person for this case.

    Raises:
        AlreadyDone: the key belongs to another entry.
    """
    if client_key is None:
        return False
    entry = Entry.objects.filter(client_key=client_key).first()
    if entry and (entry.case_id != case.pk or (by and entry.author_id != by.user_id)):
        raise AlreadyDone(_("This form was used before. Open the page again."))
    return entry is not None


def search_words(case: Case) -> Any:
    """By what a case is found: its number, titles and text."""
    return search.vector(case.number, case.title, case.title_en, case.text, case.text_en)


def with_last(sentence: str, case: Case) -> str:
    """The sentence and what happened last: who comes second is told who decided."""
    return f"{sentence} {rules.last_step(case)}".strip()


def need(text: str, what: str) -> str:
    """The text without outer blanks.

    Raises:
        Incomplete: it is empty; `what` says what is missing.
    """
    if not text.strip():
        raise Incomplete(what)
    return text.strip()


def covers(role: Role, path: str) -> bool:
    """Whether a locality lies in the role's area."""
    return role.locality is not None and path.startswith(role.locality.path)


def coordinators(case: Case, at: datetime) -> list[User]:
    """The people of the desk that received the case, or of the nearest one where the enterprise has moved away."""
    desks = _in_office(case, at).filter(place_id=case.place_id, kind=Role.Kind.COORDINATOR)
    if case.is_confidential:
        return _people(desks.filter(locality__path=case.received_path))
    above = [r for r in desks.select_related("user", "locality") if covers(r, case.locality_path)]
    paths = {r.locality.path for r in above if r.locality}
    level = case.received_path if case.received_path in paths else max(paths, key=len, default="")
    return [r.user for r in above if r.locality and r.locality.path == level]


def people_of(organisation: Organisation | int, case: Case, at: datetime) -> list[User]:
    """Who in an organisation may act on the case: its handlers, or the named persons where confidential."""
    pk = organisation if isinstance(organisation, int) else organisation.pk
    if case.is_confidential:
        named = case.handlings.filter(organisation_id=pk, ends_at=None, user__isnull=False)
        return [h.user for h in named.select_related("user") if h.user]
    return _people(_in_office(case, at).filter(organisation_id=pk, kind=Role.Kind.HANDLER))


def people_of_enterprise(case: Case, at: datetime) -> list[User]:
    return _people(_in_office(case, at).filter(enterprise_id=case.enterprise_id))


def officers(case: Case, at: datetime) -> list[User]:
    """The enterprise's officers; of a confidential case only the one it came through."""
    if case.is_confidential:
        return [case.officer] if case.officer else []
    links = case.enterprise.links.active(case.place.day(at)).serving().select_related("user")
    return [link.user for link in links if link.user]


def _in_office(case: Case, at: datetime) -> RoleQuerySet:
    return Role.objects.in_office(case.place.day(at))


def _people(roles: Iterable[Role]) -> list[User]:
    return [role.user for role in roles.select_related("user")]  # type: ignore[attr-defined]


def url(case: Case) -> str:
    return f"/cases/{case.pk}/"


def names(thing: Any) -> Names:
    """What is called by two names, for a task's text: worded when it is read."""
    return {"zh": thing.name, "en": thing.name_en or thing.name} if thing else {"zh": "", "en": ""}


def office(by: Role) -> Names:
    return names(by.organisation) if by.organisation else names(by.locality or by.place)


def params(case: Case, **more: str | Names) -> dict[str, Any]:
    """What a task's text may name. A confidential case shows its number only."""
    if case.is_confidential:
        title = {"zh": "保密诉求", "en": "confidential case"}
        enterprise = {"zh": "一家企业", "en": "an enterprise"}
    else:
        title, enterprise = {"zh": case.title, "en": case.title_en or case.title}, names(case.enterprise)
    return {"number": case.number, "title": title, "enterprise": enterprise} | more
