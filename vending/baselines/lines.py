"""Where in a YAML text something stands: a fault without its line is a search."""

from collections.abc import Iterator

import yaml

Path = tuple[str | int, ...]


class Lines:
    """The lines of a YAML text, by the path to a value. Raises yaml.YAMLError for what is no YAML.

    An alias is refused like it: a few lines of aliases of aliases stand for more values than a machine can hold.
    """

    def __init__(self, text: str) -> None:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                problem = f"the alias *{event.anchor} is not taken; write the value out"
                mark = event.start_mark
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark if isinstance(mark, yaml.Mark) else None)
        self._lines: dict[Path, int] = {}
        self.repeated: list[Path] = []
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            for path, line in _walk((), root):
                if path in self._lines:
                    self.repeated.append(path)
                self._lines[path] = line

    def of(self, path: Path) -> int:
        """The line of this value, counted from 1, or of the nearest thing around it; 0 for an empty text."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)


def _walk(path: Path, node: yaml.Node) -> Iterator[tuple[Path, int]]:
    if not path:
        yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                inner = (*path, key.value)
                yield inner, key.start_mark.line + 1
                yield from _walk(inner, value)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            inner_item = (*path, place)
            yield inner_item, value.start_mark.line + 1
            yield from _walk(inner_item, value)
