"""A row of water over the map: who starts above it, and who below."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build import layouts
from solon.economies.gather_trade_build.layouts import STONE, WOOD

from .by_hand import quick

ROWS = ("W.S.", ".~..", "WWSS", "....", "S..W")


def test_a_row_is_flooded():
    """Its sources are gone; other water and other sources stay."""
    divided = layouts.split(layouts.load(ROWS))
    assert divided.rows == ("W.S.", ".~..", "~~~~", "....", "S..W") and divided.water_row == 2
    lower = layouts.split(layouts.load(ROWS), 3)
    assert lower.rows == ("W.S.", ".~..", "WWSS", "~~~~", "S..W")
    assert (lower.source == STONE).sum() == 4 and (lower.source == WOOD).sum() == 4
    with pytest.raises(solon.ConfigurationError, match=r"^water_row: got 4"):
        layouts.split(layouts.load(ROWS), 4)


@pytest.mark.parametrize(
    ("workers", "top_ranks", "above"), [(4, 0, {3}), (4, [0, 2], {3, 1}), (5, [4], {0})]
)
def test_ranks_above_and_below_the_water(workers, top_ranks, above):
    """Ranks in `top_ranks` count from the ablest, `World.rank` from the other end."""
    economy = solon.make(
        "gather-trade-build", workers=workers, layout=ROWS, placement="split", top_ranks=top_ranks
    )
    assert economy.layout.rows[2] == "~~~~"
    keys = jax.random.split(jax.random.key(0), 3000)
    worlds = quick(jax.vmap(economy.draw_world))(keys)
    row, column = np.asarray(worlds.location[..., 0]), np.asarray(worlds.location[..., 1])
    rank = np.asarray(worlds.rank)
    np.testing.assert_array_equal(row < 2, np.isin(rank, list(above)))
    assert (row != 2).all() and not ((row == 1) & (column == 1)).any()
    cells = np.sort(row * 4 + column, axis=1)
    assert (np.diff(cells, axis=1) > 0).all(), "one worker a cell"
    # Every dry cell of its part is as likely for a worker.
    for part, dry in ((row < 2, 7), (row > 2, 8)):
        share = np.bincount((row * 4 + column)[part]) / part.sum()
        share = share[share > 0]
        error = np.sqrt(1 / dry / part.sum())
        assert len(share) == dry and np.abs(share - 1 / dry).max() < 5 * error


def test_payments_go_with_the_side():
    economy = solon.make("gather-trade-build", placement="split", layout="open-quadrant-no-water")
    assert economy.layout.water_row == 12 and economy.layout.water.sum() == 25
    params = economy.default_params()
    state, _ = quick(lambda key: economy.reset(key, params))(jax.random.key(4))
    payment = state.parts["build"].payment
    best = int(jnp.argmax(payment))
    assert float(payment[best]) == pytest.approx(22.2496, abs=1e-3)
    assert state.location[best, 0] < 12
    assert (np.delete(np.asarray(state.location[:, 0]), best) > 12).all()


def test_a_split_map_from_plain_values():
    def made(**options):
        return solon.make("gather-trade-build", layout=options, placement="split").layout

    assert made(kind="split").water_row == 12
    assert made(kind="split", map="closed-quadrant", water_row=5).water.sum() == 49 + 25 - 1
    assert made(kind="split", map=ROWS, water_row=1).rows[1] == "~~~~"
    plain = solon.make("gather-trade-build", layout={"kind": "split"}, placement="uniform")
    assert plain.layout.water[12].all()
