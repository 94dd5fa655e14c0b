"""The application server's REST API: the part that publishing needs, as the vendor's guide (8.1.5 to 9.2.1) has it."""

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from sandbox.identity.faults import refusal
from sandbox.identity.schema import TABLES
from sandbox.identity.sessions import set_cookies
from sandbox.identity.store import Missing, Refused, Row
from sandbox.identity.world import Call, World

routes = Blueprint("rest", __name__)
OPEN = ("rest.log_in", "rest.log_out")


def world() -> World:
    return current_app.extensions["world"]


@routes.before_request
def guard() -> Response | None:
    answer = world().faults.before()
    if answer:
        return answer
    if request.endpoint not in OPEN and not world().sessions.is_valid:
        return refusal(401, "Unauthorized")
    return None


@routes.after_request
def note(answer: Response) -> Response:
    world().note(Call(request.method, request.path.removeprefix(world().base), answer.status_code))
    return world().faults.after(answer)


@routes.errorhandler(Refused)
def refused(problem: Refused) -> Response:
    return refusal(500, str(problem), problem.number)


@routes.errorhandler(Missing)
def missing(problem: Missing) -> Response:
    return refusal(404, f"Not found: {problem}")


@routes.post("/auth/apphost")
def log_in() -> Response:
    session = world().sessions.open(_body())
    if session is None:
        return refusal(401, "Invalid user name or password.")
    answer = jsonify(
        claims={"module": "DialogUser"}, passwordBased=True, sessionId=session, responseStatus={}, userName="service"
    )
    set_cookies(answer, session)
    return answer


@routes.post("/auth/logout")
def log_out() -> Response:
    world().sessions.close()
    return jsonify(responseStatus={})


@routes.get("/api/entities/<table>")
def look_up(table: str) -> Response:
    return _collection(table, request.args.to_dict())


@routes.post("/api/entities/<table>")
def look_up_by_body(table: str) -> Response:
    return _collection(table, {**request.args.to_dict(), **_body()})


@routes.post("/api/entities")
def create_many() -> Response:
    return jsonify(entities=[_create(each["table"], each["values"]) for each in _body()["entities"]])


@routes.post("/api/entity/<table>")
def create(table: str) -> Response:
    return jsonify(_create(table, _body()["values"]))


@routes.get("/api/entity/<table>/<uid>")
def read(table: str, uid: str) -> Response:
    return jsonify(_shape(table, world().store.get(table, uid)))


@routes.put("/api/entity/<table>/<uid>")
def change(table: str, uid: str) -> Response:
    world().store.update(table, uid, _body()["values"])
    return Response(status=204)


@routes.delete("/api/entity/<table>/<uid>")
def remove(table: str, uid: str) -> Response:
    world().store.delete(table, uid)
    return Response(status=204)


@routes.put("/api/entity/<table>/<uid>/method/<name>")
@routes.put("/api/entity/<table>/<uid>/event/<name>")
def run(table: str, uid: str, name: str) -> Response:
    """Methods and events of an existing entity are taken and do nothing here."""
    world().store.get(table, uid)
    return Response(status=204)


@routes.put("/api/script/<name>")
def script(name: str) -> Response:
    """The one script there is gives back what it was given."""
    if name != "Sandbox_Echo":
        raise Refused(810099, f"There is no script {name}.")
    given = ";".join(map(str, _body().get("parameters") or ()))
    return jsonify(given) if _body().get("returnRawResult") else jsonify(result=given, value=_body().get("value"))


@routes.get("/api/assignments/<table>/<column>/<uid>")
def members(table: str, column: str, uid: str) -> Response:
    other, other_column = _other_side(table, column)
    found = world().store.select(table, f"{column} = @uid", {"uid": uid})
    world().store.compute(table, column, uid)
    people = [(row[other_column], world().store.get(other, row[other_column])) for row in found]
    return jsonify([{"href": _uri(other, each), "title": _display(other, row), "uid": each} for each, row in people])


@routes.post("/api/assignments/<table>/<column>/<uid>")
def assign(table: str, column: str, uid: str) -> Response:
    _, other_column = _other_side(table, column)
    assigned = 0
    for member in _body()["members"]:
        try:
            world().store.insert(table, {column: uid, other_column: member}, pending=world().lag)
        except Refused as problem:
            if problem.number != 810017:
                raise
        else:
            assigned += 1
    return jsonify(assigned=assigned, removed=0)


@routes.delete("/api/assignments/<table>/<column>/<uid>")
def unassign(table: str, column: str, uid: str) -> Response:
    _other_side(table, column)
    removed = 0
    for member in _body()["members"]:
        pair = {column: uid}
        key = ";".join(pair.get(each, member) for each in TABLES[table].key)
        try:
            world().store.delete(table, key)
        except Missing:
            continue
        removed += 1
    return jsonify(assigned=0, removed=removed)


def _body() -> dict[str, Any]:
    return request.get_json()


def _create(table: str, values: Row) -> dict[str, str]:
    uid = world().store.insert(table, values)
    return {"uid": uid, "uri": _uri(table, uid)}


def _collection(table: str, given: dict[str, Any]) -> Response:
    rows = world().store.select(table, given.get("where", ""), _values(given))
    columns = [each for each in re.split(r"[;,]", given.get("displayColumns", "")) if each]
    for column in columns:
        if column not in TABLES[table].all_columns:
            raise Refused(810099, f"{table} has no column {column}.")
    first, most = int(given.get("offset", 0)), int(given.get("limit", 1000))
    return jsonify([_listed(table, row, columns) for row in rows[first : first + most]])


def _listed(table: str, row: Row, columns: list[str]) -> dict[str, Any]:
    shape = _shape(table, row)
    if world().bare_lists:
        shape["values"] = {}
    elif columns:
        shape["values"] = {column: row[column] for column in columns}
    return shape


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """The values of a condition: @name=text, @name[int]=number."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        typed = re.fullmatch(r"@(\w+)(?:\[(\w+)\])?", name)
        if typed:
            values[typed[1]] = int(value) if typed[2] == "int" else value
    return values


def _shape(table: str, row: Row) -> dict[str, Any]:
    uid = ";".join(str(row[column]) for column in TABLES[table].key)
    values = {column: bool(value) if column.startswith("Is") else value for column, value in row.items()}
    display = _display(table, row)
    return {
        "uri": _uri(table, uid), "uid": uid, "display": display, "longDisplay": display, "values": values, "links": []
    }  # fmt: skip


def _display(table: str, row: Row) -> str:
    if table == "Person":
        return f"{row['LastName']}, {row['FirstName']}"
    columns = TABLES[table].columns
    return str(row[columns[0]] if columns else ";".join(str(value) for value in row.values()))


def _uri(table: str, uid: str) -> str:
    path = f"/api/entity/{table}/{uid}"
    return world().url + path if world().absolute_uris else world().base + path


def _other_side(table: str, column: str) -> tuple[str, str]:
    """The table and the column on the other side of an assignment table."""
    known = TABLES.get(table)
    if known is None or len(known.key) != 2 or column not in known.key:
        raise Missing(f"There is no assignment table {table} with {column}.")
    other = known.key[1 - known.key.index(column)]
    return dict(known.references)[other], other
