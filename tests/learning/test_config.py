import jax.numpy as jnp
import numpy as np
import pytest

from solon import ConfigurationError
from solon.learning import PPO, published
from solon.learning.schedules import value_at


def test_the_configuration_needs_no_jax(run_python):
    run_python("import solon.learning.config, sys; assert 'jax' not in sys.modules")
    run_python(
        "from solon.learning import PPO, published; import sys; assert 'jax' not in sys.modules"
    )


def test_a_configuration_survives_json(run_python):
    # In a process of its own: here, types are checked before a list can become a tuple.
    run_python(
        """
import dataclasses, json
from solon.learning import PPO
config = PPO(entropy=((0, 2.0), (50e6, 0.125)), hidden=(32, 16))
back = PPO(**json.loads(json.dumps(dataclasses.asdict(config))))
assert back == config and hash(back) == hash(config)
"""
    )


def test_the_published_settings():
    config = published()
    assert config.environments * config.unroll == 6000
    assert (config.epochs, config.clip, config.discount, config.gae_lambda) == (1, 0.3, 0.998, 0.98)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environments", 0),
        ("unroll", -1),
        ("epochs", True),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("learning_rate", ((0, 1e-3), (0, 1e-4))),
        ("learning_rate", ()),
        ("discount", 1.01),
        ("discount", ((0, 0.9), (100, 1.1))),
        ("gae_lambda", -0.1),
        ("clip", 0.0),
        ("value_clip", 0),
        ("gradient_clip", 0.0),
        ("hidden", (64, 0)),
        ("embedding", 0),
        ("network_per", "worker"),
    ],
)
def test_wrong_values_are_named(name, value):
    with pytest.raises(ConfigurationError, match=name) as caught:
        PPO(**{name: value})
    assert "\n" not in str(caught.value)


def test_wrong_types_are_named(run_python):
    run_python(
        """
from solon import ConfigurationError
from solon.learning import PPO
for name, value in [
    ("environments", 2.5),
    ("minibatches", "4"),
    ("entropy", ((0, 1.0, 2.0),)),
    ("entropy", "high"),
    ("learning_rate", None),
    ("value_coefficient", None),
    ("hidden", 64),
    ("shared_trunk", 1),
]:
    try:
        PPO(**{name: value})
    except ConfigurationError as error:
        assert error.argument == name and "\\n" not in str(error), error
    else:
        raise AssertionError((name, value))
"""
    )


def test_schedules_join_their_points_by_lines():
    schedule = ((100, 2.0), (300, 1.0), (400, 5.0))
    steps = [0, 100, 200, 300, 350, 1_000_000_000]
    values = [float(value_at(schedule, jnp.asarray(s))) for s in steps]
    np.testing.assert_allclose(values, [2.0, 2.0, 1.5, 1.0, 3.0, 5.0], rtol=1e-6)
    assert float(value_at(0.25, jnp.asarray(7))) == 0.25
