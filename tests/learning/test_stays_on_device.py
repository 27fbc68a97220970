"""An update is one program that asks the host for nothing, so that it can be as fast on a GPU."""

import re

import jax
import jax.numpy as jnp
import pytest

from solon.economies.tag import ContinuousTag, GridTag
from solon.learning import PPO, PQN, TD3, Learner
from solon.learning.update import updated
from solon.luck import key_of
from solon.registry import make
from tests.learning.economies import MaskedBandit

_ASKS_THE_HOST = re.compile(r"callback|infeed|outfeed|stablehlo\.(send|recv)|io_callback|debug_")

SMALL = {"environments": 10, "unroll": 10}


def program(learner):
    """The update as jax hands it to the compiler."""
    params = learner.env.default_params()
    policies = {
        role: random_policy(learner.env.roles[role])
        for role in learner.env.roles
        if role not in learner.learn
    }
    state = jax.eval_shape(lambda: learner.init(key_of(0), params, policies))
    return updated.lower(learner, state, {}).as_text()


def random_policy(role):
    from solon.agents.scripted import RandomPolicy

    return RandomPolicy(role)


@pytest.mark.parametrize(
    "learner",
    [
        Learner(
            make("gather-trade-build", horizon=100), PPO(**SMALL, minibatches=1), learn=("worker",)
        ),
        Learner(GridTag(horizon=10), PQN(**SMALL, minibatches=2, recurrent=True)),
        Learner(
            ContinuousTag(taggers=2, runners=4, nearest=3, horizon=10, act_by="numbers"),
            TD3(**SMALL, capacity=1000),
        ),
    ],
    ids=["PPO, workers trade", "PQN, recurrent", "TD3, members leave"],
)
def test_an_update_asks_the_host_for_nothing(learner):
    text = program(learner)
    assert len(text) > 10_000
    assert not _ASKS_THE_HOST.findall(text)


def test_asking_the_host_is_noticed(monkeypatch):
    transition = MaskedBandit.transition

    def looks(self, state, actions, shocks):
        jax.debug.callback(lambda x: None, jnp.zeros(()))
        return transition(self, state, actions, shocks)

    monkeypatch.setattr(MaskedBandit, "transition", looks)
    learner = Learner(MaskedBandit(), PPO(environments=8, unroll=8, minibatches=2))
    assert _ASKS_THE_HOST.search(program(learner))
