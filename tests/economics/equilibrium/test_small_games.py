"""Small games: known ones, games with a known number of equilibria, and regrets that are zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solon import ConfigurationError
from solon.economics.equilibrium import LogitMarket, bimatrix_equilibria, pure_equilibria


def profiles(found):
    return [
        (each.row.round(6).tolist(), each.column.round(6).tolist()) for each in found.equilibria
    ]


def test_known_games():
    dilemma = bimatrix_equilibria([(3, 0), (5, 1)], [(3, 5), (0, 1)])
    assert profiles(dilemma) == [([0, 1], [0, 1])]
    assert dilemma.equilibria[0].payoffs == (1, 1)
    pennies = bimatrix_equilibria([(1, -1), (-1, 1)], [(-1, 1), (1, -1)])
    assert profiles(pennies) == [([0.5, 0.5], [0.5, 0.5])]
    sexes = bimatrix_equilibria([(3, 0), (0, 2)], [(2, 0), (0, 3)])
    assert profiles(sexes) == [([1, 0], [1, 0]), ([0, 1], [0, 1]), ([0.6, 0.4], [0.4, 0.6])]
    scissors = np.array([(0, -1, 1), (1, 0, -1), (-1, 1, 0)])
    (only,) = bimatrix_equilibria(scissors, -scissors).equilibria
    np.testing.assert_allclose((only.row, only.column), 1 / 3)
    assert not any(game.degenerate for game in (dilemma, pennies, sexes))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_players_who_want_to_agree(size):
    """Any set of actions can be what both mix equally: 2 ** n - 1 equilibria."""
    found = bimatrix_equilibria(np.eye(size), np.eye(size))
    assert len(found.equilibria) == 2**size - 1
    for each in found.equilibria:
        np.testing.assert_allclose(each.row, each.column)
        mixed = each.row[each.row > 0]
        np.testing.assert_allclose(mixed, 1 / len(mixed))


@settings(max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6), st.booleans())
def test_no_regret_and_an_odd_number(rows, columns, seed, whole):
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(2, rows, columns)) * 10 ** generator.uniform(-3, 3)
    if whole:
        a, b = np.round(generator.uniform(0, 3, (2, rows, columns)))
    found = bimatrix_equilibria(a, b)
    assert found.equilibria
    for each in found.equilibria:
        assert each.row.sum() == pytest.approx(1)
        assert (a @ each.column).max() <= each.payoffs[0] + 1e-7 * np.ptp(a) + 1e-12
        assert (each.row @ b).max() <= each.payoffs[1] + 1e-7 * np.ptp(b) + 1e-12
    if not found.degenerate:
        assert len(found.equilibria) % 2 == 1
    # Pure equilibria are among them, and no others.
    pure = {(int(e.row.argmax()), int(e.column.argmax())) for e in found.equilibria
            if e.row.max() == 1 and e.column.max() == 1}  # fmt: skip
    assert pure == set(pure_equilibria(np.stack([a, b])))


@pytest.mark.parametrize("seed", range(20))
def test_two_actions_in_closed_form(seed):
    a, b = np.random.default_rng(seed).normal(size=(2, 2, 2))
    found = bimatrix_equilibria(a, b)
    gain_row, gain_column = a[0] - a[1], b[:, 0] - b[:, 1]
    expected = len(pure_equilibria(np.stack([a, b])))
    if gain_row.prod() < 0 and gain_column.prod() < 0:
        expected += 1
        mixed = found.equilibria[-1]
        x = -gain_column[1] / (gain_column[0] - gain_column[1])
        y = -gain_row[1] / (gain_row[0] - gain_row[1])
        np.testing.assert_allclose((mixed.row[0], mixed.column[0]), (x, y))
    assert len(found.equilibria) == expected


def test_a_degenerate_game_is_said_to_be_one():
    """The column player does not care: all its mixtures up to one half go with the first row."""
    found = bimatrix_equilibria([(1, 1), (0, 2)], [(1, 1), (1, 1)])
    assert found.degenerate
    assert profiles(found) == [
        ([1, 0], [1, 0]), ([1, 0], [0.5, 0.5]), ([0, 1], [0.5, 0.5]), ([0, 1], [0, 1]),
    ]  # fmt: skip
    assert bimatrix_equilibria(np.zeros((2, 3)), np.zeros((2, 3))).degenerate


def miniature(capital, exponent, exports):
    """One consumer and one firm, hours by prices: what each gets over two steps."""
    hours, prices = np.arange(5)[:, None] * 260.0, np.arange(6) * 500.0
    made = 0.01 * capital ** (1 - exponent) * hours**exponent
    with np.errstate(divide="ignore"):
        bought = np.minimum(np.minimum(10, made), (2000.01 + 22 * hours) / prices)
    sold = np.where(prices >= 500, np.minimum(made - bought, 100), 0) if exports else 0
    consumer = ((bought + 1) ** 0.9 - 1) / 0.9 - 0.005 * hours
    return consumer, -22 * hours + 0.9 * prices * (bought + sold)


@pytest.mark.parametrize(
    ("capital", "exponent", "exports", "expected"),
    [
        (5000, 0.6, False, {(520, 1500): (5.082984, 656.009), (780, 2000): (4.274164, 84.009),
                            (1040, 2500): (3.267482, -487.991)}),
        (5000, 0.6, True, {(1040, 2500): (3.267482, 20972.112887)}),
        (10000, 0.8, False, {(520, 1500): (5.082984, 656.009), (780, 2000): (4.274164, 84.009),
                             (1040, 2500): (3.267482, -487.991)}),
    ],
)  # fmt: skip
def test_a_business_cycle_in_miniature(capital, exponent, exports, expected):
    consumer, firm = miniature(capital, exponent, exports)
    found = pure_equilibria(np.stack([consumer, firm]))
    assert {(h * 260, p * 500) for h, p in found} == set(expected)
    for h, p in found:
        known = expected[h * 260, p * 500]
        assert (consumer[h, p], firm[h, p]) == pytest.approx(known, abs=6e-7)
    everything = bimatrix_equilibria(consumer, firm).equilibria
    assert {(int(e.row.argmax()), int(e.column.argmax())) for e in everything
            if max(e.row.max(), 1) == e.row.max() == e.column.max()} == set(found)  # fmt: skip


def test_prices_on_a_grid():
    market, grid = LogitMarket((2.0, 2.0), (1.0, 1.0), 0.25), np.linspace(1.30, 2.05, 16)
    profits = np.array([[market.profits((p, q)) for q in grid] for p in grid])
    found = pure_equilibria(np.moveaxis(profits, -1, 0))
    np.testing.assert_allclose(grid[np.array(found)], [(1.45, 1.45), (1.50, 1.50)])


def test_three_players():
    """Each wants to do what the next one does; the third wants to differ from the first."""
    u = np.zeros((3, 2, 2, 2))
    for i, j, k in np.ndindex(2, 2, 2):
        u[:, i, j, k] = (i == j, j == k, k != i)
    assert pure_equilibria(u) == ()
    u[2] = 1 - u[2]
    assert pure_equilibria(u) == ((0, 0, 0), (1, 1, 1))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([(1, np.nan)], [(1, 1)]), "row_payoffs: got nan"),
        (([(1, 1)], [(1,)]), "column_payoffs: got (1, 1)"),
        ((np.zeros((9, 9)), np.zeros((9, 9))), "row_payoffs: got (9, 9)"),
    ],
)
def test_bad_input(arguments, named):
    with pytest.raises(ConfigurationError) as error:
        bimatrix_equilibria(*arguments)
    assert str(error.value).startswith(named)


def test_one_axis_of_actions_for_each_player():
    with pytest.raises(ConfigurationError, match=r"payoffs: got \(2, 2\)"):
        pure_equilibria(np.zeros((2, 2)))
