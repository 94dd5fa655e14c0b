from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_save, pre_delete
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "portal.people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.models import Group, User
        from django.contrib.auth.signals import user_logged_in

        from portal.people import checks, presence, signals  # noqa: F401  registers the system checks

        user_logged_in.connect(presence.on_signed_in, dispatch_uid="people.signed_in")
        m2m_changed.connect(signals.on_groups_changed, User.groups.through, dispatch_uid="people.groups")
        pre_delete.connect(signals.on_group_deleted, Group, dispatch_uid="people.group_deleted")
        post_save.connect(signals.on_user_saved, User, dispatch_uid="people.user")
