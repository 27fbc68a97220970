"""From a run folder and its evaluation to an entry of the zoo."""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
import safetensors.numpy

from .. import registry
from ..errors import ConfigurationError, require
from ..evidence.outcomes import Outcomes
from ..figures.run_report import load_outcomes
from ..runs.arrays import pack as packed
from ..runs.folder import RunFolder
from ..runs.named import own_names
from ..runs.players import Players, players_of
from ..runs.recipe_config import layouts_of
from ..runs.seals import sealed
from .card import brought_in, card
from .files import (
    FORMAT,
    POLICY,
    STATUSES,
    entry_contents,
    folder_of,
    names,
    read_entry,
    write_entry,
)
from .loading import MEMORIES, load

__all__ = ["pack", "renew"]

_COPIES = 10
"""Memories of so many copies of the economy are kept; episodes take them in turn."""


def pack(
    run: str | os.PathLike[str], name: str, *, status: str = "provisional", note: str = ""
) -> pathlib.Path:
    """Make an entry of the newest checkpoint of a run.

    Weights are rounded to half precision. The critic is kept, since trainings may start from an
    entry, and where it shares the policy's layers it is a single row.

    Args:
        run: the folder of a run which was evaluated since its newest checkpoint.
        name: of the entry, such as `tax/open-quadrant/learned`. One that is there already is
            replaced, by the next version.
        status: one of `STATUSES`.
        note: what else a reader of the card has to know.

    Returns:
        The folder of the entry. It appears with all it holds, or not at all.

    Raises:
        ConfigurationError: if the run cannot be read, has not been evaluated, or needs files of
            its own; or the place cannot be written.
    """
    folder_of(name)
    require(status in STATUSES, "status", status, ", ".join(STATUSES))
    folder = RunFolder.open(run)
    folder.check_training()
    _check_shipped(folder)
    players = players_of(folder)
    outcomes = _outcomes(folder, players)
    few = jax.tree.map(lambda leaf: leaf[:_COPIES], dict(players.memories))
    data = safetensors.numpy.save(_arrays(players, few))
    version = read_entry(name).record["version"] + 1 if name in names() else 1
    record = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "status": status,
        "summary": _summary(players),
        "note": note,
        "rules": players.env.rules,
        # What a training starts from is long over; `provenance` says that it did.
        "config": {**folder.config, "start": None},
        "file": {
            "name": POLICY,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        },
        # Fewer where others stood in for the planner.
        "copies": min([_COPIES, *(leaf.shape[0] for leaf in jax.tree.leaves(few))]),
        "scores": _scores(outcomes),
        "rates": _rates(outcomes),
        "provenance": _provenance(folder, players),
    }
    text = card(record, players)
    return write_entry(name, entry_contents(sealed(record), text, {POLICY: data}))


def renew(name: str, note: str) -> dict[str, bytes]:
    """What the record and the card of an entry are if they are written today.

    The policies, and so the version, stay as they are.

    Args:
        name: of the entry.
        note: what else a reader of the card has to know.

    Returns:
        The contents of its `entry.json` and its `CARD.md`, by file name. The same entry gives the
        same bytes.

    Raises:
        ConfigurationError: if there is no such entry, or it is damaged.
    """
    players = load(name)
    # In the order in which `pack` writes them.
    record: dict[str, Any] = {}
    for field, value in read_entry(name).record.items():
        if field != "note":
            record[field] = value
        if field == "summary":
            record |= {"summary": _summary(players), "note": note}
    if "sha256" in record:
        record = sealed(record)
    return entry_contents(record, card(record, players))


def _check_shipped(folder: RunFolder) -> None:
    """Others do not have the user's files."""
    economy, options = folder.config["economy"], folder.config["options"]
    allowed = f"a run of an economy that comes with Solon (this is of {economy})"
    require(economy in registry.registered(), "run", str(folder.path), allowed)
    own_code = ", ".join(own_names(folder.config))
    allowed = f"a run without code of its own (it has {own_code})"
    require(not own_code, "run", str(folder.path), allowed)
    layouts = (("prior.layouts", layout) for layout in layouts_of(folder.config))
    for option, value in (*options.items(), *layouts):
        own = isinstance(value, str) and value.startswith("inputs/")
        allowed = f"a run without files of its own (its {option} is {value})"
        require(not own, "run", str(folder.path), allowed)


def _outcomes(folder: RunFolder, players: Players) -> Outcomes:
    hint = f"a run that was evaluated (solon evaluate {folder.path})"
    try:
        outcomes = load_outcomes(folder)
    except ConfigurationError:
        raise ConfigurationError("run", str(folder.path), hint) from None
    seen = outcomes.labels.get("steps")
    told = outcomes.labels.get("params", "{}"), outcomes.labels.get("options")
    same = told == (json.dumps(dict(players.recipe.params)), None)
    allowed = f"{hint} in the economy of its training, without --option or --param"
    require(same, "run", str(folder.path), allowed)
    own = None if players.prior is None else players.prior.label
    allowed = f"{hint} in the worlds of its training, without --prior"
    require(outcomes.labels.get("prior") == own, "run", str(folder.path), allowed)
    newest = seen == f"{players.steps:,}"
    allowed = f"{hint} after {players.steps:,} steps (the evaluation is of {seen})"
    require(newest, "run", str(folder.path), allowed)
    return outcomes


def _arrays(players: Players, kept: Mapping[str, Any]) -> dict[str, np.ndarray]:
    policies = {
        role: dataclasses.replace(policy, network=jax.tree.map(_half, policy.network))
        for role, policy in players.learned.items()
    }
    memories = {f"{MEMORIES}{path}": array for path, array in packed(kept).items()}
    arrays = packed(policies) | memories
    for path, array in arrays.items():
        finite = array.dtype.kind != "f" or bool(np.isfinite(array).all())
        require(finite, "run", path, "policies with finite numbers only")
    return arrays


def _half(leaf: Any) -> Any:
    return leaf.astype(np.float16) if np.issubdtype(leaf.dtype, np.floating) else leaf


def _summary(players: Players) -> str:
    roles = players.env.roles
    who = ", ".join(f"{role.count} {name}s" for name, role in roles.items() if role.count > 1)
    words = {name: f"{name}s" if roles[name].count > 1 else name for name in players.learning}
    kept = [name for name in words if players.recipe.keeps(name)]
    learned = [name for name in words if name not in kept]
    under = "" if "planner" in players.learning or not players.given else f", {players.regime}"
    how = brought_in(players)
    does = [
        f"{' and '.join(words[name] for name in names)} {what}"
        for names, what in ((learned, "learned"), (kept, "stayed as they were"))
        if names
    ]
    return (
        f"{players.env.rules}, {who or 'one member a role'}{under}{f', {how}' if how else ''}; "
        + ", ".join(does)
    )


def _scores(outcomes: Outcomes) -> dict[str, Any]:
    """Mean and standard deviation over episodes, of what regimes are judged by."""
    scores: dict[str, Any] = {}
    for name in outcomes.headline:
        values = np.asarray(outcomes.episodes[name], float)
        spread = values.std(ddof=min(1, len(values) - 1))
        scores[name] = {"mean": float(values.mean()), "deviation": float(spread)}
    return {"episodes": len(values), "metrics": scores}


def _rates(outcomes: Outcomes) -> dict[str, Any] | None:
    """Marginal rates by bracket, over the tax periods of all episodes; None without taxes."""
    taxed: Any = outcomes if hasattr(outcomes, "periods") else None
    if taxed is None or not (taxed.periods["rates"] > 0).any():
        return None
    rates = np.asarray(taxed.periods["rates"], float)
    return {
        # 39.475, and not the nearest number in single precision.
        "cutoffs": [float(str(np.float32(cutoff))) for cutoff in taxed.cutoffs],
        "mean": rates.mean(axis=(0, 1)).round(6).tolist(),
        "deviation": rates.std(axis=(0, 1)).round(6).tolist(),
    }


def _provenance(folder: RunFolder, players: Players) -> dict[str, Any]:
    made = folder.provenance
    start = folder.config["start"]
    data = None if start is None else (folder.path / start).read_bytes()
    return {
        "seed": players.recipe.seed,
        "steps": players.steps,
        "seconds": sum(entry.get("wall_seconds", 0) for entry in folder.history),
        "created": folder.created,
        "code": made.get("code"),
        "packages": made.get("packages"),
        "command": made.get("command"),
        "start_sha256": None if data is None else hashlib.sha256(data).hexdigest(),
    }
