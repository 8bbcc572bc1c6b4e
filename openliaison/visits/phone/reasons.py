"""Why an enterprise should be seen, in words, for the phone's list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.cases.models import Case, Promise
from openliaison.core.scope import Scope
from openliaison.register.models import Enterprise
from openliaison.visits import selectors

PROMISE_DAYS = 3
FIRST = 3


@dataclass
class Why:
    """The reasons of one enterprise."""

    texts: list[str] = field(default_factory=list)
    weight: int = 0
    is_first: bool = False  # among the first to see

    def add(self, text: str, weight: int) -> None:
        self.texts.append(text)
        self.weight += weight


def reasons(mine: Iterable[Enterprise], scope: Scope, at: datetime) -> dict[int, Why]:
    """Reasons by enterprise: cases over their time, questions, promises that are due, silence."""
    listed = list(mine)
    found: dict[int, Why] = defaultdict(Why)
    _of_cases(found, listed, scope, at)
    _of_promises(found, listed, scope)
    _of_silence(found, listed, at)
    for why in sorted(found.values(), key=lambda w: -w.weight)[:FIRST]:
        why.is_first = why.weight > 0
    return found


def _of_cases(found: dict[int, Why], mine: list[Enterprise], scope: Scope, at: datetime) -> None:
    rows = Case.objects.visible_to(scope).filter(enterprise__in=mine)
    for pk, n in _counted(rows.overdue(at)).items():
        found[pk].add(ngettext("%(n)s case overdue", "%(n)s cases overdue", n) % {"n": n}, 5)
    for pk, n in _counted(rows.filter(status=Case.Status.WAITING)).items():
        words = ngettext("%(n)s question waits for its answer", "%(n)s questions wait for its answer", n)
        found[pk].add(words % {"n": n}, 3)


def _of_promises(found: dict[int, Why], mine: list[Enterprise], scope: Scope) -> None:
    until = scope.today + timedelta(days=PROMISE_DAYS)  # type: ignore[operator]
    rows = Promise.objects.visible_to(scope).open().filter(enterprise__in=mine, side="county", due_on__lte=until)
    for pk, n in _counted(rows).items():
        found[pk].add(ngettext("%(n)s promise to it is due", "%(n)s promises to it are due", n) % {"n": n}, 4)


def _of_silence(found: dict[int, Why], mine: list[Enterprise], at: datetime) -> None:
    for one in mine:
        if one.last_at is None:  # type: ignore[attr-defined]
            found[one.pk].add(_("never contacted since it is on file"), 4)
            continue
        days = selectors.days_since(one.last_at, one.place, at)  # type: ignore[attr-defined]
        if days >= selectors.contact_days(one.place, at):
            found[one.pk].add(ngettext("no contact for %(n)s day", "no contact for %(n)s days", days) % {"n": days}, 3)


def _counted(rows: Iterable[Case | Promise]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for row in rows.values_list("enterprise_id", flat=True):  # type: ignore[attr-defined]
        counts[row] += 1
    return counts
