"""manage.py person NAME: make or change a person who signs in to the admin."""

import getpass
import sys
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.services import Actor
from portal.people.services import NothingToRemove, record_rights, remove_second_factor, rights_of

COMMAND = Actor.system("manage.py person")


class Command(BaseCommand):
    help = "Make a person who may sign in, or change the groups and the password of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the person signs in with")
        parser.add_argument("--group", action="append", default=[], help="may be given several times")
        parser.add_argument("--superuser", action="store_true", help="may do everything")
        parser.add_argument(
            "--remove-second-factor", action="store_true", help="for a lost phone; changes nothing else"
        )
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove_second_factor"]:
            return self._remove_second_factor(options["name"])
        groups = [_group(name) for name in options["group"]]
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass.getpass()
        user, made = User.objects.get_or_create(username=options["name"])
        before = None if made else rights_of(user)
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
        record_rights(actor=COMMAND, user=user, before=before)
        self.stdout.write(f"{user.username} was {'made' if made else 'changed'}.")

    def _remove_second_factor(self, name: str) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is nobody called “{name}”.")
        try:
            remove_second_factor(user, COMMAND, "on the command line")
        except NothingToRemove as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{name} sets up a new second factor at the next sign-in.")


def _group(name: str) -> Group:
    group = Group.objects.filter(name=name).first()
    if group is None:
        known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no group “{name}”. Groups: {known}.")
    return group
