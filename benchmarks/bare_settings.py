"""Django with next to nothing around the bare view, on the same server and database."""

from benchmarks.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare"
MIDDLEWARE: list[str] = []
# what insists on middleware of its own: nobody signs in here
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(("allauth", "portal.people"))]  # noqa: F405
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]
