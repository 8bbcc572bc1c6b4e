"""What a contact costs the enterprise: its line in the ledger and its mark in the diary."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core.places import setting
from openliaison.register.models import BurdenEntry
from openliaison.register.services import burden
from openliaison.visits.models import Visit

WORDS = {
    Visit.Mode.VISIT: N_("Visit by %(officer)s"),
    Visit.Mode.CALL: N_("Call by %(officer)s"),
    Visit.Mode.ONLINE: N_("Online meeting with %(officer)s"),
}


def note_time(visit: Visit, by: Role, at: datetime) -> None:
    """Write down the enterprise's time, or take it back with the record. A booking's own line stands for its visit."""
    if visit.booking_id:
        return
    if visit.withdrawn_at:
        burden.unspend(source=visit.client_key)
        return
    on = visit.place.day(visit.at)
    officer = {"zh": by.user.display_name, "en": by.user.display_name_en or by.user.display_name}
    told = burden.words(visit.place, WORDS[Visit.Mode(visit.mode)], officer=officer)
    burden.spend(
        enterprise=visit.enterprise,
        on=on,
        minutes=visit.minutes or int(setting(visit.place, "visit_minutes", on)[visit.mode]),
        kind=BurdenEntry.Kind.VISIT,
        what=told["what"],
        what_en=told["what_en"],
        organisation=by.organisation,
        is_at_door=visit.mode == Visit.Mode.VISIT,
        source=visit.client_key,
        by=by,
        at=at,
    )
