"""The way in: a native webhook or an Automation rule that leads here, and what came through it lately."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from jira_bridge.choices import Source
from jira_bridge.jira import JiraError, JiraUnauthorized
from jira_bridge.setup.ways_in import address, rules_to_us, triggers, webhooks_to_us
from portal.doctor.finding import Finding, failed, ok, warning
from portal.doctor.jira.known import Known
from portal.doctor.jira.site import Site
from taskqueue import clock
from vending.pages import in_words

NEEDED_EVENTS = {"jira:issue_created", "jira:issue_updated"}
NEEDED_TRIGGERS = {"created", "updated", "transitioned"}


def credentials() -> Iterator[Finding]:
    names = ("JIRA_WEBHOOK_API_KEY", "JIRA_WEBHOOK_SECRET")
    present = [name for name in names if getattr(settings, name)]
    if not present:
        advice = _("Set JIRA_WEBHOOK_API_KEY (Automation), JIRA_WEBHOOK_SECRET (native webhooks), or both.")
        yield failed(_("webhook key"), _("none is set: every webhook is refused"), advice)
        return
    yield ok(_("webhook key"), _("set: {names}").format(names=", ".join(present)))
    changing = [name for name in present if len(getattr(settings, name)) > 1]
    if changing:
        seen = _("{names} has two values").format(names=", ".join(changing))
        yield warning(_("key change"), seen, _("Finish it: give Jira the first, then remove the second."))


def heard(known: Known) -> Iterator[Finding]:
    """Whatever Jira shows of its rules: that something arrives is the better proof."""
    if known.refused.get("credentials"):
        seen = _("{count} webhooks were refused in the last day").format(count=known.refused["credentials"])
        advice = _("The key or secret in Jira is not the one in JIRA_WEBHOOK_API_KEY or JIRA_WEBHOOK_SECRET.")
        yield warning(_("refused"), seen, advice)
    if not known.newest:
        yield warning(_("deliveries"), _("none so far"), _("File a test ticket, then look at Webhooks received."))
    for source, at in known.newest.items():
        age = in_words(clock.now() - at)
        yield ok(_("deliveries"), _("{source}: the last {age} ago").format(source=Source(source).label, age=age))


def webhook(site: Site) -> Iterator[Finding]:
    what = _("native webhook")
    if not settings.JIRA_WEBHOOK_SECRET:
        return
    look_at = _("In Jira, System, WebHooks: one to {address}, enabled, with the secret.").format(address=address())
    try:
        found = webhooks_to_us(site.client)
    except JiraUnauthorized:
        yield warning(what, _("only administrators of Jira see webhooks"), look_at)
        return
    except JiraError as problem:
        yield warning(what, str(problem), look_at)
        return
    if not found:
        if site.known.newest.get(Source.AUTOMATION) is None:
            yield warning(what, _("none leads to {address}").format(address=address()), _("Run manage.py jira_setup."))
        return
    yield from (_webhook(each) for each in found)


def _webhook(found: dict[str, object]) -> Finding:
    what, name = _("native webhook"), str(found.get("name"))
    events = found.get("events")
    lacking = NEEDED_EVENTS - set(events if isinstance(events, list) else ())
    if found.get("enabled") is False:
        return failed(what, _("“{name}” is switched off").format(name=name), _("Enable it: System, WebHooks."))
    if lacking:
        seen = _("“{name}” does not send {names}").format(name=name, names=", ".join(sorted(lacking)))
        return failed(what, seen, _("Tick the events in Jira, System, WebHooks."))
    if found.get("isSigned") is False:
        return failed(
            what, _("“{name}” has no secret").format(name=name), _("Give it the value of JIRA_WEBHOOK_SECRET.")
        )
    return ok(what, _("“{name}”, enabled").format(name=name))


def rule(site: Site) -> Iterator[Finding]:
    what = _("automation rule")
    if not settings.JIRA_WEBHOOK_API_KEY:
        return
    look_at = _(
        "In the project's settings, Automation: rules for created, updated and moved issues, enabled, that send to "
        "{address} with the header X-API-Key."
    ).format(address=address())
    if settings.JIRA_FLAVOUR != "cloud":
        if Source.AUTOMATION not in site.known.newest:
            yield warning(what, _("Data Center does not tell"), look_at)
        return
    try:
        found = rules_to_us(site.client)
    except JiraError as problem:
        seen = _("only administrators of Jira see rules") if isinstance(problem, JiraUnauthorized) else str(problem)
        yield warning(what, seen, look_at)
        return
    if not found:
        if site.known.newest.get(Source.NATIVE) is None:
            yield warning(what, _("none leads to {address}").format(address=address()), _("Run manage.py jira_setup."))
        return
    off = [each.name for each in found if not each.enabled]
    lacking = NEEDED_TRIGGERS - triggers([each for each in found if each.enabled])
    if off:
        seen = _("switched off: {names}").format(names=", ".join(off))
        yield failed(what, seen, _("Enable them in the project's settings, Automation."))
    elif lacking:
        seen = _("no rule for: {names}").format(names=", ".join(sorted(lacking)))
        yield warning(what, seen, look_at)
    else:
        yield ok(what, _("{count} rules, enabled").format(count=len(found)))
