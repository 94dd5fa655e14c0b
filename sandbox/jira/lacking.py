"""What this Jira is made to lack, so that a setup or a doctor finds something to do.

Names: "field:<id>", "form:<field id>", "permission:<KEY>", "transition:<id>", "status:<name>", "issue type",
"request type", "group", "contexts" (new fields get none), "state" (new rules ignore the state they are given).
"""

import json
from typing import Any

from flask import Blueprint, current_app, jsonify, request

from sandbox.jira.store import Store

routes = Blueprint("lacking", __name__, url_prefix="/sandbox")
SETTING = "lacking"


def lack(store: Store, *names: str) -> None:
    """From now on these are missing; no name brings everything back."""
    store.set_setting(SETTING, json.dumps(names))


def lacks(store: Store, name: str) -> bool:
    return name in json.loads(store.setting(SETTING, "[]"))


@routes.get("/lacking")
def read() -> Any:
    return jsonify(names=json.loads(_store().setting(SETTING, "[]")))


@routes.post("/lacking")
def change() -> Any:
    """{"names": [...]}, which replaces the former ones."""
    lack(_store(), *request.get_json()["names"])
    return read()


def _store() -> Store:
    store: Store = current_app.extensions["desk"].store
    return store
