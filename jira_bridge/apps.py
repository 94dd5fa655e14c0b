from django.apps import AppConfig


class JiraBridgeConfig(AppConfig):
    name = "jira_bridge"
    verbose_name = "Jira"
    default_auto_field = "django.db.models.BigAutoField"
