"""Admin pages of requests, accounts, runs and what they share."""

from vending.admin import accounts, attempts, baselines, event_links, lead_times, limits, requests, runs, steps

__all__ = ["accounts", "attempts", "baselines", "event_links", "lead_times", "limits", "requests", "runs", "steps"]
