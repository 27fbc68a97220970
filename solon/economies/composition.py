"""Components of an economy from plain values: as the command line and files give them."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..component import Component
from ..errors import ConfigurationError, require

__all__ = ["compose"]


def compose(
    shipped: Sequence[Component],
    fields: Collection[str],
    options: Mapping[str, Any],
    *,
    default: Sequence[Component] | None = None,
) -> dict[str, Any]:
    """Turn plain options into the arguments of an economy's class.

    Args:
        shipped: the economy's own components with their default options.
        fields: the options that the class takes.
        options: what a user gave, with hyphens or underscores. `components` lists names in order,
            each alone or as a mapping from it to its options, or components that are ready made.
            A mapping under the name of a component changes options of that component.
        default: the components of an economy whose user lists none; all of them if left out.

    Returns:
        Arguments of the class, `components` among them.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    known = {part.name: part for part in shipped}
    given: dict[str, Any] = {}
    for name, value in options.items():
        field = name.replace("-", "_")
        require(field not in given, name, value, f"{field} once, with hyphens or underscores")
        given[field] = value
    changes = {name: given.pop(name.replace("-", "_"), {}) for name in known}
    listed = given.pop("components", None)
    if listed is None:
        listed = list(shipped if default is None else default)
    proper = isinstance(listed, (list, tuple))
    require(proper, "components", listed, "a list of " + ", ".join(known))
    parts = [_component(item, known) for item in listed]
    present = {part.name for part in parts}
    for name, change in changes.items():
        require(isinstance(change, Mapping), name, change, "a mapping of options")
        require(not change or name in present, name, change, "a component that is in the economy")
    options_known = sorted({*fields, *(name.replace("-", "_") for name in known)})
    for name, value in given.items():
        require(name in fields, name, value, f"one of the options {', '.join(options_known)}")
    built = tuple(_replace(part, changes.get(part.name, {})) for part in parts)
    return given | {"components": built}


def _component(item: Any, known: Mapping[str, Component]) -> Component:
    """A component by name, by name with options, or ready made."""
    if isinstance(item, Component):
        return item
    names = ", ".join(known)
    if isinstance(item, str):
        require(item in known, "components", item, names)
        return known[item]
    single = isinstance(item, Mapping) and len(item) == 1
    require(single, "components", item, "a component's name, or a mapping from it to its options")
    ((name, options),) = item.items()
    require(name in known, "components", name, names)
    options = {} if options is None else options
    require(isinstance(options, Mapping), name, options, "a mapping of options")
    return _replace(known[name], options)


def _replace(part: Component, options: Mapping[str, Any]) -> Component:
    known = [field.name for field in dataclasses.fields(part)]  # type: ignore[arg-type]
    for name, value in options.items():
        require(name in known, f"{part.name}.{name}", value, "one of " + ", ".join(known))
    # Files have lists where options are tuples.
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    try:
        return dataclasses.replace(part, **options)  # type: ignore[type-var]
    except ConfigurationError as error:
        raise error.renamed(f"{part.name}.{error.argument}") from None
