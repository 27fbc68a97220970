import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import Box, Discrete, Role
from solon.agents import ActorCritic, Encoding, RunningStatistics

ROLE = Role(
    count=3,
    action=Discrete(6),
    observation={
        "goods": Box((4,)),
        "map": Box((3, 3), 0, 4, "integer"),
        "action_mask": Box((6,), 0, 1, "boolean"),
    },
)
ENCODING = Encoding.of("worker", ROLE)


@functools.cache
def create(**options):
    return jax.jit(lambda key: ActorCritic.create(key, ENCODING, **options))(jax.random.key(0))


apply = jax.jit(lambda policy, encoded: policy(encoded))


def hidden(trunk, encoded):
    rows = encoded.mask.shape[0]
    return trunk(encoded, jnp.zeros((rows, 0)), jnp.ones((1, rows), bool))[0]


def observe(*batch):
    keys = jax.random.split(jax.random.key(7), 3)
    mask = jax.random.bernoulli(keys[2], 0.5, (*batch, 6)).at[..., 0].set(True)
    return {
        "goods": jax.random.normal(keys[0], (*batch, 4)),
        "map": jax.random.randint(keys[1], (*batch, 3, 3), 0, 5).astype(jnp.int8),
        "action_mask": mask,
    }


@pytest.mark.parametrize("options", [{}, {"shared_trunk": False}, {"layer_norm": True}])
def test_the_first_policy_is_nearly_uniform_over_what_is_allowed(options):
    policy = create(**options)
    observation = observe(50)
    distribution, value = apply(policy, ENCODING.encode(observation))
    allowed = observation["action_mask"].sum(-1)
    np.testing.assert_allclose(distribution.entropy(), np.log(allowed), atol=0.01)
    assert value.shape == (50,)


def test_members_share_the_network_whatever_the_leading_axes():
    policy = create()
    observation = observe(4, 3)
    distribution, value = apply(policy, ENCODING.encode(observation))
    for i in range(4):
        for j in range(3):
            alone = {name: np.asarray(field)[i, j] for name, field in observation.items()}
            one, its_value = apply(policy, ENCODING.encode(jax.tree.map(jnp.asarray, alone)))
            np.testing.assert_allclose(one.logits, distribution.logits[i, j], atol=1e-5)
            np.testing.assert_allclose(its_value, value[i, j], atol=1e-5)
    acting = jnp.ones((4, 3), bool)
    action, _ = policy.act_in_all(policy.first_memory(4, 3), observation, jax.random.key(1), acting)
    assert action.shape == (4, 3)
    assert bool(jnp.take_along_axis(observation["action_mask"], action[..., None], -1).all())


def test_each_member_asks_the_network_of_its_kind_wherever_it_stands():
    field = {"kind": Box((), 0, 1, "integer"), "goods": Box((4,))}
    encoding = Encoding.of("worker", Role(3, Discrete(6), field, kinds=(2, 1)))
    policy = ActorCritic.create(jax.random.key(0), encoding, counts=(2, 1))
    kind = jnp.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]], jnp.int8)
    encoded = encoding.encode({"kind": kind, "goods": observe(4, 3)["goods"]})
    distribution, value = apply(policy, encoded)
    for number, network in enumerate(policy.network.networks):
        alone = dataclasses.replace(policy, network=network, counts=())
        own = np.asarray(kind == number)
        found, its_value = apply(alone, encoded)
        np.testing.assert_allclose(distribution.logits[own], found.logits[own], atol=1e-5)
        np.testing.assert_allclose(value[own], its_value[own], atol=1e-5)
        assert not np.allclose(value[~own], its_value[~own], atol=1e-3)

    def worth(network):
        other = dataclasses.replace(policy, network=network)
        return jnp.sum(jnp.where(kind == 1, other(encoded)[1], 0))

    slopes = jax.grad(worth)(policy.network).networks
    largest = [max(float(jnp.abs(x).max()) for x in jax.tree.leaves(slope)) for slope in slopes]
    assert largest[0] == 0 < largest[1]


def test_the_first_layer_is_an_affine_map_of_features_and_embedded_codes():
    policy = create(hidden=(8,))
    encoded = ENCODING.encode(observe(20))
    trunk = policy.network.actor_trunk
    rows = np.asarray(trunk.tables["map"])[np.asarray(encoded.codes["map"])].reshape(20, -1)
    inputs = np.concatenate([encoded.features, rows], axis=1)
    (layer,) = trunk.layers
    expected = np.maximum(inputs @ np.asarray(layer.weight) + np.asarray(layer.bias), 0)
    np.testing.assert_allclose(hidden(trunk, encoded), expected, atol=1e-5)


def test_separate_trunks_keep_the_critics_gradient_from_the_policy():
    encoded = ENCODING.encode(observe(20))

    def value(network, policy):
        return jnp.sum(dataclasses.replace(policy, network=network)(encoded)[1])

    for shared in (True, False):
        policy = create() if shared else create(shared_trunk=False)
        slope = jax.jit(jax.grad(value))(policy.network, policy)
        touched = max(float(jnp.abs(x).max()) for x in jax.tree.leaves(slope.actor_trunk))
        assert (touched > 0) == shared


def test_layer_norm_makes_hidden_features_of_one_size():
    policy = create(layer_norm=True)
    found = hidden(policy.network.actor_trunk, ENCODING.encode(observe(20)))
    np.testing.assert_allclose(found.mean(1), 0, atol=1e-5)
    np.testing.assert_allclose(found.var(1), 1, atol=0.02)


@pytest.mark.parametrize("counts", [(), (1, 1, 1)])
def test_rescaling_returns_leaves_every_value_as_it_is(counts):
    policy = create(counts=counts)
    encoded = ENCODING.encode(observe(20, 3))
    _, before = apply(policy, encoded)
    returns = 50 + 7 * jax.random.normal(jax.random.key(2), (1000,))
    first = policy.rescale(policy.return_statistics.update(returns, jnp.ones(1000)))
    np.testing.assert_allclose(first.normalize(returns).mean(), 0, atol=1e-4)
    np.testing.assert_allclose(first.normalize(returns).std(), 1, rtol=1e-4)
    np.testing.assert_allclose(first.denormalize(first.normalize(returns)), returns, rtol=1e-5)
    for memory in (float("inf"), 2.0):
        statistics = policy.return_statistics.update(returns, jnp.ones(1000), memory=memory)
        policy = policy.rescale(statistics)
        # Values are small beside returns of this size, which take most of the digits.
        digits = 1e-6 * float(statistics.deviation)
        np.testing.assert_allclose(apply(policy, encoded)[1], before, atol=digits)
        returns = -100 * returns


def test_running_statistics_are_those_of_all_batches_together():
    rng = np.random.default_rng(0)
    batches = [rng.normal(3, 2, (50, 2)), rng.normal(-5, 1, (50, 2)), rng.normal(0, 9, (50, 2))]
    statistics = RunningStatistics.create((2,))
    for batch in batches:
        # Rows without weight do not count.
        padded = np.concatenate([batch, np.full((5, 2), 1e3)])
        weights = np.concatenate([np.ones(50), np.zeros(5)])
        statistics = statistics.update(jnp.asarray(padded, float), jnp.asarray(weights, float))
    everything = np.concatenate(batches)
    np.testing.assert_allclose(statistics.mean, everything.mean(0), rtol=1e-4)
    np.testing.assert_allclose(statistics.variance, everything.var(0), rtol=1e-4)
    unmoved = statistics.update(jnp.ones((4, 2)), jnp.zeros(4))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool((a == b).all()), statistics, unmoved))


def test_features_are_normalised_by_the_statistics_of_the_policy():
    policy = create(normalize_observations=True)
    plain = dataclasses.replace(policy, feature_statistics=None)
    encoded = ENCODING.encode(observe(20))
    far = dataclasses.replace(encoded, features=1000 + 30 * encoded.features)
    statistics = RunningStatistics(jnp.full(4, 1000.0), jnp.full(4, 900.0), jnp.array(3))
    policy = dataclasses.replace(policy, feature_statistics=statistics)
    np.testing.assert_allclose(
        apply(policy, far)[0].logits, apply(plain, encoded)[0].logits, atol=1e-4
    )
