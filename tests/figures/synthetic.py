"""A small scripted economy in numpy: evaluations that look like real ones, made in a second.

It shares no code with the simulator, so that the tests of figures stand on their own.
"""

import dataclasses
import functools

import numpy as np

from solon.applications.taxation.outcomes import Evaluation

PAYMENT = np.array([11.3316, 13.2671, 16.4724, 22.2496])
CUTOFFS = np.array([0.0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3])
FREE_MARKET = (0.0,) * 7
FEDERAL = (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)
MOVES = np.array([[0, -1], [0, 1], [-1, 0], [1, 0]])
STONE, WOOD = 0, 1


@functools.cache
def evaluation(
    regime: str = "free market",
    rates: tuple[float, ...] = FREE_MARKET,
    *,
    episodes: int = 20,
    steps: int = 1000,
    period: int = 100,
    seed: int = 0,
) -> Evaluation:
    """An evaluation of four workers on a 25 x 25 map of four quadrants."""
    runs = [
        Episode(np.array(rates), steps, period, np.random.default_rng([seed, e])).run()
        for e in range(episodes)
    ]
    workers = {name: np.stack([run.totals[name] for run in runs]) for name in runs[0].totals}
    coin, n = workers["coin"], len(PAYMENT)
    spread = np.abs(coin[:, :, None] - coin[:, None, :]).sum((1, 2))
    equality = 1 - spread / (2 * n * coin.sum(1)) * n / (n - 1)
    periods = {
        name: np.stack([run.periods[name] for run in runs])
        for name in ("income", "tax_paid", "transfer")
    }
    first = {
        name: np.stack([frame[name] for frame in runs[0].frames]) for name in runs[0].frames[0]
    }
    return Evaluation(
        regime=regime,
        episodes={
            "productivity": coin.sum(1),
            "equality": equality,
            "equality_times_productivity": equality * coin.sum(1),
            "utilitarian_welfare": workers["utility"].sum(1),
        },
        workers=workers,
        periods={
            **periods,
            "rates": np.broadcast_to(
                np.array(rates), (episodes, steps // period, len(rates))
            ).copy(),
        },
        cutoffs=CUTOFFS,
        market={name: np.stack([run.market[name] for run in runs]) for name in runs[0].market},
        trajectory={
            **first,
            "water": runs[0].water,
            "source": runs[0].source,
            "payment": PAYMENT,
        },
        labels={"economy": "gather-trade-build", "layout": "four quadrants", "rules": "test@1"},
    )


def pair() -> list[Evaluation]:
    """Two regimes on the same luck."""
    return [evaluation(), evaluation("US federal brackets", FEDERAL)]


def renamed(original: Evaluation, regime: str, **labels: str) -> Evaluation:
    return dataclasses.replace(original, regime=regime, labels=labels)


def learning_curves() -> dict[str, dict[str, np.ndarray]]:
    random = np.random.default_rng(7)
    steps = np.arange(1, 401) * 20_000
    curves = {}
    for regime, level, equal in (("free market", 1900, 0.42), ("US federal brackets", 1600, 0.55)):
        rise = 1 - np.exp(-steps / 2e6)
        curves[regime] = {
            "environment_steps": steps,
            "episode/productivity": 200 + level * rise + random.normal(0, 60, steps.size),
            "episode/equality": 0.85 + (equal - 0.85) * rise + random.normal(0, 0.02, steps.size),
            "worker/entropy": 3.4 - 2.1 * rise + random.normal(0, 0.03, steps.size),
        }
    return curves


class Episode:
    """One year: the less a worker is paid for building, the more it sells what it gathers."""

    def __init__(self, rates, steps, period, random):
        self.rates, self.steps, self.period, self.random = rates, steps, period, random
        self.water, self.source = _map()
        self.resource = self.source.copy()
        self.house = np.full(self.source.shape, -1, np.int8)
        self.location = np.array([[0, 24], [24, 0], [24, 24], [0, 0]])
        self.goal = [tuple(place) for place in self.location]
        n = len(PAYMENT)
        self.coin, self.labor = np.zeros(n), np.zeros(n)
        self.goods = np.zeros((n, 2), int)
        self.bought, self.sold = np.zeros((n, 2), int), np.zeros((n, 2), int)
        self.bought_coin, self.sold_coin = np.zeros((n, 2)), np.zeros((n, 2))
        self.gathered, self.houses = np.zeros((n, 2), int), np.zeros(n, int)
        self.built, self.paid, self.received = np.zeros(n), np.zeros(n), np.zeros(n)
        self.last_coin = np.zeros(n)
        self.periods = {"income": [], "tax_paid": [], "transfer": []}
        names = ("stone_units", "stone_coin", "wood_units", "wood_coin")
        self.market = {name: np.zeros(steps) for name in names}
        # Higher rates at the top: less of the best worker's effort.
        burden = np.interp(np.arange(n), np.linspace(0, n - 1, len(rates)), rates)
        self.effort = np.clip(0.92 - 0.55 * burden, 0.1, 1)
        self.frames = []

    def run(self):
        self._record()
        for t in range(self.steps):
            for i in self.random.permutation(len(PAYMENT)):
                if self.random.random() < self.effort[i]:
                    self._build(i) or self._walk(i)
            self._trade(t)
            empty = (self.source > 0) & (self.resource == 0)
            grown = empty & (self.random.random(empty.shape) < 0.01)
            self.resource[grown] = self.source[grown]
            if (t + 1) % self.period == 0:
                self._tax()
            self._record()
        self.periods = {name: np.stack(rows) for name, rows in self.periods.items()}
        return self

    @property
    def utility(self):
        return (np.maximum(self.coin, 0) ** 0.77 - 1) / 0.77 - 0.21 * self.labor

    @property
    def totals(self):
        return {
            "payment": PAYMENT,
            "coin": self.coin,
            "labor": self.labor,
            "utility": self.utility,
            "houses": self.houses,
            "gathered_stone": self.gathered[:, STONE],
            "gathered_wood": self.gathered[:, WOOD],
            "sold_stone": self.sold[:, STONE],
            "sold_wood": self.sold[:, WOOD],
            "bought_stone": self.bought[:, STONE],
            "bought_wood": self.bought[:, WOOD],
            "build_income": self.built,
            "sales_income": self.sold_coin.sum(1),
            "purchases": self.bought_coin.sum(1),
            "tax_paid": self.paid,
            "transfers": self.received,
        }

    def _build(self, i):
        row, column = self.location[i]
        free = self.house[row, column] < 0 and self.source[row, column] == 0
        if not free or self.goods[i].min() < 1 or PAYMENT[i] < 12 or self.random.random() > 0.6:
            return False
        self.goods[i] -= 1
        self.house[row, column] = i
        self.houses[i] += 1
        self.coin[i] += PAYMENT[i]
        self.built[i] += PAYMENT[i]
        self.labor[i] += 10
        return True

    def _walk(self, i):
        step = MOVES[self.random.integers(4)]
        goal = self.goal[i]
        if not self.resource[goal] or self.random.random() < 0.02:
            wanted = 1 + np.argmin(self.goods[i])
            cells = np.argwhere(self.resource == wanted)
            if len(cells):
                near = np.abs(cells - self.location[i]).sum(1)
                goal = self.goal[i] = tuple(cells[self.random.choice(near.argsort()[:3])])
        if self.random.random() < 0.8:
            gap = np.array(goal) - self.location[i]
            axis = int(abs(gap[1]) > abs(gap[0]))
            step = np.zeros(2, int)
            step[axis] = np.sign(gap[axis])
        target = self.location[i] + step
        if not self._enterable(i, target):
            return
        self.location[i] = target
        self.labor[i] += 1
        kind = self.resource[tuple(target)]
        if kind:
            self.resource[tuple(target)] = 0
            self.goods[i, kind - 1] += 1
            self.gathered[i, kind - 1] += 1
            self.labor[i] += 1

    def _enterable(self, i, target):
        place = tuple(target)
        if min(place) < 0 or max(place) >= len(self.source) or self.water[place]:
            return False
        free = self.house[place] in (-1, i)
        return free and not (self.location == target).all(1).any()

    def _trade(self, t):
        for k, name in ((STONE, "stone"), (WOOD, "wood")):
            price = int(self.random.integers(3, 8))
            # The best worker needs both goods and gathers least: it buys from the lower half.
            for buyer, seller in ((3, 0), (2, 1), (3, 1)):
                can = self.coin[buyer] >= price and self.goods[seller, k] > 0
                if can and self.goods[buyer, k] < 3 and self.random.random() < 0.3:
                    self.goods[seller, k] -= 1
                    self.goods[buyer, k] += 1
                    self.coin[seller] += price
                    self.coin[buyer] -= price
                    self.sold[seller, k] += 1
                    self.bought[buyer, k] += 1
                    self.sold_coin[seller, k] += price
                    self.bought_coin[buyer, k] += price
                    self.market[f"{name}_units"][t] += 1
                    self.market[f"{name}_coin"][t] += price
                    break

    def _tax(self):
        income = self.coin - self.last_coin
        widths = np.diff(CUTOFFS, append=np.inf)
        taxable = np.clip(income[:, None] - CUTOFFS, 0, widths)
        paid = np.minimum(taxable @ self.rates, self.coin)
        lump = np.full(len(paid), paid.sum() / len(paid))
        self.coin = self.coin - paid + lump
        self.paid, self.received = self.paid + paid, self.received + lump
        self.last_coin = self.coin.copy()
        for name, row in zip(self.periods, (income, paid, lump), strict=True):
            self.periods[name].append(row)

    def _record(self):
        frame = {
            name: getattr(self, name).copy()
            for name in (
                *("location", "resource", "house", "coin", "goods", "labor", "utility"),
                *("rates", "bought", "sold", "bought_coin", "sold_coin"),
            )
        }
        self.frames.append(frame)


def _map():
    water = np.zeros((25, 25), bool)
    water[12, :] = water[:, 12] = True
    for gap in (slice(5, 9), slice(16, 20)):
        water[12, gap] = water[gap, 12] = False
    random = np.random.default_rng(3)
    source = np.zeros((25, 25), np.int8)
    for kind, rows, columns in (
        *((1, slice(14, 24), slice(0, 7)), (1, slice(3, 10), slice(1, 6))),
        *((2, slice(0, 6), slice(16, 25)), (2, slice(0, 4), slice(0, 8))),
        *((1, slice(20, 24), slice(14, 18)), (2, slice(14, 20), slice(20, 25))),
    ):
        patch = source[rows, columns]
        patch[(random.random(patch.shape) < 0.25) & ~water[rows, columns]] = kind
    return water, source
