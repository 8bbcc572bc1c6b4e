from openliaison.register.models import FactDefinition
from dataclasses import asdict
def seed_fact_definitions(place, rows):
    FactDefinition.objects.bulk_create([FactDefinition(place=place, **asdict(r)) for r in rows], update_conflicts=True, unique_fields=["place","key"], update_fields=["type","unit","label_zh","label_en","subject","holder","sensitivity","fresh_days","same_as"])
