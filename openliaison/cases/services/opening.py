"""From the first word to the desk."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Case, CaseFile, Category, Entry
from openliaison.core import files, journal, tasks
from openliaison.core.models import Counter, Locality
from openliaison.register.models import Enterprise
from openliaison.register.rules import serves

from . import steps

TITLE_LENGTH = 40


@transaction.atomic
def open_case(
    *,
    enterprise: Enterprise,
    text: str,
    by: Role,
    at: datetime,
    channel: str,
    title: str = "",
    title_en: str = "",
    text_en: str = "",
    category: Category | None = None,
    wanted_result: str = "",
    is_confidential: bool = False,
    contact_name: str = "",
    contact_phone: str = "",
    visit_id: int | None = None,
    told_on: date | None = None,
    client_key: uuid.UUID | None = None,
    as_draft: bool = False,
) -> Case:
    """Open a case and hand it to the desk (or keep it as a draft).

    The same `client_key` sent again by the same person returns the case that stands.

    Args:
        told_on: the day on which an officer heard it, where it is written down later: who served then may.

    Raises:
        NotAllowed: the person may not speak for this enterprise.
        Incomplete: there is no text.
        AlreadyDone: the key was used by somebody else.
    """
    if (known := _known(client_key, by)) is not None:
        return known
    _may_speak_for(enterprise, by, at, told_on)
    text = steps.need(text, _("Say in a sentence what the problem is."))
    path = _receiving_path(enterprise)
    case = Case(
        place=enterprise.place,
        number=_next_number(enterprise, at),
        client_key=client_key or uuid.uuid4(),
        enterprise=enterprise,
        locality_path=enterprise.locality_path,
        channel=channel,
        raised_by=by.user,
        officer=by.user if by.kind == Role.Kind.OFFICER else None,
        contact_name=contact_name,
        contact_phone=contact_phone,
        visit_id=visit_id,
        category=category,
        title=(title.strip() or _first_words(text)),
        title_en=title_en.strip(),
        text=text,
        text_en=text_en.strip(),
        wanted_result=wanted_result.strip(),
        is_confidential=is_confidential,
        received_path=path,
        created_at=at,
    )
    case.search = steps.search_words(case)
    case.save(force_insert=True)
    journal.record(case, "opened", by=by, at=at, channel=channel)
    return case if as_draft else _submit(case, by=by, at=at)


@transaction.atomic
def save_draft(*, case: Case, by: Role, at: datetime, **fields: Any) -> Case:
    """Change a draft before it is submitted: title, text, category, wanted_result, is_confidential."""
    case = steps.begin(case, "submit", by=by, at=at)
    if "text" in fields and case.title == _first_words(case.text):
        fields.setdefault("title", _first_words(fields["text"]))
    for name, value in fields.items():
        if name not in {"title", "text", "category", "wanted_result", "is_confidential"}:
            raise TypeError(f"save_draft does not change {name}")
        setattr(case, name, value)
    case.search = steps.search_words(case)
    return steps.finish(case, "draft_saved", by=by, at=at)


@transaction.atomic
def discard_draft(*, case: Case, by: Role, at: datetime) -> None:
    """Throw a draft away, with its files: nobody but its author's side ever saw it."""
    case = steps.begin(case, "discard", by=by, at=at)
    journal.record(case, "draft_discarded", by=by, at=at)
    CaseFile.objects.filter(case=case).delete()
    # Nothing else hangs on a draft; Django's own delete would ask tables that its author may not touch.
    Case.objects.filter(pk=case.pk)._raw_delete(DEFAULT_DB_ALIAS)


@steps.verb
def submit_case(*, case: Case, by: Role, at: datetime, client_key: uuid.UUID | None = None) -> Case:
    """Hand a draft to the desk: its clocks start."""
    case = steps.begin(case, "submit", by=by, at=at, client_key=client_key)
    return _submit(case, by=by, at=at, client_key=client_key)


def _submit(case: Case, *, by: Role, at: datetime, client_key: uuid.UUID | None = None) -> Case:
    case.status, case.submitted_at = Case.Status.SUBMITTED, at
    if case.channel in (Case.Channel.VISIT, Case.Channel.PHONE):
        case.contacted_at = at  # it was told to a person
    steps.say(case, Entry.Kind.SUBMITTED, by=by, at=at, client_key=client_key)
    case = steps.finish(case, "submitted", by=by, at=at)
    tasks.ask(
        steps.coordinators(case, at),
        case,
        N_("Assign case %(number)s: %(title)s"),
        why=N_("New from %(enterprise)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )
    return case


@transaction.atomic
def attach_file(
    *, case: Case, upload: UploadedFile, by: Role, at: datetime, entry: Entry | None = None, internal: bool = False
) -> CaseFile:
    """Keep a file with the case. The same file sent twice is kept once.

    Raises:
        files.Unwelcome: the type by content or the size is not accepted.
    """
    case = steps.begin(case, "attach", by=by, at=at)
    kept = files.keep(upload)
    known = CaseFile.objects.filter(case=case, sha256=kept.sha256, name=kept.name).first()
    if known:
        return known
    row = CaseFile(
        case=case,
        entry=entry,
        is_internal=internal,
        uploaded_by=by.user,
        uploaded_at=at,
        **kept._asdict(),
    )
    row.save(force_insert=True)
    journal.record(case, "file_attached", by=by, at=at, file=row.name, sha256=row.sha256)
    return row


def _known(client_key: uuid.UUID | None, by: Role) -> Case | None:
    if client_key is None:
        return None
    case = Case.objects.filter(client_key=client_key).first()
    if case and case.raised_by_id != by.user_id:
        raise AlreadyDone(_("This form has been used. Open the page again."))
    return case


def _may_speak_for(enterprise: Enterprise, by: Role, at: datetime, told_on: date | None) -> None:
    if enterprise.merged_into_id:
        raise Incomplete(_("%(name)s was merged into another enterprise.") % {"name": enterprise.label})
    if by.kind == Role.Kind.ENTERPRISE and by.enterprise_id == enterprise.pk:
        return
    if by.kind == Role.Kind.COORDINATOR and by.locality and enterprise.locality_path.startswith(by.locality.path):
        return
    if by.kind == Role.Kind.OFFICER and serves(enterprise, by, by.place.day(at), told_on):
        return
    raise NotAllowed(
        _("Cases of %(name)s are raised by itself, by its officers or by the desk.") % {"name": enterprise.label}
    )


def _receiving_path(enterprise: Enterprise) -> str:
    """The nearest level above the enterprise that has a desk."""
    path = enterprise.locality_path
    desks = Role.objects.filter(place_id=enterprise.place_id, kind=Role.Kind.COORDINATOR)
    paths = Locality.objects.filter(pk__in=desks.values("locality_id")).values_list("path", flat=True)
    above = [p for p in paths if path.startswith(p)]
    return max(above, key=len, default=enterprise.place.root_path)


def _next_number(enterprise: Enterprise, at: datetime) -> str:
    year = at.astimezone(enterprise.place.zone).year
    return f"{year}-{Counter.next(f'case:{enterprise.place_id}:{year}'):04d}"


def _first_words(text: str) -> str:
    line = text.strip().splitlines()[0]
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
