"""The admin of the Jira door: one file for each model."""

from jira_bridge.admin import deliveries, mapping, refusals, tickets

__all__ = ["deliveries", "mapping", "refusals", "tickets"]
