"""The admin site."""

from unfold.sites import UnfoldAdminSite


class PortalAdminSite(UnfoldAdminSite):
    site_title = "Account Vending Portal"
    site_header = "Account Vending Portal"
    index_title = "Dashboard"
