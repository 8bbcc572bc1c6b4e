import pytest
from django.db import connection, transaction
from openliaison.cases import services
from openliaison.core.scope import acting_as
from tests.conftest import NOON
from tests.factories import World, organisation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["message", "confirm", "withdraw", "no"])
def test_conf(verb):
    w = World()
    case = w.case(by=w.manager, channel="enterprise", is_confidential=True)
    case = services.assign_case(case=case, lead=organisation("grid"), person=w.lead.user, by=w.coordinator, at=NOON)
    with acting_as(w.lead.scope(NOON)):
        case = services.reply_case(case=case, reply_kind="solved", text="x", by=w.lead, at=NOON)
    with acting_as(w.manager.scope(NOON)):
        if verb == "message":
            services.send_message(case=case, text="hallo", by=w.manager, at=NOON)
        if verb == "confirm":
            services.confirm_case(case=case, verdict="yes", by=w.manager, at=NOON)
        if verb == "no":
            services.confirm_case(case=case, verdict="no", text="nein", by=w.manager, at=NOON)
        if verb == "withdraw":
            services.request_withdrawal(case=case, text="weg", by=w.manager, at=NOON)
