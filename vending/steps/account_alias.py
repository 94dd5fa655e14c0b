"""Give the account a name in its sign-in address: the alias, unique in all of AWS.

Source: AWS IAM, "Create an alias": 3 to 63 of [a-z0-9-], no hyphen at either end, no two in a row, and no twelve
digits. Proved against moto; that another customer has the name, by the sandbox's faults.
"""

import re

from botocore.exceptions import ClientError
from django.utils.translation import gettext_noop as _
from pydantic import field_validator

from vending.aws import iam
from vending.aws.errors import has_code
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.spelling import in_ascii
from vending.steps.account_ready import AccountReady

LONGEST, SHORTEST = 63, 3


class Alias(StepParameters):
    """How the alias is made."""

    template: str = "{account_name}"
    """May use {account_name}, {ticket}, {environment} and {cost_center}."""
    keep_existing: bool = True
    """Leave an alias that the account has already: people sign in by it."""

    @field_validator("template")
    @classmethod
    def _known_fields(cls, template: str) -> str:
        try:
            template.format_map({"account_name": "", "ticket": "", "environment": "", "cost_center": ""})
        except (KeyError, IndexError, ValueError) as problem:
            raise ValueError(f"the template cannot be filled: {problem}") from problem
        return template


class AccountAlias(Step):
    name = "account_alias"
    title = _("Name the sign-in address")
    needs = (AccountReady,)

    class Parameters(Alias):
        """The alias."""

    def look(self, ctx: Context) -> Seen:
        present = iam.account_alias(ctx.clients, ctx.account_id)
        if present is None:
            return Seen(False, "The account has no alias.")
        if present in self._wanted(ctx):
            return Seen(True, f"The alias is {present}.")
        if ctx.parameters.keep_existing:
            return Seen(True, f"The alias is {present}, as somebody set it before; it is kept.")
        return Seen(False, f"The alias is {present}, not {self._wanted(ctx)[0]}.")

    def act(self, ctx: Context) -> Done:
        """The plain name; where another AWS account has it, the name with the account's id."""
        plain, certain = self._wanted(ctx)
        try:
            iam.create_account_alias(ctx.clients, ctx.account_id, plain)
        except ClientError as error:
            if plain == certain or not has_code(error, "EntityAlreadyExists"):
                raise
            iam.create_account_alias(ctx.clients, ctx.account_id, certain)
            return Done(f"The alias {plain} belongs to another AWS account. Set {certain}.")
        return Done(f"Set the alias {plain}.")

    def _wanted(self, ctx: Context) -> tuple[str, str]:
        """The alias as the template makes it, and the one that no other account can have."""
        request = ctx.wanted
        filled = ctx.parameters.template.format_map(
            {
                "account_name": request.account_name,
                "ticket": request.ticket,
                "environment": request.environment,
                "cost_center": request.cost_center,
            }
        )
        return alias_of(filled), alias_of(filled, ctx.account_id)


def alias_of(text: str, account_id: str = "") -> str:
    """The text by AWS's rules, with the account's id at its end if one is given.

    A text that leaves too little, or that looks like an account's id, is put behind the word "account".
    """
    plain = re.sub(r"[^a-z0-9]+", "-", in_ascii(text).lower()).strip("-")
    if len(plain) < SHORTEST or re.fullmatch(r"\d{12}", plain):
        plain = f"account-{plain}".strip("-")
    end = f"-{account_id}" if account_id else ""
    return plain[: LONGEST - len(end)].rstrip("-") + end
