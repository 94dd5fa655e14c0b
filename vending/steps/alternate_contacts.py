"""Set the alternate contacts, so that AWS reaches the right people about security, operations and billing."""

from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict

from vending.aws import account
from vending.aws.account import Contact
from vending.choices import ContactKind
from vending.engine.context import Context
from vending.engine.step import Done, Seen, Step, StepParameters
from vending.steps.account_ready import AccountReady

LONGEST_NAME, LONGEST_TITLE = 64, 50


class ContactDefaults(BaseModel):
    """What AWS requires and a ticket may leave out."""

    model_config = ConfigDict(extra="forbid")
    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""


class AlternateContacts(Step):
    name = "alternate_contacts"
    title = _("Set the alternate contacts")
    needs = (AccountReady,)
    reads = ("security_contact", "operations_contact", "billing_contact")

    class Parameters(StepParameters):
        security: ContactDefaults = ContactDefaults(title="Security", phone="+1 000 000 0000")
        operations: ContactDefaults = ContactDefaults(title="Operations", phone="+1 000 000 0000")
        billing: ContactDefaults = ContactDefaults(title="Billing", phone="+1 000 000 0000")

    def look(self, ctx: Context) -> Seen:
        wanted = self._wanted(ctx)
        wrong = [kind for kind, contact in wanted.items() if self._present(ctx, kind) != contact]
        if wrong:
            return Seen(False, "To be set: " + ", ".join(str(kind.label) for kind in wrong) + ".", todo=tuple(wrong))
        return Seen(True, "Contacts: " + ", ".join(f"{k.label} {c.email}" for k, c in wanted.items()) + ".")

    def act(self, ctx: Context) -> Done:
        kind = ContactKind(ctx.todo.pop(0))
        contact = self._wanted(ctx)[kind]
        account.put_alternate_contact(ctx.clients, ctx.account_id, _aws_kind(kind), contact)
        return Done(f"Set the {kind.label} contact to {contact.email}.")

    def _present(self, ctx: Context, kind: ContactKind) -> Contact | None:
        return account.alternate_contact(ctx.clients, ctx.account_id, _aws_kind(kind))

    def _wanted(self, ctx: Context) -> dict[ContactKind, Contact]:
        """The ticket's contacts, completed by the baseline's defaults; a kind without any e-mail is left alone."""
        asked = {contact.kind: contact for contact in ctx.wanted.contacts.all()}
        wanted = {}
        for kind in ContactKind:
            given, default = asked.get(kind), getattr(ctx.parameters, kind.value)
            email = (given.email if given else "") or default.email
            if email:
                wanted[kind] = Contact(
                    name=((given.name if given else "") or default.name or email)[:LONGEST_NAME],
                    title=((given.title if given else "") or default.title)[:LONGEST_TITLE],
                    email=email,
                    phone=(given.phone if given else "") or default.phone,
                )
        return wanted


def _aws_kind(kind: ContactKind) -> account.ContactKind:
    kinds: dict[ContactKind, account.ContactKind] = {
        ContactKind.SECURITY: "SECURITY",
        ContactKind.OPERATIONS: "OPERATIONS",
        ContactKind.BILLING: "BILLING",
    }
    return kinds[kind]
