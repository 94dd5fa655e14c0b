"""Who may give whom what: nobody gives more than they hold, nor changes who holds more."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from audit.models import Event
from portal.people.rights import groups_to_give, may_manage, permissions_to_give
from tests.portal import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return factories.person("ada", "GAS admin")


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def page(person: User) -> str:
    return f"/admin/auth/user/{person.pk}/change/"


def form(person: User, *groups: str, **values: Any) -> dict[str, Any]:
    chosen = [Group.objects.get(name=name).pk for name in groups]
    return {"username": person.username, "is_active": "on", "is_staff": "on", "groups": chosen} | values


def test_a_gas_admin_gives_a_group_and_the_record_says_so(as_ada: Client) -> None:
    gus = factories.person("gus", "Viewer")
    answer = as_ada.post(page(gus), form(gus, "GAS engineer"))
    assert answer.status_code == 302
    assert [group.name for group in gus.groups.all()] == ["GAS engineer"]
    event = Event.objects.get(action="person.rights_changed")
    assert (event.actor, event.before["groups"], event.after["groups"]) == ("ada", ["Viewer"], ["GAS engineer"])
    assert "GAS engineer" in event.summary


def test_a_gas_admin_makes_nobody_a_superuser(as_ada: Client) -> None:
    gus = factories.person("gus", "Viewer")
    as_ada.post(page(gus), form(gus, "Viewer", is_superuser="on", user_permissions=[Permission.objects.first().pk]))
    gus.refresh_from_db()
    assert not gus.is_superuser
    assert not gus.user_permissions.exists()


@pytest.mark.parametrize("address", ["change/", "password/", "do/forget-second-factor/"])
def test_a_gas_admin_changes_no_superuser(as_ada: Client, address: str) -> None:
    root = factories.person("root", superuser=True)
    before = User.objects.values().get(pk=root.pk)
    values = form(root) | {"password1": "another long password", "password2": "another long password", "reason": "x"}
    assert as_ada.post(f"/admin/auth/user/{root.pk}/{address}", values).status_code == 403
    assert User.objects.values().get(pk=root.pk) == before


def test_a_gas_admin_does_not_change_their_own_rights(as_ada: Client, ada: User) -> None:
    assert as_ada.post(page(ada), form(ada, "GAS admin", "Viewer")).status_code == 403


def test_a_gas_admin_does_not_change_who_holds_more(ada: User) -> None:
    other = factories.person("other")
    other.user_permissions.add(Permission.objects.get(codename="delete_user"))
    assert not may_manage(ada, other)
    assert may_manage(factories.person("root", superuser=True), other)


def test_a_gas_admin_puts_only_what_they_hold_into_a_group(as_ada: Client, ada: User) -> None:
    beyond = Permission.objects.get(codename="delete_user")
    assert beyond not in permissions_to_give(ada)
    answer = as_ada.post("/admin/auth/group/add/", {"name": "Own", "permissions": [beyond.pk]})
    assert answer.status_code == 200
    assert not Group.objects.filter(name="Own").exists()


def test_a_group_with_more_than_one_holds_is_not_offered(as_ada: Client, ada: User) -> None:
    strong = Group.objects.create(name="Strong")
    strong.permissions.add(Permission.objects.get(codename="delete_user"))
    gus = factories.person("gus")
    assert strong not in groups_to_give(ada)
    assert as_ada.post(page(gus), form(gus, "Strong")).status_code == 200
    assert not gus.groups.exists()
    assert as_ada.post(f"/admin/auth/group/{strong.pk}/change/", {"name": "Mine"}).status_code == 403


def test_the_groups_of_the_portal_cannot_be_deleted(as_ada: Client) -> None:
    viewer = Group.objects.get(name="Viewer")
    assert as_ada.post(f"/admin/auth/group/{viewer.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_deleted_group_is_in_the_record_with_what_it_gave_and_to_whom(as_ada: Client) -> None:
    for number, way in enumerate(("one by one", "ticked")):
        own = Group.objects.create(name=way)
        own.permissions.add(Permission.objects.get(codename="view_run"))
        factories.person(f"gus-{number}").groups.add(own)
        if way == "ticked":
            ticked = {"action": "delete_selected", "_selected_action": [own.pk], "post": "yes"}
            as_ada.post("/admin/auth/group/", ticked)
        else:
            as_ada.post(f"/admin/auth/group/{own.pk}/delete/", {"post": "yes"})
        assert not Group.objects.filter(pk=own.pk).exists()
        event = Event.objects.get(action="group.deleted", target_id=own.pk)
        assert event.actor == "ada"
        assert event.before == {"name": way, "permissions": ["vending.view_run"], "members": [f"gus-{number}"]}


def test_a_password_that_somebody_else_sets_is_in_the_record(as_ada: Client) -> None:
    gus = factories.person("gus", "Viewer")
    given = {"password1": "another long password", "password2": "another long password", "usable_password": "true"}
    as_ada.post(f"/admin/auth/user/{gus.pk}/password/", given | {"password2": "not the same at all"})
    assert not Event.objects.filter(action="person.password_set").exists()
    as_ada.post(f"/admin/auth/user/{gus.pk}/password/", given)
    event = Event.objects.get(action="person.password_set")
    assert (event.actor, event.target_id) == ("ada", gus.pk)
    assert "another long password" not in f"{event.summary} {event.before} {event.after}"


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_gets_another_name(client: Client, superuser: bool) -> None:
    client.force_login(factories.person("chief", "" if superuser else "GAS admin", superuser=superuser))
    gus = factories.person("gus", "Viewer")
    client.post(page(gus), form(gus, "Viewer", username="olga", first_name="Gustav"))
    gus.refresh_from_db()
    assert (gus.username, gus.first_name) == ("gus", "Gustav")


@pytest.mark.parametrize("group", ["Viewer", "Auditor", "GAS engineer", ""])
def test_nobody_else_changes_people_or_groups(client: Client, group: str) -> None:
    me = factories.person("me", group)
    client.force_login(me)
    gus = factories.person("gus")
    assert client.post(page(gus), form(gus, "GAS admin")).status_code == 403
    assert client.post(page(me), form(me, "GAS admin")).status_code == 403
    assert client.post("/admin/auth/user/add/", {"username": "new"}).status_code == 403
    viewer = Group.objects.get(name="Viewer")
    assert client.post(f"/admin/auth/group/{viewer.pk}/change/", {"name": "Viewer"}).status_code == 403


def test_nobody_deletes_a_user(client: Client) -> None:
    client.force_login(factories.person("root", superuser=True))
    gus = factories.person("gus")
    assert client.post(f"/admin/auth/user/{gus.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_new_user_may_sign_in_and_has_no_rights(as_ada: Client) -> None:
    password = "a long password for tests"
    as_ada.post(
        "/admin/auth/user/add/",
        {"username": "new", "usable_password": "true", "password1": password, "password2": password},
    )
    new = User.objects.get(username="new")
    assert new.is_staff
    assert not new.get_all_permissions()
    assert Event.objects.get(action="person.made").target_id == new.pk


def test_the_page_of_a_user_shows_the_last_sign_in_and_leads_to_the_history(as_ada: Client) -> None:
    gus = factories.person("gus", "Viewer")
    seen = as_ada.get(page(gus)).content.decode()
    assert "Last login" in seen
    assert f"/admin/auth/user/{gus.pk}/history/" in seen


def test_a_deactivated_person_with_more_rights_is_not_theirs_to_reactivate(ada: User) -> None:
    other = factories.person("other")
    other.user_permissions.add(Permission.objects.get(codename="delete_user"))
    other.is_active = False
    other.save()
    assert not may_manage(ada, other)
