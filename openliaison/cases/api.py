"""Cases and promises for other systems: the same services, forms and walls as the pages."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema, Status, UploadedFile
from ninja.errors import ValidationError

from openliaison.accounts.models import Organisation
from openliaison.core.api import Page, faults, paged, reads, writes
from openliaison.core.now import now
from openliaison.core.receipts import once
from openliaison.core.scope import ADMIN, ANALYST, AREA, ENTERPRISE, HANDLER, INSPECTOR, LEADER, OFFICER
from openliaison.register.models import Enterprise

from . import rules, selectors, services
from .api_schemas import (
    CaseDetail,
    CaseIn,
    CaseOut,
    CaseQuery,
    CategoryOut,
    EntryOut,
    ExternalRefIn,
    ExternalRefOut,
    FileOut,
    schema_of,
)
from .errors import AlreadyDone, Incomplete
from .models import Case, CaseFile, Category, Entry, ExternalRef
from .verbs import DOORS, Door

router = Router(tags=["cases"])
READERS = (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE, ANALYST)
ACTING = (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE)
PROMISING = (OFFICER, AREA, HANDLER, ENTERPRISE)


@router.get(
    "/categories",
    response={200: Page[CategoryOut]} | faults(422),
    auth=reads("cases", *READERS, INSPECTOR, ADMIN),
    url_name="categories",
)
def categories(request: HttpRequest, query: Query[CaseQuery]) -> Page[CategoryOut]:
    """What a case can be about, and who usually leads."""
    rows = Category.objects.visible_to(request.scope).select_related("organisation")
    return paged(rows.order_by("position", "pk"), query, _category)


@router.get("/cases", response={200: Page[CaseOut]} | faults(422), auth=reads("cases", *READERS), url_name="cases")
def cases(request: HttpRequest, query: Query[CaseQuery]) -> Page[CaseOut]:
    """Cases this role may see. A token's list holds no confidential case but those of its own enterprise."""
    wanted = query.model_dump(
        exclude_none=True, include={"q", "status", "due", "category", "lead", "outcome", "enterprise"}
    )
    rows = _not_confidential(request, selectors.list_rows(request.scope, wanted, now()))
    if query.external_system or query.external_number:
        refs = ExternalRef.objects.visible_to(request.scope)
        named = {"system": query.external_system, "number": query.external_number}
        rows = rows.filter(pk__in=refs.filter(**{k: v for k, v in named.items() if v}).values("case_id"))
    if query.changed_since:
        entries = Entry.objects.visible_to(request.scope).filter(at__gte=query.changed_since)
        rows = rows.filter(pk__in=entries.values("case_id"))
    return paged(rows.order_by(query.sort, "pk"), query, _case)


def _not_confidential(request: HttpRequest, rows: QuerySet) -> QuerySet:
    """What a machine reads in stretches is an export, and exports hold no confidential rows of others."""
    if request.api_token is None or request.scope.is_enterprise:
        return rows
    return rows.filter(is_confidential=False)


@router.get(
    "/cases/{int:case_id}",
    response={200: CaseDetail} | faults(404),
    auth=reads("cases", *READERS),
    url_name="case",
)
def case(request: HttpRequest, case_id: int) -> CaseDetail:
    """One case with its conversation, its clock and what one can do."""
    found = _found(request, case_id)
    if not found.is_confidential and request.scope.role in (AREA, LEADER, ANALYST):
        request.outside_read_of = found.enterprise_id
    return _detail(request, found)


@router.post(
    "/cases",
    response={200: CaseDetail, 201: CaseDetail} | faults(404, 409, 422),
    auth=writes("cases", OFFICER, AREA, ENTERPRISE),
    url_name="case_open",
)
def case_open(request: HttpRequest, body: CaseIn) -> Status:
    """Open a case. 201 when new, 200 when the same was sent before under its client_key."""
    sent = body.model_dump(mode="json", exclude={"client_key"})
    pk, is_new = once(
        "cases.case",
        client_key=body.client_key,
        body=sent,
        by=request.role,
        at=now(),
        make=lambda: _open(request, body),
    )
    return Status(201 if is_new else 200, _detail(request, _found(request, pk)))


@transaction.atomic
def _open(request: HttpRequest, body: CaseIn) -> Case:
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=body.enterprise_id)
    _refuse_known(request, body.external_refs)
    # What an enterprise's own system sends is the enterprise's word.
    channel = Case.Channel.ENTERPRISE if request.scope.is_enterprise else Case.Channel.API
    opened = services.open_case(
        enterprise=enterprise,
        channel=channel,
        category=_category_named(request, body.category),
        by=request.role,
        at=now(),
        **body.model_dump(exclude={"enterprise_id", "category", "external_refs"}),
    )
    for ref in body.external_refs:
        services.refer_externally(case=opened, by=request.role, at=now(), **ref.model_dump())
    return opened


def _refuse_known(request: HttpRequest, refs: list[ExternalRefIn]) -> None:
    for ref in refs:
        known = ExternalRef.objects.visible_to(request.scope).filter(system=ref.system, number=ref.number)
        if first := known.select_related("case").first():
            raise AlreadyDone(
                _("%(system)s no. %(number)s is case %(case)s.")
                % {"system": ref.system, "number": ref.number, "case": first.case.number}
            )


def _category_named(request: HttpRequest, code: str) -> Category | None:
    if not code:
        return None
    found = Category.objects.visible_to(request.scope).filter(code=code).first()
    if found is None:
        raise Incomplete(_("There is no category “%(code)s”.") % {"code": code})
    return found


def _add_verb(verb: str, door: Door, body: type[Schema]) -> None:
    """POST /cases/{id}/{verb}: the page's form checks, the verb's service acts."""

    def act(request: HttpRequest, case_id: int, body: Any) -> CaseDetail:
        return _act(request, case_id, door, body.model_dump(exclude_none=True), {})

    act.__annotations__ = {"request": HttpRequest, "case_id": int, "body": body, "return": CaseDetail}
    router.post(
        f"/cases/{{int:case_id}}/{verb}",
        response={200: CaseDetail} | faults(404, 409, 422),
        auth=writes("cases", *ACTING),
        url_name=f"case_{verb}",
        operation_id=f"case_{verb}",
        summary=rules.VERBS[verb].words.capitalize(),
    )(act)


for _verb, _door in DOORS.items():
    if _verb != "attach":
        _add_verb(_verb, _door, schema_of(_verb, _door.form))


@router.post(
    "/cases/{int:case_id}/attach",
    response={200: CaseDetail} | faults(404, 409, 422),
    auth=writes("cases", *ACTING),
    url_name="case_attach",
)
def case_attach(request: HttpRequest, case_id: int, upload: File[UploadedFile]) -> CaseDetail:
    """Attach a file (multipart, field “upload”)."""
    return _act(request, case_id, DOORS["attach"], {}, {"upload": upload})


def _act(request: HttpRequest, case_id: int, door: Door, given: dict[str, Any], files: dict[str, Any]) -> CaseDetail:
    found = _found(request, case_id)
    form = door.form(None, case=found, role=request.role)
    unseen = {n: form.get_initial_for_field(f, n) for n, f in form.fields.items() if f.widget.is_hidden}
    form = door.form(unseen | {k: _as_typed(v) for k, v in given.items()}, files, case=found, role=request.role)
    if not form.is_valid():
        raise ValidationError([{"loc": (name,), "msg": str(m)} for name, ms in form.errors.items() for m in ms])
    arguments = form.arguments()
    if door.service is services.make_promise:
        arguments |= {"enterprise": found.enterprise}
    door.service(case=found, by=request.role, at=now(), **arguments)
    return _detail(request, _found(request, case_id))


def _as_typed(value: Any) -> Any:
    """A value as a form's field reads it."""
    return str(value).lower() if isinstance(value, bool) else value


@router.post(
    "/cases/{int:case_id}/discard",
    response={204: None} | faults(404, 409, 422),
    auth=writes("cases", OFFICER, AREA, ENTERPRISE),
    url_name="case_discard",
)
def case_discard(request: HttpRequest, case_id: int) -> Status:
    """Throw a draft away, with its files. Only its author can."""
    services.discard_draft(case=_found(request, case_id), by=request.role, at=now())
    return Status(204, None)


def _found(request: HttpRequest, case_id: int) -> Case:
    rows = Case.objects.visible_to(request.scope)
    joined = ("place", "enterprise__locality", "enterprise__place", "lead", "category", "duplicate_of")
    return get_object_or_404(rows.select_related(*joined), pk=case_id)


def _plain(row: Any, shape: type[Schema], **more: Any) -> dict[str, Any]:
    """The fields of a shape that a row has under the same names, and some more."""
    return {n: getattr(row, n) for n in shape.model_fields if n not in more} | more


def _case(row: Case) -> CaseOut:
    return CaseOut(**_case_fields(row, CaseOut))


def _case_fields(row: Case, shape: type[Schema], **more: Any) -> dict[str, Any]:
    named = {"category": _code(row.category), "lead": _code(row.lead)}
    return _plain(row, shape, **named, **more)


def _detail(request: HttpRequest, row: Case) -> CaseDetail:
    scope = request.scope
    entries = Entry.objects.visible_to(scope).filter(case=row).select_related("author", "organisation")
    files = CaseFile.objects.visible_to(scope).filter(case=row)
    refs = [] if scope.is_enterprise else ExternalRef.objects.visible_to(scope).filter(case=row)
    allowed = rules.allowed(row, request.role, now())
    fields = _case_fields(
        row,
        CaseDetail,
        duplicate_of=row.duplicate_of.number if row.duplicate_of else None,
        entries=[_entry(e) for e in entries],
        files=[_file(f) for f in files],
        external_refs=[ExternalRefOut.from_orm(r) for r in refs],
        verbs=[v for v in allowed if v in DOORS],
    )
    return CaseDetail(**fields)


def _entry(row: Entry) -> EntryOut:
    author = row.author.label if row.author else None
    return EntryOut(**_plain(row, EntryOut, author=author, organisation=_code(row.organisation)))


def _file(row: CaseFile) -> FileOut:
    return FileOut(**_plain(row, FileOut, url=reverse("cases:attachment", args=[row.pk])))


def _category(row: Category) -> CategoryOut:
    return CategoryOut(**_plain(row, CategoryOut, organisation=_code(row.organisation)))


def _code(row: Organisation | Category | None) -> str | None:
    return row.code if row else None
