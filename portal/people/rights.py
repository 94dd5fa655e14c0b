"""Who may give what: nobody gives more than they hold themselves, nor changes who holds more."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.utils.translation import gettext


def managed_by(editor: User) -> QuerySet[User]:
    """For a superuser everybody; for anybody else others, who are no superusers and hold nothing they lack.

    Rights count that a deactivated person would have again.
    """
    if editor.is_superuser:
        return User.objects.all()
    beyond = _beyond(editor)
    others = User.objects.filter(is_superuser=False).exclude(pk=editor.pk)
    return others.exclude(groups__permissions__in=beyond).exclude(user_permissions__in=beyond)


def may_manage(editor: User, person: User) -> bool:
    return managed_by(editor).filter(pk=person.pk).exists()


def may_manage_group(editor: User, group: Group) -> bool:
    return editor.is_superuser or groups_to_give(editor).filter(pk=group.pk).exists()


def permissions_to_give(editor: User) -> QuerySet[Permission]:
    every = Permission.objects.select_related("content_type")
    if editor.is_superuser:
        return every
    held = editor.get_all_permissions()
    return every.filter(
        pk__in=[one.pk for one in every if f"{one.content_type.app_label}.{one.codename}" in held],
    )


def groups_to_give(editor: User) -> QuerySet[Group]:
    """Groups with nothing in them that this person lacks."""
    if editor.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=_beyond(editor))


def _beyond(editor: User) -> QuerySet[Permission]:
    return Permission.objects.exclude(pk__in=permissions_to_give(editor))


def in_words(permission: Permission) -> str:
    """What a permission allows, in the language in use: of Django's own four only the verb stands in the row."""
    verb, _separator, _model = permission.codename.partition("_")
    usual = permission.name.startswith(f"Can {verb} ") and verb in ("add", "change", "delete", "view")
    said = gettext(f"Can {verb}") if usual else gettext(permission.name)
    return f"{permission.content_type} | {said}"
