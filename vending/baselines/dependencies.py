"""Steps that make no sense without another one: such a baseline is refused before an account is built by it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from vending.engine.step import Step
from vending.sentences import in_language
from vending.steps import registry
from vending.steps.account_ready import AccountReady
from vending.steps.create_account import CreateAccount

if TYPE_CHECKING:
    from vending.baselines.document import Document


def dangling(document: "Document") -> Iterator[tuple[str, str]]:
    """Each step that is on without what it cannot do without, and a sentence about it. Steps must be known."""
    told: set[tuple[str, str]] = set()
    for environment in ["", *document.environments()]:
        enabled = document.enabled(environment)
        for name in document.steps:
            for missing in _missing(name, enabled):
                if (name, missing) not in told:
                    told.add((name, missing))
                    yield name, _sentence(name, missing, environment)


def _missing(name: str, enabled: set[str]) -> list[str]:
    return [other for other in cannot_do_without(registry.BY_NAME[name]) if name in enabled and other not in enabled]


def cannot_do_without(step: type[Step]) -> list[str]:
    """The names of the steps that must be on wherever this one is.

    Not all that it needs: a step may come after another one and do without it, as stack sets do without our
    own execution role where a company lays another.
    """
    found = list(step.only_with)
    if step is not CreateAccount:
        found.append(CreateAccount.name)
    if AccountReady in step.needs:
        found.append(AccountReady.name)
    return [name for name in dict.fromkeys(found) if name in registry.BY_NAME]


def _sentence(name: str, missing: str, environment: str) -> str:
    reason = in_language(registry.BY_NAME[name].without_it) or _("It cannot be done without.")
    where = _(" in the environment “{environment}”").format(environment=environment) if environment else ""
    return _("“{step}” is on{where} and “{missing}” is off. {reason} Switch both on or both off.").format(
        step=name, missing=missing, where=where, reason=reason
    )
