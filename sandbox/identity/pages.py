"""The one page for people: what can be ordered, where, and who approves it."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from sandbox.identity.rest import world
from sandbox.identity.schema import GROUP_TABLES, TABLES
from sandbox.identity.store import Row, Store

routes = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Item:
    name: str
    code: str
    description: str
    category: str
    policy: str
    approvers: list[str]
    group: str
    shelves: list[str]


@routes.get("/")
def home() -> str:
    store = world().store
    return render_template(
        "home.html",
        items=[_item(store, row) for row in reversed(store.select("AccProduct"))],
        shelves=store.select("ITShopOrg", "ITShopInfo = 'BO'"),
        people=store.select("Person"),
    )


def _item(store: Store, row: Row) -> Item:
    group_table, group = _group(store, row["UID_AccProduct"])
    shelves = []
    if group:
        key = f"UID_{group_table}"
        places = store.select(f"ITShopOrgHas{group_table}", f"{key} = @uid", {"uid": group[key]})
        shelves = [store.get("ITShopOrg", each["UID_ITShopOrg"])["Ident_Org"] for each in places]
    owners = store.select("PersonInAERole", "UID_AERole = @role", {"role": row["UID_OrgRuler"]})
    people = [store.get("Person", each["UID_Person"]) for each in owners]
    return Item(
        name=row["Ident_AccProduct"],
        code=row["ArticleCode"] or "",
        description=row["Description"] or "",
        category=_name(store, "AccProductGroup", row["UID_AccProductGroup"]),
        policy=_name(store, "PWODecisionMethod", row["UID_PWODecisionMethod"]),
        approvers=[f"{each['FirstName']} {each['LastName']}" for each in people],
        group=f"{group[TABLES[group_table].columns[0]]} ({group_table})" if group else "",
        shelves=shelves,
    )


def _group(store: Store, item: str) -> tuple[str, Row | None]:
    for table in GROUP_TABLES:
        found = store.select(table, "UID_AccProduct = @item", {"item": item})
        if found:
            return table, found[0]
    return "", None


def _name(store: Store, table: str, uid: str | None) -> str:
    return str(store.get(table, uid)[TABLES[table].columns[0]]) if uid else ""
