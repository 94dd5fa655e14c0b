"""Set the password policy of IAM users, for the few that an account may have.

Source: AWS IAM, "Set an account password policy"; the defaults follow the CIS AWS Foundations Benchmark (at least
14 characters, the last 24 passwords refused). Proved against moto.
"""

from typing import Any

from django.utils.translation import gettext_noop as _
from pydantic import Field

from vending.aws import iam
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady


class Rules(StepParameters):
    """The policy; the ranges are IAM's own."""

    minimum_length: int = Field(14, ge=6, le=128)
    symbols: bool = True
    numbers: bool = True
    uppercase: bool = True
    lowercase: bool = True
    own_change: bool = True
    """Users may change their own password."""
    max_age_days: int = Field(0, ge=0, le=1095)
    """0: a password does not expire."""
    remembered: int = Field(24, ge=0, le=24)
    """So many former passwords are refused."""


class PasswordPolicy(Step):
    name = "password_policy"
    title = _("Set the password policy")
    needs = (AccountReady,)

    class Parameters(Rules):
        """The policy."""

    def look(self, ctx: Context) -> Seen:
        present = iam.password_policy(ctx.clients, ctx.account_id)
        if present is None:
            return Seen(False, "The account has AWS's default password policy.")
        wanted = _in_iams_words(ctx.parameters)
        wrong = sorted(name for name, value in wanted.items() if present.get(name) != value)
        unwanted = sorted(name for name in _OPTIONAL if name not in wanted and present.get(name))
        if wrong or unwanted:
            return Seen(False, "Different in the password policy: " + ", ".join(wrong + unwanted) + ".")
        return Seen(True, f"The policy is as wanted: at least {ctx.parameters.minimum_length} characters.")

    def act(self, ctx: Context) -> Done:
        iam.put_password_policy(ctx.clients, ctx.account_id, _in_iams_words(ctx.parameters))
        return Done("Set the password policy.")


_OPTIONAL = ("MaxPasswordAge", "PasswordReusePrevention", "HardExpiry")
"""What IAM takes as switched off when it is left out, and has no number for."""


def _in_iams_words(rules: Rules) -> dict[str, Any]:
    policy: dict[str, Any] = {
        "MinimumPasswordLength": rules.minimum_length,
        "RequireSymbols": rules.symbols,
        "RequireNumbers": rules.numbers,
        "RequireUppercaseCharacters": rules.uppercase,
        "RequireLowercaseCharacters": rules.lowercase,
        "AllowUsersToChangePassword": rules.own_change,
    }
    if rules.max_age_days:
        policy["MaxPasswordAge"] = rules.max_age_days
    if rules.remembered:
        policy["PasswordReusePrevention"] = rules.remembered
    return policy
