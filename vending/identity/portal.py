"""What vending wants of an identity-management system, whatever its make."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Person:
    """An active person of the identity-management system. `handle` is how the ticket calls them."""

    uid: str
    handle: str


@dataclass(frozen=True)
class Product:
    """One role of one account, as people order it, and who approves their orders."""

    account_id: str
    role: str
    account_name: str
    approvers: tuple[Person, ...]

    @property
    def code(self) -> str:
        """The natural key, at most 64 characters; also the name of the group behind the product."""
        return f"AWS-{self.account_id}-{self.role}"

    @property
    def approver_uids(self) -> frozenset[str]:
        return frozenset(person.uid for person in self.approvers)


@dataclass(frozen=True)
class Published:
    """How much of a product is there. Uids are the identity-management system's own; empty means: not there."""

    owner_role: str = ""
    owners: frozenset[str] = frozenset()
    item: str = ""
    item_as_wanted: bool = False
    """Category, owners' role and approval policy are as wanted, and it is not retired."""
    group: str = ""
    group_linked: bool = False
    on_shelf: bool = False


class IdentityPortal(Protocol):
    """Looks, and single changes that are safe to repeat after a look. Errors are vending.aws.errors.Fault."""

    def person(self, handle: str) -> Person | None:
        """The active person with this account name or e-mail address; None if there is none."""

    def find(self, product: Product) -> Published | None:
        """What of the product is there, by its natural key; None if nothing is."""

    def create_owner_role(self, product: Product) -> None: ...

    def add_owners(self, published: Published, uids: frozenset[str]) -> None: ...

    def remove_owners(self, published: Published, uids: frozenset[str]) -> None: ...

    def create_item(self, product: Product) -> None: ...

    def set_item(self, published: Published) -> None:
        """Category, owners' role and approval policy of the item; and it is for sale."""

    def creates_groups(self) -> bool:
        """Whether the portal makes the groups; otherwise it waits until they appear."""

    def create_group(self, product: Product) -> None: ...

    def link_group(self, published: Published) -> None:
        """What is ordered with the item is membership in the group."""

    def put_on_shelf(self, published: Published) -> None: ...
