from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"


class PortalAdminConfig(SimpleAdminConfig):
    """The admin with our own site; each app registers its pages on it."""

    default_site = "portal.site.PortalAdminSite"
