"""How django-unfold looks here: name, colours, own style and script, and the way around."""

from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Page(NamedTuple):
    """A list of the admin in the sidebar: its title, its symbol, its model as app.name."""

    title: Promise | str
    icon: str
    model: str


SIDEBAR: tuple[tuple[Promise | str, tuple[Page, ...]], ...] = (
    (
        "",
        (
            Page(_("Requests"), "assignment", "vending.accountrequest"),
            Page(_("Runs"), "conveyor_belt", "vending.run"),
            Page(_("Accounts"), "deployed_code", "vending.account"),
            Page(_("Findings"), "fact_check", "compliance.finding"),
        ),
    ),
    (
        _("Record"),
        (
            Page(_("Events"), "history", "audit.event"),
            Page(_("Approvals"), "verified", "vending.approval"),
            Page(_("Messages sent"), "outgoing_mail", "audit.delivery"),
            Page(_("Webhooks received"), "webhook", "jira_bridge.webhookdelivery"),
            Page(_("AWS calls"), "cloud", "vending.awscallrecord"),
            Page(_("Seals"), "link", "audit.seal"),
        ),
    ),
    (
        _("Behind the runs"),
        (
            Page(_("Steps"), "checklist", "vending.steprun"),
            Page(_("Attempts"), "replay", "vending.stepattempt"),
            Page(_("Gates"), "gate", "vending.gateplace"),
            Page(_("Lead times"), "timer", "vending.leadtime"),
            Page(_("Stack sets"), "stacks", "vending.stackset"),
            Page(_("Waves"), "waves", "vending.wave"),
            Page(_("Baselines"), "rule", "vending.baseline"),
        ),
    ),
    (
        "Jira",
        (
            Page(_("Divergences"), "compare_arrows", "jira_bridge.divergence"),
            Page(_("Field mapping"), "input", "jira_bridge.fieldmapping"),
            Page(_("Status mapping"), "swap_horiz", "jira_bridge.statusmapping"),
            Page(_("Accepted types"), "category", "jira_bridge.acceptedtype"),
            Page(_("Tickets"), "confirmation_number", "jira_bridge.ticket"),
            Page(_("Refusals"), "block", "jira_bridge.refusal"),
        ),
    ),
    (
        _("People and machines"),
        (
            Page(_("Users"), "person", "auth.user"),
            Page(_("Groups"), "group", "auth.group"),
            Page(_("API tokens"), "key", "people.apitoken"),
            Page(_("Queue"), "low_priority", "django_q.ormq"),
            Page(_("Failed tasks"), "error", "django_q.failure"),
            Page(_("Doctor"), "stethoscope", "portal.examination"),
        ),
    ),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages this person may open; a heading without any is left out."""
    groups = []
    for title, pages in SIDEBAR:
        items = [_item(page) for page in pages if _may_open(request, page)]
        if not title:
            items.insert(0, {"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")})
        if items:
            groups.append({"title": title, "items": items, "separator": bool(title)})
    return groups


def _item(page: Page) -> dict[str, Any]:
    return {"title": page.title, "icon": page.icon, "link": _address(page.model)}


@cache
def _address(model: str) -> str:
    """Looked up once: every page has thirty of them, and no list moves while the portal runs."""
    return reverse(f"admin:{model.replace('.', '_')}_changelist")


def _may_open(request: HttpRequest, page: Page) -> bool:
    from django.apps import apps
    from django.contrib import admin

    app, name = page.model.split(".")
    if name not in apps.all_models[app]:
        return False
    model = apps.get_model(app, name)
    return admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_permission(request)


def _own_style(_request: HttpRequest) -> str:
    return static("portal/portal.css")


def _dashboard_style(_request: HttpRequest) -> str:
    return static("portal/dashboard.css")


def _time_script(_request: HttpRequest) -> str:
    return static("portal/time.js")


def _own_script(_request: HttpRequest) -> str:
    return static("portal/portal.js")


def _keyboard_script(_request: HttpRequest) -> str:
    return static("portal/keyboard.js")


def _own_icon(_request: HttpRequest) -> str:
    return static("portal/icon.svg")


UNFOLD = {
    "SITE_TITLE": "Account Vending Portal",
    "SITE_HEADER": "Account Vending",
    "SITE_SUBHEADER": _("Governance at Scale"),
    "SITE_SYMBOL": "deployed_code",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _own_icon}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "SHOW_LANGUAGES": True,
    "ACCOUNT": {"navigation": "portal.people.menu.own_pages"},
    "DASHBOARD_CALLBACK": "portal.dashboard.dashboard",
    "STYLES": [_own_style, _dashboard_style],
    "SCRIPTS": [_own_script, _time_script, _keyboard_script],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "oklch(97.0% .014 254.6)",
            "100": "oklch(93.2% .032 255.6)",
            "200": "oklch(88.2% .059 254.1)",
            "300": "oklch(80.9% .105 251.8)",
            "400": "oklch(70.7% .165 254.6)",
            "500": "oklch(62.3% .214 259.8)",
            "600": "oklch(54.6% .215 262.9)",
            "700": "oklch(48.8% .205 264.4)",
            "800": "oklch(42.4% .170 265.6)",
            "900": "oklch(37.9% .130 265.5)",
            "950": "oklch(28.2% .091 267.9)",
        }
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": sidebar},
}
