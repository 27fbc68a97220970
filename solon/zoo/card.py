"""The card of an entry: what it was trained on, how it scores, where it ends."""

from collections.abc import Mapping
from typing import Any

import jax

from ..runs.players import TAX, Players
from ..runs.schedules import RANDOM
from .files import STATUSES

__all__ = ["brought_in", "card"]


def card(record: Mapping[str, Any], players: Players) -> str:
    """The Markdown of a card.

    Args:
        record: what `entry.json` will hold.
        players: what is packed.
    """
    status, note = record["status"], record["note"]
    parts = [
        f"# {record['name']}",
        f"Version {record['version']}, *{status}*: {STATUSES[status]}.",
        *([note] if note else []),
        "## What it is",
        "\n".join(_facts(record, players)),
        "## How it was trained",
        "\n".join([*_training(record["provenance"]), *_bringing_in(players)]),
        "## How it scores",
        _scores(record["scores"]),
        *_rates(record["rates"]),
        "## Where it ends",
        "\n".join(_limits(players, record)),
    ]
    return "\n\n".join(parts) + "\n"


def brought_in(players: Players) -> str:
    """How a tax came to workers who learn, in a word or two; empty where that means nothing.

    Two entries are alike only if this is: stand-ins and a cap that rises change what workers know.
    """
    env: Any = players.env
    taxed = getattr(env, "component", lambda name: None)(TAX) is not None
    if not taxed or players.recipe.keeps("worker"):
        return ""
    drawn = players.recipe.planner is not None and players.recipe.planner.name == RANDOM
    return "" if drawn else "with stand-ins" if _stand_ins(players) else "at once"


def _stand_ins(players: Players) -> float:
    own = players.recipe.own_ppo.get("planner")
    return 0.0 if own is None else own.stand_in


def _bringing_in(players: Players) -> list[str]:
    how = brought_in(players)
    if not how:
        return []
    rises = any(name.endswith(".rate_cap") for name in players.recipe.curriculum)
    cap = "rates under a cap that rises" if rises else "no cap on rates that rises"
    share = _stand_ins(players)
    others = f"in {share:.0%} of the copies stand-ins set random rates" if share else "no stand-ins"
    return [f"- How the tax was brought in: {how}; that is, {cap}, and {others}"]


def _facts(record: Mapping[str, Any], players: Players) -> list[str]:
    config = record["config"]
    layout: Any = getattr(players.env, "layout", None)
    options = ", ".join(f"{name} = {value}" for name, value in config["options"].items())
    lines = [
        f"- Economy: `{config['economy']}` under the rules `{record['rules']}`",
        f"- Options that are not the usual ones: {options or 'none'}",
        *([f"- Map: `{layout.name}`"] if layout is not None else []),
        *([f"- Worlds that are drawn: `{players.prior.label}`"] if players.prior else []),
        "- Members: " + ", ".join(f"{r.count} `{name}`" for name, r in players.env.roles.items()),
    ]
    for role, policy in players.learned.items():
        size = sum(leaf.size for leaf in jax.tree.leaves(policy.network))
        settings: Any = players.recipe.algorithm_of(role)
        widths = " and ".join(map(str, settings.hidden))
        shared = len(policy.counts)
        many = f"{shared} networks" if shared > 1 else "one network"
        did = "stayed as it was" if players.recipe.keeps(role) else "learned"
        lines.append(f"- `{role}` {did}: {many} with hidden layers of {widths}, {size:,} numbers")
    for role, given in players.given.items():
        named: Any = players.recipe.policies[role]
        chosen = getattr(named, "options", {})
        shown = ", ".join(f"{name} = {value}" for name, value in chosen.items())
        what = f"`{named.name}`" + (f" with {shown}" if shown else "")
        lines.append(f"- `{role}`: {what} ({type(given).__name__})")
        if jax.tree.leaves(players.memories.get(role, ())):
            lines.append(
                f"- It remembers its training: the memories of {record['copies']} copies of the "
                "economy, from which episodes take theirs in turn"
            )
    return lines


def _training(made: Mapping[str, Any]) -> list[str]:
    code = made["code"] or {}
    commit = f", commit {code['commit'][:12]}" if code.get("commit") else ""
    changed = " with changes that were not committed" if code.get("changed") else ""
    lines = [
        f"- {made['steps']:,} environment steps in {made['seconds'] / 60:.1f} minutes, "
        f"seed {made['seed']}",
        f"- Solon {code.get('version', 'of an unknown version')}{commit}{changed}",
        f"- `{made['command']}`",
    ]
    if made["start_sha256"]:
        lines.append(
            "- It did not start from nothing but from policies of an earlier training "
            f"(SHA-256 {made['start_sha256'][:12]}), whose steps are not counted here"
        )
    return lines


def _scores(scores: Mapping[str, Any]) -> str:
    rows = [
        f"| {name.replace('_', ' ')} | {one['mean']:.5g} | {one['deviation']:.3g} |"
        for name, one in scores["metrics"].items()
    ]
    head = f"Over {scores['episodes']} episodes with sampled actions, by `solon evaluate`:"
    return "\n".join(
        [
            head,
            "",
            "| measure | mean | standard deviation over episodes |",
            "|---|---:|---:|",
            *rows,
        ]
    )


def _rates(rates: Mapping[str, Any] | None) -> list[str]:
    """The mean marginal rates that were in force, if there were any."""
    if rates is None:
        return []
    rows = [
        f"| {cutoff:.6g} | {mean:.1%} | {spread:.1%} |"
        for cutoff, mean, spread in zip(
            rates["cutoffs"], rates["mean"], rates["deviation"], strict=True
        )
    ]
    head = "Marginal rates in force, over the tax periods of these episodes:"
    table = ["| income from (coin) | mean rate | standard deviation |", "|---:|---:|---:|"]
    return ["\n".join([head, "", *table, *rows])]


def _limits(players: Players, record: Mapping[str, Any]) -> list[str]:
    sizes = ", ".join(f"{role.count} {name}s" for name, role in players.env.roles.items()
                      if role.count > 1)  # fmt: skip
    where = f" and for {sizes}" if sizes else ""
    return [
        "- It is one training with one seed. Another seed may learn something else.",
        f"- It was trained under the options above{where}. `solon.zoo.load` takes other options, "
        "under which nothing was measured.",
        "- The scores are those of the training; here its weights are rounded to half precision.",
        "- It is a policy for a simulation, and says nothing about what a real tax would do.",
        f"- It runs under the rules `{record['rules']}` and no others. Apache-2.0, as Solon is.",
    ]
