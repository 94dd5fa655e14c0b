"""The identity-management system in which people order access: roles of accounts are published to it."""
