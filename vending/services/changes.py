"""Change: what an account shall be from now on, checked like a request, done by the steps that it concerns."""

from collections.abc import Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record_event
from taskqueue import clock
from vending import preflight
from vending.aws.errors import Fault, classify
from vending.aws.session import clients_from_settings
from vending.changing import CHANGEABLE, concerned, taken_away
from vending.choices import RecipeName
from vending.content import Change, RequestContent, as_json, clean, difference, of_request
from vending.engine.finish import follow_up
from vending.engine.plan import chosen_steps, write_rows
from vending.models import Account, AccountChange, AccountRequest, LateEdit, Run
from vending.preflight import CheckResult
from vending.rules import FieldFault
from vending.selectors import baseline_of
from vending.sentences import in_language, said
from vending.services.errors import NotAllowed
from vending.services.repairs import request_of
from vending.services.requests import write_content, write_results
from vending.services.runs import begin

IN_THE_BOOKS = ("organizational_unit", "cost_center", "owner")
"""What the account's own row repeats of its request."""


class NotInOrder(NotAllowed):
    """What was given breaks a rule; `faults` says at which field, in the language in use."""

    def __init__(self, faults: Sequence[FieldFault | CheckResult]) -> None:
        self.faults = [(fault.field, said(fault.sentence.as_json())) for fault in faults]
        super().__init__(" ".join(sentence for _field, sentence in self.faults))


def change_account(
    *, account: Account, wishes: Mapping[str, object], reason: str, actor: Actor, edit: LateEdit | None = None
) -> Run:
    """Start a run of the steps that the changed fields concern. `wishes`: field → value as a form gives it.

    `edit`: the late edit of the ticket that this change settles, if it comes from one.
    Not one transaction: AWS is asked before the request's row is held. Raises NotAllowed, and NotInOrder for values
    that break a rule; then nothing is changed.
    """
    if not reason.strip():
        raise NotAllowed(_("Say why the account is changed; the reason is kept in the record."))
    with transaction.atomic():
        request = request_of(account)
        before = of_request(request)
    after = clean(as_json(before) | {name: wishes[name] for name in CHANGEABLE if name in wishes})
    changes = difference(before, after)
    if not changes:
        raise NotAllowed(_("{name} is wanted like this already: nothing would change.").format(name=account.name))
    results = _checked(request, before, after, {change.field for change in changes})
    with transaction.atomic():
        request = request_of(account)
        if of_request(request) != before:
            raise NotAllowed(_("Somebody changed {name} meanwhile. Look again.").format(name=account.name))
        if edit is not None:
            take_note(request, edit)
        run = _start(request, account, before, after, changes, reason.strip(), actor)
        write_results(request, results)
    return run


def take_note(request: AccountRequest, edit: LateEdit) -> None:
    """Know what the ticket says now, so that it is no edit any more; the caller holds the row and saves it.

    Raises NotAllowed when the ticket was edited again.
    """
    settled, _rows = LateEdit.objects.filter(pk=edit.pk, content_hash=edit.content_hash).delete()
    if not settled:
        raise NotAllowed(_("The ticket was edited again, or somebody decided already. Look again."))
    request.raw = edit.raw


def _checked(
    request: AccountRequest, before: RequestContent, after: RequestContent, changed: set[str]
) -> list[CheckResult]:
    """The checks of the new content. Only what changes can be refused: the rest was accepted when it came."""
    if lost := list(taken_away(before, after)):
        raise NotInOrder(lost)
    try:
        results = preflight.check(after, clients_from_settings(), ticket=request.ticket)
    except (BotoCoreError, ClientError, ResponseParserError, Fault) as error:
        why = in_language(classify(error).sentence)
        raise NotAllowed(_("AWS could not be asked, and nothing was changed. {why}").format(why=why)) from error
    if faults := [result for result in results if not result.passed and result.field in changed]:
        raise NotInOrder(faults)
    return results


def _start(
    request: AccountRequest,
    account: Account,
    before: RequestContent,
    after: RequestContent,
    changes: list[Change],
    reason: str,
    actor: Actor,
) -> Run:
    """Write the new wish and the run that makes it true; the caller holds the request's row.

    The books follow at once, as they do when an account is made: request and account always say the same, whatever
    becomes of the run, and the daily check says what AWS lacks. The steps come from the baseline that built the
    account, since by a newer one it was never built. A change that no step works by is done at once.
    """
    baseline = baseline_of(account)
    if baseline is None:
        raise NotAllowed(_("There is no baseline yet. Import one with `manage.py baseline import FILE`."))
    run = Run.objects.create(
        request=request, account=account, baseline=baseline, recipe=RecipeName.CHANGE,
        approved_at=clock.now(), started_at=clock.now(),
    )  # fmt: skip
    AccountChange.objects.create(
        run=run, asked_by=actor.name[:254], reason=reason, before=as_json(before), after=as_json(after)
    )
    write_content(request, after, request.raw)  # raw stays what the ticket says: so a later edit of it is noticed
    for name in IN_THE_BOOKS:
        setattr(account, name, getattr(after, name))
    account.save(update_fields=IN_THE_BOOKS)
    names = ", ".join(change.field.replace("_", " ") for change in changes)
    record_event(
        actor=actor, action="account.changed", summary=f"{account.name} is changed ({names}). Reason: {reason}",
        target_kind="account", target_id=account.pk, ticket=request.ticket, run_id=run.pk,
        account_id=account.account_id,
        before={change.field: change.old for change in changes},
        after={change.field: change.new for change in changes},
    )  # fmt: skip
    steps = concerned({change.field for change in changes})
    chosen = chosen_steps(baseline, account.environment)
    rows = write_rows(run, {name: parameters for name, parameters in chosen.items() if name in steps})
    begin(run, rows, actor, f"Changing {account.name}: {', '.join(row.title for row in rows) or 'no step'}.")
    if not rows:
        follow_up(run)
    return run
