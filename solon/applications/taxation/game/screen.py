"""What the board shows of a game: numbers and sentences, for the component in the browser."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....figures.theme import DARK, LIGHT
from ..figures.episode_map import pack_steps
from .game import Game
from .moves import DIRECTIONS, GOODS, WAIT, why_not
from .news import trades

__all__ = ["screen"]

_SIMPLE = ("left", "right", "up", "down", "build")
_BID, _ASK = 1, 2
_MINUS = "\N{MINUS SIGN}"
_NEWS = 14
_ROWS = (
    ("coin", "coin", "{:.1f}"),
    ("labor", "labor", "{:.1f}"),
    ("utility", "utility", "{:.1f}"),
    ("tax paid", "tax_paid", "{:.1f}"),
    ("share of taxes", "transfers", "{:.1f}"),
    ("houses", "houses", "{:.0f}"),
)


def screen(game: Game, *, name: str, received: int = 0, said: str = "") -> dict[str, Any]:
    """The board of a game as plain values.

    Args:
        game: as far as it has been played.
        name: tells this game from others.
        received: how many moves have arrived from the browser.
        said: what to tell the person, if it is not what happened in the last step.
    """
    env, seen = game.env, game.seen()
    told = _told(game)
    happened = " ".join(text for step, text in told[::-1] if step == game.step) or _deed(game)
    order = np.argsort(seen["recorded"]["workers"]["rank"][0])
    return {
        "game": name,
        "received": received,
        "step": game.step,
        "over": game.over,
        "you": game.setup.worker,
        "clock": _clock(game),
        "said": said or happened or _opening(game),
        "picture": f"Map. {_clock(game)} You are worker {game.setup.worker}. {happened}",
        "blocked": [move for move in _SIMPLE if why_not(env, seen, game.person, move)],
        "colours": {
            theme: palette.workers(env.workers)
            for theme, palette in (("light", LIGHT), ("dark", DARK))
        },
        "episode": _last_step(game, order),
        "market": [_market(env, seen, game.person, kind) for kind in range(len(GOODS))],
        "scores": _scores(game),
        "tax": _tax(game, seen),
        "workers": _workers(seen, order),
        "news": told[::-1][:_NEWS],
    }


def _clock(game: Game) -> str:
    if game.over:
        scores = game.score(), game.score(machine=True)
        mine, machines = (f"{score['utility']:.1f}".replace("-", _MINUS) for score in scores)
        return f"The game is over: {mine} of utility for you, {machines} for the machine."
    return f"Step {game.step} of {game.setup.steps}."


def _opening(game: Game) -> str:
    return f"You are worker {game.setup.worker}, with the ring. Every move takes a step." * (
        not game.step
    )


def _deed(game: Game) -> str:
    """The last move in a sentence, where nothing came of it that is worth one."""
    if not game.step:
        return ""
    move = game.done[-1]
    return f"You go {move}." if move in DIRECTIONS else "You wait." if move == WAIT else ""


def _told(game: Game) -> list[tuple[int, str]]:
    """What happened in the last steps, the earliest first."""
    since = max(1, game.step - _NEWS)
    return [(step, text) for step in range(since, game.step + 1) for text in game.told[step][::-1]]


def _last_step(game: Game, order: np.ndarray) -> dict[str, Any]:
    """The step that was taken last, from where it started, as an episode of one step."""
    rows = [game.seen(step) for step in range(max(0, game.step - 1), game.step + 1)]
    number = np.append(np.argsort(order), -1)

    def stacked(name: str) -> np.ndarray:
        return np.stack([row["recorded"]["first"][name] for row in rows])

    def owned(name: str) -> np.ndarray:
        return np.stack([row["recorded"]["workers"][name][0] for row in rows])[:, order]

    traded = trades(rows[0], rows[1]) if len(rows) > 1 else []
    return pack_steps(
        water=stacked("water")[0],
        source=stacked("source")[0] + 1,
        payment=owned("payment")[0],
        resource=stacked("resource"),
        house=number[stacked("house")],
        location=stacked("location")[:, order],
        coin=owned("coin"),
        goods=stacked("goods")[:, order],
        labor=owned("labor"),
        trades=[
            (1, kind, int(number[b]), int(number[s]), price) for _, kind, b, s, price in traded
        ],
    )


def _market(env: Any, seen: Mapping[str, Any], person: int, kind: int) -> dict[str, Any]:
    """What others offer, the best price first, and one's own orders in words."""
    side, price, age = (seen[f"order_{name}"][kind] for name in ("side", "price", "age"))
    others = np.arange(len(side)) != person

    def offers(which: int, *, falling: bool) -> list[tuple[int, int]]:
        counts = Counter(price[others][side[others] == which].tolist())
        return sorted(counts.items(), reverse=falling)

    asks, bids = offers(_ASK, falling=False), offers(_BID, falling=True)
    part = env.component("continuous-double-auction")
    mine = [
        f"{'bid' if s == _BID else 'ask'} at {p} ({part.order_duration - int(a) + 1} steps left)"
        for s, p, a in zip(side[person], price[person], age[person], strict=True)
        if s > 0
    ]
    words = (
        f"Others ask {_listed(asks)} and bid {_listed(bids)}. Yours: {', '.join(mine) or 'none'}."
    )
    return {
        "asks": asks,
        "bids": bids,
        "words": words,
        "owned": int(seen["recorded"]["first"]["goods"][person, kind]),
        "prices": part.max_price + 1,
    }


def _listed(offers: list[tuple[int, int]]) -> str:
    if not offers:
        return "nothing"
    return ", ".join(f"{price}" + (f" (x{count})" if count > 1 else "") for price, count in offers)


def _scores(game: Game) -> list[list[str]]:
    yours, machines = game.score(), game.score(machine=True)
    return [
        [title, *(form.format(score[name]).replace("-", _MINUS) for score in (yours, machines))]
        for title, name, form in _ROWS
    ]


def _tax(game: Game, seen: Mapping[str, Any]) -> str:
    if "tax_due" not in seen:
        return "No tax is levied here."
    person = game.person
    income, due, back = (
        float(seen[name][person]) for name in ("income_so_far", "tax_due", "transfer_due")
    )
    rate = float(seen["marginal_rate"][person])
    if game.over:
        return "The last tax day is over."
    if not game.step:
        return "Rates are set in the first step, and hold until the first tax day, in 100 steps."
    days = int(seen["until_tax_day"])
    when = "at the end of this step" if days == 1 else f"in {days} steps"
    return (
        f"Next tax day {when}. Income since the last one: {income:.1f} coin. If it were now, you "
        f"would pay {due:.1f} and get {back:.1f} back. Of your next coin {rate:.0%} goes to tax."
    )


def _workers(seen: Mapping[str, Any], order: np.ndarray) -> list[list[str]]:
    workers, goods = seen["recorded"]["workers"], seen["recorded"]["first"]["goods"]
    return [
        [
            str(place + 1),
            f"{workers['payment'][0, i]:.1f}",
            f"{workers['coin'][0, i]:.1f}",
            str(int(goods[i, 0])),
            str(int(goods[i, 1])),
            str(int(workers["houses"][0, i])),
        ]
        for place, i in enumerate(order)
    ]
