"""What an action or an observation may be."""

import math

import pytest

from solon import Box, ConfigurationError, Discrete, MultiDiscrete


def test_discrete():
    space = Discrete(50)
    assert (space.n, space.shape, space.sizes) == (50, (), (50,))


def test_multi_discrete():
    space = MultiDiscrete((2, 12, 5))
    assert (space.shape, space.sizes) == ((3,), (2, 12, 5))


def test_box():
    space = Box((7,), 0.0, 1.0)
    assert (space.shape, space.low, space.high, space.kind) == ((7,), 0.0, 1.0, "float")
    assert (Box(()).low, Box(()).high) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ((Discrete(3), Discrete(3)), Discrete(4)),
        ((MultiDiscrete((2, 3)), MultiDiscrete((2, 3))), MultiDiscrete((3, 2))),
        ((Box((2,), 0.0, 1.0), Box((2,), 0.0, 1.0)), Box((2,), 0.0, 1.0, "integer")),
    ],
)
def test_spaces_are_values(same, other):
    one, two = same
    assert one == two and hash(one) == hash(two)
    assert one != other
    assert len({one, two, other}) == 2


@pytest.mark.parametrize(
    ("space", "says"),
    [
        (lambda: Discrete(0), r"^Discrete\.n: got 0; allowed: an integer of at least 1$"),
        (lambda: Discrete(-3), r"^Discrete\.n: got -3"),
        (lambda: MultiDiscrete(()), r"^MultiDiscrete\.sizes: got \(\)"),
        (lambda: MultiDiscrete((3, 0)), r"^MultiDiscrete\.sizes: got \(3, 0\)"),
        (lambda: Box((1,), 2.0, 1.0), r"^Box\.low: got 2\.0; allowed: at most high = 1\.0$"),
        (lambda: Box((1,), math.nan, 1.0), r"^Box\.low: got nan"),
    ],
)
def test_impossible_spaces(space, says):
    with pytest.raises(ConfigurationError, match=says):
        space()
