"""Who is near: the first of many, as sorting finds them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.tag.nearest import nearest, smallest


@pytest.mark.parametrize(("many", "few"), [(1, 1), (2, 2), (5, 3), (16, 4), (33, 10), (70, 16)])
def test_a_network_finds_the_smallest(many, few):
    values = np.random.default_rng(many).integers(0, 40, (many, 50))
    found = smallest([jnp.asarray(row) for row in values], few)
    np.testing.assert_array_equal(np.stack(found), np.sort(values, axis=0)[:few])


# The network with as many numbers as fit into a word and one more, and the search.
@pytest.mark.parametrize(
    ("agents", "few"), [(2, 1), (7, 3), (15, 8), (16, 15), (20, 17), (31, 6), (64, 5), (129, 3)]
)
def test_the_nearest_are_those_of_the_smallest_distances(agents, few, float64):
    luck = np.random.default_rng(agents)
    # In whole numbers many distances are the same.
    x, y = luck.integers(0, 12, (2, agents)).astype(float)
    there = luck.uniform(size=agents) < 0.7
    found = np.asarray(jax.jit(nearest, static_argnums=3)(*map(jnp.asarray, (x, y, there)), few))
    for own in range(agents):
        others = [other for other in range(agents) if other != own and there[other]]
        others.sort(key=lambda other: (x[other] - x[own]) ** 2 + (y[other] - y[own]) ** 2)
        others = (others + [agents] * few)[:few]
        assert found[own].tolist() == others, own
