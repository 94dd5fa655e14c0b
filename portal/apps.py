from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import checks  # noqa: F401  registers the system checks
        from portal.groups import keep_groups

        post_migrate.connect(keep_groups, dispatch_uid="portal.keep_groups")


class PortalAdminConfig(AdminConfig):
    """The admin with our own site; each app registers its pages on it."""

    default_site = "portal.site.PortalAdminSite"
