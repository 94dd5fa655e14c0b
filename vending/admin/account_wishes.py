"""The form of what can change about an account that exists."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.admin.operations import ReasonForm
from audit.services import Actor
from vending.changing import CHANGEABLE
from vending.choices import AccountState
from vending.content import FIELDS, as_json, of_request
from vending.models import Account, AccountRequest
from vending.services import NotAllowed, NotInOrder, change_account

PERMISSION = "vending.change_account"
LONG = ("approvers", "purpose", "optional_stack_sets")
CONTACT = _("Name; title; e-mail; phone, with semicolons between")
HELP = {
    "organizational_unit": _("The path below the root, for example Workloads/Dev"),
    "owner": _("An e-mail address"),
    "approvers": _("One e-mail address a line; left empty, it is the owner"),
    "security_contact": CONTACT,
    "operations_contact": CONTACT,
    "billing_contact": CONTACT,
    "optional_stack_sets": _("One a line; they can be added, but not taken away"),
    "monthly_budget": _("US dollars a month"),
}


def may_be_changed(request: HttpRequest, account: Account) -> bool:
    """Whether this person is offered the form."""
    return (
        request.user.has_perm(PERMISSION)
        and account.state == AccountState.ACTIVE
        and account.request_id is not None
        and account.ready_at is not None
    )


class WishesForm(ReasonForm):
    """The fields of the request that can change. What counts as edited is held against what the person saw."""

    def __init__(self, wanted: AccountRequest, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        values = as_json(of_request(wanted))
        for name, label in FIELDS:
            if name in CHANGEABLE:
                long = forms.Textarea({"class": "av-input", "rows": 3})
                self.fields[name] = forms.CharField(
                    label=str(label),
                    required=False,
                    initial=_as_typed(values[name]),
                    help_text=HELP.get(name, ""),
                    show_hidden_initial=True,
                    widget=long if name in LONG else forms.TextInput({"class": "av-input"}),
                )
        self.fields["reason"].widget.attrs.pop("autofocus")
        self.order_fields([*CHANGEABLE, "reason"])

    def wishes(self) -> dict[str, str]:
        """What the person edited, and nothing else: so nobody else's change is taken back unseen."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in CHANGEABLE}


class WishesMixin:
    """Gives the account's page its form, at <row>/wishes/."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.wishes_view)
        return [path("<int:account>/wishes/", view, name="vending_account_wishes"), *super().get_urls()]  # type: ignore[misc]

    def wishes_view(self, request: HttpRequest, account: int) -> HttpResponse:
        """GET shows the form; POST starts the change, or shows the form again with what is not in order."""
        if not request.user.has_perm(PERMISSION) or not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        row = Account.objects.select_related("request").filter(pk=account, request__isnull=False).first()
        if row is None or row.request is None:
            raise Http404
        back = reverse("admin:vending_account_change", args=[row.pk])
        form = WishesForm(row.request, request.POST or None)
        if request.method == "POST" and form.is_valid() and _changed(request, row, form):
            messages.success(request, gettext("The change has begun; its run is below."))
            return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Change"), "form": form}
        return TemplateResponse(request, "admin/vending/account/wishes.html", context | {"row": row, "back": back})


def _changed(request: HttpRequest, account: Account, form: WishesForm) -> bool:
    """Whether the change has begun; if not, the form says why."""
    actor = Actor.person(request.user.get_username())
    try:
        change_account(account=account, wishes=form.wishes(), reason=form.cleaned_data["reason"], actor=actor)
    except NotInOrder as refusal:
        for field, sentence in refusal.faults:
            form.add_error(field, sentence)
        return False
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _as_typed(value: Any) -> str:
    """A field's value as a person would type it."""
    if isinstance(value, dict):
        return "; ".join(value.values())
    return "\n".join(value) if isinstance(value, list | tuple) else value or ""
