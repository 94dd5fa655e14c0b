"""Buttons that do something: a question first, then a POST with a token, a permission and an event.

unfold's own action buttons run on GET, so an image tag could press them. These never do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from audit.services import Actor

Sentence = str | Promise
Fact = tuple[Sentence, Sentence]
"""What it is about, and what is so."""


@dataclass(frozen=True)
class Operation:
    """One button of a page.

    `perform(row, actor, reason)` calls a service and may raise `refusal`, whose sentence the person sees.
    `question` is one sentence for every row, or asks by what the row is; `facts` is what to know before one answers.
    """

    name: str
    label: Sentence
    question: Sentence | Callable[[Any], Sentence]
    done: Sentence
    permission: str
    offered: Callable[[Any], bool]
    perform: Callable[[Any, Actor, str], None]
    refusal: type[Exception]
    asks_reason: bool = False
    danger: bool = False
    facts: Callable[[Any], Iterable[Fact]] = lambda _row: ()

    def question_about(self, row: Any) -> Sentence:
        return self.question(row) if callable(self.question) else self.question


@dataclass(frozen=True)
class Button:
    operation: Operation
    address: str


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        strip=True,
        help_text=_("Kept in the audit record for good."),
        error_messages={"required": _("Say why, in a sentence. Without a reason nothing is done.")},
        widget=forms.Textarea(attrs={"rows": 3, "class": "av-input", "autofocus": True}),
    )


class OperationsMixin(ModelAdmin):
    """Gives an admin page its operations, each at <row>/do/<name>/."""

    operations: tuple[Operation, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.operation_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_operation"
        own = path("<path:object_id>/do/<slug:name>/", view, name=name)
        return [own, *super().get_urls()]

    def buttons(self, request: HttpRequest, row: Any) -> list[Button]:
        """What this person may do with this row in its present state."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_operation"
        return [
            Button(operation, reverse(name, args=[row.pk, operation.name]))
            for operation in self.operations
            if request.user.has_perm(operation.permission) and operation.offered(row)
        ]

    def after_operation(self, row: Any) -> str:
        """The page to go to afterwards."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def operation_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        operation = next((known for known in self.operations if known.name == name), None)
        if operation is None:
            raise Http404
        if not request.user.has_perm(operation.permission) or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        form = ReasonForm(request.POST or None) if operation.asks_reason else None
        if request.method == "POST" and (form is None or form.is_valid()):
            self._perform(request, operation, row, form.cleaned_data["reason"] if form else "")
            return HttpResponseRedirect(self.after_operation(row))
        possible = operation.offered(row)
        context = {
            **self.admin_site.each_context(request),
            "title": operation.label,
            "operation": operation,
            "question": operation.question_about(row),
            "facts": list(operation.facts(row)) if possible else [],
            "row": row,
            "form": form,
            "back": self.after_operation(row),
            "possible": possible,
        }
        return TemplateResponse(request, "admin/operation.html", context)

    def _perform(self, request: HttpRequest, operation: Operation, row: Any, reason: str) -> None:
        try:
            operation.perform(row, Actor.person(request.user.get_username()), reason)
        except operation.refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(operation.done))
