from django.apps import AppConfig


class TaskQueueConfig(AppConfig):
    name = "taskqueue"
    verbose_name = "Queue"
    default_auto_field = "django.db.models.BigAutoField"
