"""Taggers learn to catch, then a runner learns to flee from them; and what training relies on."""

import jax
import jax.monitoring
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.agents import RandomPolicy
from solon.economies.tag import ContinuousTag, GridTag
from solon.learning import PPO, Learner
from tests.economies.tag.games import params_of

COMPILED = "/jax/core/compile/backend_compile_duration"
CONFIG = PPO(
    environments=64,
    unroll=16,
    epochs=4,
    minibatches=4,
    learning_rate=((0, 1e-2), (60_000, 1e-3)),
    entropy=((0, 0.02), (60_000, 0.0)),
    discount=0.95,
    hidden=(32,),
)


@pytest.fixture
def compiled():
    """A list that gets an entry whenever something is compiled."""
    seen: list[str] = []

    def listen(event, seconds, **_):
        if event == COMPILED:
            seen.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield seen
    jax.monitoring.unregister_event_duration_listener(listen)


def trained(learner, updates, policies=None, params=None, seed=0):
    given = learner.env.default_params() if params is None else params
    state = learner.init(jax.random.key(seed), given, policies or {})
    history = []
    for _ in range(updates):
        state, metrics = learner.update(state)
        history.append(metrics)
    return state, {name: np.array([float(m[name]) for m in history]) for name in history[0]}


def test_taggers_learn_to_catch_and_a_runner_to_flee():
    env = GridTag(taggers=2, length=8, horizon=16, observation="partial")
    params = params_of(env, tag_penalty=5)
    chance = {"runner": RandomPolicy(env.roles["runner"])}
    state, history = trained(Learner(env, CONFIG, learn=("tagger",)), 40, chance, params)
    caught = history["episode/tagged"]
    assert caught[0] < 0.2 and caught[-5:].mean() > 0.85
    hunters = {"tagger": state.policies["tagger"]}
    _, history = trained(Learner(env, CONFIG, learn=("runner",)), 40, hunters, params)
    caught = history["episode/tagged"]
    assert caught[0] > 0.85 and caught[-5:].mean() < 0.3


@pytest.mark.parametrize("act_by", ["levels", "numbers"])
def test_runners_that_left_are_not_asked_and_other_numbers_compile_nothing(act_by, compiled):
    env = ContinuousTag(
        taggers=2, runners=3, length=4.0, horizon=8, act_by=act_by, nearest=2, acceleration_levels=3
    )
    config = PPO(environments=8, unroll=4, epochs=1, minibatches=2, hidden=(8,))
    learner = Learner(env, config)
    # Tagged from farther away than usual, some are gone before the end.
    far = params_of(env, tagging_distance=0.15)
    state, history = trained(learner, 3, params=far)
    assert all(np.isfinite(values).all() for name, values in history.items() if "/kl" in name)
    shown = state.economies.timesteps
    left = np.asarray(shown.left["runner"])
    assert left.any() and not left.all()
    assert not (left & np.asarray(shown.acting["runner"])).any()
    before = len(compiled)
    assert before > 0
    trained(learner, 3, params=params_of(env, tagging_distance=0.1, tagger_skill=2.0), seed=1)
    assert len(compiled) == before
    # The listener does hear it when another shape does compile.
    jax.block_until_ready(jax.jit(jnp.cumsum)(jnp.ones(19 + len(act_by))))
    assert len(compiled) > before


@pytest.mark.parametrize(
    ("name", "options"), [("grid-tag", {}), ("continuous-tag", {"runners": 9})]
)
def test_a_step_stays_on_the_device(name, options):
    env = solon.make(name, **options)
    state, _ = env.reset(jax.random.key(0), env.default_params())
    actions = {
        role: jnp.zeros((each.count, *each.action.shape), int) for role, each in env.roles.items()
    }
    program = jax.jit(env.transition).lower(state, actions, ()).as_text()
    assert "callback" not in program and "outfeed" not in program and "infeed" not in program
