"""Terms that end: the desk is asked in time, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role, User
from openliaison.core import tasks
from openliaison.core.models import Place
from openliaison.core.places import setting
from openliaison.register.models import Link
from openliaison.register.models.enterprises import WITH_TERM


def ask_about_terms(*, at: datetime) -> int:
    """Ask each desk about the terms of its area that end soon; gives how many it was not asked about before.

    One task for a person's terms that end on one day, not one for each enterprise.
    """
    return sum(_ask_of_place(place, at) for place in Place.objects.all())


@transaction.atomic
def _ask_of_place(place: Place, at: datetime) -> int:
    today = place.day(at)
    until = today + timedelta(days=int(setting(place, "term_notice_days", today)["asked"]))
    rows = Link.objects.filter(place=place, ends_on=None, kind__in=WITH_TERM, starts_on__lte=today)
    rows = rows.filter(term_until__lte=until).exclude(term_asked=F("term_until"), term_asked__isnull=False)
    found = list(rows.select_for_update(of=("self",)).select_related("user", "enterprise").order_by("pk"))
    for desk, links in _by_desk(place, found, at).items():
        for same in _together(links):
            _ask(desk, same, place, at)
    Link.objects.filter(pk__in=[link.pk for link in found]).update(term_asked=F("term_until"))
    return len(found)


def _by_desk(place: Place, links: Iterable[Link], at: datetime) -> dict[int, list[Link]]:
    """The coordinators nearest above each enterprise, with what is theirs."""
    desks = Role.objects.in_office(place.day(at)).filter(place=place, kind=Role.Kind.COORDINATOR)
    paths = [(role.user_id, role.locality.path) for role in desks.select_related("locality") if role.locality]
    found: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        above = [(user_id, path) for user_id, path in paths if link.enterprise.locality_path.startswith(path)]
        nearest = max((len(path) for _user, path in above), default=0)
        for user_id in sorted({user_id for user_id, path in above if len(path) == nearest}):
            found[user_id].append(link)
    return found


def _together(links: Iterable[Link]) -> Iterable[list[Link]]:
    found: dict[tuple[int | None, str], list[Link]] = defaultdict(list)
    for link in links:
        found[link.user_id, str(link.term_until)].append(link)
    return found.values()


def _ask(desk: int, links: list[Link], place: Place, at: datetime) -> None:
    first = links[0]
    assert first.user is not None and first.term_until is not None
    tasks.ask(
        [desk],
        first,
        N_("Term of %(officer)s ends on %(day)s (%(count)s enterprises): renew or hand over"),
        why=N_("Service goes on until you decide; nobody is left without an officer"),
        url=f"{reverse('visits:terms')}?officer={first.user_id}",
        at=at,
        due_at=datetime.combine(first.term_until, time(17, 30), tzinfo=place.zone),
        officer=_names(first.user),
        count=str(len(links)),
        day=first.term_until.isoformat(),
    )


def _names(user: User) -> dict[str, str]:
    return {"zh": user.display_name, "en": user.display_name_en or user.display_name}
