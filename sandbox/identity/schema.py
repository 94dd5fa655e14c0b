"""The tables and columns of One Identity Manager that publishing a product touches, under their real names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """`key` has two columns in an assignment table. `unique` may not occur twice; `required` may not be empty."""

    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*self.key, *self.columns)


_SOLD = ("IsForITShop", "IsITShopOnly", "UID_AccProduct", "Description")


def _group(table: str, name: str, parent: str, parent_table: str) -> Table:
    return Table(
        key=(f"UID_{table}",),
        columns=(name, parent, *_SOLD),
        unique=(name,),
        required=(name, parent),
        references=((parent, parent_table), ("UID_AccProduct", "AccProduct")),
    )


def _between(left: str, right: str) -> Table:
    keys = (f"UID_{left}", f"UID_{right}")
    return Table(key=keys, references=((keys[0], left), (keys[1], right)))


TABLES: dict[str, Table] = {
    "Person": Table(
        ("UID_Person",),
        ("FirstName", "LastName", "CentralAccount", "DefaultEmailAddress", "IsInActive"),
        unique=("CentralAccount",),
    ),
    "AERole": Table(
        ("UID_AERole",),
        ("Ident_AERole", "UID_OrgRoot", "UID_ParentAERole", "Description"),
        unique=("Ident_AERole",),
        required=("Ident_AERole",),
        references=(("UID_ParentAERole", "AERole"),),
    ),
    "PersonInAERole": _between("Person", "AERole"),
    "AccProductGroup": Table(("UID_AccProductGroup",), ("Ident_AccProductGroup",)),
    "PWODecisionMethod": Table(("UID_PWODecisionMethod",), ("Ident_PWODecisionMethod",)),
    "AccProduct": Table(
        ("UID_AccProduct",),
        (
            "Ident_AccProduct",
            "ArticleCode",
            "Description",
            "UID_AccProductGroup",
            "UID_OrgRuler",
            "UID_PWODecisionMethod",
            "IsInActive",
        ),
        unique=("Ident_AccProduct", "ArticleCode"),
        required=("Ident_AccProduct",),
        references=(
            ("UID_AccProductGroup", "AccProductGroup"),
            ("UID_OrgRuler", "AERole"),
            ("UID_PWODecisionMethod", "PWODecisionMethod"),
        ),
    ),
    "ADSContainer": Table(("UID_ADSContainer",), ("cn",)),
    "UNSRootB": Table(("UID_UNSRootB",), ("Ident_UNSRoot",)),
    "QERResourceType": Table(("UID_QERResourceType",), ("Ident_QERResourceType",)),
    "ADSGroup": _group("ADSGroup", "cn", "UID_ADSContainer", "ADSContainer"),
    "UNSGroupB": _group("UNSGroupB", "cn", "UID_UNSRootB", "UNSRootB"),
    "QERResource": _group("QERResource", "Ident_QERResource", "UID_QERResourceType", "QERResourceType"),
    "ITShopOrg": Table(("UID_ITShopOrg",), ("Ident_Org", "ITShopInfo", "UID_ParentITShopOrg")),
    "ITShopOrgHasADSGroup": _between("ITShopOrg", "ADSGroup"),
    "ITShopOrgHasUNSGroupB": _between("ITShopOrg", "UNSGroupB"),
    "ITShopOrgHasQERResource": _between("ITShopOrg", "QERResource"),
}
GROUP_TABLES = ("ADSGroup", "UNSGroupB", "QERResource")
