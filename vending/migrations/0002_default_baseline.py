"""Version 1: the baseline the product ships, so that a new installation can vend."""

from pathlib import Path

import yaml
from django.db import migrations
from django.utils import timezone

FILE = Path(__file__).parent.parent / "baselines" / "default.yaml"


def create_default(apps, schema_editor):
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    baseline = apps.get_model("vending", "Baseline").objects.create(
        version=1, note=document["note"], created_at=timezone.now(), created_by="Account Vending Portal"
    )
    BaselineStep = apps.get_model("vending", "BaselineStep")
    for step, entry in document["steps"].items():
        settings = {"": entry, **entry.get("environments", {})}
        for environment, setting in settings.items():
            BaselineStep.objects.create(
                baseline=baseline,
                step=step,
                environment=environment,
                enabled=setting.get("enabled", True),
                parameters=setting.get("parameters", {}),
            )


class Migration(migrations.Migration):
    dependencies = [("vending", "0001_initial")]
    operations = [migrations.RunPython(create_default, migrations.RunPython.noop)]
