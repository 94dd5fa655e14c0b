"""Admin pages of requests, accounts, runs and what they share."""

from vending.admin import accounts, attempts, baselines, limits, requests, runs, steps

__all__ = ["accounts", "attempts", "baselines", "limits", "requests", "runs", "steps"]
