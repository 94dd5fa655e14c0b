"""What django-q2 calls."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied

from audit import deliveries, sealing
from audit.admin.lists import table_of
from audit.lists import exporting
from audit.lists.models import Export


def deliver(delivery_id: int) -> None:
    deliveries.deliver(delivery_id)


def seal(_row_id: int) -> None:
    sealing.seal()


def write_export(export_id: int) -> None:
    """The next part of an export; one that was thrown away meanwhile needs none."""
    export = Export.objects.select_related("owner").filter(pk=export_id).first()
    if export is None:
        return
    try:
        exporting.write(export_id, table_of(export))
    except (PermissionDenied, IncorrectLookupParameters):
        exporting.fail(export_id, "This list, or this filter of it, is not open to you any more.")
