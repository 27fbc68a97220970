"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...component import Component
from ...errors import ConfigurationError, require
from .economy import COMPONENTS, GatherTradeBuild
from .layouts import load

__all__ = ["gather_trade_build"]


def gather_trade_build(
    *, layout: Any = "open-quadrant", components: Any = None, **options: Any
) -> GatherTradeBuild:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        layout: the name of a shipped map, the path of a map file, or its rows.
        components: their names in order, each alone or as a mapping from it to its options.
            Default: all of them, in the published order.
        **options: the fields of `GatherTradeBuild`. A mapping under the name of a component,
            such as `periodic_bracket_tax={"period": 50}`, changes options of that component.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    given: dict[str, Any] = {}
    for name, value in options.items():
        field = name.replace("-", "_")
        require(field not in given, name, value, f"{field} once, with hyphens or underscores")
        given[field] = value
    changes = {name: given.pop(name.replace("-", "_"), {}) for name in COMPONENTS}
    listed = list(COMPONENTS) if components is None else components
    proper = isinstance(listed, (list, tuple))
    require(proper, "components", listed, "a list of " + ", ".join(COMPONENTS))
    parts = [_component(item) for item in listed]
    present = {_name(part) for part, _ in parts}
    for name, change in changes.items():
        require(isinstance(change, Mapping), name, change, "a mapping of options")
        require(not change or name in present, name, change, "a component that is in the economy")
    built = tuple(_build(part, own | changes.get(_name(part), {})) for part, own in parts)
    known = {field.name for field in dataclasses.fields(GatherTradeBuild)}
    for name, value in given.items():
        allowed = ", ".join(sorted(known | {c.replace("-", "_") for c in COMPONENTS}))
        require(name in known, name, value, f"one of the options {allowed}")
    return GatherTradeBuild(layout=load(layout), components=built, **given)


def _name(part: Any) -> str:
    return part if isinstance(part, str) else part.name


def _component(item: Any) -> tuple[Any, dict[str, Any]]:
    """A component (by name, or ready made) and its options."""
    if isinstance(item, (str, Component)):
        return item, {}
    single = isinstance(item, Mapping) and len(item) == 1
    require(single, "components", item, "a component's name, or a mapping from it to its options")
    ((name, options),) = item.items()
    require(name in COMPONENTS, "components", name, ", ".join(COMPONENTS))
    options = {} if options is None else options
    require(isinstance(options, Mapping), name, options, "a mapping of options")
    return name, dict(options)


def _build(part: Any, options: dict[str, Any]) -> Component:
    if isinstance(part, Component):
        return _replace(part, options)
    require(part in COMPONENTS, "components", part, ", ".join(COMPONENTS))
    return _replace(COMPONENTS[part](), options)


def _replace(part: Component, options: Mapping[str, Any]) -> Component:
    known = [field.name for field in dataclasses.fields(part)]  # type: ignore[arg-type]
    for name, value in options.items():
        require(name in known, f"{part.name}.{name}", value, "one of " + ", ".join(known))
    # Files have lists where options are tuples.
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    try:
        return dataclasses.replace(part, **options)  # type: ignore[type-var]
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{part.name}.{error.argument}", error.value, error.allowed
        ) from None
