"""Stationing over the API: officers with what they carry; proposals asked for, read, and decided on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.models import Locality
from openliaison.core.now import now
from openliaison.core.scope import AREA, LEADER

from ..errors import Incomplete
from ..models import Proposal, Suggestion
from . import computing, deciding, selectors, wording

router = Router(tags=["visits"])
Degree = Literal["none", "little", "usual", "much"]


class OfficerOut(Schema):
    id: int = Field(description="The person's number.")
    name: str
    office: str
    enterprises: int
    as_deputy: int
    as_cover: int
    last_contact: datetime | None
    open_promises: int
    away_until: date | None


class OfficerQuery(Stretch):
    q: str = Field("", max_length=60)
    load: Literal["", "over", "above", "free", "none"] = Field("", description="Against the place's officer_load.")


class ProposalIn(Schema):
    client_key: UUID | None = Field(None, description="Made by the sender: sent twice it is one proposal.")
    locality: str = Field(description="Code of the area: the coordinator's or one beneath.")
    usual: int | None = Field(None, ge=1, le=50, description="The place's usual load where it is left out.")
    most: int | None = Field(None, ge=1, le=50)
    keep: Degree = "usual"
    near: Degree = "usual"
    sector: Degree = "usual"


class ProposalOut(Schema):
    id: int
    locality: str
    state: str
    error: str
    step: str
    usual: int
    most: int
    made_by: str
    made_at: datetime
    ready_at: datetime | None
    today: dict[str, Any] | None
    proposed: dict[str, Any] | None
    is_proven: bool | None


class SuggestionOut(Schema):
    id: int
    enterprise_id: int
    enterprise: str
    current: str
    officer: str
    change: str
    state: str
    reasons: list[str]


class SuggestionQuery(Stretch):
    change: Literal["", "keep", "new", "move", "nobody"] = ""
    state: Literal["", "open", "accepted", "declined", "outdated"] = ""


class DecisionIn(Schema):
    suggestions: list[int] = Field(min_length=1, max_length=deciding.AT_ONCE)
    accept: bool = Field(description="false: leave them as they are.")


class DecisionOut(Schema):
    accepted: list[int]
    declined: int
    outdated: list[int] = Field(description="Changed since the proposal was computed; left alone.")


@router.get(
    "/officers", response={200: Page[OfficerOut]} | faults(422), auth=reads("visits", AREA, LEADER), url_name="officers"
)
def officers(request: HttpRequest, query: Query[OfficerQuery]) -> Page[OfficerOut]:
    """The officers of the area, by name."""
    rows = selectors.officers(request.scope, request.place, {"q": query.q, "load": query.load})
    return paged(rows.order_by("user__display_name", "pk"), query, _officer)


def _officer(row: Any) -> OfficerOut:
    return OfficerOut(
        id=row.user_id,
        name=row.user.label,
        office=row.organisation_label,
        enterprises=row.served,
        as_deputy=row.deputy,
        as_cover=row.cover,
        last_contact=row.last_at,
        open_promises=row.promises,
        away_until=row.away,
    )


@router.get(
    "/stationing/proposals",
    response={200: Page[ProposalOut]} | faults(422),
    auth=reads("visits", AREA),
    url_name="proposals",
)
def proposals(request: HttpRequest, query: Query[Stretch]) -> Page[ProposalOut]:
    """Proposals of the area, the latest first."""
    return paged(selectors.proposals(request.scope), query, _proposal)


@router.post(
    "/stationing/proposals",
    response={201: ProposalOut} | faults(404, 409, 422),
    auth=writes("visits", AREA),
    url_name="proposal_start",
)
def proposal_start(request: HttpRequest, body: ProposalIn) -> Status:
    """Have it computed who might serve whom; read it again until its state is "ready"."""
    area = Locality.objects.filter(place=request.place, code=body.locality).first()
    if area is None:
        raise Incomplete(_("There is no area “%(code)s”.") % {"code": body.locality})
    loads = selectors.loads(request.place, request.scope.today)
    made = computing.start_proposal(
        locality=area,
        usual=body.usual or loads.usual,
        most=body.most or loads.most,
        emphasis={"keep": body.keep, "near": body.near, "sector": body.sector},
        client_key=body.client_key or uuid4(),
        by=request.role,
        at=now(),
    )
    return Status(201, _proposal(made))


@router.get(
    "/stationing/proposals/{int:proposal_id}",
    response={200: ProposalOut} | faults(404),
    auth=reads("visits", AREA),
    url_name="proposal",
)
def proposal(request: HttpRequest, proposal_id: int) -> ProposalOut:
    """One proposal: its state, and its measures beside today's."""
    return _proposal(_found(request, proposal_id))


@router.get(
    "/stationing/proposals/{int:proposal_id}/suggestions",
    response={200: Page[SuggestionOut]} | faults(404, 422),
    auth=reads("visits", AREA),
    url_name="suggestions",
)
def suggestions(request: HttpRequest, proposal_id: int, query: Query[SuggestionQuery]) -> Page[SuggestionOut]:
    """What a proposal says of each enterprise, with its reasons."""
    found = _found(request, proposal_id)
    rows = selectors.suggestions(request.scope, found, {"change": query.change, "state": query.state})
    ordered = rows.order_by("rank", "pk")
    names = selectors.people_named(ordered[query.offset : query.offset + query.limit])
    return paged(ordered, query, lambda row: _suggestion(row, names, found))


@router.post(
    "/stationing/proposals/{int:proposal_id}/decisions",
    response={200: DecisionOut} | faults(404, 409, 422),
    auth=writes("visits", AREA),
    url_name="proposal_decide",
)
def decide(request: HttpRequest, proposal_id: int, body: DecisionIn) -> DecisionOut:
    """Accept suggestions, or leave things as they are. Accepted twice is accepted once."""
    found = _found(request, proposal_id)
    if not body.accept:
        n = deciding.decline_suggestions(proposal=found, ids=body.suggestions, by=request.role, at=now())
        return DecisionOut(accepted=[], declined=n, outdated=[])
    result = deciding.accept_suggestions(proposal=found, ids=body.suggestions, by=request.role, at=now())
    return DecisionOut(accepted=[s.pk for s in result.accepted], declined=0, outdated=[s.pk for s in result.outdated])


def _found(request: HttpRequest, proposal_id: int) -> Proposal:
    return get_object_or_404(selectors.proposals(request.scope), pk=proposal_id)


def _proposal(row: Proposal) -> ProposalOut:
    return ProposalOut(
        id=row.pk,
        locality=row.locality.code,
        state=row.state,
        error=wording.error(row.error) if row.error else "",
        step=row.step,
        usual=row.wanted["usual"],
        most=row.wanted["most"],
        made_by=row.made_by.label,
        made_at=row.made_at,
        ready_at=row.ready_at,
        today=row.measures.get("today"),
        proposed=row.measures.get("proposed"),
        is_proven=row.measures.get("is_proven"),
    )


def _suggestion(row: Suggestion, names: dict[int, str], found: Proposal) -> SuggestionOut:
    return SuggestionOut(
        id=row.pk,
        enterprise_id=row.enterprise_id,
        enterprise=row.enterprise.label,
        current=row.current.label if row.current else "",
        officer=row.officer.label if row.officer else "",
        change=row.change,
        state=row.state,
        reasons=wording.told(row.reasons, names, found.place.industry_scheme),
    )
