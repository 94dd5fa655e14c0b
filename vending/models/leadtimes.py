"""How long a request took from its approval to the ready account, and for whom it waited meanwhile."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vending.models.requests import AccountRequest


class LeadTime(models.Model):
    """Written once, after the account is ready, so that no page has to walk through attempts and calls.

    The four parts add up to the whole: vending.lead_times says what belongs to which.
    """

    request = models.OneToOneField(
        AccountRequest, on_delete=models.PROTECT, related_name="lead_time", verbose_name=_("request")
    )
    approved_at = models.DateTimeField(_("approved"))
    ready_at = models.DateTimeField(_("ready"), db_index=True)
    total = models.DurationField(_("lead time"))
    people = models.DurationField(_("for people"), help_text=_("The run had failed or was on hold."))
    gates = models.DurationField(_("for gates"), help_text=_("In the queue of an AWS limit or of a stack set."))
    aws = models.DurationField(_("for AWS"), help_text=_("AWS was at work, or a call to it was under way."))
    own = models.DurationField(_("for us"), help_text=_("Nobody else was waited for."))

    class Meta:
        verbose_name = _("lead time")
        verbose_name_plural = _("lead times")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total=models.F("people") + models.F("gates") + models.F("aws") + models.F("own")),
                name="lead_time_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Lead time of {ticket}").format(ticket=self.request.ticket)
