"""The way of a product into the shop, change by change. The shelf is last: nothing half made can be ordered."""

from enum import StrEnum

from vending.identity.portal import IdentityPortal, Product, Published


class Change(StrEnum):
    """What is missing next, as the end of a sentence."""

    OWNER_ROLE = "it has no role for its approvers"
    ADD_OWNERS = "not all approvers are in its role"
    REMOVE_OWNERS = "its role holds others than the approvers"
    ITEM = "there is no service item"
    ITEM_TERMS = "category, approvers' role or approval policy of its service item are not as wanted"
    GROUP = "there is no group behind it"
    GROUP_LINK = "the group is not linked to the service item"
    SHELF = "it is not on the shelf"


def next_change(product: Product, found: Published | None) -> Change | None:
    """The next change that brings the product closer to being orderable; None when it is."""
    there = found or Published()
    needed = {
        Change.OWNER_ROLE: not there.owner_role,
        Change.ADD_OWNERS: not product.approver_uids <= there.owners,
        Change.REMOVE_OWNERS: not there.owners <= product.approver_uids,
        Change.ITEM: not there.item,
        Change.ITEM_TERMS: not there.item_as_wanted,
        Change.GROUP: not there.group,
        Change.GROUP_LINK: not there.group_linked,
        Change.SHELF: not there.on_shelf,
    }
    return next((change for change, is_needed in needed.items() if is_needed), None)


def make(portal: IdentityPortal, product: Product, found: Published | None, change: Change) -> str:
    """Make this one change; returns what was done, as a sentence. Raises Fault."""
    there = found or Published()
    names = ", ".join(person.handle for person in product.approvers)
    match change:
        case Change.OWNER_ROLE:
            portal.create_owner_role(product)
            return f"Created the approvers' role of {product.code}."
        case Change.ADD_OWNERS:
            portal.add_owners(there, product.approver_uids - there.owners)
            return f"Made {names} the approvers of {product.code}."
        case Change.REMOVE_OWNERS:
            portal.remove_owners(there, there.owners - product.approver_uids)
            return f"Left only {names} as approvers of {product.code}."
        case Change.ITEM:
            portal.create_item(product)
            return f"Created the service item {product.code}."
        case Change.ITEM_TERMS:
            portal.set_item(there)
            return f"Set category, approvers' role and approval policy of {product.code}."
        case Change.GROUP:
            portal.create_group(product)
            return f"Created the group {product.code}."
        case Change.GROUP_LINK:
            portal.link_group(there)
            return f"Linked the group {product.code} to its service item."
        case Change.SHELF:
            portal.put_on_shelf(there)
            return f"Put {product.code} on the shelf."
