"""Stand-ins: other decisions in some copies, of which a policy learns nothing and others all."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.learning import PPO, Learner
from solon.learning.update import gather
from solon.policy import Policy
from tests.learning.economies import Meeting

COMMON = PPO(environments=8, unroll=4, minibatches=2, hidden=(8,))


class Always(Policy):
    """The same choice by every member."""

    choice: jax.Array
    count: int = eqx.field(static=True)

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return jnp.full(self.count, self.choice), memory


def learner(share):
    own = dataclasses.replace(COMMON, stand_in=share)
    return Learner(Meeting(), COMMON, own_configs=(("seller", own),))


def begin(share):
    made = learner(share)
    count = made.env.roles["seller"].count
    return made, made.init(
        jax.random.key(0),
        made.env.default_params(),
        stand_ins={"seller": Always(jnp.asarray(0, jnp.int32), count)},
    )


def test_copies_with_a_stand_in_are_nobodys_experience_but_the_others():
    made, state = begin(0.5)
    _, gathered = gather(made, state, jax.random.key(1))
    seller = np.asarray(gathered.experience["seller"].acting).any(axis=(0, 2))
    buyer = np.asarray(gathered.experience["buyer"].acting).any(axis=(0, 2))
    assert seller.sum() == 4
    assert buyer.all()


def test_episodes_with_a_stand_in_do_not_count():
    made, state = begin(0.5)
    plain = learner(0.0)
    usual = plain.init(jax.random.key(0), plain.env.default_params())
    updates = -(-plain.env.horizon // COMMON.unroll)
    counts = []
    for each, learns in ((state, made), (usual, plain)):
        ended = 0.0
        for _ in range(updates):
            each, metrics = learns.update(each)
            ended += float(metrics["episodes"])
        counts.append(ended)
    assert counts[0] == counts[1] / 2 > 0


def test_there_has_to_be_somebody_and_a_proper_share():
    made = learner(0.5)
    with pytest.raises(ConfigurationError, match="stand_ins"):
        made.init(jax.random.key(0), made.env.default_params())
    with pytest.raises(ConfigurationError, match="stand_in"):
        PPO(stand_in=1.0)
    # Two groups of four start together: a tenth of four is nobody.
    with pytest.raises(ConfigurationError, match=r"seller.stand_in: got 0.1"):
        learner(0.1)


def test_a_role_that_does_not_learn_may_have_one_too():
    """Where it stands in, it decides, and the planner remembers what it decided itself."""
    own = dataclasses.replace(COMMON, stand_in=0.5)
    made = Learner(Meeting(), COMMON, learn=("buyer",), own_configs=(("seller", own),))
    count = made.env.roles["seller"].count

    class Counts(Always):
        def init(self, key):
            return jnp.zeros((), jnp.int32)

        def act(self, memory, observation, key):
            return jnp.full(self.count, self.choice), memory + 1

    choices = {name: jnp.asarray(place, jnp.int32) for name, place in (("own", 1), ("other", 2))}
    state = made.init(
        jax.random.key(0),
        made.env.default_params(),
        {"seller": Counts(choices["own"], count)},
        {"seller": Always(choices["other"], count)},
    )
    economies, gathered = gather(made, state, jax.random.key(1))
    usual = made.usually("seller")
    assert usual.tolist() == [True, False] * 4
    reward = np.asarray(gathered.experience["buyer"].reward)
    buyer = np.asarray(gathered.experience["buyer"].choices)[..., 0]
    # Meeting at place k is worth k + 1, and who waits there depends on the copy.
    waits = np.where(usual, 1, 2)[None, :, None]
    np.testing.assert_allclose(reward, np.where(buyer == waits, waits + 1.0, 0.0))
    assert (np.asarray(economies.memories["seller"]) == COMMON.unroll).all()
    wrong = dataclasses.replace(own, epochs=1)
    with pytest.raises(ConfigurationError, match="nothing but stand_in"):
        Learner(Meeting(), COMMON, learn=("buyer",), own_configs=(("seller", wrong),))
