"""The example's promises in every state, a record that an enterprise objects to, and one that was corrected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from openliaison.accounts.models import Organisation, Role
from openliaison.cases import services as cases
from openliaison.cases.models import Promise
from openliaison.register.models import Enterprise
from openliaison.visits.models import Visit
from openliaison.visits.services import correct_visit, object_to_visit

if TYPE_CHECKING:
    from .story import Storyteller

DAY = timedelta(days=1)


def tell_records(story: Storyteller) -> None:
    """What the first officer promised and wrote down of late, and what came of it."""
    officer = next(iter(story.officers.values()))
    mine = [e for e in story.enterprises.values() if story.officers[e.pk] == officer]
    offices = [o for o in story.organisations.values() if o.pk in story.clerks and o.kind != "desk"]
    if len(mine) > 1 and len(offices) > 2:
        _own(story, officer, mine[0])
        _late(story, officer, mine[0], offices[0])
        _moved(story, officer, mine[1], offices[1])
        _disowned(story, officer, mine[1], offices[2])
        _objected(story, mine[0])
        _corrected(story, officer, mine[1])


def _promise(
    story: Storyteller,
    by: Role,
    enterprise: Enterprise,
    words: tuple[str, str],
    due: int,
    at: datetime,
    office: Organisation | None = None,
) -> Promise:
    last = Visit.objects.standing().filter(enterprise=enterprise, at__lte=at).order_by("-at").first()
    return cases.make_promise(
        enterprise=enterprise,
        text=words[0],
        text_en=words[1],
        due_on=story.place.day(story.at) + due * DAY,
        organisation=office or by.organisation or story.desk.organisation,
        visit_id=last.pk if last and by.kind == Role.Kind.OFFICER else None,
        by=by,
        at=at,
    )


def _own(story: Storyteller, officer: Role, enterprise: Enterprise) -> None:
    told = ("把用电报装流程图送到厂里", "Bring the chart of how to apply for more power")
    _promise(story, officer, enterprise, told, 1, story.before(4))
    own = ("把夜班用工计划交给联络员", "Give the officer the plan for the night shift")
    _promise(story, story.managers[enterprise.pk], enterprise, own, 4, story.before(4))


def _late(story: Storyteller, officer: Role, enterprise: Enterprise, office: Organisation) -> None:
    told = ("派人到厂里看一次现场", "Send somebody to look at the site")
    _promise(story, officer, enterprise, told, -1, story.before(5), office)


def _moved(story: Storyteller, officer: Role, enterprise: Enterprise, office: Organisation) -> None:
    promise = _promise(story, officer, enterprise, ("答复能否错峰装卸", "Say whether loading at night is allowed"), -2,
                       story.before(8), office)  # fmt: skip
    day, clerk = story.place.day(story.at) + 6 * DAY, story.clerks[office.pk]
    cases.move_promise(promise=promise, due_on=day, reason="等交警部门的意见", by=clerk, at=story.before(3))


def _disowned(story: Storyteller, officer: Role, enterprise: Enterprise, office: Organisation) -> None:
    told = ("给出厂房加层的手续清单", "List the papers needed to add a storey")
    promise = _promise(story, officer, enterprise, told, 5, story.before(3), office)
    cases.disown_promise(
        promise=promise, reason="加层手续由住建部门办理", by=story.clerks[office.pk], at=story.before(2)
    )


def _objected(story: Storyteller, enterprise: Enterprise) -> None:
    visit = Visit.objects.standing().filter(enterprise=enterprise, nothing_new=False).order_by("-at").first()
    if visit:
        words = "我们说的是两条线都跳闸，不是一条。"
        object_to_visit(visit=visit, text=words, by=story.managers[enterprise.pk], at=story.before(0.5))


def _corrected(story: Storyteller, officer: Role, enterprise: Enterprise) -> None:
    visits = Visit.objects.standing().filter(enterprise=enterprise, nothing_new=False, officer_id=officer.user_id)
    visit = visits.order_by("-at").first()
    if visit:
        correct_visit(
            visit=visit, notes=visit.notes, mode=visit.mode, visited_at=visit.at, met=visit.met,
            minutes=(visit.minutes or 30) + 15, reason="时长记错了", by=officer, at=story.before(0.5),
        )  # fmt: skip
