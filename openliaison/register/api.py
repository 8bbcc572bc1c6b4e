"""Enterprises, what is known of them, whom to speak to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.models import Locality
from openliaison.core.now import now
from openliaison.core.scope import AREA, ENTERPRISE, HANDLER, OFFICER, STAFF

from . import search, selectors, services
from .errors import Incomplete, NotAllowed
from .models import Contact, Enterprise, Fact, FactDefinition

router = Router(tags=["register"])
EVERYBODY = (*STAFF, ENTERPRISE)
TEAM = (OFFICER, AREA, ENTERPRISE)


class EnterpriseOut(Schema):
    id: int
    number: str
    name: str
    name_en: str
    locality: str = Field(description="Code of the locality.")
    street: str
    industry: str
    status: str
    merged_into: int | None


class EnterpriseIn(Schema):
    name: str = Field(max_length=200)
    name_en: str = Field("", max_length=200)
    number: str = Field("", max_length=40)
    locality: str = Field(description="Code of the locality.", examples=["211221101"])
    street: str = Field("", max_length=200)
    industry: str = Field("", max_length=10)


class EnterpriseQuery(Stretch):
    q: str = Field("", description="Part of the name, pinyin or number.")
    number: str = ""
    locality: str = Field("", description="Code of a locality: the enterprises in it and beneath it.")
    industry: str = Field("", description="The beginning of an industry code.")
    status: str = ""


class FactOut(Schema):
    id: int
    key: str
    label: str
    value: Any
    unit: str
    source: str
    source_ref: str
    as_of: date
    recorded_at: datetime
    confirmed_at: datetime | None
    is_fresh: bool


class FactIn(Schema):
    key: str = Field(examples=["employees"])
    value: Any = Field(examples=[120])
    unit: str = Field("", max_length=30)
    as_of: date
    source: Literal["register", "import", "enterprise", "visit", "case", "office"] = "import"
    source_ref: str = Field("", max_length=200)


class ContactOut(Schema):
    id: int
    name: str
    function: str
    function_en: str
    phone: str
    email: str
    is_main: bool
    starts_on: date | None
    ends_on: date | None


class ContactIn(Schema):
    name: str = Field(min_length=1, max_length=80)
    function: str = Field("", max_length=80)
    function_en: str = Field("", max_length=80)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)
    is_main: bool = False
    starts_on: date | None = None


class ContactEnd(Schema):
    on: date


class DefinitionOut(Schema):
    key: str
    type: str
    unit: str
    label_zh: str
    label_en: str
    subject: str
    holder: str
    sensitivity: str
    fresh_days: int | None
    may_lie_ahead: bool


@router.get(
    "/enterprises",
    response={200: Page[EnterpriseOut]} | faults(422),
    auth=reads("register", *EVERYBODY),
    url_name="enterprises",
)
def enterprises(request: HttpRequest, query: Query[EnterpriseQuery]) -> Page[EnterpriseOut]:
    """The register by name, place, industry and state."""
    rows = Enterprise.objects.visible_to(request.scope).filter(merged_into=None)
    if query.q:
        rows = search.matching(rows, query.q)
    if query.locality:
        inside = Locality.objects.filter(place=request.place, code=query.locality).first()
        rows = rows.filter(locality_path__startswith=inside.path) if inside else rows.none()
    exact = {k: getattr(query, k) for k in ("number", "status") if getattr(query, k)}
    if query.industry:
        rows = rows.filter(industry__startswith=query.industry)
    return paged(rows.filter(**exact).select_related("locality").order_by("name", "pk"), query, _enterprise)


@router.post(
    "/enterprises",
    response={201: EnterpriseOut} | faults(409, 422),
    auth=writes("register", AREA),
    url_name="enterprise_add",
)
def enterprise_add(request: HttpRequest, body: EnterpriseIn) -> Status:
    """Take an enterprise into the register."""
    where = Locality.objects.filter(place=request.place, code=body.locality).first()
    if where is None:
        raise Incomplete(_("There is no locality “%(code)s”.") % {"code": body.locality})
    if not where.path.startswith(request.scope.path_from):
        raise NotAllowed(_("%(name)s lies outside your area.") % {"name": where.label})
    added = services.add_enterprise(
        place=request.place,
        locality=where,
        by=request.role,
        at=now(),
        source="api",
        **body.model_dump(exclude={"locality"}),
    )
    return Status(201, _enterprise(added))


@router.get(
    "/enterprises/{int:enterprise_id}",
    response={200: EnterpriseOut} | faults(404),
    auth=reads("register", *EVERYBODY),
    url_name="enterprise",
)
def enterprise(request: HttpRequest, enterprise_id: int) -> EnterpriseOut:
    """One enterprise: who it is."""
    return _enterprise(_found(request, enterprise_id))


@router.get(
    "/enterprises/{int:enterprise_id}/facts",
    response={200: Page[FactOut]} | faults(404, 422),
    auth=reads("register", *EVERYBODY),
    url_name="facts",
)
def facts(request: HttpRequest, enterprise_id: int, query: Query[Stretch]) -> Page[FactOut]:
    """What is held of an enterprise now, as far as one may see it."""
    found = _read(request, enterprise_id)
    held = selectors.held_facts(found, request.scope, request.scope.today)
    end = query.offset + query.limit
    return Page(
        items=[_fact(f.fact, f.label, f.is_fresh) for f in held[query.offset : end]],
        count=len(held),
        is_capped=False,
        next_offset=end if end < len(held) else None,
    )


@router.post(
    "/enterprises/{int:enterprise_id}/facts",
    response={201: FactOut} | faults(404, 422),
    auth=writes("register", *TEAM),
    url_name="fact_record",
)
def fact_record(request: HttpRequest, enterprise_id: int, body: FactIn) -> Status:
    """Write down what is known. Nothing is overwritten: the newer value supersedes."""
    found = _ours(request, enterprise_id)
    by = request.role
    source = Fact.Source.ENTERPRISE if request.scope.is_enterprise else body.source
    body_fields = body.model_dump(exclude={"source"})
    fact = services.record_fact(enterprise=found, source=source, by=by, at=now(), **body_fields)
    return Status(201, _fact(fact, fact.key, True))


@router.post(
    "/facts/{int:fact_id}/confirm",
    response={200: FactOut} | faults(404, 409),
    auth=writes("register", *TEAM),
    url_name="fact_confirm",
)
def fact_confirm(request: HttpRequest, fact_id: int) -> FactOut:
    """Say that a value is right today."""
    fact = get_object_or_404(Fact.objects.visible_to(request.scope), pk=fact_id)
    fact = services.confirm_fact(fact=fact, by=request.role, at=now())
    return _fact(fact, fact.key, True)


@router.get(
    "/enterprises/{int:enterprise_id}/contacts",
    response={200: Page[ContactOut]} | faults(404, 422),
    auth=reads("register", *(r for r in EVERYBODY if r not in ("ol_analyst", HANDLER))),
    url_name="contacts",
)
def contacts(request: HttpRequest, enterprise_id: int, query: Query[Stretch]) -> Page[ContactOut]:
    """Whom to speak to, the main contact first."""
    found = _read(request, enterprise_id)
    rows = Contact.objects.visible_to(request.scope).filter(enterprise=found)
    return paged(rows.order_by("-is_main", "name", "pk"), query, ContactOut.from_orm)


@router.post(
    "/enterprises/{int:enterprise_id}/contacts",
    response={201: ContactOut} | faults(404, 422),
    auth=writes("register", *TEAM),
    url_name="contact_add",
)
def contact_add(request: HttpRequest, enterprise_id: int, body: ContactIn) -> Status:
    """Add a person to speak to; a new main contact takes the place of the one before."""
    found = _ours(request, enterprise_id)
    by = request.role
    return Status(201, services.add_contact(enterprise=found, by=by, at=now(), **body.model_dump()))


@router.post(
    "/contacts/{int:contact_id}/end",
    response={200: ContactOut} | faults(404, 422),
    auth=writes("register", *TEAM),
    url_name="contact_end",
)
def contact_end(request: HttpRequest, contact_id: int, body: ContactEnd) -> Contact:
    """Somebody is no longer in this function; the row stays as history."""
    found = get_object_or_404(Contact.objects.visible_to(request.scope), pk=contact_id)
    return services.end_contact(contact=found, on=body.on, by=request.role, at=now())


@router.get(
    "/fact-definitions",
    response={200: Page[DefinitionOut]} | faults(422),
    auth=reads("register", *EVERYBODY),
    url_name="fact_definitions",
)
def fact_definitions(request: HttpRequest, query: Query[Stretch]) -> Page[DefinitionOut]:
    """The catalogue of facts: types, units, sensitivity, how long a value stays fresh."""
    rows = FactDefinition.objects.visible_to(request.scope)
    return paged(rows.order_by("key", "pk"), query, DefinitionOut.from_orm)


def _found(request: HttpRequest, enterprise_id: int) -> Enterprise:
    rows = Enterprise.objects.visible_to(request.scope).select_related("locality", "place")
    return get_object_or_404(rows, pk=enterprise_id)


def _read(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """The enterprise whose file is read: a read from outside its team is logged after the answer."""
    found = _found(request, enterprise_id)
    if not selectors.is_of_team(request.scope, found):
        request.outside_read_of = found.pk
    return found


def _ours(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """The enterprise, where this person may write about it."""
    found, scope = _found(request, enterprise_id), request.scope
    inside = scope.role == AREA and found.locality_path.startswith(scope.path_from)
    if inside or scope.is_enterprise or found.pk in selectors.my_enterprises(scope):
        return found
    raise NotAllowed(_("%(name)s is served by others.") % {"name": found.label})


def _enterprise(row: Enterprise) -> EnterpriseOut:
    return EnterpriseOut(
        id=row.pk,
        number=row.number,
        name=row.name,
        name_en=row.name_en,
        locality=row.locality.code,
        street=row.street,
        industry=row.industry,
        status=row.status,
        merged_into=row.merged_into_id,
    )


def _fact(row: Fact, label: str, is_fresh: bool) -> FactOut:
    return FactOut(
        id=row.pk,
        key=row.key,
        label=label,
        value=row.value,
        unit=row.unit,
        source=row.source,
        source_ref=row.source_ref,
        as_of=row.as_of,
        recorded_at=row.recorded_at,
        confirmed_at=row.confirmed_at,
        is_fresh=is_fresh,
    )
