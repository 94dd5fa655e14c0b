"""The event stream and its seals."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from audit.admin.leads import rows_of
from audit.admin.record import CappedPaginator, RecordAdmin, link_to
from audit.models import Event, Seal
from audit.searching import events_found, seals_found


class StreamPaginator(CappedPaginator):
    """A word that every event has would be looked for in all of them, only to count."""

    MOST = 5_000


@admin.register(Event)
class EventAdmin(RecordAdmin):
    paginator = StreamPaginator
    list_display = ("at", "action", "summary", "actor", "ticket", "account_id")
    list_display_links = ("at", "action")
    list_filter = ("actor_kind", ("at", RangeDateTimeFilter))
    list_filter_submit = True
    search = staticmethod(events_found)
    search_fields = ("ticket", "account_id", "summary", "actor", "action")
    search_help_text = _("Ticket, account id, or words of the sentence")
    fields = (
        "at", "action", "summary", "actor", "actor_kind", "of_ticket", "of_account", "of_run", "target_kind",
        "target_id", "was", "became", "requests_to_aws", "place_in_chain", "hash",
    )  # fmt: skip
    readonly_fields = (
        "of_ticket", "of_account", "of_run", "was", "became", "requests_to_aws", "place_in_chain", "hash",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("seal").defer("words")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With the rows it names that this person may see, which the columns below cannot know."""
        event: Any = super().get_object(request, object_id, from_field)
        if event:
            event.named = rows_of(event, request, self.admin_site)
        return event

    @admin.display(description=_("ticket"))
    def of_ticket(self, event: Any) -> str:
        return _linked(event, "ticket")

    @admin.display(description=_("account id"))
    def of_account(self, event: Any) -> str:
        return _linked(event, "account_id")

    @admin.display(description=_("run"))
    def of_run(self, event: Any) -> str:
        return _linked(event, "run_id")

    @admin.display(description=_("Before"))
    def was(self, event: Event) -> str:
        return _lines(event.before)

    @admin.display(description=_("After"))
    def became(self, event: Event) -> str:
        return _lines(event.after)

    @admin.display(description=_("AWS request ids"))
    def requests_to_aws(self, event: Event) -> str:
        return ", ".join(event.aws_request_ids) or "-"

    @admin.display(description=_("Place in the chain"))
    def place_in_chain(self, event: Event) -> str:
        return link_to(event.seal) if hasattr(event, "seal") else str(_("Not sealed yet"))

    @admin.display(description=_("Hash"))
    def hash(self, event: Event) -> str:
        return event.seal.hash if hasattr(event, "seal") else "-"


def _linked(event: Any, field: str) -> str:
    """What the field says, as a link to the row it names where there is one for this person."""
    said = str(getattr(event, field) or "-")
    return link_to(event.named[field], said) if field in event.named else said


def _lines(values: dict[str, Any] | None) -> str:
    """Each value on a line with its name, for people; the API has them as they are stored."""
    if not values:
        return "-"
    named = ((name.replace("_", " "), _text(value)) for name, value in values.items())
    return format_html_join(mark_safe("<br>"), "{}: {}", named)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(Seal)
class SealAdmin(RecordAdmin):
    list_display = ("number", "event", "hash", "sealed_at")
    list_select_related = ("event",)
    search = staticmethod(seals_found)
    search_fields = ("=number", "=hash")
    search_help_text = _("Number or whole hash")
    fields = ("number", "event", "previous_hash", "hash", "sealed_at")
