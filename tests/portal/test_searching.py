"""People find what they look for by what they type, in every list that hangs on requests and accounts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Delivery, Event, Seal
from compliance.models import Finding
from taskqueue import clock
from tests.portal import factories
from vending.models import Account, AccountRequest, AwsCallRecord, LeadTime, Run, StepAttempt, StepRun, Wave
from vending.models.searching import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    factories.world()
    client.force_login(factories.person("audrey", "Auditor"))
    return client


def found(client: Client, model: type, typed: str, **filters: str) -> list:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answer = client.get(address, {"q": typed, **filters})
    assert answer.status_code == 200, answer.get("Location")
    return list(answer.context["cl"].result_list)


ONE = ["AVM-2", "avm-2", "210000000002", "2100-0000-0002", "payments-dev-2", "PAYMENTS-DEV-2", "aws+payments-2@",
       "CC-1002", " cc-1002 ", "payments-dev-2 cc-1002"]  # fmt: skip


@pytest.mark.parametrize("typed", ONE)
def test_the_request_the_account_and_the_run_are_found(auditor: Client, typed: str) -> None:
    assert [row.ticket for row in found(auditor, AccountRequest, typed)] == ["AVM-2"]
    assert [row.account_id for row in found(auditor, Account, typed)] == ["210000000002"]
    assert [row.request.ticket for row in found(auditor, Run, typed)] == ["AVM-2"]


@pytest.mark.parametrize("typed", ["AVM-2", "2100-0000-0002", "aws+payments-2@example.com"])
@pytest.mark.parametrize("model", [AccountRequest, Account, Run, StepRun, Finding])
def test_a_whole_key_number_or_e_mail_means_that_one_alone(auditor: Client, model: type, typed: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        found(auditor, model, typed)
    assert not [query["sql"] for query in seen if " LIKE " in query["sql"]]


def test_many_keys_cost_no_query_each(auditor: Client) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert found(auditor, Finding, "AVM-1 AVM-2 AVM-3 AVM-4 AVM-5 AVM-6 AVM-7 AVM-8") == []
    assert len(seen) <= 12


def test_a_whole_key_does_not_find_the_longer_ones(auditor: Client) -> None:
    factories.request(20)
    assert [row.ticket for row in found(auditor, AccountRequest, "AVM-2")] == ["AVM-2"]
    assert {row.ticket for row in found(auditor, AccountRequest, "VM-2")} == {"AVM-2", "AVM-20"}


def test_what_looks_like_a_key_and_is_none_is_looked_for_in_the_text(auditor: Client) -> None:
    assert [row.ticket for row in found(auditor, AccountRequest, "dev-2")] == ["AVM-2"]
    assert [row.account_id for row in found(auditor, Account, "dev-2")] == ["210000000002"]


def test_all_words_must_be_found(auditor: Client) -> None:
    assert found(auditor, AccountRequest, "payments-dev-2 CC-1003") == []
    assert len(found(auditor, AccountRequest, "payments olga")) == 4


def test_letters_beyond_ascii_are_found_in_either_case(auditor: Client) -> None:
    assert [row.ticket for row in found(auditor, AccountRequest, "GRÖßE")] == ["AVM-5"]


def test_every_part_of_the_searched_text_finds_its_row(auditor: Client) -> None:
    row = AccountRequest.objects.get(ticket="AVM-5")
    for line in row.search_text.split("\n"):
        for length in (1, 2, 3, 4, len(line)):
            for part in {line[place : place + length] for place in range(len(line) - length + 1)}:
                assert row in AccountRequest.objects.filter(holds(part)), part


def test_the_pieces_of_a_word_elsewhere_in_the_text_are_not_the_word(auditor: Client) -> None:
    assert not AccountRequest.objects.filter(holds("payments-dev-2-payments-dev"))
    assert not AccountRequest.objects.filter(holds("aaaa")).exists()


def test_a_search_by_a_name_goes_by_an_index(auditor: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for model, index in ((AccountRequest, "request_pieces"), (Account, "account_pieces")):
        assert index in model.objects.order_by().filter(holds("payments-dev-2")).explain()


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "'", '"', "a' OR 1=1 --", "x" * 5000, "🙂", "--", "&", ":*"])
@pytest.mark.parametrize(
    "model", [AccountRequest, Account, Run, StepRun, Event, AwsCallRecord, Finding, Seal, Delivery]
)
def test_signs_of_patterns_and_queries_mean_themselves(auditor: Client, model: type, typed: str) -> None:
    assert found(auditor, model, typed) == []


def test_steps_are_found_by_request_and_by_their_title(auditor: Client) -> None:
    assert {row.run.request.ticket for row in found(auditor, StepRun, "2100-0000-0002")} == {"AVM-2"}
    assert [row.step for row in found(auditor, StepRun, "AVM-2 tags")] == ["tags"]
    assert {row.step for row in found(auditor, StepRun, "create")} == {"create_account"}
    assert {row.step_run.run.request.ticket for row in found(auditor, StepAttempt, "AVM-3")} == {"AVM-3"}


def test_calls_are_found_whole(auditor: Client) -> None:
    call = AwsCallRecord.objects.filter(error_code="InvalidInputException").get()
    assert found(auditor, AwsCallRecord, call.request_id) == [call]
    assert found(auditor, AwsCallRecord, "InvalidInputException") == [call]
    assert len(found(auditor, AwsCallRecord, "1000-0000-0001 CreateAccount")) == AwsCallRecord.objects.count()


@pytest.mark.parametrize("typed", ["AVM-2", "210000000002", "payments-dev-2", "vending payments-dev-2", "payme begun"])
def test_events_are_found_by_key_number_and_the_beginning_of_words(auditor: Client, typed: str) -> None:
    events = found(auditor, Event, typed)
    assert "AVM-2" in {event.ticket for event in events}


def test_a_word_that_no_event_has_finds_none(auditor: Client) -> None:
    assert found(auditor, Event, "payments-dev-2 elephants") == []


def test_seals_are_found_by_number_and_hash(auditor: Client) -> None:
    last = Seal.objects.create(
        number=7, event=Event.objects.earliest("id"), previous_hash="0" * 64, hash="ab" * 32, sealed_at=clock.now()
    )
    assert found(auditor, Seal, last.hash.upper()) == [last]
    assert found(auditor, Seal, str(last.number)) == [last]


def test_deliveries_are_found_by_ticket_account_and_problem(auditor: Client) -> None:
    for typed in ("AVM-2", "2100-0000-0002", "given up after"):
        assert [row.event.ticket for row in found(auditor, Delivery, typed)] == ["AVM-2"]


def test_a_search_keeps_the_filters(auditor: Client) -> None:
    assert len(found(auditor, AccountRequest, "payments", status__exact="failed")) == 1


@pytest.mark.parametrize("few", [500, 0])
@pytest.mark.parametrize("model", [AccountRequest, Account, Run, StepRun, StepAttempt, Finding, Event, LeadTime, Wave])
def test_a_search_needs_at_most_twelve_queries(
    auditor: Client, monkeypatch: pytest.MonkeyPatch, model: type, few: int
) -> None:
    monkeypatch.setattr("vending.searching.FEW", few)
    monkeypatch.setattr("audit.searching.FEW", few)
    for typed in ("AVM-2 payments", "payments 0 2", "payments"):
        with CaptureQueriesContext(connection) as seen:
            found(auditor, model, typed)
        assert len(seen) <= 12, typed


def test_a_list_says_by_what_a_link_filtered_it(auditor: Client) -> None:
    address = reverse("admin:vending_account_changelist")
    query = {"organizational_unit__exact": "Workloads/Dev", "created_at__gte": "2020-01-01T00:00:00+00:00"}
    answer = auditor.get(address, query)
    page = answer.content.decode()
    assert "<strong>Workloads/Dev</strong>" in page
    assert answer.context["cl"].result_count == 4


def test_moments_in_lists_can_be_shown_in_the_zone_of_the_viewer(auditor: Client) -> None:
    page = auditor.get(reverse("admin:audit_event_changelist")).content.decode()
    event = Event.objects.first()
    assert event is not None
    assert f'<time datetime="{event.at.isoformat()}" data-show="full" title="{event.at:%Y-%m-%d %H:%M:%S} UTC">' in page


def test_a_list_that_is_too_long_to_count_says_so(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.admin.record.CappedPaginator.MOST", 3)
    page = auditor.get(reverse("admin:vending_accountrequest_changelist")).content.decode()
    assert "3+ requests" in " ".join(page.split())


def test_a_search_counts_fewer_than_a_list(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.admin.record.CappedPaginator.MOST_FOUND", 3)
    address = reverse("admin:vending_accountrequest_changelist")
    assert "3+ requests" in " ".join(auditor.get(address, {"q": "payments"}).content.decode().split())
    assert "+ requests" not in " ".join(auditor.get(address).content.decode().split())


@pytest.mark.parametrize("typed", ["payments", "payments 2100", "2100", "payments-dev", "dev", "olga dev 00"])
def test_words_of_many_rows_and_of_few_find_the_same_rows(
    auditor: Client, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    by_index = [found(auditor, model, typed) for model in (AccountRequest, Account, Run)]
    for most in ("FEW", "SOME", "MOST_FOUND", "MOST"):
        monkeypatch.setattr(f"vending.searching.{most}", 0)
        assert [found(auditor, model, typed) for model in (AccountRequest, Account, Run)] == by_index
    monkeypatch.setattr("vending.searching.NEWEST", 2)
    assert [found(auditor, model, typed) for model in (AccountRequest, Account, Run)] == by_index
    assert any(by_index)
