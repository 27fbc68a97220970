"""Networks that do not fit are told in the words of a training's settings."""

import jax
import numpy as np
import pytest

from solon.agents import ActorCritic
from solon.agents.encoding import Encoding
from solon.environment import Role
from solon.learning import PPO
from solon.luck import key_of
from solon.runs.arrays import leaf_entries, pack
from solon.runs.network_sizes import misfit_in_words, state_differences
from solon.runs.recipe import Recipe
from solon.spaces import Box, Discrete


def policies(role="worker", choices=5, numbers=3, codes=4, **settings):
    """Zeros in the place of the weights of a policy."""
    observation = {"wealth": Box((numbers,)), "tile": Box((2,), 0, codes - 1, "integer")}
    encoding = Encoding.of(role, Role(1, Discrete(choices), observation))
    settings = {"hidden": (8,), "normalize_observations": True, **settings}
    shapes = jax.eval_shape(lambda: {role: ActorCritic.create(key_of(0), encoding, **settings)})
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden": (16, 8)}, "hidden is [8] there and [16, 8] here"),
        ({"hidden": ()}, "hidden is [8] there and [] here"),
        ({"embedding": 2}, "embedding is 4 there and 2 here"),
        ({"shared_trunk": False}, "shared_trunk is True there and False here"),
        ({"recurrent": True}, "recurrent is False there and True here"),
        ({"layer_norm": True}, "layer_norm is False there and True here"),
        ({"normalize_observations": False}, "normalize_observations is True there and False here"),
        ({"normalize_returns": False}, "normalize_returns is True there and False here"),
        ({"counts": (1, 2)}, "the number of networks (network_per) is 1 there and 2 here"),
        ({"choices": 7}, "the number of choices is 5 there and 7 here"),
        ({"numbers": 4}, "the number of quantities that are seen is 3 there and 4 here"),
        ({"codes": 9}, "the codes of tile are others"),
    ],
)
def test_what_differs_is_named_from_both_sides(change, words):
    stored = pack(policies())
    assert misfit_in_words(stored, policies()) is None
    assert misfit_in_words(stored, policies(**change)) == f"of the worker, {words}"
    # The other way round: to take less than what is stored would be another policy.
    back = misfit_in_words(pack(policies(**change)), policies())
    assert back.startswith("of the worker, ") and "shape" not in back


def test_all_differences_are_named_and_another_role_is_too():
    found = misfit_in_words(pack(policies()), policies(choices=7, hidden=(4,)))
    assert found == (
        "of the worker, hidden is [8] there and [4] here, "
        "the number of choices is 5 there and 7 here"
    )  # fmt: skip
    found = misfit_in_words(pack(policies()), policies("governor"))
    assert found == "there is no policy of the governor there, but of worker"
    assert "nobody" in misfit_in_words({}, policies())


def test_what_has_no_name_is_told_all_the_same():
    stored = pack(policies())
    path = next(iter(stored))
    assert "holds bool" in misfit_in_words({**stored, path: stored[path] != 0}, policies())


def shapes(options=None, **settings):
    """Of the state of a training."""
    settings = {"environments": 4, "unroll": 4, "minibatches": 2, "hidden": (4,), **settings}
    recipe = Recipe("one-step-economy", options or {}, ppo=PPO(**settings))
    return {e["path"]: tuple(e["shape"]) for e in leaf_entries(recipe.abstract_state())}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        (
            {"hidden": (8,), "environments": 6},
            "of the planner, hidden is [4] there and [8] here; "
            "of the worker, hidden is [4] there and [8] here; environments is 4 there and 6 here",
        ),
        ({"options": {"workers": 3}}, "the economy has other options or other rules"),
    ],
)
def test_settings_in_which_a_training_differs_are_named(change, words):
    assert state_differences(shapes(), shapes(**change)) == words


def test_other_roles_that_learn_are_named():
    here = shapes()
    there = {path: shape for path, shape in here.items() if "planner" not in path}
    assert state_differences(there, here) == "worker learned there and planner and worker here"
