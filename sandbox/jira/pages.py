"""Pages for people: the service portal, tickets, the queue, and a look behind the scenes."""

import json
import re
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup

from sandbox.jira import adf, control, fields, mailbox, people, wiki, workflow
from sandbox.jira.changes import plain
from sandbox.jira.desk import JiraError
from sandbox.jira.payloads import SHAPE_NAMES
from sandbox.jira.people import Person
from sandbox.jira.rest import desk, is_rest
from sandbox.jira.shapes import jira_time
from sandbox.jira.store import Doc

routes = Blueprint("pages", __name__)

COOKIE = "acting_as"


@routes.before_request
def who() -> Any:
    """`as=` in the form or the address wins over the cookie; without either it is Rita."""
    named = request.values.get("as")
    person = people.find(named or request.cookies.get(COOKIE) or people.RITA.email)
    if not person:
        return problem_page(f"Nobody here is called {named}.", 400)
    g.person = person
    return None


@routes.after_request
def remember(answer: Response) -> Response:
    """Whoever was named goes on acting, so that the buttons of the page just shown are theirs."""
    if request.values.get("as") and "person" in g:
        answer.set_cookie(COOKIE, g.person.email, samesite="Lax", httponly=True)
    return answer


@routes.app_context_processor
def common() -> dict[str, Any]:
    return {
        "me": g.get("person", people.RITA),
        "people": people.PEOPLE,
        "field_ids": fields,
        "path": request.path,
        "portal_url": current_app.extensions["automation"].portal_url,
    }


@routes.app_template_filter("person")
def person_of(account_id: str) -> Person | None:
    return people.BY_ID.get(account_id)


@routes.app_template_filter("time")
def time_of(moment: int) -> Markup:
    stamp = jira_time(moment) or ""
    return Markup('<time datetime="{}">{}</time>').format(stamp, f"{stamp[:10]} {stamp[11:19]}")


@routes.app_template_filter("status")
def status_of(status_id: str) -> workflow.Status:
    return workflow.BY_ID[status_id]


@routes.app_template_filter("rich")
def rich(value: Any) -> Markup:
    """A comment or textarea as Jira renders it."""
    return adf.to_html(value) if isinstance(value, dict) else wiki.to_html(value or "")


routes.add_app_template_filter(plain, "plain")


@routes.app_template_filter("pretty")
def pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def problem_page(message: str, status: int, **errors: str) -> Any:
    if wants_json():
        return jsonify(errorMessages=[message] if message else [], errors=errors), status
    return render_template("problem.html", message=message, errors=errors, status=status), status


@routes.app_errorhandler(JiraError)
def refused(problem: JiraError) -> Any:
    if is_rest(request.path):
        from sandbox.jira.rest import refusal

        return refusal(problem)
    return problem_page(" ".join(problem.messages), problem.status, **problem.errors)


# The service portal


@routes.get("/")
@routes.get("/servicedesk/customer/portal/1")
def home() -> Any:
    every = desk().store.all("issue")[::-1]
    mine = [issue for issue in every if desk().takes_part(issue, g.person)]
    return render_template("home.html", mine=mine[:8])


@routes.get("/portal/create")
def form() -> Any:
    return render_template("form.html", form=fields.FORM, given={}, errors={})


@routes.post("/portal/create")
def create() -> Any:
    """Fields named by their ids; `summary` is optional. 303 to the ticket, or JSON when asked for."""
    values, errors = form_values(fields.FORM)
    missing = {f.id: f"{f.name} is required." for f in fields.FORM if f.required and not values.get(f.id)}
    errors = missing | errors
    if errors and wants_json():
        return jsonify(errorMessages=[], errors=errors), 400
    if errors:
        return render_template("form.html", form=fields.FORM, given=request.form, errors=errors), 400
    issue = desk().create(g.person, values, request.form.get("summary", "").strip()[:255])
    return done(issue, 201)


def form_values(wanted: tuple[fields.Field, ...]) -> tuple[Doc, dict[str, str]]:
    values, errors = {}, {}
    for field in wanted:
        try:
            values[field.id] = fields.from_form(field, request.form.getlist(field.id))
        except fields.FieldError as problem:
            errors[field.id] = str(problem)
    return values, errors


def done(issue: Doc, status: int = 200) -> Any:
    """After a POST: JSON for programs, the ticket page for browsers."""
    url = f"/browse/{issue['key']}"
    if wants_json():
        name = workflow.BY_ID[issue["status"]].name
        return jsonify(id=str(issue["id"]), key=issue["key"], status=name, url=url), status
    return redirect(url, 303)


# Tickets


@routes.get("/browse/<key>")
@routes.get("/servicedesk/customer/portal/1/<key>")
def ticket(key: str) -> Any:
    """The ticket; with `part=live` only the part that changes, for the page's own refresh."""
    issue = desk().issue(key, g.person)
    approval = desk().pending_approval(issue)
    live = request.args.get("part") == "live"
    return render_template(
        "_live.html" if live else "ticket.html",
        issue=issue,
        form=fields.FORM,
        transitions=desk().transitions(issue, g.person),
        comments=desk().comments(issue, g.person),
        changes=desk().store.all("change", issue["id"])[::-1],
        approvals=desk().approvals(issue),
        may_approve=bool(approval and g.person.account_id in approval["approvers"]),
        links=desk().store.all("remotelink", issue["id"]),
        errors={},
    )


@routes.post("/browse/<key>/transition")
def transition(key: str) -> Any:
    """`id` (or `transition`): the id, name or target status of a transition."""
    wanted = request.form.get("id") or request.form.get("transition") or request.form.get("name") or ""
    return done(desk().transition(g.person, desk().issue(key, g.person), wanted.strip()))


@routes.post("/browse/<key>/edit")
def edit(key: str) -> Any:
    """Only the fields that were sent change; a checkbox list counts as sent when `<id>_sent` is there."""
    issue = desk().issue(key, g.person)
    sent = tuple(f for f in fields.FORM if f.id in request.form or f"{f.id}_sent" in request.form)
    values, errors = form_values(sent)
    errors |= {f.id: f"{f.name} is required." for f in sent if f.required and not values.get(f.id, True)}
    if errors:
        raise JiraError(400, errors=errors)
    if request.form.get("summary", "").strip():
        values["summary"] = request.form["summary"].strip()[:255]
    return done(desk().edit(g.person, issue, values))


@routes.post("/browse/<key>/comment")
def comment(key: str) -> Any:
    issue = desk().issue(key, g.person)
    internal = g.person.is_agent and request.form.get("internal") in ("1", "on", "true")
    desk().comment(g.person, issue, request.form.get("body", "").strip(), internal)
    return done(issue)


@routes.post("/browse/<key>/approval")
def approval(key: str) -> Any:
    """`decision`: approve or decline, for the approval that is pending (or `approval` with its id)."""
    issue = desk().issue(key, g.person)
    pending = desk().pending_approval(issue)
    number = request.form.get("approval", type=int) or (pending["id"] if pending else 0)
    desk().approve(g.person, issue, number, request.form.get("decision", ""))
    return done(desk().issue(key, g.person))


@routes.get("/queue")
def queue() -> Any:
    visible = [issue for issue in desk().store.all("issue")[::-1] if desk().may_see(issue, g.person)]
    counts = [(s, sum(issue["status"] == s.id for issue in visible)) for s in workflow.STATUSES]
    chosen = request.args.get("status")
    shown = [issue for issue in visible if chosen in (None, "", issue["status"])]
    return render_template("queue.html", issues=shown, counts=counts, chosen=chosen, total=len(visible))


# Behind the scenes


@routes.get("/deliveries")
def deliveries() -> Any:
    return render_template("deliveries.html", deliveries=control.newest_deliveries()[:50], names=SHAPE_NAMES)


@routes.post("/deliveries/<int:number>/resend")
def resend(number: int) -> Response:
    control.resend(number)
    return redirect(url_for("pages.deliveries"), 303)  # type: ignore[return-value]


@routes.get("/settings")
def settings() -> Any:
    return render_template("settings.html", names=SHAPE_NAMES, settings=control.settings_shape())


@routes.post("/settings")
def change_settings() -> Any:
    problem = control.change_settings(request.form.to_dict())
    return problem_page(problem, 400) if problem else redirect(url_for("pages.settings"), 303)


@routes.get("/mailbox")
def mails() -> Any:
    return render_template("mailbox.html", mails=desk().store.all("mail")[::-1])


@routes.post("/mailbox")
def send_mail() -> Any:
    form_ = request.form
    mail = {"from": form_.get("from"), "subject": form_.get("subject"), "text": form_.get("text")}
    mailbox.receive(desk(), mail)
    return redirect(url_for("pages.mails"), 303)


@routes.route("/act-as", methods=["POST"])
def act_as() -> Any:
    """Remember who is acting, and go back to the page (a path of this site only)."""
    back = request.form.get("back", "/")
    return redirect(back if re.fullmatch(r"/[\w/-]*", back) and "//" not in back else "/", 303)
