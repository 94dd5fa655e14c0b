"""API tokens end. Those that there are get 90 days from now, in which their programs take new ones."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone


def in_90_days():
    return timezone.now() + timedelta(days=90)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            "apitoken",
            "ends_at",
            models.DateTimeField(default=in_90_days, editable=False, verbose_name="ends"),
            preserve_default=False,
        ),
    ]
