"""YAML as people write it, read safely and strictly."""

from typing import Any

import yaml

__all__ = ["load_yaml"]


class _Once(yaml.SafeLoader):
    """YAML in which no mapping has a key twice; otherwise the last one would win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        # A sequence that is tagged as a mapping is refused below.
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _refused(f"a key that comes twice, {key.value}", key)
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (AttributeError, KeyError, TypeError, ValueError):
            # What PyYAML's own constructors trip over: a date in month 99, `!!bool maybe`.
            kind = node.tag.rpartition(":")[2]
            raise _refused(f"this is no {kind}", node) from None


def load_yaml(text: str) -> Any:
    """Read YAML, or JSON, which is part of it.

    Raises:
        ValueError: if it is neither, has a key twice, or is nested too deeply. The message, meant
            for "a YAML file (...)", says what is wrong in which line and column.
    """
    try:
        return yaml.load(text, _Once)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except yaml.constructor.ConstructorError as error:
        raise ValueError(f"{_place(error)}: {error.problem}") from None
    except yaml.MarkedYAMLError as error:
        raise ValueError(f"not valid YAML, {_place(error)}: {error.problem}") from None
    except yaml.YAMLError as error:
        # A character that no YAML may have.
        raise ValueError(f"not valid YAML: {error}") from None


def _refused(problem: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    assert mark is not None
    return f"line {mark.line + 1}, column {mark.column + 1}"
