"""The people of the sandbox. As in Cloud, not everybody's e-mail address is visible."""

from dataclasses import dataclass

TOKEN = "sandbox-token"  # everyone's API token (Cloud, basic auth)


@dataclass(frozen=True)
class Person:
    account_id: str
    name: str
    email: str
    role: str  # customer, agent, bot, administrator or stranger
    email_visible: bool = True

    @property
    def username(self) -> str:
        """The Data Center name of the person, which is also their key there."""
        return self.email.split("@")[0]

    @property
    def account_type(self) -> str:
        """atlassian, or customer for people who only have a portal account."""
        return "customer" if self.account_id.startswith("qm:") else "atlassian"

    @property
    def is_agent(self) -> bool:
        return self.role in ("agent", "bot", "administrator")

    @property
    def is_administrator(self) -> bool:
        return self.role == "administrator"

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def personal_access_token(self) -> str:
        """The Bearer token of the Data Center flavour."""
        return f"{TOKEN}-{self.username}"


RITA = Person("qm:6d1c2a9e-0f7b-4b5e-9a43-5f2f8c1d7e10:63f1a2b4", "Rita Requester", "rita@example.com", "customer")
GUS = Person("712020:0a4f7c1e-52d9-4a6b-8f13-9be1c3d7a201", "Gus Governance", "gus@example.com", "agent")
GRETA = Person("712020:1b5e8d2f-63ea-4b7c-9a24-acf2d4e8b302", "Greta Governance", "greta@example.com", "agent", False)
OTTO = Person("712020:2c6f9e30-74fb-4c8d-8b35-bd03e5f9c403", "Otto Owner", "otto@example.com", "customer")
ANNA = Person("712020:3d70af41-850c-4d9e-9c46-ce14f60ad504", "Anna Approver", "anna@example.com", "customer", False)
BOT = Person("712020:4e81b052-961d-4eaf-8d57-df25071be605", "Account Vending Portal", "vending-bot@example.com", "bot")
STRANGER = Person("712020:5f92c163-a72e-4fb0-9e68-e036182cf706", "Sam Stranger", "stranger@example.com", "stranger")

ADA = Person("712020:60a3d274-b83f-40c1-9f79-f147293d0807", "Ada Administrator", "ada@example.com", "administrator")

PEOPLE = (RITA, GUS, GRETA, OTTO, ANNA, BOT, STRANGER, ADA)
BY_ID = {person.account_id: person for person in PEOPLE}


def find(handle: str | None) -> Person | None:
    """The person with this account id, e-mail address or Data Center name."""
    wanted = (handle or "").strip().lower()
    for person in PEOPLE:
        if wanted in (person.account_id.lower(), person.email.lower(), person.username.lower()):
            return person
    return None


def search(text: str) -> list[Person]:
    """People whose name or visible e-mail address starts with the text, as Jira's user search has it."""
    wanted = text.strip().lower()
    found = []
    for person in PEOPLE:
        words = [person.name.lower(), *person.name.lower().split(), person.username.lower()]
        if person.email_visible:
            words.append(person.email.lower())
        if any(word.startswith(wanted) for word in words):
            found.append(person)
    return found
