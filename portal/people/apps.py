from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_save, pre_delete


class PeopleConfig(AppConfig):
    name = "portal.people"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.models import Group, User

        from portal.people import checks, signals  # noqa: F401  registers the system checks

        m2m_changed.connect(signals.on_groups_changed, User.groups.through, dispatch_uid="people.groups")
        pre_delete.connect(signals.on_group_deleted, Group, dispatch_uid="people.group_deleted")
        post_save.connect(signals.on_user_saved, User, dispatch_uid="people.user")
