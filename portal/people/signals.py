"""Whoever loses a group or is deactivated is signed out, whichever page or command did it."""

from typing import Any

from django.contrib.auth.models import Group, User

from portal.people.services import end_sessions


def on_groups_changed(
    sender: Any, instance: User | Group, action: str, reverse: bool, pk_set: set[int] | None, **_: Any
) -> None:
    """`reverse`: the members of one group were changed rather than the groups of one person."""
    if action == "post_remove":
        end_sessions(pk_set or set() if reverse else {instance.pk})
    elif action == "pre_clear":
        end_sessions(_members(instance) if isinstance(instance, Group) else {instance.pk})


def on_group_deleted(sender: Any, instance: Group, **_: Any) -> None:
    end_sessions(_members(instance))


def on_user_saved(sender: Any, instance: User, created: bool, raw: bool, **_: Any) -> None:
    if not created and not raw and not instance.is_active:
        end_sessions({instance.pk})


def _members(group: Group) -> set[int]:
    return set(group.user_set.values_list("pk", flat=True))
