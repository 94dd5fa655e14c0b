"""The application: one desk, the REST API, the control API and the pages."""

from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.jira import control, lacking, pages, rest
from sandbox.jira.automation import Automation
from sandbox.jira.desk import Desk
from sandbox.jira.faults import Faults
from sandbox.jira.shapes import Shapes
from sandbox.jira.store import Store

POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def create_app(store: Store, automation: Automation, base_url: str, flavour: str = "cloud") -> Flask:
    """`base_url` is what people and the portal call this Jira; it stands in every self link."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(BASE_URL=base_url, FLAVOUR=flavour, MAX_CONTENT_LENGTH=5_000_000)
    desk = Desk(store, automation.handle)
    automation.shapes = Shapes(desk, base_url, flavour, "2")
    app.extensions |= {"desk": desk, "faults": Faults(), "automation": automation}
    rest.connect(app)
    app.register_blueprint(control.routes)
    app.register_blueprint(lacking.routes)
    app.register_blueprint(pages.routes)

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @app.errorhandler(404)
    def not_found(problem: Any) -> Any:
        if rest.is_rest(request.path):
            return jsonify(errorMessages=[f"null for uri: {request.path}"], errors={}), 404
        return pages.problem_page("There is no such page.", 404)

    @app.errorhandler(500)
    def broken(problem: Any) -> Any:
        """The traceback is in the log."""
        if rest.is_rest(request.path):
            return jsonify(errorMessages=["Internal server error"], errors={}), 500
        return pages.problem_page("The sandbox itself failed; its log says why.", 500)

    return app
