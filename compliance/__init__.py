"""Compliance: whether accounts still are as they were built, and the adoption of accounts that exist already."""
