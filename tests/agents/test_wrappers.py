"""Policies around another one."""

import jax
import jax.numpy as jnp

from solon.agents import ActorCritic, Encoding, MostProbable
from solon.environment import Role
from solon.spaces import Box, Discrete


def test_the_most_probable_action_is_taken_whatever_the_luck():
    role = Role(3, Discrete(5), {"seen": Box((2,))})
    network = ActorCritic.create(
        jax.random.key(0), Encoding.of("worker", role), members=3, recurrent=True
    )
    # The first weights of the last layer are small: all actions are nearly as probable.
    policy = MostProbable(network)
    memory = policy.begin(policy.init(jax.random.key(1)), jnp.ones((), bool))
    seen = {"seen": jnp.arange(6.0).reshape(3, 2)}
    asked = [policy.act(memory, seen, jax.random.key(i)) for i in range(20)]
    encoded = network.encoding.encode(seen)
    distribution, _, after = network.step(encoded, network.first_memory(3))
    best = jnp.argmax(distribution.probabilities(), axis=-1)
    drawn = {tuple(network.act(memory, seen, jax.random.key(i))[0].tolist()) for i in range(20)}
    assert len(drawn) > 1
    for actions, memory_after in asked:
        assert actions.tolist() == best.tolist()
        assert jnp.array_equal(memory_after, after)
