"""The whole state of the original after a step, as arrays under names that Solon can match."""

import re
from typing import Any

import numpy as np

__all__ = ["exact_observations", "facts", "snapshot"]

GOODS = ("Stone", "Wood")
_SIDES = ("Sell", "Buy")
_TRADE = ("price", "cost", "income", "n_sales")
_LISTED = ("PeriodicTax/avg_bracket_rate/", "PeriodicTax/bracket_occupancy/")
_UTILITY = re.compile(r"util/\d+")
_NUMBERED = re.compile(r"(\w+)/(\d+)/(.+)")


def facts(environment: Any) -> "dict[str, Any]":
    """What stays the same: sizes, and numbers that the original computes when it is built."""
    part = environment._components_dict.get
    result: dict[str, Any] = {
        "workers": environment.n_agents,
        "horizon": environment.episode_length,
        "worker_several": environment.multi_action_mode_agents,
        "planner_several": environment.multi_action_mode_planner,
    }
    if hasattr(environment, "_avg_ranked_skill"):
        result["ranked_payments"] = [float(v) for v in environment._avg_ranked_skill]
    tax = part("PeriodicBracketTax")
    if tax is not None:
        result["cutoffs"] = [float(v) for v in tax.bracket_cutoffs]
    labor = part("SimpleLabor")
    if labor is not None:
        result["skills"] = [float(v) for v in labor.skills]
    return result


def exact_observations(environment: Any) -> None:
    """Let flat observations keep the 64 bits from which the original rounds to 32."""
    package = environment._package

    def exact(observed: Any, keep: Any, flatten: Any, wrap: Any) -> Any:
        packed = package(observed, keep, flatten, wrap)
        values = np.concatenate([[observed[k]] if wrap[k] else observed[k] for k in flatten])
        if not np.array_equal(values.astype(np.float32), packed["flat"]):
            raise AssertionError("flat observation differs from the fields it is made of")
        return {**packed, "flat": values}

    environment._package = exact


def snapshot(
    environment: Any, observations: Any, rewards: Any, done: bool, metrics: Any
) -> "dict[str, Any]":
    """Everything that can be compared, by name.

    Args:
        environment: the original.
        observations: as it returned them.
        rewards: likewise; none after a reset.
        done: likewise.
        metrics: its metrics, or None if they are not asked for in this step.
    """
    workers, planner = environment.world.agents, environment.world.planner
    rewards = rewards or {}
    result = {
        "done": np.array(done),
        "reward.worker": np.array([rewards.get(str(a.idx), 0.0) for a in workers], float),
        "reward.planner": np.array([rewards.get("p", 0.0)], float),
    }
    for role, agents in (("worker", workers), ("planner", [planner])):
        shown = [observations[str(agent.idx)] for agent in agents]
        shown = [_without_nesting(one) for one in shown]
        for field in shown[0]:
            name = f"mask.{role}" if field == "action_mask" else f"observation.{role}.{field}"
            result[name] = np.stack([np.asarray(one[field]) for one in shown])
    result.update(_workers(workers))
    if _spatial(environment):
        result.update(_map(environment))
        result["state.productive_steps"] = np.array(environment._auto_warmup_integrator)
    part = environment._components_dict.get
    if part("ContinuousDoubleAuction") is not None:
        result.update(_market(part("ContinuousDoubleAuction"), len(workers)))
    if part("PeriodicBracketTax") is not None:
        result.update(_tax(part("PeriodicBracketTax"), len(workers)))
        tax = part("PeriodicBracketTax")
        if tax.tax_model == "saez" and not tax.disable_taxes:
            result.update(_saez(tax))
    one_step = getattr(environment, "curr_optimization_metrics", None)
    utility = environment.curr_optimization_metric if one_step is None else one_step
    result["state.utility"] = np.array([utility[a.idx] for a in workers], float)
    result["state.welfare"] = np.array(utility["p"], float)
    if metrics is not None:
        result.update(_metrics(metrics, len(workers)))
    return result


def _without_nesting(fields: "dict[str, Any]") -> "dict[str, Any]":
    """Masks and what the planner sees of each worker can be mappings of their own."""
    result = {}
    for name, value in fields.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for place, (key, one) in enumerate(inner):
            # Brackets are named by their cutoffs, whole ones, from which rounding can take a coin.
            bracket = key.startswith("PeriodicBracketTax.")
            key = f"PeriodicBracketTax.{place}" if bracket else key
            if key and not np.size(one):
                # The mask of who has no choice in a component.
                continue
            result[f"{name}/{key}" if key else name] = one
    return result


def _spatial(environment: Any) -> bool:
    """Whether there is a map with goods on it."""
    return "Stone" in environment.resources


def _workers(workers: Any) -> "dict[str, Any]":
    states = [agent.state for agent in workers]
    result = {
        "state.coin": np.array([s["inventory"]["Coin"] for s in states], float),
        "state.coin_in_escrow": np.array([s["escrow"]["Coin"] for s in states], float),
        "state.labor": np.array([s["endogenous"]["Labor"] for s in states], float),
    }
    spatial = "Stone" in states[0]["inventory"]
    if spatial:
        result["state.location"] = np.array([s["loc"] for s in states])
    for name, store in (("goods", "inventory"), ("goods_in_escrow", "escrow")) * spatial:
        counts = np.array([[s[store][good] for good in GOODS] for s in states], float)
        result[f"state.{name}"] = _whole(counts)
    for field in ("build_payment", "build_skill", "bonus_gather_prob", "skill", "production"):
        if field in states[0]:
            result[f"state.{field}"] = np.array([s[field] for s in states], float)
    return result


def _map(environment: Any) -> "dict[str, Any]":
    maps = environment.world.maps
    result = {}
    for name in list(maps.keys()):
        result[f"map.{name}"] = _whole(maps.get(name))
    result["map.owner"] = np.array(maps.get("House", owner=True))
    return result


def _market(market: Any, n: int) -> "dict[str, Any]":
    """Open orders of each worker as (side, price, age), bids (1) before asks (2), then none (0)."""
    orders = np.zeros((2, n, market.max_num_orders, 3), int)
    for k, good in enumerate(GOODS):
        books: list[list[tuple[int, int, int]]] = [[] for _ in range(n)]
        for bid in market.bids[good]:
            books[bid["buyer"]].append((1, bid["bid"], bid["bid_lifetime"]))
        for ask in market.asks[good]:
            books[ask["seller"]].append((2, ask["ask"], ask["ask_lifetime"]))
        for i, book in enumerate(books):
            if len(book) != market.n_orders[good][i]:
                raise AssertionError("number of orders differs from the orders in the book")
            if book:
                orders[k, i, : len(book)] = sorted(book)
    history = [[market.price_history[good][i] for i in range(n)] for good in GOODS]
    return {"market.orders": orders, "market.price_history": np.array(history)}


def _tax(tax: Any, n: int) -> "dict[str, Any]":
    days = [day for day in tax.taxes[-tax.period :] if day]
    last = days[-1] if days else {str(i): {"tax_paid": 0.0, "lump_sum": 0.0} for i in range(n)}
    return {
        "tax.position": np.array(tax.tax_cycle_pos),
        "tax.rates": np.array(tax._curr_rates_obs, float),
        "tax.cutoffs": np.array(tax.bracket_cutoffs, float),
        "tax.coin_before": np.array(tax.last_coin, float),
        "tax.income": np.array(tax.last_income, float),
        "tax.marginal_rate": np.array(tax.last_marginal_rate, float),
        "tax.paid": np.array([last[str(i)]["tax_paid"] for i in range(n)], float),
        "tax.transfer": np.array([last[str(i)]["lump_sum"] for i in range(n)], float),
    }


def _saez(tax: Any) -> "dict[str, Any]":
    """What Saez's formula works with: returns fill the end of an array of a fixed size."""
    returns = np.zeros((tax._buffer_size, 2))
    if tax._local_saez_buffer:
        returns[-len(tax._local_saez_buffer) :] = tax._local_saez_buffer
    return {
        "saez.elasticity": np.array(tax.elas_t, float),
        "saez.average_rates": np.array(tax.running_avg_tax_rates, float),
        "saez.returns": returns,
    }


def _metrics(metrics: Any, n: int) -> "dict[str, Any]":
    """One array for what there is a number of for each worker or bracket."""
    result: dict[str, Any] = {}
    trade = np.full((n, 2, 2, len(_TRADE)), np.nan)
    several: dict[str, list[float]] = {}
    for name, value in metrics.items():
        numbered = _NUMBERED.fullmatch(name)
        head, _, tail = name.rpartition("/")
        if name.startswith("Trade/") and numbered:
            deal, _, number = numbered.group(3).partition("/")
            side = 0 if deal.startswith("Sell") else 1
            good = GOODS.index(deal[len(_SIDES[side]) :])
            trade[int(numbered.group(2)), side, good, _TRADE.index(number)] = value
            result["metric.trade"] = trade
        elif numbered and numbered.group(1) != "PeriodicTax":
            several.setdefault(f"{numbered.group(1)}/{numbered.group(3)}", []).append(value)
        elif _UTILITY.fullmatch(name) or name.startswith(_LISTED):
            several.setdefault(head, []).append(value)
        elif not name.startswith("endow/p/"):
            result[f"metric.{name}"] = np.array(value, float)
        elif value != 0:
            raise AssertionError(f"the planner has {tail}, although nothing ever gives it any")
    result.update({f"metric.{name}": np.array(values, float) for name, values in several.items()})
    return result


def _whole(counts: np.ndarray) -> np.ndarray:
    """Counts, which the original keeps as floats."""
    whole = np.asarray(counts).astype(int)
    if not np.array_equal(whole, counts):
        raise AssertionError(f"a fraction of a unit: {counts}")
    return whole
