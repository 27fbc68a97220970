"""Sound commands of every kind, of which a case spoils one thing."""

import dataclasses
from collections.abc import Mapping

from .pantry import ENTRY, LEARNED

__all__ = ["TEMPLATES", "Template"]


@dataclasses.dataclass(frozen=True)
class Template:
    """A command that is sound, or what the lab does with a file.

    Attributes:
        typed: what is typed after `solon`; of `call`, the file.
        files: what it reads, by the name in the pantry; run folders and the zoo are folders.
        values: option -> kind of its value (`whole`, `number`, `text`, `place`, `below`); an option
            `--x key` is a key of a repeated `--x KEY=VALUE`.
        places: positional arguments (from 0, those after the command) that may be spoiled -> kind
            and what a message may call it.
        call: what the lab does, in the place of a command.
        weight: how often it comes, relative to others.
    """

    typed: tuple[str, ...]
    files: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    places: Mapping[int, tuple[str, str]] = dataclasses.field(default_factory=dict)
    call: str | None = None
    weight: int = 1

    @property
    def command(self):
        return f"lab, {self.call}" if self.call else self.typed[0]


_TINY = ("--steps", "200", "--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]")
_OWN = ("train", "--economy", "own.py:Harvest", *_TINY, "--quiet", "--run", "new")
_GATHER = (
    "train",
    "--option",
    "horizon=20",
    "--option",
    "periodic-bracket-tax.period=10",
    "--steps",
    "40",
    "--environments",
    "2",
    "--unroll",
    "10",
    "--quiet",
    "--run",
    "new",
)
_PANDEMIC = ("--states", "VT,WY", "--days", "8")
_FIND = (
    "pandemic",
    "optimize",
    *_PANDEMIC,
    "--method",
    "threshold",
    "--out",
    "found.yaml",
    "--evaluations",
    "100",
)
_TRAINING = {
    **{"--steps": "whole", "--environments": "whole", "--unroll": "whole", "--seed": "whole"},
    **{"--run": "place", "--start": "place", "--preset": "text", "--planner": "text"},
    **{f"--ppo {key}": "yaml" for key in ("learning_rate", "discount", "clip", "epochs", "hidden")},
    **{f"--ppo {key}": "yaml" for key in ("minibatches", "entropy", "gae_decay", "nonsense")},
    **{"--planner-ppo stand_in": "yaml", "--resume": "place", "--layout": "place"},
    "--prior": "place",
}
_WORLD = {
    **{"--states": "text", "--start": "text", "--days": "whole", "--rules": "text"},
    **{"--transmission": "number", "--ensemble": "place", "--report": "place", "--json": "place"},
}
_RULES = ("threshold.yaml", "levels.yaml", "linear.yaml", "tree.yaml", "tree.json", "table.csv")
_LEARNED = (f"{LEARNED}.yaml", f"{LEARNED}.safetensors")

TEMPLATES = (
    Template(
        ("demo", "--run", "new"),
        ("own.py",),
        {"--run": "place", "--seed": "whole", "--minutes": "number"},
        weight=3,
    ),
    Template(
        _OWN,
        ("own.py",),
        {
            **_TRAINING,
            "--option people": "yaml",
            "--option horizon": "yaml",
            "--curriculum growth": "yaml",
            "--economy": "place",
            "--workers": "whole",
        },
        weight=8,
    ),
    Template(
        _OWN,
        ("own.py",),
        {
            **{"--policy person": "text", "--policy person=constant:action": "yaml"},
            **{"--learn person": "text", "--learn person=ppo:entropy": "yaml"},
            **{"--param growth": "yaml", "--seeds": "text"},
        },
        weight=4,
    ),
    Template(
        _GATHER,
        ("own.py",),
        {
            **_TRAINING,
            "--workers": "whole",
            "--economy": "text",
            **{
                f"--option {key}": "yaml"
                for key in (
                    "workers",
                    "layout",
                    "components",
                    "build.skills",
                    "build.payment",
                    "starting_coin",
                    "placement",
                    "source_capacity",
                    "periodic-bracket-tax.cutoffs",
                    "periodic-bracket-tax.rate_max",
                    "layout.kind",
                    "top_ranks",
                    "continuous-double-auction.max_orders",
                    "gather.skills",
                    "isoelastic_eta",
                )
            },
            "--curriculum labor_cost_weight": "yaml",
            "--planner-option elasticity": "yaml",
        },
        weight=8,
    ),
    *(
        Template((*_OWN, "--prior", file), ("own.py", file), {"--prior": "place"}, weight=3)
        for file in ("prior.yaml", "prior.json")
    ),
    Template((*_GATHER, "--layout", "map.txt"), ("map.txt",), weight=4),
    Template((*_GATHER, "--planner", "schedule.yaml"), ("schedule.yaml",), weight=3),
    Template(("train", "--resume", "run", "--quiet"), ("run",), {"--resume": "place"}, weight=3),
    Template(
        ("evaluate", "run", "--episodes", "4"),
        ("run",),
        {"--episodes": "whole", "--seed": "whole"},
        {0: ("place", "run")},
        weight=4,
    ),
    Template(("evaluate", ENTRY, "--episodes", "4"), ("zoo",), weight=3),
    Template(
        ("evaluate", "run", "--episodes", "4", "--prior", "prior.json"),
        ("prior.json", "run"),
        {"--prior": "place"},
        weight=3,
    ),
    Template(
        ("compare", ENTRY, "us-federal", "--episodes", "4", "--prior", "prior-labor.yaml"),
        ("zoo", "prior-labor.yaml"),
        {"--prior": "place"},
        weight=3,
    ),
    Template(
        ("compare", ENTRY, "us-federal", "--episodes", "4"),
        ("zoo", "run"),
        {"--episodes": "whole", "--seed": "whole", "--workers": "place"},
        {0: ("place", "polic"), 1: ("place", "polic")},
        weight=4,
    ),
    Template(("report", "run"), ("run",), {"--out": "place"}, {0: ("place", "run")}, weight=4),
    Template(("lab",), (), {"--port": "whole", "--runs": "place"}, weight=2),
    *(
        Template(
            ("schedule", verb, file),
            (file,),
            {"--figure": "place", "--out": "place"},
            {0: ("text", "what"), 1: ("place", "schedule")},
            weight=3,
        )
        for verb in ("show", "check")
        for file in ("schedule.yaml", "schedule.json")
    ),
    Template(("schedule", "compare", "us-federal", "schedule.yaml"), ("schedule.yaml",), weight=2),
    Template(
        ("zoo", "show", ENTRY),
        ("zoo",),
        {"--status": "text"},
        {0: ("text", "what"), 1: ("text", "subjects")},
        weight=3,
    ),
    Template(
        ("zoo", "pack", "one", "tests/new"),
        ("one",),
        {"--status": "text"},
        {1: ("place", "run"), 2: ("text", "subjects")},
        weight=4,
    ),
    Template(
        ("reproduce", "tax-theory", "--quick", "--out", "results"),
        ("own.py",),
        {"--cells": "text", "--out": "place"},
        {0: ("text", "study")},
        weight=2,
    ),
    *(Template(("pandemic", "run", file, *_PANDEMIC), (file,), weight=3) for file in _RULES),
    Template(("pandemic", "run", "table.parquet", *_PANDEMIC), ("table.parquet",), weight=2),
    Template(
        ("pandemic", "run", "level=7", *_PANDEMIC),
        ("own.py",),
        _WORLD,
        {1: ("place", "polic")},
        weight=5,
    ),
    Template(("pandemic", "run", _LEARNED[0], *_PANDEMIC), _LEARNED, weight=3),
    Template(
        ("pandemic", "run", "level=7", "--states", "VT", "--ensemble", "ensemble.safetensors"),
        ("ensemble.safetensors",),
        weight=3,
    ),
    Template(
        _FIND,
        ("own.py",),
        {
            **_WORLD,
            "--method": "text",
            "--out": "place",
            **dict.fromkeys(("--evaluations", "--seed", "--stringency", "--subsidy"), "whole"),
            **dict.fromkeys(("--changes", "--unemployment", "--budget"), "number"),
        },
        weight=5,
    ),
    Template(
        ("calibrate", "pandemic", "--quick", "--out", "fit"),
        ("own.py",),
        {
            "--origins": "text",
            "--horizons": "text",
            "--seed": "whole",
            "--out": "place",
            "--report": "place",
        },
        {0: ("text", "economy")},
        weight=3,
    ),
    Template(
        ("bench", "gather-trade-build", "--seconds", "1"),
        ("own.py",),
        {"--case": "text", "--seconds": "number", "--json": "place"},
        {0: ("text", "benchmark")},
        weight=2,
    ),
    Template(
        ("bench", "learning", "--seconds", "1"),
        (),
        {f"--ppo {key}": "yaml" for key in ("epochs", "hidden", "nonsense")},
    ),
    Template(
        ("parity", "--config", "parity.yaml", "--steps", "10"),
        ("parity.yaml",),
        {"--config": "place", "--seed": "whole", "--steps": "whole", "--invalid": "number"},
        weight=4,
    ),
    Template(
        ("parity", "--table", "rows.yaml", "--steps", "10"),
        ("rows.yaml",),
        {"--table": "place"},
        weight=3,
    ),
    Template(("list", "all"), ("own.py",), {"--folder": "below"}, {0: ("text", "what")}, weight=2),
    Template(("doctor",)),
    Template(
        ("check", "own.py:Harvest", "--episodes", "2"),
        ("own.py",),
        {
            **{"--episodes": "whole", "--seed": "whole", "--param growth": "yaml"},
            **{"--option people": "yaml", "--option horizon": "yaml"},
        },
        {0: ("place", "economy")},
        weight=2,
    ),
    Template(("schedule.yaml",), ("schedule.yaml",), call="schedule", weight=4),
    *(Template((file,), (file,), call="policy", weight=2) for file in _RULES),
    Template(("game.json",), ("game.json",), call="game"),
)
"""All of them."""
