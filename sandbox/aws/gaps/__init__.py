"""Calls that moto does not know: one small file for each service."""

from sandbox.aws.world import Handler

HANDLERS: dict[tuple[str, str], Handler] = {}
