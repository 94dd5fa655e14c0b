"""The page of one event: what was and what became, line by line."""

import pytest
from django.urls import reverse

from audit.services import Actor, record_event
from tests.portal import factories

pytestmark = pytest.mark.django_db


def test_an_event_says_what_was_and_what_became_in_lines_of_plain_text(client):
    event = record_event(
        actor=Actor.system("test"), action="account.changed", summary="It was changed.", target_kind="account",
        target_id=1, before={"cost_center": "4711"}, after={"cost_center": "<b>9999", "steps": ["tags"]},
    )  # fmt: skip
    client.force_login(factories.person("ada", "Auditor"))
    page = client.get(reverse("admin:audit_event_change", args=[event.pk])).content.decode()
    assert "cost center: 4711" in page
    assert "steps: [&quot;tags&quot;]<br>cost center: &lt;b&gt;9999" in page  # PostgreSQL keeps the shorter name first
