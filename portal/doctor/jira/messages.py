"""The company's own messages: a template that cannot be used is found here, before a ticket gets the shipped one."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.markup import LANGUAGES, MESSAGES, company_faults
from jira_bridge.markup.examples import EXAMPLES
from portal.doctor.finding import Finding, ok, warning


def look() -> Iterator[Finding]:
    what = _("messages")
    if unknown := sorted(set(settings.JIRA_INTERNAL_MESSAGES) - set(MESSAGES)):
        seen = _("JIRA_INTERNAL_MESSAGES names what is no message: {names}").format(names=", ".join(unknown))
        yield warning(what, seen, _("Messages are: {names}.").format(names=", ".join(MESSAGES)))
    faults = company_faults(EXAMPLES)
    for path, problem in faults:
        seen = _("{path} cannot be used: {problem}").format(path=path, problem=problem)
        yield warning(what, seen, _("Correct it below JIRA_TEMPLATE_DIR; until then tickets get the shipped message."))
    if faults:
        return
    if settings.JIRA_TEMPLATE_DIR:
        yield ok(what, _("the company's own in {folder} can be used").format(folder=settings.JIRA_TEMPLATE_DIR))
    elif settings.JIRA_LANGUAGE in LANGUAGES:
        yield ok(what, _("as shipped ({language})").format(language=settings.JIRA_LANGUAGE))
    else:
        seen = _("there are none in “{language}”; English is used").format(language=settings.JIRA_LANGUAGE)
        yield warning(what, seen, _("Set JIRA_LANGUAGE to en or de, or bring own messages (JIRA_TEMPLATE_DIR)."))
