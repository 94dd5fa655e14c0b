"""Who may give what: nobody gives more than they hold themselves, nor changes who holds more."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet


def may_manage(editor: User, person: User) -> bool:
    """A superuser everybody; anybody else only others, who are no superusers and hold nothing they lack."""
    if editor.is_superuser:
        return True
    if person.is_superuser or person.pk == editor.pk:
        return False
    return person.get_all_permissions() <= editor.get_all_permissions()


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
    beyond = Permission.objects.exclude(pk__in=permissions_to_give(editor))
    return Group.objects.exclude(permissions__in=beyond)
