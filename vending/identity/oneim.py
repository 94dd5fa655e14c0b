"""Publishing to One Identity Manager: owners' role, service item, group, shelf.

Sources: the tables of One Identity Manager's IT Shop and its REST API Reference Guide. Composed from documented
calls and columns, and proved against the sandbox's application server only. Look-ups compare what came back with
what was asked for: a server that ignored the condition must not hand us another one's rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vending.aws.errors import Fault, Kind
from vending.identity.oneim_client import Entity, OneImClient
from vending.identity.portal import Person, Product, Published

OWNERS_ROOT = {"UID_OrgRoot": "QER-V-AERole", "UID_ParentAERole": "QER-AEROLE-ITSHOPADMIN-OWNER"}
"""Where the vendor's own schema keeps the roles of product owners."""


@dataclass(frozen=True)
class GroupKind:
    """A table that can stand behind a product: the columns of its name and of what it belongs to."""

    table: str
    name: str
    parent: str

    @property
    def key(self) -> str:
        return f"UID_{self.table}"

    @property
    def shelf_table(self) -> str:
        return f"ITShopOrgHas{self.table}"


GroupTable = Literal["ADSGroup", "UNSGroupB", "QERResource"]
GROUP_KINDS: dict[GroupTable, GroupKind] = {
    "ADSGroup": GroupKind("ADSGroup", "cn", "UID_ADSContainer"),
    "UNSGroupB": GroupKind("UNSGroupB", "cn", "UID_UNSRootB"),
    "QERResource": GroupKind("QERResource", "Ident_QERResource", "UID_QERResourceType"),
}


@dataclass(frozen=True)
class Shop:
    """Where and how products are offered: uids that the identity-management team made once."""

    category: str
    approval_policy: str
    shelf: str
    group_table: GroupTable
    group_parent: str
    """The container, root or resource type of new groups; empty: somebody else makes them."""


class OneIdentityManager:
    """vending.identity.portal.IdentityPortal for One Identity Manager."""

    def __init__(self, client: OneImClient, shop: Shop) -> None:
        self._client, self._shop = client, shop
        self._kind = GROUP_KINDS[shop.group_table]

    def person(self, handle: str) -> Person | None:
        columns = ("CentralAccount", "DefaultEmailAddress", "IsInActive")
        found = self._client.look_up(
            "Person", "CentralAccount=@handle or DefaultEmailAddress=@handle", columns, handle=handle
        )
        for each in found:
            if not any(_same(each.values.get(column), handle) for column in columns[:2]):
                raise _foreign("Person", handle)
        active = [each for each in found if not _flag(each.values.get("IsInActive"))]
        if len(active) > 1:
            raise Fault(Kind.PERMANENT, "AmbiguousPerson", f"Several people in the identity-management system go by "
                        f"“{handle}”. Leave this account name or e-mail address to one, then retry.")  # fmt: skip
        return Person(active[0].uid, handle) if active else None

    def find(self, product: Product) -> Published | None:
        role = self._one("AERole", "Ident_AERole", _owners_name(product), ("UID_ParentAERole",))
        item = self._one("AccProduct", "ArticleCode", product.code, tuple(self._terms("")))
        group = self._one(self._kind.table, self._kind.name, product.code, ("UID_AccProduct", "IsForITShop"))
        if role is None and item is None and group is None:
            return None
        role_uid, item_uid, group_uid = (each.uid if each else "" for each in (role, item, group))
        return Published(
            owner_role=role_uid,
            owners=self._client.members("PersonInAERole", "UID_AERole", role_uid) if role else frozenset(),
            item=item_uid,
            item_as_wanted=item is not None and role is not None and _agrees(item, self._terms(role_uid)),
            group=group_uid,
            group_linked=self._is_linked(product, group, item_uid),
            on_shelf=bool(group) and self._is_on_shelf(group_uid),
        )

    def create_owner_role(self, product: Product) -> None:
        self._client.create("AERole", {"Ident_AERole": _owners_name(product), **OWNERS_ROOT})

    def add_owners(self, published: Published, uids: frozenset[str]) -> None:
        self._client.assign("PersonInAERole", "UID_AERole", published.owner_role, uids)

    def remove_owners(self, published: Published, uids: frozenset[str]) -> None:
        self._client.unassign("PersonInAERole", "UID_AERole", published.owner_role, uids)

    def create_item(self, product: Product) -> None:
        self._client.create(
            "AccProduct",
            {
                "Ident_AccProduct": f"AWS {product.account_id} {product.role}",
                "ArticleCode": product.code,
                "Description": f"{product.role} in the AWS account {product.account_name} ({product.account_id})",
            },
        )

    def set_item(self, published: Published) -> None:
        # in a second save, as the vendor's own scripts do it
        self._client.change("AccProduct", published.item, self._terms(published.owner_role))

    def creates_groups(self) -> bool:
        return bool(self._shop.group_parent)

    def create_group(self, product: Product) -> None:
        self._client.create(
            self._kind.table, {self._kind.name: product.code, self._kind.parent: self._shop.group_parent}
        )

    def link_group(self, published: Published) -> None:
        values = {"IsForITShop": True, "IsITShopOnly": True, "UID_AccProduct": published.item}
        self._client.change(self._kind.table, published.group, values)

    def put_on_shelf(self, published: Published) -> None:
        values = {"UID_ITShopOrg": self._shop.shelf, self._kind.key: published.group}
        self._client.create(self._kind.shelf_table, values)

    def _terms(self, owner_role: str) -> dict[str, Any]:
        return {
            "UID_AccProductGroup": self._shop.category,
            "UID_OrgRuler": owner_role,
            "UID_PWODecisionMethod": self._shop.approval_policy,
            "IsInActive": False,
        }

    def _is_linked(self, product: Product, group: Entity | None, item: str) -> bool:
        if group is None:
            return False
        linked = str(group.values.get("UID_AccProduct") or "")
        if linked and linked != item:
            raise Fault(Kind.PERMANENT, "GroupTaken", f"The group {product.code} is already sold as another service "
                        "item. Unlink or rename it in the identity-management system, then retry.")  # fmt: skip
        return bool(linked) and _flag(group.values.get("IsForITShop"))

    def _is_on_shelf(self, group: str) -> bool:
        columns = ("UID_ITShopOrg", self._kind.key)
        where = f"UID_ITShopOrg=@shelf and {self._kind.key}=@group"
        found = self._client.look_up(self._kind.shelf_table, where, columns, shelf=self._shop.shelf, group=group)
        wanted = {"UID_ITShopOrg": self._shop.shelf, self._kind.key: group}
        return any(_agrees(each, wanted) for each in found)

    def _one(self, table: str, column: str, value: str, columns: tuple[str, ...]) -> Entity | None:
        """The row with this name. Raises Fault when there are several, or when the server answers with others."""
        found = self._client.look_up(table, f"{column}=@name", (column, *columns), name=value)
        if any(not _same(each.values.get(column), value) for each in found):
            raise _foreign(table, value)
        if len(found) > 1:
            raise Fault(Kind.PERMANENT, "Ambiguous", f"There are {len(found)} rows of {table} called {value} in the "
                        "identity-management system. Remove all but one, then retry.")  # fmt: skip
        return found[0] if found else None


def _owners_name(product: Product) -> str:
    return f"{product.code} owners"


def _agrees(entity: Entity, wanted: Mapping[str, Any]) -> bool:
    return all(
        _flag(entity.values.get(column)) == value if isinstance(value, bool) else entity.values.get(column) == value
        for column, value in wanted.items()
    )


def _flag(value: Any) -> bool:
    """A truth value, which the server writes as true, 1 or "1", and as nothing where it was never set."""
    return str(value).lower() in ("true", "1")


def _same(found: Any, wanted: str) -> bool:
    """Equal as the database sees it: One Identity Manager's usual collation ignores upper and lower case."""
    return str(found or "").strip().casefold() == wanted.strip().casefold()


def _foreign(table: str, value: str) -> Fault:
    return Fault(Kind.PERMANENT, "ConditionIgnored", f"Asked for “{value}”, the identity-management system answered "
                 f"with other rows ({table}). A proxy may drop parameters of addresses; look into it.")  # fmt: skip
