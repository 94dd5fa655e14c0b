"""The part of JQL a sweep needs: comparisons joined with AND and OR, in parentheses if wanted, and ORDER BY."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.jira import fields, people, workflow
from sandbox.jira.desk import PROJECT, PROJECT_NAME, JiraError
from sandbox.jira.shapes import ISSUE_TYPE, ISSUE_TYPE_ID, PROJECT_ID
from sandbox.jira.store import Doc

WORD = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s()=!<>~,\"']+"
CLAUSE = re.compile(
    rf"\s*({WORD})\s*(!=|>=|<=|=|>|<|\bnot\s+in\b|\bin\b|\bis\s+not\b|\bis\b)\s*(\((?:[^()\"']|\"[^\"]*\"|'[^']*')*\)|{WORD})",
    re.IGNORECASE,
)
UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


Test = Callable[[Doc], bool]


def search(query: str, issues: list[Doc]) -> list[Doc]:
    """The issues the query finds, in its order (newest first when it names none). Raises a 400.

    An issue key that nobody can see is refused, as Jira does: "An issue with key … does not exist".
    """
    where, order = _split_order(query)
    wanted = _Parser(where, {issue["key"].lower() for issue in issues}).parse()
    found = [issue for issue in issues if wanted(issue)]
    for name, descending in reversed(order):
        found.sort(key=lambda issue: _sort_key(issue, name), reverse=descending)
    return found


def _split_order(query: str) -> tuple[str, list[tuple[str, bool]]]:
    where, *rest = re.split(r"\border\s+by\b", query, maxsplit=1, flags=re.IGNORECASE)
    if not rest:
        return where, [("key", True)]
    order = []
    for part in rest[0].split(","):
        words = part.split()
        if not words or words[0].lower() not in ("updated", "created", "key", "status", "summary", "id"):
            raise _problem(f"Not able to sort using field '{part.strip()}'.")
        order.append((words[0].lower(), words[1:] != [] and words[1].lower() == "desc"))
    return where, order


def _sort_key(issue: Doc, name: str) -> Any:
    return issue["id"] if name == "key" else issue[name]


class _Parser:
    """AND binds closer than OR, parentheses closest."""

    def __init__(self, where: str, keys: set[str]) -> None:
        self._where, self._keys, self._at = where, keys, 0

    def parse(self) -> Test:
        if not self._where.strip():
            return lambda issue: True
        test = self._any()
        if rest := self._where[self._at :].strip():
            raise _problem(f"Expecting 'AND' or 'OR' but got '{rest[:30]}'.")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._took("or"):
            tests.append(self._all())
        return lambda issue: any(test(issue) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._took("and"):
            tests.append(self._one())
        return lambda issue: all(test(issue) for test in tests)

    def _one(self) -> Test:
        if self._took("("):
            inner = self._any()
            if not self._took(")"):
                raise _problem(f"Expecting ')' but got '{self._where[self._at :].strip()[:30]}'.")
            return inner
        clause = CLAUSE.match(self._where, self._at)
        if not clause:
            raise _problem(f"Expecting a comparison but got '{self._where[self._at :].strip()[:30]}'.")
        self._at = clause.end()
        return _test(_unquote(clause[1]), re.sub(r"\s+", " ", clause[2].lower()), clause[3], self._keys)

    def _took(self, token: str) -> bool:
        pattern = rf"\s*{token}\b" if token.isalpha() else rf"\s*\{token}"
        found = re.compile(pattern, re.IGNORECASE).match(self._where, self._at)
        if found:
            self._at = found.end()
        return bool(found)


def _test(name: str, operator: str, operand: str, keys: set[str]) -> Test:
    inner = operand[1:-1] if operand.startswith("(") else operand
    values = [_unquote(word) for word in re.findall(WORD, inner)]
    field = name.lower()
    if field in ("updated", "created", "updateddate", "createddate"):
        limit = _moment(values[0])
        column = "updated" if field.startswith("updated") else "created"
        return lambda issue: _compare(issue[column], operator, limit)
    read = _reader(field, name)
    if operator in ("is", "is not"):
        return lambda issue: (not read(issue)) == (operator == "is")
    if operator not in ("=", "!=", "in", "not in"):
        raise _problem(f"The operator '{operator}' is not supported by the '{name}' field.")
    if field == "status":
        _known_statuses(values)
    if field in ("key", "issuekey"):
        _known_keys(values, keys)
    wanted = {value.lower() for value in values}
    return lambda issue: bool(wanted & {str(value).lower() for value in read(issue)}) == (operator in ("=", "in"))


def _reader(field: str, name: str) -> Callable[[Doc], list[Any]]:
    """Every name under which the value of a field can be asked for."""
    custom = next((f for f in fields.CUSTOM if field in (f.name.lower(), f"cf[{f.number}]")), None)
    if custom is fields.REQUEST_TYPE:
        return lambda issue: [ISSUE_TYPE, f"{ISSUE_TYPE} ({PROJECT})"]
    if custom:
        return lambda issue: _as_list(issue["values"].get(custom.id))
    readers: dict[str, Callable[[Doc], list[Any]]] = {
        "project": lambda issue: [PROJECT, PROJECT_ID, PROJECT_NAME],
        "issuetype": lambda issue: [ISSUE_TYPE, ISSUE_TYPE_ID],
        "type": lambda issue: [ISSUE_TYPE, ISSUE_TYPE_ID],
        "key": lambda issue: [issue["key"]],
        "issuekey": lambda issue: [issue["key"]],
        "id": lambda issue: [issue["id"], issue["key"]],
        "status": lambda issue: [issue["status"], workflow.BY_ID[issue["status"]].name],
        "statuscategory": lambda issue: _category_names(issue["status"]),
        "labels": lambda issue: issue["labels"],
        "reporter": lambda issue: _person_names(issue["reporter"]),
        "assignee": lambda issue: _person_names(issue["assignee"]),
        "resolution": lambda issue: _as_list(issue["resolution"]),
    }
    if field not in readers:
        raise _problem(f"Field '{name}' does not exist or you do not have permission to view it.")
    return readers[field]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _person_names(account_id: str | None) -> list[str]:
    person = people.BY_ID.get(account_id or "")
    return [person.account_id, person.name, person.username] if person else []


def _category_names(status_id: str) -> list[Any]:
    category = workflow.BY_ID[status_id].category
    return [category.id, category.key, category.name]


def _known_statuses(values: list[str]) -> None:
    known = {word.lower() for status in workflow.STATUSES for word in (status.id, status.name)}
    for value in values:
        if value.lower() not in known:
            raise _problem(f"The value '{value}' does not exist for the field 'status'.")


def _known_keys(values: list[str], keys: set[str]) -> None:
    for value in values:
        if value.lower() not in keys:
            raise _problem(f"An issue with key '{value}' does not exist for field 'key'.")


def _moment(text: str) -> int:
    """Milliseconds of -15m, 2026-01-31 or "2026-01-31 17:05" (UTC here; in Jira the caller's time zone)."""
    relative = re.fullmatch(r"-(\d+)([mhdw])", text)
    if relative:
        return int((time.time() - int(relative[1]) * UNITS[relative[2]]) * 1000)
    for pattern in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
        try:
            return int(datetime.strptime(text, pattern).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            continue
    raise _problem(
        f"Date value '{text}' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def _compare(value: int, operator: str, limit: int) -> bool:
    match operator:
        case ">=":
            return value >= limit
        case "<=":
            return value <= limit
        case ">":
            return value > limit
        case "<":
            return value < limit
    raise _problem(f"The operator '{operator}' is not supported for dates.")


def _unquote(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word[:1] in "\"'" else word


def _problem(text: str) -> JiraError:
    return JiraError(400, f"Error in the JQL Query: {text}" if text.startswith("Expecting") else text)
