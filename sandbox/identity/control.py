"""The control API under /sandbox: faults, behaviour, state, reset. For tests and the demo."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request

from sandbox.identity.rest import world
from sandbox.identity.schema import TABLES

routes = Blueprint("control", __name__, url_prefix="/sandbox")
BEHAVIOUR = {"lag": int, "absolute_uris": bool, "bare_lists": bool}


@routes.get("/healthz")
def health() -> Any:
    return jsonify(ok=True)


@routes.post("/faults")
def order_fault() -> Any:
    try:
        return jsonify(asdict(world().faults.order(**request.get_json()))), 201
    except (TypeError, ValueError) as problem:
        return jsonify(error=str(problem)), 400


@routes.get("/faults")
def list_faults() -> Any:
    return jsonify(world().faults.listed())


@routes.delete("/faults")
def clear_faults() -> Any:
    world().faults.clear()
    return "", 204


@routes.post("/behaviour")
def behave() -> Any:
    """{lag, absolute_uris, bare_lists}: what is given is changed."""
    given = request.get_json()
    for name, value in given.items():
        if name not in BEHAVIOUR or not isinstance(value, BEHAVIOUR[name]):
            return jsonify(error=f"Known: {', '.join(BEHAVIOUR)}."), 400
    for name, value in given.items():
        setattr(world(), name, value)
    return jsonify({name: getattr(world(), name) for name in BEHAVIOUR})


@routes.post("/expire")
def expire() -> Any:
    """End all sessions."""
    world().sessions.expire()
    return "", 204


@routes.get("/state")
def state() -> Any:
    """Every row of every table, and the calls so far."""
    tables = {name: world().store.select(name) for name in TABLES}
    return jsonify(tables=tables, calls=[asdict(call) for call in world().calls])


@routes.post("/reset")
def reset() -> Any:
    world().reset()
    return "", 204
