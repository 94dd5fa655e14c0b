"""The image holds all that the product needs while it runs, and nothing that only tries it out."""

from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCKERFILE = (ROOT / "Dockerfile").read_text().splitlines()
CONTEXT = (ROOT / ".dockerignore").read_text().splitlines()
FOLDERS = {
    *(app.partition(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.partition(".")[0]).is_dir()),
    *(Path(place).name for place in (*settings.LOCALE_PATHS, *settings.STATICFILES_DIRS)),
    *(Path(place).name for place in settings.TEMPLATES[0]["DIRS"]),
}


def test_the_folders_are_found() -> None:
    assert {"portal", "taskqueue", "templates", "static", "locale"} <= FOLDERS


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_the_image_holds_every_folder_that_settings_name(folder: str) -> None:
    assert f"COPY {folder} {folder}" in DOCKERFILE
    assert f"!{folder}" in CONTEXT


@pytest.mark.parametrize("folder", ["sandbox", "tests", "benchmarks"])
def test_the_image_holds_nothing_that_only_tries_out(folder: str) -> None:
    assert not any(line.startswith(f"COPY {folder}") for line in DOCKERFILE)
    assert f"!{folder}" not in CONTEXT
