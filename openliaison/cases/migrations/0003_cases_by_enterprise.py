import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_promises"), ("register", "0004_dates_ahead")]

    operations = [
        migrations.AlterField(
            "case",
            "enterprise",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="register.enterprise",
            ),
        ),
        migrations.AddIndex("case", models.Index(fields=["enterprise", "locality_path"], name="case_enterprise_area")),
    ]
