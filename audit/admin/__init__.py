"""Admin pages of the audit room."""

from audit.admin import deliveries, events

__all__ = ["deliveries", "events"]
