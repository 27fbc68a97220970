"""Equilibria of two-player games beside nashpy."""

import nashpy
import numpy as np
import pytest

from solon.economics.equilibrium import bimatrix_equilibria

pytestmark = pytest.mark.filterwarnings("ignore")


def as_set(pairs):
    return {tuple(np.round(np.concatenate(pair), 6) + 0.0) for pair in pairs}


@pytest.mark.parametrize("seed", range(12))
def test_random_games(seed):
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(2, *generator.integers(2, 6, 2)))
    ours = bimatrix_equilibria(a, b)
    assert not ours.degenerate
    # Its enumeration of supports leaves out some equilibria of these games.
    theirs = nashpy.Game(a, b).vertex_enumeration()
    assert as_set((e.row, e.column) for e in ours.equilibria) == as_set(theirs)


@pytest.mark.parametrize("seed", range(12))
def test_degenerate_games(seed):
    """Payoffs of 0, 1 and 2 tie often; the corners of polytopes are the extreme equilibria."""
    generator = np.random.default_rng(seed)
    a, b = generator.integers(0, 3, (2, 3, 3)).astype(float)
    ours = as_set((e.row, e.column) for e in bimatrix_equilibria(a, b).equilibria)
    theirs = as_set(nashpy.Game(a, b).vertex_enumeration())
    assert theirs <= ours
