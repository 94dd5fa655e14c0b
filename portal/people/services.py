"""Writes about people: their groups, their sessions, and the record of both."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event


class NothingToRemove(Exception):
    """The sentence says who has no second factor."""


SIGN_ON = Actor.system("single sign-on")


def rights_of(user: User) -> dict[str, Any]:
    """What decides what this person may do, for the record."""
    return {
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "own permissions": sorted(user.user_permissions.values_list("codename", flat=True)),
        "active": user.is_active,
        "may sign in": user.is_staff,
        "superuser": user.is_superuser,
    }


@transaction.atomic
def record_rights(*, actor: Actor, user: User, before: dict[str, Any] | None) -> None:
    """Write down a change of rights; nothing when there was none. `before` is None for a new person."""
    after = rights_of(user)
    if before == after:
        return
    changed = "was made" if before is None else "has other rights now"
    record_event(
        actor=actor,
        action="person.made" if before is None else "person.rights_changed",
        summary=f"{user.get_username()} {changed}: {_in_words(after)}.",
        target_kind="user",
        target_id=user.pk,
        before=before or {},
        after=after,
    )


def _in_words(rights: dict[str, Any]) -> str:
    if not rights["active"]:
        return "deactivated"
    words = (["superuser"] if rights["superuser"] else []) + rights["groups"]
    return ", ".join(words) or "no group"


@transaction.atomic
def set_groups_from_sign_on(*, user: User, names: set[str]) -> None:
    """Give exactly these groups, as the identity provider says; what it no longer says is taken."""
    before = rights_of(user)
    user.groups.set(Group.objects.filter(name__in=names))
    record_rights(actor=SIGN_ON, user=user, before=before)


@transaction.atomic
def welcome(*, user: User, names: set[str], way: str) -> None:
    """The first sign-in of somebody whom the identity provider vouches for."""
    user.groups.set(Group.objects.filter(name__in=names))
    record_rights(actor=Actor.system(f"single sign-on ({way})"), user=user, before=None)


def held_by(group: Group) -> dict[str, Any]:
    """A group's name and permissions, for the record."""
    names = group.permissions.values_list("content_type__app_label", "codename")
    return {"name": group.name, "permissions": sorted(f"{app}.{codename}" for app, codename in names)}


@transaction.atomic
def record_group(*, actor: Actor, group: Group, before: dict[str, Any] | None) -> None:
    """Write down a change of what a group may do; nothing when there was none."""
    after = held_by(group)
    if before == after:
        return
    record_event(
        actor=actor,
        action="group.made" if before is None else "group.rights_changed",
        summary=f"The group “{group.name}” " + ("was made." if before is None else "may do other things now."),
        target_kind="group",
        target_id=group.pk,
        before=before or {},
        after=after,
    )


@transaction.atomic
def delete_group(*, group: Group, actor: Actor) -> None:
    """Its members lose what it gave; the record keeps what that was, and whose."""
    record_event(
        actor=actor,
        action="group.deleted",
        summary=f"The group “{group.name}” was deleted.",
        target_kind="group",
        target_id=group.pk,
        before={**held_by(group), "members": sorted(group.user_set.values_list("username", flat=True))},
    )
    group.delete()


def record_password(*, actor: Actor, user: User, before: str) -> None:
    """Write down that somebody else set a password, which lets them in as this person; `before` is the old digest."""
    if User.objects.get(pk=user.pk).password == before:
        return
    record_event(
        actor=actor,
        action="person.password_set",
        summary=f"The password of {user.get_username()} was set or removed.",
        target_kind="user",
        target_id=user.pk,
    )


@transaction.atomic
def remove_second_factor(user: User, actor: Actor, reason: str) -> None:
    """For a lost phone. Raises NothingToRemove where there is none."""
    deleted = Authenticator.objects.filter(user=user).delete()[0]
    if not deleted:
        raise NothingToRemove(_("{name} has no second factor.").format(name=user.get_username()))
    record_event(
        actor=actor,
        action="person.second_factor_removed",
        summary=f"The second factor of {user.get_username()} was removed: {reason}",
        target_kind="user",
        target_id=user.pk,
    )
    end_sessions({user.pk})


def end_sessions(user_ids: Iterable[int]) -> None:
    """Sign these people out everywhere, at their next request."""
    for session in UserSession.objects.filter(user_id__in=list(user_ids)):
        session.end()
