"""What grown visits and questions cost their enterprises: the marks and lines that the services leave."""

from __future__ import annotations

import json

from django.db import connection

from openliaison.core.models import Place
from openliaison.core.now import now
from openliaison.core.places import setting

QUESTION_MINUTES = 2  # a short question, answered in a few sentences

_MARKS = """
insert into register_diarymark (place_id, enterprise_id, "on", minutes, is_at_door, source)
select v.place_id, v.enterprise_id, (v.at at time zone %(zone)s)::date,
       coalesce(v.minutes, (%(usual)s::jsonb->>v.mode)::int), v.mode = 'visit', v.client_key
from visits_visit v
where v.place_id = %(place)s and v.withdrawn_at is null and v.booking_id is null
union all
select c.place_id, c.enterprise_id, (e.at at time zone %(zone)s)::date, %(question)s, false, e.client_key
from cases_entry e join cases_case c on c.id = e.case_id
where c.place_id = %(place)s and e.kind = 'asked'
on conflict (source) do nothing
"""

_LINES = """
insert into register_burdenentry
    (place_id, enterprise_id, locality_path, organisation_id, kind, what, what_en, "on", minutes, source)
select m.place_id, m.enterprise_id, v.locality_path, r.organisation_id, 'visit',
       case when %(english)s then e.words
            else u.display_name || case v.mode when 'visit' then '走访' when 'call' then '来电' else '线上会谈' end end,
       e.words, m."on", m.minutes, m.source
from register_diarymark m
join visits_visit v on v.client_key = m.source
join accounts_user u on u.id = v.officer_id
cross join lateral (select case v.mode when 'visit' then 'Visit by ' when 'call' then 'Call by '
                           else 'Online meeting with ' end
                           || coalesce(nullif(u.display_name_en, ''), u.display_name) as words) e
left join (select distinct on (user_id) user_id, organisation_id from accounts_role
           where kind = 'officer' and place_id = %(place)s order by user_id, id) r on r.user_id = v.officer_id
where m.place_id = %(place)s
union all
select m.place_id, m.enterprise_id, c.locality_path, e.organisation_id, 'question',
       case when %(english)s then 'A question in case ' || c.number else '诉求 ' || c.number || ' 中的提问' end,
       'A question in case ' || c.number, m."on", m.minutes, m.source
from register_diarymark m
join cases_entry e on e.client_key = m.source
join cases_case c on c.id = e.case_id
where m.place_id = %(place)s and not c.is_confidential
on conflict (source) do nothing
"""


def mark(place: Place) -> None:
    """Write what is missing of the place's visits and questions; done twice, it changes nothing."""
    usual = setting(place, "visit_minutes", place.day(now()))
    values = {
        "place": place.pk,
        "zone": place.time_zone,
        "english": place.languages[0] == "en",
        "usual": json.dumps(usual),
        "question": QUESTION_MINUTES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, values)
        cursor.execute(_LINES, values)
