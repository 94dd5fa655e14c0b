"""The admin of the Jira door: one file for each model."""

from jira_bridge.admin import deliveries, divergences, mapping, refusals, tickets

__all__ = ["deliveries", "divergences", "mapping", "refusals", "tickets"]
