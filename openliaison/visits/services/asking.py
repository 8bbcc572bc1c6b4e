"""The desk asks the officers of an enterprise to get in touch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks
from openliaison.core.models import Journal
from openliaison.register.models import Enterprise
from openliaison.visits.errors import AlreadyDone, NotAllowed


@transaction.atomic
def ask_for_contact(*, enterprise: Enterprise, by: Role, at: datetime, days: int) -> None:
    """The desk asks the officers of an enterprise to get in touch; once a day, whoever presses.

    Raises:
        NotAllowed: not of this area's desk.
        AlreadyDone: asked today, or nobody serves the enterprise.
    """
    inside = by.locality is not None and enterprise.locality_path.startswith(by.locality.path)
    if by.kind != Role.Kind.COORDINATOR or not inside:
        raise NotAllowed(_("The desk of the area asks its officers."))
    links = list(enterprise.links.active(by.place.day(at)).serving())
    if not links:
        raise AlreadyDone(_("Nobody serves %(name)s yet: name an officer first.") % {"name": enterprise.label})
    asked = Journal.objects.filter(subject=journal.name(enterprise), verb="contact_asked")
    if asked.filter(at__gte=at - timedelta(days=1)).exists():
        raise AlreadyDone(_("The officer of %(name)s was asked within a day.") % {"name": enterprise.label})
    journal.record(enterprise, "contact_asked", by=by, at=at, days=days)
    for link in links:
        tasks.ask(
            [link.user_id],
            link,
            N_("Get in touch with %(enterprise)s"),
            why=N_("The desk asks: no contact for %(days)s days"),
            url=f"/briefing/{enterprise.pk}/",
            at=at,
            enterprise={"zh": enterprise.name, "en": enterprise.name_en},
            days=str(days),
        )
