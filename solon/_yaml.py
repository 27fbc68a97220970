"""YAML as people write it, read safely and strictly."""

from typing import Any

import yaml

__all__ = ["load_yaml"]


class _Once(yaml.SafeLoader):
    """YAML in which no mapping has a key twice; otherwise the last one would win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            problem = "a key that comes twice"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """Read YAML, or JSON, which is part of it.

    Raises:
        ValueError: if it is neither, has a key twice, refers to itself, or is nested too deeply.
    """
    try:
        return yaml.load(text, _Once)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(str(error)) from None
