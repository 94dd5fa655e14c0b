"""manage.py person NAME: make or change a person who signs in to the admin."""

import getpass
import sys
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction


class Command(BaseCommand):
    help = "Make a person who may sign in, or change the groups and the password of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the person signs in with")
        parser.add_argument("--group", action="append", default=[], help="may be given several times")
        parser.add_argument("--superuser", action="store_true", help="may do everything")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        groups = [_group(name) for name in options["group"]]
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass.getpass()
        user, made = User.objects.get_or_create(username=options["name"])
        try:
            validate_password(password, user)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        user.set_password(password)
        user.is_staff = True
        user.is_active = True
        user.is_superuser = options["superuser"]
        user.save()
        user.groups.set(groups)
        self.stdout.write(f"{user.username} was {'made' if made else 'changed'}.")


def _group(name: str) -> Group:
    group = Group.objects.filter(name=name).first()
    if group is None:
        known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no group “{name}”. Groups: {known}.")
    return group
