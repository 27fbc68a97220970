"""The economy from plain values, as the command line and configuration files give them."""

import dataclasses
from typing import Any

from ..._plain import plain
from ..composition import compose
from .economy import COMPONENTS, PUBLISHED, GatherTradeBuild
from .layout_options import chosen_layout, fitting

__all__ = ["gather_trade_build"]


def gather_trade_build(*, layout: Any = "open-quadrant", **options: Any) -> GatherTradeBuild:
    """Build the economy from plain values, as the command line and files give them.

    Args:
        layout: a name that `solon list layouts` has, the path of a map file, its rows, or a
            mapping: see `layout_options.chosen_layout`. With the placement `split`, a map without
            a row of water gets one in the middle.
        **options: the fields of `GatherTradeBuild`; one number stands for a pair of equal ones,
            or a list of one. `components` lists names in order, each alone or as a mapping from it
            to its options; by default the published ones in their order. A mapping under the name
            of a component, such as `periodic_bracket_tax={"period": 50}`, changes options of it.

    Returns:
        The economy.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    options = plain(options)
    fields = [field.name for field in dataclasses.fields(GatherTradeBuild)]
    shipped = [part() for part in COMPONENTS.values()]
    given = compose(shipped, fields, options, default=[part() for part in PUBLISHED])
    ground = fitting(chosen_layout(layout), given.get("placement"))
    # Files have lists where options are tuples.
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    for name in ("regeneration_half_width", "source_capacity"):
        if type(given.get(name)) is int:
            given[name] = (given[name],) * 2
    if type(given.get("top_ranks")) is int:
        given["top_ranks"] = (given["top_ranks"],)
    return GatherTradeBuild(layout=ground, **given)
