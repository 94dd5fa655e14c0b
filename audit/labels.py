"""Labels: how a choice looks on every page."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def label(choice: Any) -> SafeString:
    """A choice's words in the colour the choice names."""
    return format_html('<span class="av-label av-{}">{}</span>', choice.colour, choice.label)
