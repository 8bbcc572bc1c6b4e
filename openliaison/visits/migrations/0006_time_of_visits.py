"""The ledger and the marks of visits that were recorded before there were any: two statements, however many visits."""

from django.db import migrations

# Where nobody wrote down how long a contact took: as the supplied places' `visit_minutes`.
MINUTES = "coalesce(v.minutes, case v.mode when 'visit' then 40 when 'call' then 10 else 30 end)"
ON = "(v.at at time zone p.time_zone)::date"
COUNTED = "v.withdrawn_at is null and v.booking_id is null"

MARKS = f"""
insert into register_diarymark (place_id, enterprise_id, "on", minutes, is_at_door, source)
select v.place_id, v.enterprise_id, {ON}, {MINUTES}, v.mode = 'visit', v.client_key
from visits_visit v join core_place p on p.id = v.place_id
where {COUNTED}
on conflict (source) do nothing
"""

LINES = f"""
insert into register_burdenentry
    (place_id, enterprise_id, locality_path, organisation_id, kind, what, what_en, "on", minutes, source)
select v.place_id, v.enterprise_id, v.locality_path, r.organisation_id, 'visit',
       left(case when p.languages->>0 = 'en' then e.words
                 else u.display_name || case v.mode when 'visit' then '走访' when 'call' then '来电' else '线上会谈' end
            end, 300),
       left(e.words, 300), {ON}, {MINUTES}, v.client_key
from visits_visit v
join core_place p on p.id = v.place_id
join accounts_user u on u.id = v.officer_id
cross join lateral (select case v.mode when 'visit' then 'Visit by ' when 'call' then 'Call by '
                           else 'Online meeting with ' end
                           || coalesce(nullif(u.display_name_en, ''), u.display_name) as words) e
left join (select distinct on (user_id, place_id) user_id, place_id, organisation_id
           from accounts_role where kind = 'officer' order by user_id, place_id, id) r
       on r.user_id = v.officer_id and r.place_id = v.place_id
where {COUNTED}
on conflict (source) do nothing
"""


class Migration(migrations.Migration):
    dependencies = [
        ("visits", "0005_stationing_terms"),
        ("register", "0006_data_requests"),
        ("accounts", "0002_initial"),
    ]

    operations = [
        migrations.RunSQL(MARKS, migrations.RunSQL.noop),
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
    ]
