"""Publishing to One Identity Manager, change by change, against the sandbox."""

from dataclasses import replace

import pytest

from sandbox.identity import seed
from vending.aws.errors import Fault
from vending.identity.oneim import OneIdentityManager, Shop
from vending.identity.portal import Product, Published
from vending.identity.publication import Change, make, next_change

WAY = [
    Change.OWNER_ROLE, Change.ADD_OWNERS, Change.ITEM, Change.ITEM_TERMS, Change.GROUP, Change.GROUP_LINK, Change.SHELF,
]  # fmt: skip


def publish(portal, product, most=20) -> list[Change]:
    made = []
    while change := next_change(product, found := portal.find(product)):
        make(portal, product, found, change)
        made.append(change)
        assert len(made) <= most, made
    return made


def refusal_of(portal, product, found, change) -> str:
    """What the server says against this change; empty if it takes it. Only transient refusals are expected."""
    try:
        make(portal, product, found, change)
    except Fault as fault:
        if fault.permanent:
            raise
        return fault.sentence
    return ""


@pytest.mark.parametrize("handle", ["otto", "OTTO", "otto@example.com", "Otto@Example.com"])
def test_a_person_is_found_by_account_and_by_address(portal, handle):
    person = portal.person(handle)
    assert person is not None
    assert (person.uid, person.handle) == (seed.person_uid("otto"), handle)


@pytest.mark.parametrize("handle", ["lena", "lena@example.com", "nobody", "", "x' or '1'='1", "%", "@handle"])
def test_who_has_left_or_was_never_there_is_nobody(portal, handle):
    assert portal.person(handle) is None


def test_a_name_that_two_people_share_is_not_guessed(portal, identity):
    identity.world.store.insert("Person", {"CentralAccount": "OTTO2", "DefaultEmailAddress": "otto@example.com"})
    with pytest.raises(Fault, match="Several people") as caught:
        portal.person("otto@example.com")
    assert caught.value.permanent


def test_a_server_that_ignores_the_condition_hands_out_no_approver(portal, client, monkeypatch):
    real = client.look_up
    monkeypatch.setattr(client, "look_up", lambda table, where, columns, **values: real(table, "1=1", columns))
    with pytest.raises(Fault) as caught:
        portal.person("otto")
    assert caught.value.code == "ConditionIgnored"


def test_nothing_published_is_none(portal, product):
    assert portal.find(product) is None


@pytest.mark.parametrize("table", ["ADSGroup", "UNSGroupB", "QERResource"])
def test_a_product_is_published_in_single_changes_and_the_shelf_is_last(client, identity, product, table):
    portal = OneIdentityManager(client, Shop(**identity.step_parameters(table)))
    assert publish(portal, product) == WAY
    assert len(identity.world.changes) == len(WAY)
    found = portal.find(product)
    assert found is not None
    assert found.on_shelf
    assert found.owners == {seed.person_uid("otto"), seed.person_uid("anna")}


def test_publishing_again_changes_nothing(portal, product):
    publish(portal, product)
    assert publish(portal, product) == []


@pytest.mark.parametrize("done", range(len(WAY)))
def test_what_is_there_is_adopted(portal, product, done):
    for _ in range(done):
        found = portal.find(product)
        change = next_change(product, found)
        assert change is not None
        make(portal, product, found, change)
    assert publish(portal, product) == WAY[done:]


@pytest.mark.parametrize("done", range(len(WAY)))
def test_each_change_made_twice_leaves_one_of_each(portal, product, identity, done):
    for _ in range(done):
        found = portal.find(product)
        make(portal, product, found, WAY[len(identity.world.changes)])
    before = portal.find(product)
    make(portal, product, before, WAY[done])
    if "exists" in refusal_of(portal, product, before, WAY[done]):
        assert WAY[done] in (Change.OWNER_ROLE, Change.ITEM, Change.GROUP, Change.SHELF)
    publish(portal, product)
    store = identity.world.store
    for table in ("AccProduct", "ADSGroup", "ITShopOrgHasADSGroup"):
        assert len(store.select(table)) == 1
    assert len(store.select("AERole", "UID_AERole <> 'QER-AEROLE-ITSHOPADMIN-OWNER'")) == 1


def test_a_changed_category_and_a_retired_item_are_set_right(portal, product, identity):
    publish(portal, product)
    item = portal.find(product).item
    identity.world.store.update("AccProduct", item, {"UID_AccProductGroup": None, "IsInActive": True})
    assert publish(portal, product) == [Change.ITEM_TERMS]


def test_somebody_who_joined_the_approvers_is_removed(portal, product, identity):
    publish(portal, product)
    role = portal.find(product).owner_role
    identity.world.store.insert("PersonInAERole", {"UID_AERole": role, "UID_Person": seed.person_uid("rita")})
    assert publish(portal, product) == [Change.REMOVE_OWNERS]
    assert portal.find(product).owners == product.approver_uids


def test_a_group_that_is_sold_otherwise_is_not_taken(portal, product, identity):
    other = identity.world.store.insert("AccProduct", {"Ident_AccProduct": "Other"})
    identity.world.store.insert(
        "ADSGroup", {"cn": product.code, "UID_ADSContainer": seed.PARENTS["ADSGroup"], "UID_AccProduct": other}
    )
    with pytest.raises(Fault, match="already sold") as caught:
        publish(portal, product)
    assert caught.value.permanent
    assert identity.world.changes == []


def test_two_roles_of_one_name_are_not_guessed_between(portal, product, client, monkeypatch):
    publish(portal, product)
    real = client.look_up
    monkeypatch.setattr(client, "look_up", lambda *given, **named: real(*given, **named) * 2)
    with pytest.raises(Fault) as caught:
        portal.find(product)
    assert caught.value.code == "Ambiguous"


def test_a_hostile_account_name_is_only_text(portal, product, identity):
    name = "x'; delete from AccProduct; --' or 1=1 @name <Key><T>Person</T>"
    publish(portal, replace(product, role="ReadOnly"))
    publish(portal, replace(product, account_name=name))
    [item] = identity.world.store.select("AccProduct", "ArticleCode = @c", {"c": product.code})
    assert name in item["Description"]
    assert len(identity.world.store.select("AccProduct")) == 2


def test_the_longest_role_still_fits_into_the_article_code(product):
    assert len(replace(product, role="R" * 47).code) == 64


def test_every_change_is_named_in_the_order_of_the_way():
    product = Product("111122223333", "Admin", "Payments", ())
    full = Published("role", frozenset(), "item", True, "group", True, True)
    assert next_change(product, full) is None
    assert next_change(product, None) is Change.OWNER_ROLE
    assert next_change(product, replace(full, on_shelf=False)) is Change.SHELF
    assert next_change(product, replace(full, owners=frozenset({"stranger"}))) is Change.REMOVE_OWNERS
