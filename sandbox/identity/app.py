"""The application: the REST API under its base path, the control API and the page."""

from flask import Flask, Response, request

from sandbox.identity import control, pages, rest
from sandbox.identity.world import World

POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def create_app(world: World) -> Flask:
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.extensions["world"] = world
    app.register_blueprint(rest.routes, url_prefix=world.base)
    app.register_blueprint(control.routes)
    app.register_blueprint(pages.routes)

    @app.before_request
    def read_all() -> None:
        """A body left unread would be taken for the next request of the same connection."""
        request.get_data()

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return app
