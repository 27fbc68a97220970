import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from solon.evidence import compare, difference
from solon.evidence.regimes import Regime, gap, in_regimes, level


def regime(seeds, above=0.0, spread=1.0, luck=0):
    """Trainings that differ by their seed, on episodes that all of them share."""
    shared = np.random.default_rng(luck).normal(size=30)
    own = np.array([np.random.default_rng([7, seed]).normal() for seed in seeds])
    scores = 10 + above + spread * own[:, None] + shared
    return Regime(tuple(f"run-{s}" for s in seeds), tuple(seeds), {"welfare": scores})


def test_one_training_each_is_compared_over_episodes():
    a, b = regime([1], above=1.0), regime([2])
    found, expected = gap(a, b, "welfare"), compare(a.scores["welfare"], b.scores["welfare"])
    assert found.estimate == expected.difference
    assert found.correlation == expected.correlation
    assert level(a, "welfare").low is None


def test_five_seeds_have_an_interval_over_seeds():
    a, b = regime(range(5), above=1.0), regime(range(5))
    found = gap(a, b, "welfare")
    # Every seed gains exactly one: pairing leaves nothing to be unsure of.
    assert found.paired
    assert found.estimate.value == pytest.approx(1)
    assert found.estimate.low == pytest.approx(1) and found.estimate.high == pytest.approx(1)
    # Other seeds: what the seeds bring stays in the difference, and in its interval.
    other = gap(regime(range(5, 10), above=1.0), b, "welfare")
    assert not other.paired and other.correlation is None
    assert other.estimate.high - other.estimate.low > 0.5
    shown = level(a, "welfare")
    wide = shown.high - shown.low
    assert shown.low < shown.value < shown.high
    # Five trainings are less sure than thirty episodes of each would make them look.
    assert wide > 2 * 1.96 * a.scores["welfare"].mean(axis=1).std() / 5


@pytest.mark.parametrize(("ours", "theirs"), [(3, 3), (5, 4), (1, 5), (5, 1)])
def test_fewer_seeds_have_no_interval(ours, theirs):
    a, b = regime(range(ours), above=2.0, spread=0.0), regime(range(theirs), spread=0.0)
    found = gap(a, b, "welfare").estimate
    assert found.value == pytest.approx(2)
    assert found.low is None and found.high is None


def test_the_same_luck_of_all_trainings_is_drawn_together():
    a, b = regime(range(6), luck=1), regime(range(6), luck=2)
    together = gap(a, b, "welfare").estimate
    apart = difference(a.scores["welfare"], b.scores["welfare"])
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


@dataclasses.dataclass(frozen=True)
class FakeRecipe:
    seed: int
    rate: float = 1.0
    file: bytes = b"rules"

    def to_config(self):
        config = {"economy": "inputs/own.py:Own", "seed": self.seed, "ppo": {"rate": self.rate}}
        return config, {"inputs/own.py": self.file}


def test_trainings_that_differ_in_the_seed_alone_are_one_regime():
    def run(seed, steps=100, **changes):
        return SimpleNamespace(recipe=FakeRecipe(seed, **changes), steps=steps)

    players = {
        "b": run(2),
        "faster": run(1, rate=2.0),
        "a": run(1),
        "again": run(1),
        "longer": run(3, steps=200),
        "other rules": run(3, file=b"changed"),
        "entry": run(3),
    }
    among = [name for name in players if name != "entry"]
    assert in_regimes(players, among) == [
        (("a", "b"), (1, 2)),
        *(((name,), (seed,)) for name, seed in (("faster", 1), ("again", 1), ("longer", 3))),
        *(((name,), (3,)) for name in ("other rules", "entry")),
    ]
