"""The doctor's states on its page."""

from django import template
from django.utils.safestring import SafeString

from audit.labels import label
from portal.doctor.finding import State

register = template.Library()


@register.filter
def state(value: State) -> SafeString:
    return label(value)
