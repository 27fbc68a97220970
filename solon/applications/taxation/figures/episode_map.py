"""One episode on the map, packed for the player that the report and the lab embed.

The player is a canvas and needs no library. `pack` gives it numbers only: maps, coin and goods
as changes from step to step, trades as pairs of buyer and seller.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Int, Num

from ....figures.theme import DARK, LIGHT
from ..outcomes import Evaluation

__all__ = [
    "Trade",
    "pack",
    "pack_steps",
    "pair_trades",
    "tax_days",
]

#: Step, commodity (0 stone, 1 wood), buyer, seller, price in coin.
Trade = tuple[int, int, int, int, float]


def pack(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """The first episode of each regime, as JSON for the player.

    Workers are numbered from the lowest payment to the highest, like in all other figures.

    Args:
        evaluations: one a regime.

    Returns:
        A dict of strings, numbers and lists: arrays are little-endian bytes in base 64.
    """
    return {
        "colours": {
            theme: {
                str(n): palette.workers(n) for n in sorted({e.worker_count for e in evaluations})
            }
            for theme, palette in (("light", LIGHT), ("dark", DARK))
        },
        "episodes": [_episode(evaluation) for evaluation in evaluations],
    }


def pair_trades(
    bought: Int[np.ndarray, "T n 2"],
    sold: Int[np.ndarray, "T n 2"],
    bought_coin: Num[np.ndarray, "T n 2"],
    sold_coin: Num[np.ndarray, "T n 2"],
) -> list[Trade]:
    """Who traded with whom, from what each bought and sold in each step.

    With one unit of a commodity traded in a step the answer is certain. With more, buyers and
    sellers of equal price are paired, which is right up to swaps that change no one's account.

    Args:
        bought: units that each worker bought in each step, by commodity.
        sold: units sold.
        bought_coin: what the units bought cost together (coin).
        sold_coin: what the units sold brought (coin).

    Returns:
        One entry a unit, in the order of steps. The step is the one after which it shows.
    """
    trades: list[Trade] = []
    for t, k in np.argwhere(bought.sum(1) > 0):
        buyers = _units(bought[t, :, k], bought_coin[t, :, k])
        sellers = _units(sold[t, :, k], sold_coin[t, :, k])
        partners = _match(buyers, sellers)
        trades += [
            (int(t) + 1, int(k), buyer, seller, price)
            for (price, buyer), seller in zip(buyers, partners, strict=True)
        ]
    return trades


def tax_days(evaluation: Evaluation) -> list[tuple[int, float, float]]:
    """Step, coin collected and coin handed to each worker (their mean), by tax day.

    They are those of the first episode, which is the one in the trajectory.
    """
    length = evaluation.period_length or 0
    paid = evaluation.periods["tax_paid"][0].sum(1)
    transfer = evaluation.periods["transfer"][0].mean(1)
    return [
        ((p + 1) * length, round(float(paid[p]), 4), round(float(transfer[p]), 4))
        for p in range(evaluation.period_count)
    ]


def _ledger(
    evaluation: Evaluation, order: Int[np.ndarray, " n"]
) -> list[tuple[int, list[float], list[float]]]:
    """Step, tax paid and transfer of each worker, by tax day; numbered like everything here."""
    trajectory, panel = evaluation.trajectory, evaluation.workers
    # Both are in the order of payments. Workers of one payment are told apart by what they own.
    own = np.lexsort((trajectory["labor"][-1][order], trajectory["coin"][-1][order],
                      trajectory["payment"][order]))  # fmt: skip
    theirs = np.lexsort((panel["labor"][0], panel["coin"][0], panel["payment"][0]))
    row = np.empty_like(own)
    row[own] = theirs
    paid, back = (evaluation.periods[name][0][:, row] for name in ("tax_paid", "transfer"))
    length = evaluation.period_length or 0
    return [
        (
            (p + 1) * length,
            [round(float(x), 4) for x in paid[p]],
            [round(float(x), 4) for x in back[p]],
        )
        for p in range(evaluation.period_count)
    ]


def _units(units: np.ndarray, coin: np.ndarray) -> list[tuple[float, int]]:
    """Mean price and owner of every single unit, cheapest first."""
    return sorted(
        (round(float(coin[i]) / int(units[i]), 4), int(i))
        for i in np.flatnonzero(units)
        for _ in range(int(units[i]))
    )


def _match(buyers: list[tuple[float, int]], sellers: list[tuple[float, int]]) -> list[int]:
    """A seller for each buyer's unit: same rank by price, and nobody with themselves."""
    partners = [owner for _, owner in sellers]
    for i, (_, buyer) in enumerate(buyers):
        if partners[i] != buyer:
            continue
        for j, (_, other) in enumerate(buyers):
            if partners[j] != buyer and other != partners[i]:
                partners[i], partners[j] = partners[j], partners[i]
                break
    return partners


def _episode(evaluation: Evaluation) -> dict[str, Any]:
    trajectory = evaluation.trajectory
    order = np.argsort(trajectory["payment"], kind="stable")
    # House owners are renumbered as well; the last entry keeps -1 for "none".
    number = np.append(np.argsort(order), -1)
    house = number[trajectory["house"]]
    steps = [
        np.diff(trajectory[name][:, order], axis=0)
        for name in ("bought", "sold", "bought_coin", "sold_coin")
    ]
    return {
        "regime": evaluation.regime,
        "taxes": tax_days(evaluation),
        "ledger": _ledger(evaluation, order),
        "taxed": bool(evaluation.periods["rates"].any()),
        **pack_steps(
            house=house,
            trades=pair_trades(*steps),
            payment=trajectory["payment"][order],
            **{name: trajectory[name] for name in ("water", "source", "resource")},
            **{name: trajectory[name][:, order] for name in ("location", "coin", "goods", "labor")},
        ),
    }


def pack_steps(
    *,
    water: Bool[np.ndarray, "H W"],
    source: Int[np.ndarray, "H W"],
    payment: Num[np.ndarray, " n"],
    resource: Int[np.ndarray, "T1 H W"],
    house: Int[np.ndarray, "T1 H W"],
    location: Int[np.ndarray, "T1 n 2"],
    coin: Num[np.ndarray, "T1 n"],
    goods: Int[np.ndarray, "T1 n 2"],
    labor: Num[np.ndarray, "T1 n"],
    trades: Sequence[Trade],
) -> dict[str, Any]:
    """What the map shows of some steps, as JSON for the browser.

    Args:
        water: cells that nobody can enter.
        source: what grows in a cell: 1 stone, 2 wood, 0 nothing.
        payment: of each worker for a house (coin).
        resource: what lies in a cell, at the start and after each step; likewise all that follow.
        house: its owner, or -1.
        location: row and column of each worker.
        coin: of each worker.
        goods: units of stone and wood of each worker.
        labor: of each worker so far.
        trades: one entry a unit.
    """
    return {
        "steps": len(coin) - 1,
        "size": list(water.shape),
        "payment": [round(float(value), 6) for value in payment],
        "water": _bytes(water, "u1"),
        "source": _bytes(source, "u1"),
        "resource": _changes(resource, "i1"),
        "house": _changes(house, "<i2"),
        "location": _bytes(location, "<i2"),
        "coin": _changes(coin, "<f4"),
        "goods": _changes(goods, "<i2"),
        "labor": _changes(labor, "<f4"),
        "trades": list(trades),
    }


def _bytes(array: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()


def _changes(array: np.ndarray, kind: str) -> dict[str, str]:
    """The first entry, and where and to what later ones differ from the entry before."""
    rows = np.ascontiguousarray(array, dtype=kind).reshape(len(array), -1)
    step, place = np.nonzero(rows[1:] != rows[:-1])
    return {
        "start": _bytes(rows[0], kind),
        "step": _bytes(step + 1, "<i4"),
        "place": _bytes(place, "<i4"),
        "value": _bytes(rows[step + 1, place], kind),
    }
