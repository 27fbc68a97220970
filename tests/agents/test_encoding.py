import jax.numpy as jnp
import numpy as np
import pytest

from solon import Box, ConfigurationError, Discrete, MultiDiscrete, Role
from solon.agents import Encoding

ROLE = Role(
    count=2,
    action=MultiDiscrete((3, 2)),
    observation={
        "wealth": Box((2,)),
        "map": Box((2, 3), 0, 6, "integer"),
        "age": Box((), 0, 10_000, "integer"),
        "open": Box((1,), 0, 1, "boolean"),
        "kind": Discrete(4),
        "action_mask": Box((5,), 0, 1, "boolean"),
    },
)


def observe(*batch):
    size = int(np.prod(batch))
    count = jnp.arange(size, dtype=jnp.int32).reshape(batch)
    return {
        "wealth": jnp.stack([count + 0.25, count + 0.5], -1),
        "map": (count[..., None, None] + jnp.zeros((2, 3), jnp.int32)[(None,) * len(batch)]) % 7,
        "age": 100 * count,
        "open": (count % 2 == 0)[..., None],
        "kind": count % 4,
        "action_mask": jnp.ones((*batch, 5), bool).at[..., 1].set(False),
    }


def test_quantities_are_joined_by_name_and_codes_stay_integers():
    encoding = Encoding.of("worker", ROLE)
    assert encoding.width == 4
    assert [(field.name, field.size, field.codes) for field in encoding.codes] == [
        ("kind", 1, 4),
        ("map", 6, 7),
    ]
    encoded = encoding.encode(observe(2))
    # age, open, wealth
    np.testing.assert_array_equal(encoded.features, [[0, 1, 0.25, 0.5], [100, 0, 1.25, 1.5]])
    assert encoded.codes["map"].dtype == jnp.int32
    assert encoded.codes["map"].tolist() == [[0] * 6, [1] * 6]
    assert encoded.codes["kind"].tolist() == [[0], [1]]
    assert encoded.mask.tolist() == [[True, False, True, True, True]] * 2


def test_leading_axes_do_not_matter():
    encoding = Encoding.of("worker", ROLE)
    flat, folded = encoding.encode(observe(12)), encoding.encode(observe(3, 4))
    np.testing.assert_array_equal(folded.features.reshape(12, 4), flat.features)
    np.testing.assert_array_equal(folded.codes["map"].reshape(12, 6), flat.codes["map"])
    assert folded.mask.shape == (3, 4, 5)


def test_without_a_mask_everything_is_allowed_and_a_single_choice_has_no_axis():
    encoding = Encoding.of("firm", Role(2, Discrete(3), {"price": Box((1,))}))
    encoded = encoding.encode({"price": jnp.zeros((2, 1))})
    assert encoded.mask.shape == (2, 0)
    outputs = jnp.zeros((2, encoding.outputs))
    assert bool(encoding.distribution(outputs, encoded.mask).mask.all())
    assert encoding.decode(jnp.array([[2], [0]])).tolist() == [2, 0]
    several = Encoding.of("worker", ROLE)
    assert several.decode(jnp.array([[2, 1], [0, 0]])).tolist() == [[2, 1], [0, 0]]


@pytest.mark.parametrize(
    ("action", "fields", "named"),
    [
        (Box((3,), 0, 9, "integer"), {"price": Box((1,))}, "action of firm"),
        (Discrete(3), {}, "observation of firm"),
        (Discrete(3), {"action_mask": Box((4,), 0, 1, "boolean")}, "action_mask"),
        (Discrete(3), {"goods": MultiDiscrete((2, 2))}, "goods"),
    ],
)
def test_what_can_not_be_encoded_is_named(action, fields, named):
    with pytest.raises(ConfigurationError, match=named):
        Encoding.of("firm", Role(1, action, fields))
