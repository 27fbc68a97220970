"""How an action is read, for all that a member may do."""

import jax.numpy as jnp
import numpy as np
import pytest

from solon.component import Amounts, Choice, SubAction
from solon.economies.actions import action_space, fit_together, flatten_masks, read_actions
from solon.spaces import Box, Discrete, MultiDiscrete

DEMAND, HOURS, TRADE = Choice("demand", 4, 3), Choice("hours", 5), SubAction("trade", 2)


@pytest.mark.parametrize(
    ("sub_actions", "several", "space"),
    [
        ((HOURS,), False, Discrete(5)),
        ((HOURS,), True, MultiDiscrete((5,))),
        ((DEMAND,), False, MultiDiscrete((4, 4, 4))),
        ((DEMAND, TRADE, HOURS), False, MultiDiscrete((4, 4, 4, 3, 5))),
        ((TRADE, SubAction("build", 1)), False, Discrete(4)),
        ((Amounts("a", 2, 0, 1), Amounts("b", 1, 0, 1)), False, Box((3,), 0, 1)),
    ],
)
def test_spaces(sub_actions, several, space):
    assert action_space(sub_actions, several=several) == space


def test_what_is_chosen_is_read_in_its_place():
    action = jnp.asarray([[3, 0, 1, 2, 4], [0, 1, 2, 0, 0]])
    done = read_actions(action, (DEMAND, TRADE, HOURS), several=False)
    assert {name: value.tolist() for name, value in done.items()} == {
        "demand": [[3, 0, 1], [0, 1, 2]], "trade": [2, 0], "hours": [4, 0],
    }  # fmt: skip
    alone = read_actions(jnp.asarray([4, 0]), (HOURS,), several=False)
    assert alone["hours"].tolist() == [4, 0]


def test_what_is_no_choice_is_the_nearest_one_or_nothing():
    action = jnp.asarray([[9, -1, 1, 3, 7]])
    done = read_actions(action, (DEMAND, TRADE, HOURS), several=True)
    assert {name: value.tolist() for name, value in done.items()} == {
        "demand": [[3, 0, 1]], "trade": [0], "hours": [4],
    }  # fmt: skip


def test_amounts_of_one_range_stand_side_by_side():
    subs = Amounts("a", 2, 0, 1), Amounts("b", 1, 0, 1)
    done = read_actions(jnp.asarray([[0.1, 0.2, 0.3]]), subs, several=True)
    assert np.allclose(done["a"], [[0.1, 0.2]]) and np.allclose(done["b"], [[0.3]])
    assert fit_together(subs) and fit_together((HOURS, TRADE))
    assert not fit_together((Amounts("a", 2, 0, 1), Amounts("b", 1, 0, 2)))
    assert not fit_together((Amounts("a", 2, 0, 1), TRADE))


def test_what_has_no_mask_is_always_allowed():
    hours = jnp.asarray([[True, False, True, False, True]])
    mask = flatten_masks({"hours": hours}, (DEMAND, TRADE, HOURS), several=False)
    assert mask.tolist() == [[True] * 15 + [True, False, True, False, True]]
    trade = jnp.asarray([[False, True]])
    single = (SubAction("build", 1), TRADE)
    assert flatten_masks({"trade": trade}, single, several=False).tolist() == [
        [True, True, False, True]
    ]
    assert flatten_masks({"trade": trade}, single, several=True).tolist() == [
        [True, True, True, False, True]
    ]
