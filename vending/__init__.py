"""Vending: requests, accounts, runs and the engine that turns one into the other. Knows nothing of Jira."""
