from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0003_joint_parts")]

    operations = [
        migrations.AddField("factdefinition", "may_lie_ahead", models.BooleanField(default=False)),
    ]
