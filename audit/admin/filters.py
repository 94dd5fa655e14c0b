"""Filters of long lists: their choices must not be read from millions of rows."""

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter

NEWEST = 2000


class RecentValuesFilter(AllValuesFieldListFilter):
    """Every value that the newest rows have. Any other can still be in the address, as from the dashboard."""

    def __init__(self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        rows = model._default_manager.order_by()
        newest = rows.order_by("-pk").values("pk")[:NEWEST]
        values = rows.filter(pk__in=newest).order_by(field_path).values_list(field_path, flat=True)
        self.lookup_choices = values.distinct()
