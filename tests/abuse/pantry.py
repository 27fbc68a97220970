"""Sound files of every kind, which cases copy and spoil."""

import json
import pathlib
import shutil

from solon.zoo import files

__all__ = ["ENTRY", "LEARNED", "TEXTS", "stock"]

ENTRY = "tests/one-step/saez"
LEARNED = "published-mlp"
_OWN = pathlib.Path(__file__).parents[1] / "cli" / "own_economy.py"

_SCHEDULE = "name: mine\ncutoffs: [0, 9.7, 39.475]\nrates: [0.1, 0.22, 0.37]\n"
_THRESHOLD = """name: close early
threshold:
- {signal: deaths, upper: 5.0, lower: 1.0, above: 8, below: 4}
- {signal: unemployment, upper: 15, lower: 0, above: 5}
window: 14
review: 1
subsidy: 3
"""
_LEVELS = """schedule:
  VT: {2020-03-23: 6, 2020-04-10: 5}
  WY: {2020-03-23: 8}
subsidy: 0
"""
_LINEAR = """log_linear:
  weights: {log_infected: 0.8, vaccinated: -2}
  intercepts: {VT: -1.5, WY: -1}
  review: 28
  highest: 10
"""
_TREE = """tree:
  signal: infected
  at: 0.1
  below: 4
  above: {signal: vaccinated, at: 0.2, below: 8, above: 5}
review: 28
"""
_PARITY = """scenario_name: layout_from_file/simple_wood_and_stone
n_agents: 4
world_size: [25, 25]
episode_length: 50
env_layout_file: quadrant_25x25_20each_30clump.txt
starting_agent_coin: 10
components:
- Build: {skill_dist: pareto, payment_max_skill_multiplier: 3}
- Gather: {skill_dist: pareto}
- PeriodicBracketTax: {period: 10}
"""
_GAME = {
    "format": "solon-game@1",
    "rules": "gather-trade-build@1",
    "policy": "tax/open-quadrant/us-federal, version 1",
    "regime": "tax/open-quadrant/us-federal",
    "worker": 3,
    "steps": 100,
    "seed": 4,
    "moves": ["down", "right", "wait", "buy wood 0", "down"],
    "score": {"coin": 1.0},
}
_PRIOR = """params:
  growth: {uniform: [1.0, 1.2]}
episodes_per_world: 2
shown: {person: [growth]}
"""
_LABOR = """params:
  labor_cost: {log_uniform: [0.8, 1.3]}
  risk_aversion: {choice: [0, 0.5, 2]}
  equality_weight: 1
  parts.periodic-bracket-tax.rate_cap: {uniform: [0.4, 0.6]}
"""
_MAP = "@@@....WWW\n@@@....WWW\n..........\n....  ....\n..........\n..........\nSSS....@@@\n"


def _table():
    lines = ["state,date,stringency,subsidy"]
    for day in range(23, 31):
        lines += [f"{state},2020-03-{day},{4 + day % 3},0" for state in ("VT", "WY")]
    return "\n".join(lines) + "\n"


def _map():
    """One that is shipped."""
    from solon.economies.gather_trade_build import layouts

    folder = pathlib.Path(layouts.__file__).parent / "maps"
    return (folder / "open-quadrant.txt").read_text("utf-8") if folder.is_dir() else _MAP


def _parity_table():
    base = "\n".join("  " + line for line in _PARITY.splitlines())
    return f"base:\n{base}\nrows:\n- {{name: usual, changes: {{n_agents: 4}}}}\n"


TEXTS = {
    "schedule.yaml": lambda: _SCHEDULE,
    "schedule.json": lambda: json.dumps({"rates": [0.1, 0.22, 0.37], "cutoffs": [0, 9.7, 39.475]}),
    "threshold.yaml": lambda: _THRESHOLD,
    "levels.yaml": lambda: _LEVELS,
    "linear.yaml": lambda: _LINEAR,
    "tree.yaml": lambda: _TREE,
    "tree.json": lambda: json.dumps(
        {"tree": {"signal": "infected", "at": 0.1, "below": 4, "above": 6}, "review": 28}
    ),
    "table.csv": _table,
    "map.txt": _map,
    "prior.yaml": lambda: _PRIOR,
    "prior.json": lambda: json.dumps({"params": {"growth": {"lognormal": [0.1, 0.05]}}}),
    "prior-labor.yaml": lambda: _LABOR,
    "parity.yaml": lambda: _PARITY,
    "rows.yaml": _parity_table,
    "game.json": lambda: json.dumps(_GAME, indent=1),
    "own.py": lambda: _OWN.read_text("utf-8"),
}
"""Sound texts by the name of their file."""

_TINY = ("--environments", "4", "--unroll", "10", "--ppo", "hidden=[4]")
_TRAIN_ONE = (
    "train",
    "--economy",
    "one-step-economy",
    "--steps",
    "48",
    "--environments",
    "2",
    "--unroll",
    "4",
    "--ppo",
    "minibatches=2",
    "--ppo",
    "hidden=[4]",
    "--quiet",
)
_BUILT = (
    ("train", "--economy", "own.py:Harvest", "--steps", "200", *_TINY, "--quiet", "--run", "run"),
    ("evaluate", "run", "--episodes", "4"),
    (*_TRAIN_ONE, "--planner", "saez", "--planner-option", "capacity=40", "--run", "one"),
    ("evaluate", "one", "--episodes", "4"),
    ("zoo", "pack", "one", ENTRY),
)


def stock(folder, ask):
    """Fill a folder: texts, two run folders, a zoo with one entry, an ensemble, a Parquet table.

    Args:
        folder: that exists.
        ask: runs a command there, as `worker.answer` does.
    """
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    for name, text in TEXTS.items():
        (folder / name).write_text(text(), "utf-8")
    ensemble = files.read_entry("pandemic/calibrated-2020-08", kind=None).path
    shutil.copy(ensemble, folder / "ensemble.safetensors")
    learned = files.read_entry(f"pandemic/{LEARNED}", kind=None)
    shutil.copy(learned.path, folder / f"{LEARNED}.yaml")
    # The policy names its weights.
    shutil.copy(learned.path.with_name(f"{LEARNED}.safetensors"), folder)
    table = pyarrow.csv.read_csv(folder / "table.csv")
    pyarrow.parquet.write_table(table, folder / "table.parquet")
    (folder / "zoo").mkdir()
    for typed in _BUILT:
        answer = ask({"arguments": typed, "folder": str(folder), "zoo": str(folder / "zoo")})
        if answer["status"] != 0:
            raise RuntimeError(f"solon {' '.join(typed)}: {answer['err'] or answer['out']}")
