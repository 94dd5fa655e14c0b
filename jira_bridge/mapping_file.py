"""The mapping as a YAML file: what may stand in it, and every fault with its line."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import yaml
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from jira_bridge.choices import Meaning, RequestField

JIRA_ID = re.compile(r"customfield_[0-9]{1,20}|(?!customfield_)[A-Za-z][A-Za-z0-9_-]{0,59}")
"""A custom field, a system field such as summary, or a name that custom data of your own uses."""

Place = tuple[int | str, ...]
"""Where something stands in the file: the keys and list positions that lead to it."""


class MappingFault(Exception):
    """The file cannot be a mapping; one line for each fault."""


def _jira_id(text: str) -> str:
    if not JIRA_ID.fullmatch(text):
        raise ValueError(_("“{id}” is no field of Jira; write customfield_NNNNN, or summary").format(id=text))
    return text


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError(_("a name must not be empty"))
    return text.strip()


Name = Annotated[str, AfterValidator(_name)]


class Document(BaseModel):
    """The YAML file: which issue types count, what statuses mean, which field is where."""

    model_config = ConfigDict(extra="forbid")
    issue_types: list[Name]
    statuses: dict[Meaning, list[Name]]
    fields: dict[RequestField, Annotated[str, AfterValidator(_jira_id)]]


def read(text: str) -> Document:
    """The file. All its scalars are text: a status may be called “Yes”. Raises MappingFault with every fault."""
    root, content = _load(text)
    repeated = [_sentence(line, (key,), _("it stands twice in its group")) for line, key in _repeated_keys(root)]
    if repeated:
        raise MappingFault("\n".join(repeated))
    try:
        document = Document.model_validate(content)
    except ValidationError as error:
        faults = ((tuple(each["loc"]), _in_our_words(each)) for each in error.errors())
        raise MappingFault("\n".join(_sentence(_line(root, loc), loc, said) for loc, said in faults)) from error
    twice = [
        _sentence(_line(root, place), place, _("“{name}” stands twice, whatever its case").format(name=name))
        for place, name in _repeated_names(document)
    ]
    if twice:
        raise MappingFault("\n".join(twice))
    return document


def _load(text: str) -> tuple[yaml.Node, Any]:
    """The file as nodes, which know their lines, and as plain values."""
    try:
        loader = yaml.BaseLoader(text)
        root = loader.get_single_node()
        if root is None:
            raise MappingFault(_("The file is empty."))
        return root, loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = _("this is not YAML: {problem}").format(problem=error.problem or error)
        raise MappingFault(_sentence(line, (), said)) from error
    except yaml.YAMLError as error:  # a character that YAML does not know
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        raise MappingFault(_sentence(line, (), _("this is not YAML: it holds a control character"))) from error
    except RecursionError as error:
        raise MappingFault(_("The file is nested too deeply to be a mapping.")) from error


def _repeated_keys(node: yaml.Node, seen: frozenset[int] = frozenset()) -> Iterator[tuple[int, str]]:
    """Line and name of every key that its group has already: YAML would silently take the last."""
    if id(node) in seen:
        return
    seen |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item, seen)
    if isinstance(node, yaml.MappingNode):
        known: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in known:
                    yield key.start_mark.line + 1, key.value
                known.add(key.value)
            yield from _repeated_keys(value, seen)


def _repeated_names(document: Document) -> Iterator[tuple[Place, str]]:
    """Issue types, and statuses over all meanings: each name once."""
    types: list[tuple[Place, str]] = [
        (("issue_types", position), name) for position, name in enumerate(document.issue_types)
    ]
    statuses: list[tuple[Place, str]] = [
        (("statuses", meaning.value, position), name)
        for meaning, names in document.statuses.items()
        for position, name in enumerate(names)
    ]
    for group in (types, statuses):
        known: set[str] = set()
        for place, name in group:
            if name.casefold() in known:
                yield place, name
            known.add(name.casefold())


def _line(root: yaml.Node, place: Place) -> int:
    """The line where this stands, or the nearest one that leads to it."""
    node, line = root, root.start_mark.line
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1


def _in_our_words(error: Any) -> str:
    match error["type"]:
        case "missing":
            return _("this part is missing")
        case "extra_forbidden":
            return _("there is no such part; known are {names}").format(names=", ".join(Document.model_fields))
        case "enum":
            return _("“{given}” is not known; write {names}").format(
                given=error["input"], names=error["ctx"]["expected"]
            )
        case "list_type":
            return _("write a list of names, such as [AWS Account]")
        case "dict_type" | "model_type":
            return _("write names with values, one a line")
        case "string_type":
            return _("write one text here")
        case "value_error":
            return str(error["ctx"]["error"])
    return str(error["msg"])


def _sentence(line: int, place: Place, said: str) -> str:
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in place if part != "[key]")
    start = _("Line {line}").format(line=line)
    return f"{start}, {where}: {said}." if where else f"{start}: {said}."
