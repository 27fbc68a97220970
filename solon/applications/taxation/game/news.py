"""What happened in a step, in sentences."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..figures.episode_map import Trade, pair_trades
from .moves import AUTOPILOT, DIRECTIONS, GOODS, moves

if TYPE_CHECKING:
    from .game import Game

__all__ = ["news", "trades"]


def news(game: "Game", step: int) -> list[str]:
    """What happened in a step, the person's own affairs first.

    Args:
        game: as far as it has been played.
        step: counted from 1.
    """
    before, after = game.seen(step - 1), game.seen(step)
    own = _own(game, before, after, game.done[step - 1])
    return own + _others(game, before, after)


def _own(game: "Game", before: Mapping[str, Any], after: Mapping[str, Any], move: str) -> list[str]:
    person, told = game.person, []

    def gained(name: str) -> float:
        return float(_change(before, after, name)[person])

    if move == AUTOPILOT:
        told.append(f"The machine acts for you: {_words(game, after)}.")
    stayed = (_place(before, person) == _place(after, person)).all()
    if move in DIRECTIONS and stayed:
        told.append("Another worker was quicker: you stay where you are.")
    for good in GOODS:
        units = int(gained(f"gathered_{good}"))
        if units:
            luck = ", the second without effort" if units > 1 else ""
            told.append(f"You pick up {units} {good}{luck}.")
    if gained("houses"):
        paid = after["recorded"]["workers"]["payment"][0, person]
        told.append(f"You build a house and are paid {paid:.1f} coin.")
    filled = [trade for trade in trades(before, after) if person in trade[2:4]]
    told += [_trade_words(game, trade) for trade in filled]
    verb, *rest = move.split()
    if rest and not any(_is_mine(trade, person, verb, rest[0]) for trade in filled):
        offer = "bid" if verb == "buy" else "ask"
        told.append(f"You {offer} {rest[1]} coin for a unit of {rest[0]}: the order is open.")
    told += _expired(before, after, person, posted=bool(rest), filled=len(filled))
    if _taxed(before, after):
        income, paid, back = (
            float(after["recorded"]["workers"][name][0, person])
            for name in ("income", "paid", "transfer")
        )
        told.append(
            f"Tax day: you pay {paid:.1f} on an income of {income:.1f}, and get {back:.1f} back."
        )
    return told


def _others(game: "Game", before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    person, told = game.person, []
    for worker in np.flatnonzero(_change(before, after, "houses")).tolist():
        if worker != person:
            told.append(f"Worker {_number(game, worker)} builds a house.")
    told += [
        _trade_words(game, trade) for trade in trades(before, after) if person not in trade[2:4]
    ]
    if _taxed(before, after):
        paid = after["recorded"]["workers"]["paid"][0]
        told.append(f"All together pay {paid.sum():.1f} coin of tax, and share it equally.")
    return told


def _expired(
    before: Mapping[str, Any], after: Mapping[str, Any], person: int, *, posted: bool, filled: int
) -> list[str]:
    """Orders that were open, or were posted now, and are neither filled nor open any more."""
    opened, left = (int((seen["order_side"][:, person] > 0).sum()) for seen in (before, after))
    gone = opened + posted - filled - left
    if gone <= 0:
        return []
    what = "An order of yours was" if gone == 1 else f"{gone} orders of yours were"
    return [f"{what} not filled in time: what was bound is free again."]


def _words(game: "Game", after: Mapping[str, Any]) -> str:
    return moves(game.env)[int(after["done"][game.person])]


def _taxed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the step was a tax day on which somebody paid."""
    tax_day = int(before.get("until_tax_day", 0)) == 1
    return tax_day and bool(after["recorded"]["workers"]["paid"].any())


def _change(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> np.ndarray:
    first, second = (seen["recorded"]["workers"][name][0] for seen in (before, after))
    return second - first


def _place(seen: Mapping[str, Any], worker: int) -> np.ndarray:
    return seen["recorded"]["first"]["location"][worker]


def trades(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Trade]:
    """The trades between two steps, with workers in the economy's order."""

    def pairs(name: str) -> np.ndarray:
        return np.stack([_change(before, after, f"{name}_{good}") for good in GOODS], -1)[None]

    bought, sold = pairs("bought"), pairs("sold")
    return pair_trades(bought, sold, pairs("bought_coin"), pairs("sold_coin"))


def _is_mine(trade: Any, person: int, verb: str, good: str) -> bool:
    _, kind, buyer, seller, _ = trade
    return GOODS[kind] == good and person == (buyer if verb == "buy" else seller)


def _trade_words(game: "Game", trade: Any) -> str:
    _, kind, buyer, seller, price = trade
    good, coin = GOODS[kind], f"{price:g}"
    if buyer == game.person:
        return f"You buy {good} from worker {_number(game, seller)} for {coin} coin."
    if seller == game.person:
        return f"You sell {good} to worker {_number(game, buyer)} for {coin} coin."
    who, whom = _number(game, buyer), _number(game, seller)
    return f"Worker {who} buys {good} from worker {whom} for {coin} coin."


def _number(game: "Game", worker: int) -> int:
    """What people call a worker: 1 has the lowest payment."""
    return int(game.shown[0]["recorded"]["workers"]["rank"][0, 0, worker]) + 1
