"""The sandbox answers as the vendor's guide says the application server does."""

import httpx
import pytest

from sandbox.identity import seed

OTTO, ANNA = seed.person_uid("otto"), seed.person_uid("anna")


def look_up(service, table, **parameters):
    return service.get(f"/api/entities/{table}", params=parameters)


def make_role(service, name="AWS-1 owners"):
    return service.post("/api/entity/AERole", json={"values": {"Ident_AERole": name}}).json()["uid"]


def test_a_log_in_sets_servicestacks_cookies(service):
    assert {"ss-id", "ss-pid", "ss-opt"} <= set(service.cookies)


def test_wrong_credentials_are_refused(stranger):
    answer = stranger.post("/auth/apphost", json={"module": "DialogUser", "props": [{"name": "User", "value": "x"}]})
    assert answer.status_code == 401


def test_the_one_string_form_ends_a_password_at_a_semicolon(stranger, identity):
    text = f"Module=DialogUser;User={identity.user};Password={identity.password}"
    assert ";" in identity.password
    assert stranger.post("/auth/apphost", json={"authString": text}).status_code == 401


def test_nothing_is_told_without_a_session(stranger):
    answer = look_up(stranger, "Person")
    assert answer.status_code == 401
    assert answer.json()["responseStatus"]["message"] == "Unauthorized"


def test_a_session_that_expired_is_a_401(service, identity):
    identity.world.sessions.expire()
    assert look_up(service, "Person").status_code == 401


def test_a_logged_out_session_is_over(service):
    service.post("/auth/logout")
    assert look_up(service, "Person").status_code == 401


def test_a_look_up_takes_its_values_from_parameters(service):
    answer = look_up(service, "Person", where="CentralAccount=@c", **{"@c": "otto"})
    assert [each["uid"] for each in answer.json()] == [OTTO]


def test_a_value_put_into_the_condition_itself_can_do_harm(service):
    assert len(look_up(service, "Person", where="CentralAccount='x' or '1'='1'").json()) == len(seed.PEOPLE)


def test_a_condition_cannot_change_anything(service):
    answer = look_up(service, "Person", where="1=1); delete from Person; --")
    assert answer.status_code == 500
    assert len(look_up(service, "Person").json()) == len(seed.PEOPLE)


@pytest.mark.parametrize("separator", [";", ","])
def test_both_separators_of_columns_are_understood(service, separator):
    [found] = look_up(
        service, "Person", where="CentralAccount='otto'", displayColumns=f"CentralAccount{separator}IsInActive"
    ).json()
    assert found["values"] == {"CentralAccount": "OTTO", "IsInActive": False}


def test_a_look_up_by_body_is_the_same(service):
    found = service.post("/api/entities/Person", json={"where": "CentralAccount=@c", "@c": "otto"}).json()
    assert [each["display"] for each in found] == ["Owner, Otto"]


def test_an_entity_is_made_read_changed_and_removed(service):
    made = service.post("/api/entity/AccProduct", json={"values": {"Ident_AccProduct": "A", "ArticleCode": "A-1"}})
    path = f"/api/entity/AccProduct/{made.json()['uid']}"
    assert service.put(path, json={"values": {"Description": "Changed"}}).status_code == 204
    assert service.get(path).json()["values"]["Description"] == "Changed"
    assert service.delete(path).status_code == 204
    assert service.get(path).status_code == 404


def test_several_entities_are_made_at_once(service):
    entities = [{"table": "AERole", "values": {"Ident_AERole": name}} for name in ("one", "two")]
    assert len(service.post("/api/entities", json={"entities": entities}).json()["entities"]) == 2


def test_addresses_are_paths_or_whole_urls_as_the_version_has_it(service, identity):
    def uri():
        return look_up(service, "Person").json()[0]["uri"]

    assert uri().startswith("/AppServer/api/entity/Person/")
    identity.world.absolute_uris = True
    assert uri().startswith(f"{identity.url}/api/entity/Person/")


def test_a_duplicate_is_a_500_with_a_number(service):
    values = {"values": {"Ident_AERole": "twice"}}
    service.post("/api/entity/AERole", json=values)
    answer = service.post("/api/entity/AERole", json=values)
    assert answer.status_code == 500
    assert answer.json()["exceptions"][0]["number"] == 810017


@pytest.mark.parametrize(
    "values",
    [
        {"Ident_AccProduct": "A", "Colour": "red"},
        {"Ident_AccProduct": ""},
        {"Ident_AccProduct": "A", "UID_OrgRuler": "?"},
        {"Ident_AccProduct": "A", "ArticleCode": "x" * 65},
    ],
)
def test_what_the_schema_does_not_allow_is_refused(service, values):
    answer = service.post("/api/entity/AccProduct", json={"values": values})
    assert answer.status_code == 500
    assert answer.json()["exceptions"]


def test_an_unknown_table_is_a_404(service):
    assert look_up(service, "Nothing").status_code == 404


def test_members_are_assigned_once_and_removed(service):
    path = f"/api/assignments/PersonInAERole/UID_AERole/{make_role(service)}"
    assert service.post(path, json={"members": [OTTO, ANNA]}).json() == {"assigned": 2, "removed": 0}
    assert service.post(path, json={"members": [OTTO]}).json() == {"assigned": 0, "removed": 0}
    assert {each["uid"] for each in service.get(path).json()} == {OTTO, ANNA}
    removed = service.request("DELETE", path, json={"members": [OTTO]})
    assert removed.json() == {"assigned": 0, "removed": 1}
    assert [each["title"] for each in service.get(path).json()] == ["Approver, Anna"]


def test_an_assignment_shows_only_after_the_dbqueue_has_computed_it(service, identity):
    identity.world.lag = 2
    path = f"/api/assignments/PersonInAERole/UID_AERole/{make_role(service)}"
    service.post(path, json={"members": [OTTO]})
    assert [len(service.get(path).json()) for _ in range(3)] == [0, 0, 1]


def test_methods_and_events_answer_without_content(service):
    for kind in ("method", "event"):
        path = f"/api/entity/Person/{OTTO}/{kind}/Anything"
        assert service.put(path, json={"parameters": []}).status_code == 204
    assert service.put("/api/entity/Person/nobody/method/X", json={}).status_code == 404


def test_a_script_returns_its_result(service):
    answer = service.put("/api/script/Sandbox_Echo", json={"parameters": ["a", "b"]})
    assert answer.json()["result"] == "a;b"
    assert service.put("/api/script/Other", json={}).status_code == 500


def test_a_lost_answer_is_of_work_that_was_done(service, identity):
    identity.world.faults.order(kind="drop_answer", method="POST", path_contains="AERole")
    with pytest.raises(httpx.TransportError):
        make_role(service, "lost")
    assert look_up(service, "AERole", where="Ident_AERole='lost'").json()


def test_a_lost_request_does_nothing(service, identity):
    identity.world.faults.order(kind="drop_request", method="POST")
    with pytest.raises(httpx.TransportError):
        make_role(service, "lost")
    assert not look_up(service, "AERole", where="Ident_AERole='lost'").json()


def test_a_refused_body_does_not_disturb_the_next_call_of_the_connection(service, identity):
    identity.world.faults.order(kind="status", status=503)
    assert service.post("/api/entity/AERole", json={"values": {"Ident_AERole": "x" * 5000}}).status_code == 503
    assert look_up(service, "Person").status_code == 200
