"""What a question in a case costs the enterprise: minutes counted from the form that answers it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.cases.models import Entry
from openliaison.core import form_time
from openliaison.core.form_time import Asked
from openliaison.register.models import BurdenEntry
from openliaison.register.services import burden


def note_question(question: Entry, by: Role, at: datetime) -> None:
    """Write down the enterprise's time. Of a confidential case only that it is taken: no line names it."""
    case = question.case
    on = case.place.day(at)
    told = burden.words(case.place, N_("A question in case %(number)s"), number=case.number)
    burden.spend(
        enterprise=case.enterprise,
        on=on,
        minutes=_minutes(question, on),
        kind=BurdenEntry.Kind.QUESTION,
        what=told["what"],
        what_en=told["what_en"],
        organisation=by.organisation,
        is_at_door=False,
        source=question.client_key,
        by=by,
        at=at,
        entry=not case.is_confidential,
    )


def _minutes(question: Entry, on: date) -> int:
    """The question is read, and answered in the form of its verb: a text, and files where there are any."""
    place = question.case.place
    with translation.override(form_time.first_language(place)):
        asked = [
            Asked("long", f"{question.text} {gettext('Text')}"),
            Asked("file", gettext("Files"), is_required=False),
        ]
    return form_time.minutes(form_time.seconds(asked, form_time.pace(place, on)))
