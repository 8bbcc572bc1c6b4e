"""A proposal at work: asked for by a person, computed part by part by the worker, found again on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.models import Locality
from openliaison.core.places import setting
from openliaison.core.scope import acting_as
from openliaison.engine import stationing
from openliaison.register.models import Enterprise

from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Proposal, Suggestion
from . import inputs
from .combining import together

JOB = "visits.compute_proposal"
MOST_PAIRS = 10_000_000  # of one part; more would take a machine's memory
STUCK = timedelta(minutes=10)
EMPHASIS = {"none": 0.0, "little": 0.5, "usual": 1.0, "much": 2.0}
MEANS = {  # what a person weighs in plain words → the engine's weights
    "keep": ("change", "history"),
    "near": ("near", "step", "far"),
    "sector": ("sector",),
}


@transaction.atomic
def start_proposal(
    *,
    locality: Locality,
    usual: int,
    most: int,
    emphasis: Mapping[str, str],
    by: Role,
    at: datetime,
    client_key: UUID,
) -> Proposal:
    """Have it computed who might serve whom in an area. Sent twice it is one proposal.

    An undecided one of the same area is closed: what it said no longer counts.

    Args:
        emphasis: how much "keep", "near" and "sector" count: none, little, usual or much.

    Raises:
        NotAllowed: not this coordinator's area. Incomplete: loads the wrong way round, or no enterprise there.
        AlreadyDone: one of the same area is being computed.
    """
    if known := Proposal.objects.filter(client_key=client_key).first():
        return known
    _need_desk(by, locality)
    _need_loads(usual, most)
    of_area = Proposal.objects.filter(locality=locality)
    if of_area.filter(state=Proposal.State.WORKING, made_at__gt=at - STUCK).exists():
        raise AlreadyDone(_("A proposal for %(area)s is being computed; wait for it.") % {"area": locality.label})
    parts = _parts_with_enterprises(locality)
    of_area.exclude(state=Proposal.State.CLOSED).update(state=Proposal.State.CLOSED, closed_at=at)
    weights = _weights(setting(by.place, "stationing_weights", by.place.day(at)), emphasis)
    made = Proposal.objects.create(
        place=by.place,
        locality=locality,
        locality_path=locality.path,
        client_key=client_key,
        wanted={"usual": usual, "most": most, "emphasis": dict(emphasis), "weights": weights, "parts": parts},
        measures={"parts": {}},
        step=f"0/{len(parts)}",
        made_by=by.user,
        made_at=at,
    )
    journal.record(made, "stationing_proposed", by=by, at=at, usual=usual, most=most)
    _defer(made, parts, by)
    return made


def _need_desk(by: Role, locality: Locality) -> None:
    is_theirs = by.locality is not None and locality.path.startswith(by.locality.path)
    if by.kind != Role.Kind.COORDINATOR or by.place_id != locality.place_id or not is_theirs:
        raise NotAllowed(_("Who serves whom is proposed by the coordinator of the area."))


def _need_loads(usual: int, most: int) -> None:
    if not 1 <= usual <= most:
        raise Incomplete(_("An officer's usual load is at least 1 and not above the most."))


def _parts_with_enterprises(locality: Locality) -> list[str]:
    standing = Enterprise.objects.standing().filter(place_id=locality.place_id)  # type: ignore[attr-defined]
    found = [path for path in inputs.parts(locality) if inputs.inside(standing, path).exists()]
    if not found:
        raise Incomplete(_("%(area)s has no enterprise on file; choose another area.") % {"area": locality.label})
    return found


def _weights(of_place: Mapping[str, int], emphasis: Mapping[str, str]) -> dict[str, int]:
    found = dict(of_place)
    for what, names in MEANS.items():
        factor = EMPHASIS[emphasis.get(what, "usual")]
        found |= {name: round(found[name] * factor) for name in names if name in found}
    stationing.Weights.from_mapping(found)
    return found


def _defer(proposal: Proposal, parts: list[str], by: Role) -> None:
    for part in parts:
        app.configure_task(JOB).defer(proposal_id=proposal.pk, part=part, role_id=by.pk)


@transaction.atomic
def resume_proposal(*, proposal: Proposal, by: Role, at: datetime) -> Proposal:
    """Have the parts computed that are missing, where the work broke off with the server or failed."""
    row = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    _need_desk(by, row.locality)
    if row.state not in (Proposal.State.WORKING, Proposal.State.FAILED) or not is_stuck(row, at):
        raise AlreadyDone(_("This proposal is computed already, or at work. Reload the page."))
    row.state, row.error, row.made_at = Proposal.State.WORKING, "", at
    row.save(update_fields=["state", "error", "made_at"])
    _defer(row, [p for p in row.wanted["parts"] if p not in row.measures["parts"]], by)
    return row


def is_stuck(proposal: Proposal, at: datetime) -> bool:
    """It failed, or nothing was heard of it for so long that the work must have broken off."""
    if proposal.state == Proposal.State.FAILED:
        return True
    return proposal.state == Proposal.State.WORKING and proposal.made_at < at - STUCK


# ── Done by the worker ───────────────────────────────────────


def compute_part(*, proposal_id: int, part: str, role_id: int, at: datetime) -> None:
    """Compute one part as the person who asked for it sees it. Twice is as once."""
    role = Role.objects.select_related("place", "locality", "user").get(pk=role_id)
    if not role.is_valid(role.place.day(at)) or not role.user.is_active:
        _fail(proposal_id, "left")
        return
    try:
        with acting_as(role.scope(at)):
            _compute(proposal_id, part, role, at)
    except TooLarge:
        _fail(proposal_id, "too_large")
    except Exception:
        _fail(proposal_id, "fault")
        raise


class TooLarge(Exception):
    """More pairs than one calculation takes."""


def _compute(proposal_id: int, part: str, role: Role, at: datetime) -> None:
    found = Proposal.objects.select_related("place").get(pk=proposal_id)
    if not _is_wanted(found, part):
        return
    start = perf_counter()
    given = inputs.frame(role.scope(at), found.place, part, found.wanted["parts"])
    if given.pairs > MOST_PAIRS:
        raise TooLarge
    proposed = stationing.propose(
        given.enterprises,
        given.officers,
        today=role.place.day(at),
        loads=stationing.Loads(found.wanted["usual"], found.wanted["most"]),
        weights=stationing.Weights.from_mapping(found.wanted["weights"]),
    )
    seconds = perf_counter() - start
    row = Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    if _is_wanted(row, part):
        _keep(row, given, proposed)
        _note(row, part, proposed, seconds, at)


def _is_wanted(proposal: Proposal, part: str) -> bool:
    return proposal.state == Proposal.State.WORKING and part not in proposal.measures["parts"]


def _keep(row: Proposal, given: inputs.Frame, proposed: Any) -> None:
    paths = {e.id: e.path for e in given.enterprises}
    Suggestion.objects.bulk_create(
        (
            Suggestion(
                proposal=row,
                enterprise_id=a.enterprise,
                locality_path=paths[a.enterprise],
                officer_id=a.officer,
                current_id=a.current,
                change=a.change,
                cost=a.cost,
                reasons=list(a.reasons),
            )
            for a in proposed.assignments
        ),
        batch_size=1000,
    )


def _note(row: Proposal, part: str, proposed: Any, seconds: float, at: datetime) -> None:
    """The measures of a part; with the last part the proposal is ready."""
    done: dict[str, Any] = row.measures["parts"]
    done[part] = {
        "today": proposed.today.as_dict(),
        "proposed": proposed.proposed.as_dict(),
        "seconds": round(seconds, 2),
        "is_proven": proposed.is_proven,
    }
    row.step = f"{len(done)}/{len(row.wanted['parts'])}"
    if len(done) == len(row.wanted["parts"]):
        today = [one["today"] for one in done.values()]
        row.measures |= {
            "today": together(today, today),
            "proposed": together([one["proposed"] for one in done.values()], today),
            "seconds": round(sum(one["seconds"] for one in done.values()), 2),
            "is_proven": all(one["is_proven"] for one in done.values()),
        }
        row.state, row.ready_at = Proposal.State.READY, at
    row.save(update_fields=["measures", "step", "state", "ready_at"])


def _fail(proposal_id: int, code: str) -> None:
    rows = Proposal.objects.filter(pk=proposal_id, state=Proposal.State.WORKING)
    rows.update(state=Proposal.State.FAILED, error=code)
