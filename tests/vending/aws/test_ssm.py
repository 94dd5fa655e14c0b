import pytest

from vending.aws import ssm
from vending.aws.errors import Fault


@pytest.fixture(autouse=True)
def _fresh():
    ssm.forget()


@pytest.fixture
def put(clients):
    """Set a parameter for the test and put the seed's own back after it."""
    client = clients.management("ssm")
    before = {}

    def put(name, value, kind="String"):
        before.setdefault(name, ssm.parameter(clients, name, ttl=0))
        client.put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)
        ssm.forget()

    yield put
    for name, value in before.items():
        client.delete_parameter(Name=name)
        if value is not None:
            client.put_parameter(Name=name, Value=value, Type="String")


def test_what_the_seed_offers_is_read(clients):
    assert ssm.default_stack_sets(clients) == ("account-baseline",)
    assert ssm.optional_stack_sets(clients) == ("vpc-standard", "backup-vault")
    assert ssm.organizational_units(clients)["Production"].startswith("ou-")


@pytest.mark.parametrize("text", ['["a", "b"]', "a,b", " a , b, ", "a\nb\n", '["a", "b", "a"]'])
def test_names_are_read_from_every_usual_form(text):
    assert ssm.parse_names(text) == ("a", "b")


def test_no_names_are_no_names():
    assert ssm.parse_names(" ") == ssm.parse_names("[]") == ()


@pytest.mark.parametrize("text", ['{"a": "b"}', "[1]", "[a", '"a"'])
def test_json_that_is_no_list_of_names_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        ssm.parse_names(text)


@pytest.mark.parametrize(
    "text", ['{"Prod A": "ou-ab12-12345678"}', "Prod A=ou-ab12-12345678\n", " Prod A = ou-ab12-12345678 "]
)
def test_units_are_read_from_json_and_from_lines(text):
    assert ssm.parse_units(text) == {"Prod A": "ou-ab12-12345678"}


@pytest.mark.parametrize("text", ["", "{}", "Prod", '{"Prod": 5}', '{"Prod": "Production"}', "=ou-ab12-12345678"])
def test_units_without_a_name_or_an_id_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        ssm.parse_units(text)


def test_a_string_list_is_read(clients, put):
    put("/account-vending/a-list", "a,b", "StringList")
    assert ssm.parse_names(ssm.parameter(clients, "/account-vending/a-list")) == ("a", "b")


def test_an_unreadable_parameter_is_told_by_its_name_and_its_fault(clients, put):
    put(ssm.ORGANIZATIONAL_UNITS, "{")
    with pytest.raises(Fault) as fault:
        ssm.organizational_units(clients)
    assert ssm.ORGANIZATIONAL_UNITS in fault.value.sentence
    assert "not valid JSON" in fault.value.sentence
    assert fault.value.permanent


def test_a_missing_required_parameter_is_a_fault_and_a_missing_optional_one_is_none(clients, monkeypatch):
    monkeypatch.setattr(ssm, "DEFAULT_STACK_SETS", "/absent")
    monkeypatch.setattr(ssm, "OPTIONAL_STACK_SETS", "/absent")
    assert ssm.optional_stack_sets(clients) == ()
    with pytest.raises(Fault, match="/absent does not exist"):
        ssm.default_stack_sets(clients)


def test_a_value_is_kept_for_its_time_and_read_anew_after(clients, sandbox):
    def reads():
        return [call["operation"] for call in sandbox.control.calls()].count("GetParameter")

    before = reads()
    ssm.default_stack_sets(clients)
    ssm.default_stack_sets(clients)
    assert reads() == before + 1
    ssm.default_stack_sets(clients, ttl=0)
    assert reads() == before + 2
