"""Fields that all members see alike, and fields of the critic: one array, and the same learning."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.agents import RandomPolicy
from solon.checking import check_economy
from solon.learning import PPO, Learner, play
from solon.learning.deviation import DEVIATOR, Deviation

SMALL = PPO(environments=4, unroll=5, minibatches=2, epochs=2, hidden=(6,), network_per="role")


class Stalls(eqx.Module):
    step: jax.Array
    taste: jax.Array
    prices: jax.Array
    params: dict


@dataclasses.dataclass(frozen=True)
class Fair(solon.Environment):
    """Guests buy at one of three stalls, whose prices of the day all of them see.

    Attributes:
        shared: prices are one array for all guests, and not a copy for each.
        seen_by: who sees prices: `all`, the `critic` alone, or `nobody`.
        kinds: of guests.
    """

    name = "fair"

    guests: int = 4
    horizon: int = 10
    shared: bool = True
    seen_by: str = "all"
    kinds: int = 1

    @property
    def roles(self):
        seen, kinds = {"a_taste": solon.Box((1,))}, ()
        if self.seen_by != "nobody":
            seen["prices"] = solon.Box((3,))
        if self.kinds > 1:
            seen["kind"] = solon.Box((), 0, self.kinds - 1, "integer")
            kinds = (self.guests // self.kinds,) * self.kinds
        shared = ("prices",) if self.shared and "prices" in seen else ()
        critic = ("prices",) if self.seen_by == "critic" else ()
        action = solon.Discrete(4)
        role = solon.Role(self.guests, action, seen, kinds=kinds, shared=shared, critic=critic)
        return {"guest": role}

    def default_params(self):
        return {"worth": jnp.ones(())}

    def draw_world(self, key):
        return jax.random.uniform(key, (self.guests,))

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.uniform(key, (*batch_shape, 3))

    def start(self, world, params):
        state = Stalls(jnp.zeros((), jnp.int32), world, jnp.full(3, 0.5), params)
        return state, self._show(state, jnp.zeros(self.guests))

    def transition(self, state, actions, shocks):
        dear = jnp.concatenate([jnp.zeros(1), state.params["worth"] * state.prices])
        bought = jnp.where(self._comes(state), actions["guest"], 0)
        gain = jnp.where(bought > 0, 0.3 + state.taste, 0) - dear[bought]
        after = Stalls(state.step + 1, state.taste, shocks, state.params)
        return after, self._show(after, gain)

    def _comes(self, state):
        """Each stays at home on one day of three."""
        return (jnp.arange(self.guests) + state.step) % 3 > 0

    def _show(self, state, reward):
        prices = state.prices if self.shared else jnp.tile(state.prices, (self.guests, 1))
        seen = {"a_taste": state.taste[:, None]}
        if self.seen_by != "nobody":
            seen["prices"] = prices
        if self.kinds > 1:
            seen["kind"] = jnp.arange(self.guests) * self.kinds // self.guests
        return solon.TimeStep(
            observation={"guest": seen},
            reward={"guest": reward},
            acting={"guest": self._comes(state)},
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics={"dearest": state.prices.max()},
        )


# Adam makes much of rounding, so that learning is compared in double precision.
def trained(env, config=SMALL, updates=3):
    learner = Learner(env, config)
    state = learner.init(jax.random.key(3), env.default_params())
    for _ in range(updates):
        state, metrics = learner.update(state)
    return state, metrics


@pytest.mark.parametrize(
    "settings", [{}, {"recurrent": True, "shared_trunk": False}, {"hidden": ()}]
)
def test_learning_is_that_of_copies(settings):
    config = dataclasses.replace(SMALL, **settings)
    with jax.enable_x64(True):
        one, copied = (trained(Fair(shared=shared), config) for shared in (True, False))
    paths = [jax.tree_util.tree_flatten_with_path(s.policies)[0] for s, _ in (one, copied)]
    assert len(paths[0]) == len(paths[1])
    for (path, a), (other, b) in zip(*paths, strict=True):
        assert path == other and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10, err_msg=str(path))
    for name, value in one[1].items():
        np.testing.assert_allclose(value, copied[1][name], rtol=1e-7, atol=1e-9, err_msg=name)


def test_decisions_are_those_of_copies():
    one, copied = Fair(shared=True), Fair(shared=False)
    state, _ = trained(copied, updates=1)
    policy = state.policies["guest"]
    other = eqx.tree_at(
        lambda p: (p.network, p.feature_statistics, p.return_statistics),
        trained(one, updates=1)[0].policies["guest"],
        (policy.network, policy.feature_statistics, policy.return_statistics),
    )
    found = []
    for env, chosen in ((one, other), (copied, policy)):
        _, shown = env.reset(jax.random.key(1), env.default_params())
        encoded = chosen.encoding.encode(shown.observation["guest"])
        distribution, value = chosen(encoded)
        found.append((distribution.logits, value))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_buffer_and_the_economies_hold_one_array():
    from solon.learning.update import gather

    for shared, shape in ((True, (5, 4, 3)), (False, (5, 4, 4, 4))):
        learner = Learner(Fair(shared=shared), SMALL)
        state = learner.init(jax.random.key(0), learner.env.default_params())
        prices = state.economies.timesteps.observation["guest"]["prices"]
        assert prices.shape == ((4, 3) if shared else (4, 4, 3))
        _, unroll = jax.eval_shape(lambda s, one=learner: gather(one, s, jax.random.key(1)), state)
        seen = unroll.experience["guest"].observation
        assert (seen.more["shared"].features if shared else seen.features).shape == shape
        assert seen.features.shape[-1] == (1 if shared else 4)


def test_members_of_kinds_with_networks_of_their_own_see_it():
    config = dataclasses.replace(SMALL, network_per="kind")
    with jax.enable_x64(True):
        one, copied = (trained(Fair(shared=s, kinds=2), config)[0] for s in (True, False))
    for a, b in zip(*(jax.tree.leaves(s.policies) for s in (one, copied)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("shared", [True, False])
def test_the_policy_does_not_see_what_the_critic_sees(shared):
    env = Fair(shared=shared, seen_by="critic")
    policy = trained(env)[0].policies["guest"]
    _, shown = env.reset(jax.random.key(1), env.default_params())
    seen = shown.observation["guest"]
    found = [
        policy(policy.encoding.encode(observation))
        for observation in (seen, {**seen, "prices": seen["prices"] + 0.3})
    ]
    np.testing.assert_array_equal(found[0][0].logits, found[1][0].logits)
    assert (np.abs(found[0][1] - found[1][1]) > 1e-6).all()
    # The policy's layers are not the critic's, though they were asked to share them.
    assert SMALL.shared_trunk and policy.network.critic_trunk is not None


def test_a_critic_that_sees_more_explains_more():
    settings = {"environments": 32, "learning_rate": 1e-2, "discount": 0.0, "hidden": (16,)}
    config = dataclasses.replace(SMALL, **settings)
    told, blind = (
        trained(Fair(seen_by=who), config, updates=30)[1]["guest/explained_variance"]
        for who in ("critic", "nobody")
    )
    assert float(told) > float(blind) + 0.05


def test_the_contract_is_checked():
    for who in ("all", "critic"):
        check_economy(Fair(seen_by=who))

    @dataclasses.dataclass(frozen=True)
    class Wrong(Fair):
        @property
        def roles(self):
            role = dataclasses.replace(super().roles["guest"], shared=("a_taste", "price"))
            return {"guest": role}

    with pytest.raises(solon.errors.EconomyError, match=r"shared: wanted fields.*'price'"):
        check_economy(Wrong())


def test_everything_that_runs_economies_takes_it():
    env = Fair()
    policies = {"guest": RandomPolicy(env.roles["guest"])}

    def look(states, timesteps):
        return timesteps.observation["guest"]["prices"], timesteps.reward["guest"]

    prices, reward = play(
        env, policies, jax.random.key(0), env.default_params(), episodes=3, record=look
    )
    assert prices.shape == (11, 3, 3) and reward.shape == (11, 3, 4)
    alone = Deviation(env, "guest", 2)
    _, shown = alone.reset(jax.random.key(0), env.default_params())
    assert shown.observation[DEVIATOR]["prices"].shape == (3,)
    check_economy(alone)
