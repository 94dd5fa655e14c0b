"""Runs, their steps, each attempt, and the AWS calls an attempt made."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from vending.choices import (
    OPEN_RUN,
    RUN_TRANSITIONS,
    STEP_TRANSITIONS,
    UNDONE_STEP,
    Outcome,
    RecipeName,
    RunStatus,
    StepStatus,
)
from vending.models.accounts import Account
from vending.models.baselines import Baseline
from vending.models.protection import transitions
from vending.models.requests import AccountRequest
from vending.sentences import in_language


class Run(models.Model):
    """One execution of a recipe for a request. Its plan is rows: a deploy never re-plans a live run."""

    request = models.ForeignKey(
        AccountRequest, on_delete=models.PROTECT, related_name="runs", verbose_name=_("request")
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("account")
    )
    baseline = models.ForeignKey(Baseline, on_delete=models.PROTECT, related_name="runs", verbose_name=_("baseline"))
    recipe = models.CharField(_("recipe"), max_length=10, choices=RecipeName.choices)
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.RUNNING)
    approved_at = models.DateTimeField(
        _("approved"), help_text=_("Its turn at the gates: the earlier approved goes first.")
    )
    started_at = models.DateTimeField(_("started"), db_index=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        triggers = [transitions(RUN_TRANSITIONS)]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(status__in=OPEN_RUN), name="one_open_run_per_request"
            ),
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="run_status_known"),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="run_status")]
        permissions = [("operate_run", gettext_noop("Can retry, hold, release, skip and cancel"))]

    def __str__(self) -> str:
        return f"{self.get_recipe_display()} {self.request.ticket}"

    @property
    def ticket(self) -> str:
        """The ticket that is told of this run. All others are the account's affair: no ticket hears of them."""
        return self.request.ticket if self.recipe == RecipeName.VEND else ""

    @property
    def duration(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None


class StepRun(models.Model):
    """One step of a run: the truth about it, and its timer."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps", verbose_name=_("run"))
    step = models.CharField(_("step"), max_length=40)
    title = models.CharField(_("step title"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"))
    needs = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("needs"))
    parameters = models.JSONField(
        _("parameters"), default=dict, blank=True, help_text=_("From the baseline, fixed at the start.")
    )
    status = models.CharField(_("status"), max_length=10, choices=StepStatus.choices, default=StepStatus.BLOCKED)
    attempt = models.PositiveIntegerField(
        _("attempt"), default=0, help_text=_("Claims since the last orderly end; over the limit a person decides.")
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    handle = models.CharField(max_length=200, blank=True, help_text=_("What AWS calls the operation under way."))
    intended_at = models.DateTimeField(
        _("intended"), null=True, blank=True, help_text=_("Written before a call that has no idempotency token.")
    )
    evidence = models.TextField(_("evidence"), blank=True, help_text=_("What was seen, in one sentence."))
    waiting_for = models.TextField(_("waiting for"), blank=True)
    problem = models.TextField(_("problem"), blank=True, help_text=_("What went wrong and what to do, for a person."))
    problem_code = models.CharField(_("problem code"), max_length=120, blank=True)
    problem_detail = models.TextField(_("problem detail"), blank=True, help_text=_("The technical side of it."))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["run", "position"]
        triggers = [transitions(STEP_TRANSITIONS)]
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="one_row_per_step_of_a_run"),
            models.CheckConstraint(condition=models.Q(status__in=StepStatus.values), name="step_status_known"),
            models.CheckConstraint(
                condition=models.Q(status=StepStatus.RUNNING, lease__isnull=False, lease_until__isnull=False)
                | (~models.Q(status=StepStatus.RUNNING) & models.Q(lease__isnull=True)),
                name="a_lease_while_running_only",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=StepStatus.WAITING) | models.Q(due_at__isnull=False),
                name="a_wait_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="step_due", condition=models.Q(status__in=["ready", "waiting"])),
            models.Index(fields=["lease_until"], name="step_leased", condition=models.Q(status="running")),
            models.Index(fields=["status", "-id"], name="step_undone", condition=models.Q(status__in=UNDONE_STEP)),
        ]

    def __str__(self) -> str:
        return in_language(self.title)


class StepAttempt(models.Model):
    """One time that a worker took a step, from the claim to its end."""

    step_run = models.ForeignKey(StepRun, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("step run"))
    number = models.PositiveIntegerField(_("number"), help_text=_("Counts over the whole life of the step."))
    lease = models.UUIDField(editable=False)
    worker = models.CharField(_("worker"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.UNFINISHED)
    seen = models.TextField(_("seen"), blank=True)
    did = models.TextField(_("done"), blank=True)
    problem = models.TextField(_("problem"), blank=True)
    problem_code = models.CharField(
        _("problem code"), max_length=120, blank=True, help_text=_("The cause, to count failures by.")
    )
    problem_detail = models.TextField(_("problem detail"), blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["step_run", "number"]
        constraints = [models.UniqueConstraint(fields=["step_run", "number"], name="one_attempt_per_number")]
        indexes = [
            models.Index(fields=["finished_at"], name="attempt_failed", condition=models.Q(outcome=Outcome.PERMANENT))
        ]

    def __str__(self) -> str:
        return gettext("Attempt {number}").format(number=self.number)


class AwsCallRecord(models.Model):
    """One call to AWS: what, where, the request id that AWS Support asks for, and how it ended."""

    attempt = models.ForeignKey(
        StepAttempt, on_delete=models.PROTECT, related_name="aws_calls", verbose_name=_("attempt")
    )
    service = models.CharField(_("service"), max_length=40)
    operation = models.CharField(_("operation"), max_length=80)
    account_id = models.CharField(_("account id"), max_length=12, blank=True)
    region = models.CharField(_("region"), max_length=30, blank=True)
    request_id = models.CharField(_("request id"), max_length=100, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=120, blank=True)
    mutating = models.BooleanField(_("mutating"))
    duration_ms = models.PositiveIntegerField(_("milliseconds"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("AWS call")
        verbose_name_plural = _("AWS calls")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["request_id"], name="call_request_id", condition=~models.Q(request_id="")),
            models.Index(fields=["account_id", "id"], name="call_account", condition=~models.Q(account_id="")),
            models.Index(fields=["operation", "id"], name="call_operation"),
            models.Index(fields=["error_code", "id"], name="call_error", condition=~models.Q(error_code="")),
        ]

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"
