"""From the results of the pandemic study to entries of the zoo.

python -m solon.applications.pandemic.packing results/pandemic
"""

import hashlib
import json
import pathlib
import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ...evidence.reproduce import CELL_FILE
from ...runs.seals import sealed
from ...zoo.files import FORMAT, entry_contents, folder_of, names, read_entry, write_entry
from .calibration.card import card as ensemble_card
from .calibration.ensemble import read_ensemble
from .card import ADVICE
from .entries import ENSEMBLE, PREFIX
from .entries import POLICY as POLICY_ENTRY
from .evaluate import evaluate_policies
from .outcome import SUMMARY, number_text, summarize
from .policies.files import real_policy
from .search.welfare import capped_welfare
from .study.cells import (
    POLICY,
    WEIGHTS,
    config_of,
    learned_policy,
    setting,
)
from .study.charged import DAYS, Charged, charged_rows
from .study.numbers import THRESHOLD, Comparison, outcome_rows
from .study.study import REAL, titles
from .study.tables import percent
from .study.training import EMBEDDING, HIDDEN, REVIEW
from .study.worlds import ENSEMBLES, WORLDS

__all__ = ["card_rows", "pack_pandemic", "policy_card"]

_RULES = "pandemic@1"

# Cells of a world whose policies are files that people can read -> what they are.
_POLICIES = {
    "log-linear": "a log-linear rule with an intercept for each state, found by gradients",
    "open-loop": "a plan by state and half-month, found by gradients and improved in whole levels",
    "log-linear-capped": "a log-linear rule that keeps unemployment as low as it was, found by "
    "gradients",
    "threshold": "two thresholds on deaths and two levels, tuned by direct search",
    "threshold-capped": "a threshold rule tuned by direct search at a price of unemployment above "
    "what it was",
    "distilled": "a tree of at most eight levels, distilled from the best policy of its world",
}
_LEARNED = {
    "ppo-mlp": "a policy of all governors, learned by reinforcement, each for its own state's "
    "welfare",
    "ppo-capped": "a policy of all governors, learned by reinforcement, each for its own state's "
    "welfare less a price of unemployment, which keeps unemployment as low as it was",
}
_NAMES = {
    **{"open-loop": "plan", "distilled": "tree", "ppo-mlp": "mlp", "ppo-capped": "mlp-capped"},
}


def pack_pandemic(study: pathlib.Path) -> list[pathlib.Path]:
    """Put all entries into the zoo; those that there were and are not made any more go.

    Args:
        study: folder of the study's results, with those of the calibration in it.

    Returns:
        The folders of the entries.
    """
    entries: dict[str, dict[str, bytes]] = {}
    for world, about in WORLDS.items():
        cells = study / "cells" / world
        compared = Comparison(cells / "compared", pooled=False)
        rows = card_rows(compared, json.loads((cells / "after" / CELL_FILE).read_text("utf-8")))
        draws = compared.welfare(REAL).size
        for cell, what in _POLICIES.items():
            name = f"{PREFIX}{world}-{_NAMES.get(cell, cell)}"
            title = titles(cell)
            head = f"name: {title}, {about.title}\n"
            data = (head + (cells / cell / POLICY).read_text("utf-8") + "subsidy: 0\n").encode()
            text = policy_card(name, what, about, rows[title], draws, config_of(cells / cell))
            summary = f"{what} ({about.title})"
            entries[name] = _entry(name, POLICY_ENTRY, summary, data, text)
        for learner in _LEARNED:
            name, contents = _learned(world, learner, cells, rows, draws)
            entries[name] = contents
    settings = json.loads((study / "calibration" / "scores.json").read_text("utf-8"))["settings"]
    ensembles = [study / "calibration" / "ensemble.safetensors"]
    ensembles += [
        study / "cells" / world / "ensembles" / ENSEMBLES["judged"]
        for world, about in WORLDS.items()
        if about.origin is not None
    ]
    for path in ensembles:
        ensemble = read_ensemble(path)
        month = str(np.datetime64(ensemble.start_date) + np.timedelta64(1, "D"))[:7]
        members = len(ensemble.arrays["death_share"])
        summary = f"{members} fits to what was known at the end of {ensemble.start_date}"
        text = ensemble_card(ensemble, settings)
        name = f"{PREFIX}calibrated-{month}"
        entries[name] = _entry(name, ENSEMBLE, summary, path.read_bytes(), text)
    for name in {*names(POLICY_ENTRY), *names(ENSEMBLE)} - set(entries):
        shutil.rmtree(folder_of(name))
    return [write_entry(name, contents) for name, contents in entries.items()]


def card_rows(compared: Comparison, after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By policy: what it came to, what it leaves behind, and what the real policy does.

    Args:
        compared: each training as a policy by itself.
        after: the record of the cell that has what follows the last day.
    """
    charged = {row["policy"]: row for row in charged_rows(Charged(compared, after["result"]))}
    return {
        row["policy"]: {**row, "after": charged[row["policy"]], "real_after": charged[REAL]}
        for row in outcome_rows(compared)
        if row["policy"] in charged
    }


def _learned(
    world: str,
    learner: str,
    cells: pathlib.Path,
    rows: Mapping[str, Any],
    draws: int,
) -> tuple[str, dict[str, bytes]]:
    """Name and files of governors who learned, of the seed that did best where one chooses."""
    import yaml

    folders = sorted(cells.glob(f"{learner}-*"))
    place = folders[int(np.argmax([_score(one) for one in folders]))]
    name, title = f"{PREFIX}{world}-{_NAMES[learner]}", titles(place.name)
    weights = f"{world}-{_NAMES[learner]}.safetensors"
    data = (place / WEIGHTS).read_bytes()
    content = {
        "name": f"{title}, {WORLDS[world].title}",
        "learned": {
            "weights": weights,
            "sha256": hashlib.sha256(data).hexdigest(),
            **{"hidden": list(HIDDEN), "embedding": EMBEDDING, "review": REVIEW},
        },
        "subsidy": 0,
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
    what, about = _LEARNED[learner], WORLDS[world]
    card = policy_card(name, what, about, rows[title], draws, config_of(place))
    summary = f"{what} ({about.title})"
    return name, _entry(name, POLICY_ENTRY, summary, text, card, {weights: data})


def _score(folder: pathlib.Path) -> float:
    """Mean federal welfare where policies are chosen, less the price of what breaks a cap."""
    result: Mapping[str, Any] = json.loads((folder / CELL_FILE).read_text("utf-8"))["result"]
    config = config_of(folder)
    if "unemployment" not in config:
        return float(result["welfare"])
    env, draws = setting(config, folder)
    policy = learned_policy("", config, folder, env)
    (real,) = evaluate_policies(env, [real_policy(env)], draws)
    cap = jnp.asarray(summarize(real)["unemployment"], float)
    assert policy.governor is not None and policy.planner is not None
    return float(capped_welfare(env, policy.governor, policy.planner, draws, cap))


def _entry(
    name: str,
    kind: str,
    summary: str,
    data: bytes,
    card: str,
    beside: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The files of an entry, which is of the next version if its policy is another one."""
    file = {POLICY_ENTRY: POLICY, ENSEMBLE: "ensemble.safetensors"}[kind]
    sha256, version = hashlib.sha256(data).hexdigest(), 1
    if name in names(kind):
        before = read_entry(name, kind=kind).record
        version = before["version"] + (before["file"]["sha256"] != sha256)
    record: dict[str, Any] = {
        **{"format": FORMAT, "name": name, "kind": kind, "version": version, "status": "study"},
        **{"summary": summary, "rules": _RULES},
        "file": {"name": file, "bytes": len(data), "sha256": sha256},
    }
    if beside:
        record["with"] = list(beside)
    return entry_contents(sealed(record), card, {file: data, **(beside or {})})


def policy_card(
    name: str,
    what: str,
    world: Any,
    row: Mapping[str, Any],
    draws: int,
    config: Mapping[str, Any],
) -> str:
    """What the policy of an entry is, how it scores and where it ends, as Markdown."""

    def several(key: str, values: Any) -> str:
        middle, low, high = (number_text(SUMMARY[key], np.array([v]))[0] for v in values)
        return f"{middle} ({low} to {high})"

    table = ["| number | this policy | over the real policy |", "|---|---|---|"]
    for key in ("federal_welfare", "deaths", "unemployment", "lost_output", "subsidies"):
        number = SUMMARY[key]
        ours, over = several(key, row["numbers"][key]), several(key, row["difference"][key])
        table.append(f"| {number.title}, {number.unit} | {ours} | {over} |")
    rules = "--rules foundation " if world.rules == "foundation" else ""
    where = f"--days {world.days}" if world.origin is None else ""
    if world.origin is not None:
        where = f"--ensemble {PREFIX}calibrated-{world.origin}"
    episodes = config.get("evaluations", config.get("episodes"))
    budget = f", with {episodes:,} simulated episodes" if episodes else ""
    chosen = ""
    if config.get("kind") == "learned":
        chosen = (
            f" Of its trainings it is the best where policies are chosen (seed {config['seed']})."
        )
    paragraphs = [
        f"This is {what}. It was made for `{_RULES}`, {world.title}, from {world.start} on for "
        f"{world.days} days{budget}.{chosen}",
        f"Medians and 5th to 95th percentile over {draws} draws of the parameters that it was not "
        "chosen with:",
        "\n".join(table),
        f"It has the higher federal welfare in {percent(row['above_real'])} of the draws, fewer "
        f"deaths in {percent(row['fewer_deaths'])}, and unemployment that is not higher in "
        f"{percent(row['no_higher_unemployment'])}. How far the draws spread is a choice: a share "
        "of them is no probability.",
        _what_follows(row),
        "Limits. It is what one search of this budget found, and no optimum. Welfare weighs "
        "deaths and output as the model's authors inferred from what was done in 2020. "
        "Nothing after the last day counted when it was made. The model has no ages, no travel, no "
        "variants, no waning, and people who do nothing of their own accord. What restrictions "
        "cost beyond work is not in it.",
        ADVICE,
    ]
    parts = [p if p.startswith("|") else textwrap.fill(p, 100) for p in paragraphs]
    command = f"    solon pandemic run real {name} {rules}{where}".rstrip()
    return "\n\n".join([f"# {name}", *parts, command]) + "\n"


def _what_follows(row: Mapping[str, Any]) -> str:
    """What a policy leaves to the days after the last one, and how it stands with it."""
    after = row["after"]
    left, real = (one["deaths_after"][0] / 1e3 for one in (after, row["real_after"]))
    to_the_end, charged = row["mean_difference"]["mean"], after["over_real"]["mean"]
    text = (
        "The numbers above end with the last day. If all states then go on at the levels that they "
        f"really had on that day, it leaves {left:,.0f} thousand deaths to the {DAYS} days after "
        f"it, and the real policy {real:,.0f} (medians). With these days it has "
        f"{after['ratio']:.2f} of the real policy's deaths (median), and "
        f"{after['ratio_at_the_end']:.2f} without. With their deaths charged at the model's own "
        f"price its federal welfare is {charged:+.1f} over the real policy's in the mean "
        f"({to_the_end:+.1f} to the last day)"
    )
    if row["policy"] != THRESHOLD:
        to_the_end, charged = row["over_threshold"]["mean"], after["over_threshold"]["mean"]
        text += (
            f" and {charged:+.1f} over the tuned threshold rule's ({to_the_end:+.1f}), above it in "
            f"{percent(after['above_threshold'])} of the draws ({percent(row['above_threshold'])})"
        )
    return text.replace("-", "−") + "."


def main() -> None:
    """Pack the results of a folder."""
    (folder,) = sys.argv[1:]
    for place in pack_pandemic(pathlib.Path(folder)):
        size = sum(file.stat().st_size for file in place.iterdir())
        print(f"{place} ({size:,} bytes)")


if __name__ == "__main__":
    main()
