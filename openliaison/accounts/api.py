"""Who one is, and the organisations of the place."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from openliaison.core.api import Page, Stretch, faults, paged, reads

from .models import Organisation

router = Router(tags=["accounts"])


class MeOut(Schema):
    username: str
    name: str
    role: str
    place: str
    organisation: str | None
    locality: str | None
    enterprise_id: int | None
    scopes: list[str] | None = Field(description="Of the token; null in a session, which reaches as far as its role.")


class OrganisationOut(Schema):
    id: int
    code: str
    name: str
    name_en: str
    kind: str
    level: str
    parent: str | None
    phone: str


class OrganisationQuery(Stretch):
    kind: str = ""


@router.get("/me", response={200: MeOut} | faults(), auth=reads(""), url_name="me")
def me(request: HttpRequest) -> MeOut:
    """The person and role that session or token stand for."""
    role, token = request.role, getattr(request, "api_token", None)
    return MeOut(
        username=role.user.username,
        name=role.user.label,
        role=role.kind,
        place=role.place.code,
        organisation=role.organisation.code if role.organisation else None,
        locality=role.locality.code if role.locality else None,
        enterprise_id=role.enterprise_id,
        scopes=token.scopes if token else None,
    )


@router.get(
    "/organisations",
    response={200: Page[OrganisationOut]} | faults(422),
    auth=reads("accounts"),
    url_name="organisations",
)
def organisations(request: HttpRequest, query: Query[OrganisationQuery]) -> Page[OrganisationOut]:
    """Departments, township offices, banks and upper bodies of the place."""
    rows = Organisation.objects.visible_to(request.scope).filter(place=request.place)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    return paged(rows.select_related("parent").order_by("code"), query, _shown)


def _shown(row: Organisation) -> OrganisationOut:
    return OrganisationOut(
        id=row.pk,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        level=row.level,
        parent=row.parent.code if row.parent else None,
        phone=row.phone,
    )
