"""The part of the ADF schema that the portal uses, written down independently of the renderer."""

INLINE = {
    "type": "array",
    "items": {
        "oneOf": [
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["type"],
                "properties": {"type": {"const": "hardBreak"}},
            },
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "text"],
                "properties": {
                    "type": {"const": "text"},
                    "text": {"type": "string", "minLength": 1},
                    "marks": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/mark"}},
                },
            },
        ]
    },
}


def _node(name, content, attrs=None, least=0):
    properties = {"type": {"const": name}, "content": {"type": "array", "items": content, "minItems": least}}
    required = ["type", "content"]
    if attrs:
        properties["attrs"] = {
            "type": "object",
            "additionalProperties": False,
            "required": list(attrs),
            "properties": attrs,
        }
        required.append("attrs")
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _any(*names):
    return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


SCHEMA = {
    "$defs": {
        "mark": {
            "oneOf": [
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["type"],
                    "properties": {"type": {"enum": ["strong", "em", "code"]}},
                },
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["type", "attrs"],
                    "properties": {
                        "type": {"const": "link"},
                        "attrs": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["href"],
                            "properties": {"href": {"type": "string", "pattern": "^(https?://|mailto:)[!-~]+$"}},
                        },
                    },
                },
            ]
        },
        "inline": INLINE["items"],
        "paragraph": _node("paragraph", {"$ref": "#/$defs/inline"}),
        "heading": _node("heading", {"$ref": "#/$defs/inline"}, {"level": {"enum": [1, 2, 3, 4]}}),
        "listItem": _node("listItem", {"$ref": "#/$defs/paragraph"}, least=1),
        "bulletList": _node("bulletList", {"$ref": "#/$defs/listItem"}, least=1),
        "orderedList": _node("orderedList", {"$ref": "#/$defs/listItem"}, least=1),
        "tableHeader": _node("tableHeader", {"$ref": "#/$defs/paragraph"}, least=1),
        "tableCell": _node("tableCell", {"$ref": "#/$defs/paragraph"}, least=1),
        "tableRow": _node("tableRow", _any("tableHeader", "tableCell"), least=1),
        "table": _node("table", {"$ref": "#/$defs/tableRow"}, least=1),
        "codeBlock": _node("codeBlock", {"$ref": "#/$defs/inline"}),
        "rule": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {"type": {"const": "rule"}},
        },
        "panel": _node(
            "panel",
            _any("paragraph", "heading", "bulletList", "orderedList", "codeBlock"),
            {"panelType": {"enum": ["info", "success", "warning", "error"]}},
            least=1,
        ),
    },
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "version", "content"],
    "properties": {
        "type": {"const": "doc"},
        "version": {"const": 1},
        "content": {
            "type": "array",
            "items": _any("paragraph", "heading", "bulletList", "orderedList", "table", "codeBlock", "panel", "rule"),
        },
    },
}
