from django.apps import AppConfig
from django.conf import settings


class BenchmarksConfig(AppConfig):
    name = "benchmarks"

    def ready(self) -> None:
        if settings.EMPTY_STEPS:
            from benchmarks import empty_steps

            empty_steps.install(settings.EMPTY_STEPS)
