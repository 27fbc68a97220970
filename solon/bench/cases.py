"""What is measured."""

import dataclasses
from typing import Any

__all__ = ["BUSINESS_CYCLE_CASES", "CASES", "PANDEMIC_CASES", "Case"]


@dataclasses.dataclass(frozen=True)
class Case:
    """A size of an economy, for Solon and for the original.

    Attributes:
        name: as the table shows it.
        options: of Solon's economy.
        original: what the original's factory takes beyond what all cases share; None where the
            original cannot be run.
        environments: the numbers of copies to try.
        economy: its name.
    """

    name: str
    options: dict[str, Any]
    original: dict[str, Any] | None
    environments: tuple[int, ...]
    economy: str = "gather-trade-build"


#: The same maps, workers, components and horizon on both sides.
CASES = (
    Case(
        "4 workers 25x25",
        {"workers": 4, "layout": "open-quadrant"},
        {
            "n_agents": 4,
            "world_size": [25, 25],
            "env_layout_file": "quadrant_25x25_20each_30clump.txt",
            "fixed_four_skill_and_loc": True,
        },
        (64, 256, 1024, 4096, 8192),
    ),
    Case(
        "10 workers 25x25",
        {"workers": 10, "layout": "open-quadrant"},
        {
            "n_agents": 10,
            "world_size": [25, 25],
            "env_layout_file": "quadrant_25x25_20each_30clump.txt",
            "fixed_four_skill_and_loc": True,
        },
        (64, 256, 1024, 4096),
    ),
    Case(
        "100 workers 40x40",
        {"workers": 100, "layout": "open-quadrant-40", "placement": "uniform"},
        {
            "n_agents": 100,
            "world_size": [40, 40],
            "env_layout_file": "quadrant_40x40_50each.txt",
            "fixed_four_skill_and_loc": False,
        },
        (16, 64, 256),
    ),
)

#: The original of the pandemic runs with an activation code of its authors only.
PANDEMIC_CASES = (
    Case("51 states", {"horizon": 540}, None, (64, 256, 1024), economy="pandemic"),
    Case(
        "8 states",
        {"horizon": 540, "states": ("CA", "FL", "GA", "IL", "NY", "OH", "PA", "TX")},
        None,
        (64, 256, 1024),
        economy="pandemic",
    ),
)

#: The published size, and more consumers beside as many firms. The original runs on GPUs alone.
BUSINESS_CYCLE_CASES = (
    Case("100 consumers", {"consumers": 100}, None, (32, 128, 512), economy="business-cycle"),
    Case("1000 consumers", {"consumers": 1000}, None, (4, 16, 64), economy="business-cycle"),
    Case("10000 consumers", {"consumers": 10_000}, None, (2, 8), economy="business-cycle"),
)
