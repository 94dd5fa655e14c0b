"""A divergence in words: what Jira says, and what the portal says."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from jira_bridge.choices import DivergenceKind, Meaning
from jira_bridge.models import Divergence, StatusMapping
from vending.content import FIELDS

NOTHING = "-"


def with_meaning(rows: QuerySet[Divergence]) -> QuerySet[Divergence]:
    """The rows with `jira_meaning`: what their status in Jira means, read in the same query."""
    mapped = StatusMapping.objects.filter(jira_status__iexact=OuterRef("jira_status")).values("meaning")[:1]
    return rows.annotate(jira_meaning=Subquery(mapped))


def in_jira(row: Divergence) -> list[str]:
    """Jira's side, a line for each thing; the row comes from with_meaning."""
    if row.kind == DivergenceKind.CONTENT:
        return [f"{_label(name)}: {new or NOTHING}" for name, _old, new in row.detail["changes"]]
    if row.kind == DivergenceKind.GONE:
        if moved_to := row.detail.get("moved_to"):
            return [_("The ticket is called %(key)s now.") % {"key": moved_to}]
        return [_("There is no such ticket, or the portal's user may not see it.")]
    meaning = getattr(row, "jira_meaning", None)
    means = Meaning(meaning).label if meaning else _("mapped to nothing")
    return [_("The ticket stands at “%(status)s” (%(means)s).") % {"status": row.jira_status, "means": means}]


def here(row: Divergence) -> list[str]:
    """The portal's side, a line for each thing."""
    if row.kind == DivergenceKind.CONTENT:
        return [f"{_label(name)}: {old or NOTHING}" for name, old, _new in row.detail["changes"]]
    if row.kind == DivergenceKind.UNREAD:
        return [_("This state could not be taken in."), str(row.detail.get("reason", ""))]
    return [_("The request is “%(status)s”.") % {"status": row.get_portal_status_display()}]


def _label(name: str) -> str:
    return next((str(field.label) for field in FIELDS if field.name == name), name)
