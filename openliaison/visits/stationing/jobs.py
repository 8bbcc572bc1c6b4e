"""Stationing after the answer and by the clock. Every job may run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openliaison.core.now import now

from . import computing, deciding, terms


@app.task(name=computing.JOB)
def compute_proposal(proposal_id: int, part: str, role_id: int) -> None:
    """Compute one county of a proposal."""
    computing.compute_part(proposal_id=proposal_id, part=part, role_id=role_id, at=now())


@app.task(name=deciding.JOB)
def accept_suggestions(proposal_id: int, ids: list[int], role_id: int) -> None:
    """Station as many suggestions say."""
    deciding.accept_at_work(proposal_id=proposal_id, ids=ids, role_id=role_id, at=now())


@app.periodic(cron="35 4 * * *")
@app.task(name="visits.ask_about_terms", queueing_lock="visits.ask_about_terms")
def ask_about_terms(timestamp: int) -> None:
    """Put the terms that end soon on the lists of the desks, once each."""
    terms.ask_about_terms(at=now())
