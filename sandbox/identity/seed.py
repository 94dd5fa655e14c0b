"""The people and the empty shop of the first day. Their uids are fixed, so that a baseline can name them."""

from sandbox.identity.store import Store

USER, PASSWORD = "svc-account-vending", "sandbox;password"

CATEGORY = "SBX-CATEGORY-AWS"
POLICY_ANY = "SBX-POLICY-ONE-OWNER"
POLICY_ALL = "SBX-POLICY-TWO-OWNERS"
SHELF = "SBX-SHELF-AWS"
PARENTS = {"ADSGroup": "SBX-CONTAINER-AWS", "UNSGroupB": "SBX-ROOT-AWS", "QERResource": "SBX-RESOURCE-TYPE-AWS"}

PEOPLE = (
    ("rita", "Rita", "Requester"),
    ("gus", "Gus", "Governance"),
    ("greta", "Greta", "Governance"),
    ("otto", "Otto", "Owner"),
    ("anna", "Anna", "Approver"),
    ("lena", "Lena", "Left"),
)
INACTIVE = ("lena",)


def person_uid(account: str) -> str:
    return f"SBX-PERSON-{account.upper()}"


def plant(store: Store) -> None:
    for account, first, last in PEOPLE:
        store.insert("Person", {
            "UID_Person": person_uid(account), "FirstName": first, "LastName": last,
            "CentralAccount": account.upper(), "DefaultEmailAddress": f"{account}@example.com",
            "IsInActive": account in INACTIVE,
        })  # fmt: skip
    store.insert("AERole", {
        "UID_AERole": "QER-AEROLE-ITSHOPADMIN-OWNER", "Ident_AERole": "Product owners", "UID_OrgRoot": "QER-V-AERole",
    })  # fmt: skip
    store.insert("AccProductGroup", {"UID_AccProductGroup": CATEGORY, "Ident_AccProductGroup": "AWS accounts"})
    for uid, name in ((POLICY_ANY, "One product owner agrees"), (POLICY_ALL, "Two product owners agree")):
        store.insert("PWODecisionMethod", {"UID_PWODecisionMethod": uid, "Ident_PWODecisionMethod": name})
    store.insert("ADSContainer", {"UID_ADSContainer": PARENTS["ADSGroup"], "cn": "AWS"})
    store.insert("UNSRootB", {"UID_UNSRootB": PARENTS["UNSGroupB"], "Ident_UNSRoot": "AWS"})
    store.insert("QERResourceType", {"UID_QERResourceType": PARENTS["QERResource"], "Ident_QERResourceType": "AWS"})
    for uid, name, kind, parent in (
        ("SBX-CENTRE", "Company", "SC", ""),
        ("SBX-SHOP", "Access", "SH", "SBX-CENTRE"),
        (SHELF, "AWS accounts", "BO", "SBX-SHOP"),
        ("SBX-CUSTOMERS", "Everybody", "CU", "SBX-SHOP"),
    ):
        store.insert("ITShopOrg", {
            "UID_ITShopOrg": uid, "Ident_Org": name, "ITShopInfo": kind, "UID_ParentITShopOrg": parent,
        })  # fmt: skip
