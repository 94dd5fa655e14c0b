"""A German ticket says in German what is to be corrected."""

import pytest
from django.test import override_settings

from audit.models import Event
from jira_bridge.messages import MESSAGES, write
from taskqueue import clock
from tests.portal import factories
from vending.choices import RequestStatus
from vending.content import RequestContent
from vending.models import AccountRequest, PreflightResult
from vending.rules import faults

pytestmark = pytest.mark.django_db


def asked() -> AccountRequest:
    """A request as pre-flight leaves it whose account name is too long and whose e-mail has no domain."""
    request = factories.request(3, RequestStatus.TO_CORRECT)
    content = RequestContent(account_name="x" * 51, email="aws@somewhere", environment="production")
    PreflightResult.objects.filter(request=request).delete()
    for fault in faults(content)[:2]:
        PreflightResult.objects.create(
            request=request, content_hash=request.content_hash, field=fault.field, passed=False,
            sentence=fault.sentence, words=fault.sentence.as_json(), checked_at=clock.now(),
        )  # fmt: skip
    return request


def told(request: AccountRequest) -> str:
    return str(write(MESSAGES["request.to_correct"], Event(ticket=request.ticket), request))


@override_settings(JIRA_LANGUAGE="de")
def test_what_is_to_be_corrected_is_said_in_german():
    said = told(asked())
    assert "Der Kontoname hat 51 Zeichen" in said
    assert "was auf das @ folgt, ist keine Domain" in said
    assert "AWS takes" not in said


def test_an_english_ticket_stays_english():
    assert "The account name has 51 characters" in told(asked())


@override_settings(JIRA_LANGUAGE="de")
def test_a_sentence_of_before_is_told_as_it_was_stored():
    request = asked()
    PreflightResult.objects.filter(request=request).update(words={})
    assert "The account name has 51 characters" in told(request)
