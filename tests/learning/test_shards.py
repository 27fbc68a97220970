"""Copies in shards: the same numbers on any number of devices, and no copy moves."""

import re

import jax
import numpy as np
import pytest

from solon.errors import ConfigurationError
from solon.learning import PPO, Learner
from solon.learning.shards import apart, joined, minibatch, place_in_group, put, shuffled, taken
from tests.learning.economies import Chain, MaskedBandit

ON_DEVICES = """
import jax, re
jax.config.update("jax_num_cpu_devices", 4)
import numpy as np
from solon.learning import PPO, PQN, Learner, update
from solon.learning.shards import device_mesh
from solon.runs.arrays import pack
from tests.learning.economies import MaskedBandit, Remember

cases = (
    (MaskedBandit(), PPO(environments=16, unroll=8, minibatches=2, hidden=(8,), accumulate=2)),
    (Remember(), PPO(environments=16, unroll=4, minibatches=2, hidden=(8,), recurrent=True)),
    (MaskedBandit(), PQN(environments=16, unroll=16, minibatches=2, hidden=(8,))),
)
for env, config in cases:
    found = {}
    for devices in (1, 2, 4):
        learner = Learner(env, config, shards=4, mesh=device_mesh(devices))
        state = learner.init(jax.random.key(0), env.default_params())
        if devices == 4:
            spec = state.economies.over.sharding.spec
            assert tuple(spec) == ("environments",), spec
            # Gradients are added up. Running statistics gather observations, who acted, returns.
            text = update.updated.lower(learner, state, {}).compile().as_text()
            gathered = re.findall(r"= (\\w+)\\[([0-9,]*)\\]\\S* all-gather", text)
            assert re.search("all-reduce", text)
            assert len(gathered) <= 3, gathered
        for _ in range(10):
            state, metrics = learner.update(state)
        found[devices] = pack(state.learned)
    for devices in (2, 4):
        for name, one in found[1].items():
            np.testing.assert_allclose(one, found[devices][name], rtol=1e-5, atol=1e-5)
"""


def test_one_device_gives_the_numbers_of_several(run_python):
    run_python(ON_DEVICES)


def test_a_group_is_taken_and_put_back_in_each_shard():
    copies = np.arange(24)
    # Two shards of three groups of four copies.
    own = taken(jax.numpy.asarray(copies), 8, 8, 2)
    np.testing.assert_array_equal(own, [4, 5, 6, 7, 16, 17, 18, 19])
    back = np.asarray(put(jax.numpy.asarray(copies), -own, 8, 2))
    np.testing.assert_array_equal(np.flatnonzero(back < 0), own)
    np.testing.assert_array_equal(np.abs(back), copies)
    places = place_in_group(24, 3, 2)
    np.testing.assert_array_equal(places, [*[0, 1, 2, 3] * 3, *[4, 5, 6, 7] * 3])
    np.testing.assert_array_equal(place_in_group(24, 3, 1), copies % 8)


def test_a_pass_has_each_row_once_and_alike_many_of_each_shard():
    rows, shards = 24, 2
    # Three segments of eight copies: what a row is called tells where it was.
    pieces = jax.numpy.arange(24.0).reshape(3, 1, 8)
    whole = joined(pieces, 2, shards)
    np.testing.assert_array_equal(whole[0, :12] % 8, [0, 1, 2, 3] * 3)
    order = shuffled(jax.random.key(0), rows, 3, shards)
    parts = apart(whole, shards)
    seen = [np.asarray(minibatch(parts, chosen, shards))[0] for chosen in order]
    np.testing.assert_array_equal(np.sort(np.concatenate(seen)), np.arange(24))
    for each in seen:
        assert (each[:4] % 8 < 4).all() and (each[4:] % 8 >= 4).all()


def test_shards_train_as_well():
    config = PPO(
        environments=32, unroll=8, epochs=4, minibatches=4, learning_rate=1e-2, entropy=0.01,
        hidden=(32,),
    )  # fmt: skip
    learner = Learner(MaskedBandit(), config, shards=4)
    state = learner.init(jax.random.key(0), learner.env.default_params())
    for _ in range(60):
        state, metrics = learner.update(state)
    assert float(metrics["worker/reward"]) > 0.9 * MaskedBandit.best


@pytest.mark.parametrize(
    ("config", "shards", "words"),
    [
        (PPO(environments=32, unroll=8), 3, "shards: got 3; allowed: a divisor of 32"),
        (PPO(environments=32, unroll=4), 32, "shards: got 32; allowed: a divisor of 16"),
        (PPO(environments=32, unroll=8, minibatches=8), 8, "minibatches: got 8"),
        (PPO(environments=32, unroll=8, accumulate=2), 4, "accumulate: got 2"),
        (PPO(environments=32, unroll=8), 0, "shards: got 0"),
    ],
)
def test_what_does_not_divide_is_named(config, shards, words):
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        Learner(Chain(), config, shards=shards)
