"""Layouts from plain values, as the command line and configuration files give them."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from ...errors import ConfigurationError, require
from .generated_layouts import GENERATED, GeneratedLayout
from .layout_set import LayoutSet
from .layouts import Layout, SplitLayout, load, split

__all__ = ["SPLIT", "chosen_layout", "fitting", "under_rules"]

_Built = TypeVar("_Built")
_Ground = TypeVar("_Ground", Layout, Layout | GeneratedLayout)

#: The kind of a fixed map that is divided by a row of water.
SPLIT = "split"


def chosen_layout(layout: Any) -> Layout | GeneratedLayout:
    """The layout behind plain values.

    Args:
        layout: whatever `layouts.load` takes; a layout itself; the name of a kind of generated
            layout; or a mapping of options, `kind` among them: `{"kind": "quadrant", "height":
            30}`, or `{"kind": "split", "map": "open-quadrant-no-water", "water_row": 12}`.

    Raises:
        ConfigurationError: if there is no such layout, or an option does not fit.
    """
    if isinstance(layout, GeneratedLayout):
        return layout
    if isinstance(layout, Mapping):
        return _of_kind(dict(layout))
    if isinstance(layout, str) and layout in GENERATED:
        return GENERATED[layout]()
    try:
        return load(layout)
    except ConfigurationError as error:
        if isinstance(layout, str) and error.allowed.startswith("one of "):
            others = ", ".join(GENERATED)
            raise ConfigurationError("layout", layout, f"{error.allowed}, or {others}") from None
        raise


def fitting(layout: _Ground, placement: Any) -> _Ground | SplitLayout:
    """The layout, with a row of water in the middle if workers are placed by it and it has none."""
    return split(layout) if placement == SPLIT and type(layout) is Layout else layout


def under_rules(
    layout: Layout | GeneratedLayout | LayoutSet, compatibility: Literal["foundation"] | None
) -> Layout | GeneratedLayout | LayoutSet:
    """The layout as it is drawn under an economy's rules; maps are the same under all."""
    if isinstance(layout, Layout | LayoutSet) or layout.compatibility == compatibility:
        return layout
    return _prefixed(lambda: dataclasses.replace(layout, compatibility=compatibility))


def _of_kind(options: dict[str, Any]) -> Layout | GeneratedLayout:
    kinds = (*GENERATED, SPLIT)
    kind = options.pop("kind", None)
    require(isinstance(kind, str) and kind in kinds, "layout.kind", kind, ", ".join(kinds))
    if kind == SPLIT:
        return _divided(options)
    settable = {field.name for field in dataclasses.fields(GENERATED[kind])} - {"compatibility"}
    _check_names(options, sorted(settable))
    return _prefixed(lambda: GENERATED[kind](**options))


def _divided(options: dict[str, Any]) -> Layout:
    _check_names(options, ["map", "water_row"])
    given = options.get("map", "open-quadrant-no-water")
    require(not isinstance(given, Mapping), "layout.map", given, "a fixed map")
    divided = load(given)
    return _prefixed(lambda: split(divided, options.get("water_row")))


def _check_names(options: Mapping[str, Any], known: list[str]) -> None:
    for name, value in options.items():
        require(name in known, f"layout.{name}", value, "one of kind, " + ", ".join(known))


def _prefixed(build: Callable[[], _Built]) -> _Built:
    try:
        return build()
    except ConfigurationError as error:
        raise error.renamed(f"layout.{error.argument}") from None
