from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]

    operations = [
        migrations.AddField(row, "enterprise_name_en", models.CharField(blank=True, max_length=200))
        for row in ("role", "invitation")
    ]
