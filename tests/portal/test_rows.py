"""A row of a list costs its own cells and no more."""

import pytest
from django.test import Client
from django.urls import reverse
from unfold.templatetags import unfold_list

from audit.admin.rows import once_a_list
from tests.portal import factories
from vending.models import AccountRequest

pytestmark = pytest.mark.django_db
LIST = reverse("admin:vending_accountrequest_changelist")


@pytest.fixture
def engineer(client: Client) -> Client:
    factories.world()
    client.force_login(factories.person("gus", "GAS engineer"))
    return client


def test_more_rows_render_no_more_checkboxes(engineer: Client) -> None:
    def checkboxes() -> int:
        used = [template.name for template in engineer.get(LIST).templates]
        return used.count("django/forms/widgets/checkbox.html")

    few = checkboxes()
    for number in range(20, 24):
        factories.request(number)
    assert checkboxes() <= few


def test_every_row_has_its_checkbox(engineer: Client) -> None:
    page = engineer.get(LIST).content.decode()
    for row in AccountRequest.objects.all():
        assert f'name="_selected_action" value="{row.pk}"' in page
    assert 'aria-label="Select record"' in page


def test_a_checkbox_speaks_the_language_of_its_reader(engineer: Client) -> None:
    engineer.get(LIST)
    german = engineer.get(LIST, headers={"accept-language": "de"}).content.decode()
    assert 'name="_selected_action"' in german
    assert "Select record" not in german


def test_the_headers_are_made_once_for_a_list(engineer: Client) -> None:
    class List:
        made = 0

    def make(changelist: List) -> list[dict[str, str]]:
        changelist.made += 1
        return [{"text": "Ticket"}]

    headers, one, other = once_a_list(make), List(), List()
    assert [headers(one), headers(one), headers(other)] == [[{"text": "Ticket"}]] * 3
    assert (one.made, other.made) == (1, 1)


def test_the_rows_of_a_page_share_their_headers(engineer: Client) -> None:
    changelist = engineer.get(LIST).context["cl"]
    assert unfold_list.result_headers(changelist) is unfold_list.result_headers(changelist)


def test_before_a_value_stands_the_name_of_its_column_as_the_heading_writes_it(engineer: Client) -> None:
    page = engineer.get(LIST).content.decode()
    assert 'data-label="Cost center"' in page
    assert 'data-label="cost center"' not in page
