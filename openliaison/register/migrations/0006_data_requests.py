"""Data requests of many enterprises at once; the newest lines of the ledger; what is on file, behind a wall."""

from django.db import migrations, models

STAFF = "ol_officer, ol_area, ol_handler, ol_leader, ol_inspector, ol_analyst"

# Which of some facts are held of an enterprise and fresh: keys alone, never a value, so that nobody asks an
# enterprise for what the county has, also where the asker may not read it.
HELD = (
    """
create function register_held_fresh(firm bigint, keys text[], today date) returns setof text
language sql stable security definer set search_path = public, pg_temp as $$
    select f.key::text
    from register_fact f
    join register_enterprise e on e.id = f.enterprise_id
    join core_place p on p.id = e.place_id
    join register_factdefinition d on d.place_id = e.place_id and d.key = f.key
    where f.enterprise_id = firm and f.key = any(keys)
      and f.superseded_at is null and f.retracted_at is null
      and e.place_id = coalesce(nullif(current_setting('app.place_id', true), '')::bigint, e.place_id)
      and (d.fresh_days is null
           or greatest(f.as_of, (f.confirmed_at at time zone p.time_zone)::date) + d.fresh_days >= today)
$$;
revoke execute on function register_held_fresh(bigint, text[], date) from public;
grant execute on function register_held_fresh(bigint, text[], date) to %s;
"""
    % STAFF
)


class Migration(migrations.Migration):
    dependencies = [("register", "0005_stationing_terms")]

    operations = [
        migrations.AddField("booking", "sheet", models.UUIDField(blank=True, null=True)),
        migrations.AddIndex(
            "booking",
            models.Index(condition=models.Q(("sheet__isnull", False)), fields=["sheet"], name="booking_sheet"),
        ),
        migrations.AddIndex("burdenentry", models.Index(fields=["-on", "-id"], name="burden_newest")),
        migrations.RunSQL(HELD, "drop function register_held_fresh(bigint, text[], date)"),
    ]
