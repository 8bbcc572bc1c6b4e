from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0002_diary")]

    operations = [
        migrations.AddField("booking", "together", models.JSONField(default=list)),
        migrations.AddField("booking", "before", models.JSONField(blank=True, null=True)),
    ]
