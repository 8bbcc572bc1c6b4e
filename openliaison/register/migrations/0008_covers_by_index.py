from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0007_term_asked")]

    operations = [
        migrations.AddIndex(
            "link", models.Index(fields=["enterprise"], condition=models.Q(kind="cover"), name="link_cover")
        ),
    ]
