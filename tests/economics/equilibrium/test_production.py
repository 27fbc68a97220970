"""Production in sectors: digits, and zero profits and cleared markets at other parameters."""

import numpy as np
import pytest
from scipy.optimize import root

from solon import ConfigurationError
from solon.economics.equilibrium import cobb_douglas_production

SPENDING = [(0.6, 0.4), (0.3, 0.7), (0.5, 0.5)]


def test_two_sectors_and_three_households():
    found = cobb_douglas_production((0.3, 0.6), SPENDING, (0.5, 2.0, 3.5))
    assert found.rental == pytest.approx(0.431925, abs=6e-7)
    for name, expected in (
        ("capital", (1.767391, 4.232609)),
        ("labor", (1.781221, 1.218779)),
        ("output", (1.777061, 2.572379)),
        ("prices", (1.431916, 1.184487)),
        ("consumption", [(0.509511, 0.410629), (0.390494, 1.101485), (0.877055, 1.060264)]),
        ("utilities", (-0.760608, -0.214441, -0.036334)),
    ):
        np.testing.assert_allclose(getattr(found, name), expected, atol=6e-7, err_msg=name)


@pytest.mark.parametrize("seed", range(5))
def test_random_economies_against_a_root_finder(seed):
    """Unknowns: rental, prices, inputs. None of the solver's formulas."""
    generator = np.random.default_rng(seed)
    sectors, households = generator.integers(1, 5), generator.integers(1, 5)
    th = generator.uniform(0.1, 0.9, sectors)
    a = generator.dirichlet(np.ones(sectors), households)
    k, l = generator.exponential(size=(2, households))  # noqa: E741

    def gaps(logs):
        r, p, capital, labor = np.split(np.exp(logs), np.cumsum([1, sectors, sectors]))
        output = capital**th * labor ** (1 - th)
        demand = (a * (l + r * k)[:, None] / p).sum(0)
        return np.concatenate(
            [
                demand - output,
                p * th * output / capital - r,
                p * (1 - th) * output / labor - 1,
                [capital.sum() - k.sum()],
            ]
        )

    found = cobb_douglas_production(th, a, k, l)
    start = np.log(np.concatenate([[found.rental], found.prices, found.capital, found.labor]))
    assert np.abs(gaps(start)).max() < 1e-10
    other = root(gaps, start + 0.1 * generator.normal(size=start.size), tol=1e-12)
    assert other.success
    np.testing.assert_allclose(other.x, start, atol=1e-7)
    assert found.labor.sum() == pytest.approx(l.sum())
    np.testing.assert_allclose(found.consumption.sum(0), found.output)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (
            ((0.3, 1.0), SPENDING, (1, 1, 1)),
            "capital_shares: got 1.0; allowed: finite numbers above 0",
        ),
        (((0.3, 0.0), SPENDING, (1, 1, 1)), "capital_shares: got 0.0"),
        (((0.3, 0.6), SPENDING, (1, 1, -1)), "capital: got -1.0"),
        (((0.3, 0.6), SPENDING, (0, 0, 0)), "capital: got [0.0, 0.0, 0.0]; allowed: some capital"),
        (((0.3, 0.6), SPENDING, (1, 1, 1), (0, 0, 0)), "labor: got [0.0, 0.0, 0.0]"),
        (((0.3, 0.6), SPENDING, (1, 1, 0), (1, 1, 0)), "capital: got [1.0, 1.0, 0.0]"),
        (((0.3, 0.6), [(0.6, 0.6)], (1,)), "spending_shares: got 1.2"),
    ],
)
def test_technologies_without_an_equilibrium(arguments, named):
    with pytest.raises(ConfigurationError) as error:
        cobb_douglas_production(*arguments)
    assert str(error.value).startswith(named)
