"""The rows that events name: from the page of an event to them, and from them to their events."""

from audit.admin.leads import leads_to
from vending.models import Account, AccountRequest, Run

leads_to("ticket", AccountRequest, by="ticket")
leads_to("account_id", Account, by="account_id")
leads_to("run_id", Run, by="pk")
