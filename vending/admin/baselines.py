"""Baselines: what an account gets. Editing makes a new version, and a person decides which one counts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from audit.admin.operations import Fact, Operation, OperationsMixin
from audit.admin.record import RecordAdmin
from audit.services import Actor
from vending.admin.baseline_form import INPUT, BaselineForm
from vending.admin.baseline_page import baseline_sheet
from vending.baselines.difference import difference
from vending.baselines.document import BaselineFault, Document, as_yaml, of_baseline, read
from vending.models import Baseline, BaselineActivation
from vending.selectors import active_baseline
from vending.services import NotAllowed
from vending.services.baselines import activate_baseline, export_baseline, make_baseline

_ = gettext_lazy
PERMISSION = "vending.edit_baseline"
LONGEST_FILE = 256 * 1024


class ImportForm(forms.Form):
    """A baseline file of somebody else, or of yesterday."""

    file = forms.FileField(label=_("YAML file"), widget=UnfoldAdminFileFieldWidget())
    note = forms.CharField(
        label=_("Why this version is made"),
        max_length=500,
        required=False,
        help_text=_("Empty: the note in the file."),
        widget=forms.Textarea(attrs={**INPUT, "rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None:
            try:
                cleaned["document"] = read(self._text(file))
            except BaselineFault as fault:
                self.add_error("file", [str(flaw) for flaw in fault.flaws])
        return cleaned

    def _text(self, file: Any) -> str:
        if file.size > LONGEST_FILE:
            raise forms.ValidationError({"file": gettext("A baseline file has 256 kB at most.")})
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError({"file": gettext("The file is not UTF-8 text.")}) from error


class MakeForm(forms.Form):
    """The second click: what was looked at, and whether it counts at once."""

    text = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(widget=forms.HiddenInput, required=False)
    instead_of = forms.ModelChoiceField(Baseline.objects.all(), widget=forms.HiddenInput, required=False)
    activate = forms.BooleanField(label=_("Make it the active version at once"), required=False)


def _activate(baseline: Baseline, actor: Actor, reason: str) -> None:
    activate_baseline(baseline=baseline, reason=reason, actor=actor)


def _instead_of(baseline: Baseline) -> list[Fact]:
    active = active_baseline()
    if active is None:
        return [(_("Active now"), _("None"))]
    changes = len(difference(of_baseline(active), of_baseline(baseline)))
    return [(_("Active now"), str(active)), (_("Differences to it"), str(changes)), (_("Note"), baseline.note)]


@admin.register(Baseline)
class BaselineAdmin(OperationsMixin, RecordAdmin):
    change_list_template = "admin/vending/baseline/list.html"
    list_display = ("version", "state", "note", "created_at", "created_by")
    list_display_links = ("version",)
    fields = ()
    operations = (
        Operation(
            name="activate",
            label=_("Make active"),
            question=_("Runs that start from now on build accounts by this version. Runs under way keep theirs."),
            done=_("This version is the active one now."),
            permission=PERMISSION,
            offered=lambda baseline: baseline != active_baseline(),
            perform=_activate,
            refusal=NotAllowed,
            facts=_instead_of,
            asks_reason=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        active = BaselineActivation.objects.order_by("-id").values("baseline_id")[:1]
        return super().get_queryset(request).annotate(active_pk=Subquery(active))

    @admin.display(description=_("state"))
    def state(self, baseline: Any) -> SafeString | str:
        if baseline.pk != baseline.active_pk:
            return "-"
        return format_html('<span class="av-label av-success">{}</span>', _("Active"))

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"vending_baseline_{name}")

        return [
            own("import/", self.import_view, "import"),
            own("make/", self.make_view, "make"),
            own("<int:pk>/edit/", self.edit_view, "edit"),
            own("<int:pk>/yaml/", self.yaml_view, "yaml"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"may_edit": request.user.has_perm(PERMISSION), **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        sheet = None
        if self.has_view_permission(request):
            sheet = baseline_sheet(object_id, request.GET.get("with", ""))
        extra = {
            "sheet": sheet,
            "buttons": self.buttons(request, sheet.baseline) if sheet else [],
            "may_edit": request.user.has_perm(PERMISSION),
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def yaml_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The version as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        baseline = _found(pk)
        return HttpResponse(
            export_baseline(baseline),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="baseline-{baseline.version}.yaml"'},
        )

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The first click: a form with what this version says; its answer is the difference, and changes nothing."""
        self._must_be_allowed(request)
        baseline = _found(pk)
        form = BaselineForm(of_baseline(baseline), request.POST or None)
        if form.is_valid() and form.document:
            return self._show_difference(request, form.document, form.cleaned_data["note"])
        title = _("Edit baseline %(version)s into a new version") % {"version": baseline.version}
        return self._page(request, "edit", title, {"form": form, "baseline": baseline})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The first click with a file instead of a form."""
        self._must_be_allowed(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            document = form.cleaned_data["document"]
            return self._show_difference(request, document, form.cleaned_data["note"] or document.note)
        return self._page(request, "import", _("Import a baseline"), {"form": form})

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """The second click. Nothing of the first is believed: the text is checked again."""
        self._must_be_allowed(request)
        form = MakeForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            return HttpResponseRedirect(reverse("admin:vending_baseline_changelist"))
        try:
            baseline = self._make(request, form.cleaned_data)
        except (BaselineFault, NotAllowed) as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:vending_baseline_changelist"))
        return HttpResponseRedirect(reverse("admin:vending_baseline_change", args=[baseline.pk]))

    @transaction.atomic
    def _make(self, request: HttpRequest, given: dict[str, Any]) -> Baseline:
        actor = Actor.person(request.user.get_username())
        baseline, new = make_baseline(document=read(given["text"]), note=given["note"], actor=actor)
        made = _("Baseline %(version)s was made.") if new else _("Baseline %(version)s says exactly this already.")
        if given["activate"]:
            activate_baseline(
                baseline=baseline, reason=given["note"] or baseline.note, actor=actor, instead_of=given["instead_of"]
            )
        messages.success(request, made % {"version": baseline.version})
        return baseline

    def _show_difference(self, request: HttpRequest, document: Document, note: str) -> HttpResponse:
        active = active_baseline()
        changes = difference(of_baseline(active), document) if active else []
        form = MakeForm(initial={"text": as_yaml(document), "note": note, "instead_of": active, "activate": False})
        extra = {"form": form, "changes": changes, "note": note, "active": active}
        return self._page(request, "difference", _("What the new version would change"), extra)

    def _page(self, request: HttpRequest, name: str, title: Any, extra: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **extra}
        return TemplateResponse(request, f"admin/vending/baseline/{name}.html", context)

    def _must_be_allowed(self, request: HttpRequest) -> None:
        if not request.user.has_perm(PERMISSION) or not self.has_view_permission(request):
            raise PermissionDenied


def _found(pk: int) -> Baseline:
    baseline = Baseline.objects.filter(pk=pk).first()
    if baseline is None:
        raise Http404
    return baseline
