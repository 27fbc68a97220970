"""What a worker can do, in words, and why something is not possible."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....component import SubAction
from ....economies.gather_trade_build import GatherTradeBuild

__all__ = ["AUTOPILOT", "DIRECTIONS", "GOODS", "WAIT", "moves", "why_not"]

WAIT = "wait"
#: The move with which a person lets the shipped worker act for a step.
AUTOPILOT = "autopilot"
GOODS = ("stone", "wood")

DIRECTIONS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
_TOWARDS = {"left": "to the left", "right": "to the right", "up": "above", "down": "below"}


@functools.cache
def moves(env: GatherTradeBuild) -> tuple[str, ...]:
    """All actions of a worker in words; the place of a word is the number of the action.

    They are `wait`, `build`, `buy stone 3` (a bid at 3 coin), `sell wood 5` (an ask), and the
    directions `left`, `right`, `up`, `down`.
    """
    words = [WAIT]
    for part in env.components:
        for sub in part.sub_actions(env, "worker"):
            assert isinstance(sub, SubAction)
            if sub.name == "move":
                words += DIRECTIONS
            elif sub.choices == 1:
                words.append(sub.name)
            else:
                verb, good = sub.name.split("_")
                words += [f"{verb} {good} {price}" for price in range(sub.choices)]
    return tuple(words)


def why_not(env: GatherTradeBuild, shown: Mapping[str, Any], person: int, move: str) -> str | None:
    """Why the economy's rules do not let a worker do something now; None if they do.

    Args:
        env: the economy.
        shown: what an engine's step shows of it.
        person: the worker, in the economy's order.
        move: one of `moves`.
    """
    if shown["mask"][person][moves(env).index(move)]:
        return None
    if move in DIRECTIONS:
        return _blocked(shown, person, move)
    if move == "build":
        return _no_building(shown, person)
    verb, good, price = move.split()
    kind = GOODS.index(good)
    if (shown["order_side"][kind, person] > 0).all():
        most = shown["order_side"].shape[-1]
        return f"You have {most} open orders for {good} already, and more are not allowed."
    if verb == "buy":
        coin = float(shown["free_coin"][person])
        return f"You offer {price} coin and have only {coin:.1f} that no order binds."
    return f"You have no {good} to sell that is not in an order already."


def _blocked(shown: Mapping[str, Any], person: int, move: str) -> str:
    seen = shown["recorded"]["first"]
    (row, column), where = seen["location"][person] + np.array(DIRECTIONS[move]), _TOWARDS[move]
    height, width = seen["house"].shape
    if not (0 <= row < height and 0 <= column < width):
        return f"The map ends {where}."
    if seen["water"][row, column]:
        return f"There is water {where}."
    owner = int(seen["house"][row, column])
    if owner >= 0 and owner != person:
        return f"Somebody else's house is in the way {where}."
    return f"Another worker stands {where}."


def _no_building(shown: Mapping[str, Any], person: int) -> str:
    seen = shown["recorded"]["first"]
    stone, wood = (int(units) for units in shown["free_goods"][person])
    if min(stone, wood) < 1:
        return f"A house takes a stone and a wood; you have {stone} and {wood} that no order binds."
    row, column = seen["location"][person]
    if seen["house"][row, column] >= 0:
        return "A house stands here already."
    return f"{GOODS[int(seen['source'][row, column])].capitalize()} grows here: build beside it."
