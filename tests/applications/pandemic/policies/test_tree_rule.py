"""Rules of a few questions: fitted, read from a file, and carried out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.applications.pandemic.policies.log_linear_rule import LINEAR_SIGNALS
from solon.applications.pandemic.policies.tree_rule import (
    TreeRule,
    described,
    fit_tree,
    leaves,
    read_tree,
)
from solon.errors import ConfigurationError

INFECTED, VACCINATED = LINEAR_SIGNALS.index("infected"), LINEAR_SIGNALS.index("vaccinated")
TREE = (INFECTED, 0.2, 3, (VACCINATED, 0.1, 8, (INFECTED, 1.0, 4, 6)))


def test_a_tree_is_found_again():
    rng = np.random.default_rng(0)
    seen = rng.uniform(0, 2, (4000, len(LINEAR_SIGNALS)))
    few = np.where(seen[:, INFECTED] < 1, 4, 6)
    levels = np.where(seen[:, INFECTED] < 0.2, 3, np.where(seen[:, VACCINATED] < 0.1, 8, few))
    found = fit_tree(seen, levels)
    assert 4 <= leaves(found) <= 8
    rule = TreeRule(found, horizon=100)
    assert (carried_out(rule, seen) == levels).mean() > 0.97
    # Where nothing differs there is nothing to ask.
    assert fit_tree(seen, np.full(4000, 5)) == 5
    assert leaves(fit_tree(seen[:30], levels[:30])) == 1


def test_values_that_three_digits_do_not_tell_apart():
    seen = np.zeros((100, len(LINEAR_SIGNALS)), np.float32)
    seen[:, INFECTED] = np.where(np.arange(100) < 50, 0.99961, 0.99979)
    levels = np.where(np.arange(100) < 50, 3, 8)
    tree = fit_tree(seen, levels)
    assert tree[1] == 0.9997
    assert (carried_out(TreeRule(tree, horizon=100), seen) == levels).all()
    # Next to each other in single precision: the upper one itself is the threshold.
    seen[50:, INFECTED] = np.float32(0.31234567)
    seen[:50, INFECTED] = np.nextafter(seen[50:, INFECTED], 0, dtype=np.float32)
    assert fit_tree(seen, levels) == (INFECTED, float(seen[50, INFECTED]), 3, 8)


def carried_out(rule, seen, day=0):
    n = len(seen)
    persons = np.zeros((n, 6))
    persons[:, 1], persons[:, 4] = seen[:, INFECTED] / 100, seen[:, VACCINATED]
    observation = {
        "persons": jnp.asarray(persons, float),
        "stringency": jnp.zeros((n, 1)),
        "lagged_stringency": jnp.zeros((n, 1)),
        "vaccination": jnp.zeros((n, 1)),
        "time": jnp.full((n, 1), day / rule.horizon),
        "action_mask": jnp.ones((n, 11), bool),
    }
    return np.asarray(rule.act((), observation, jax.random.key(0))[0])


def test_questions_are_asked_in_their_order():
    seen = np.zeros((5, len(LINEAR_SIGNALS)))
    seen[:, INFECTED] = [0.1, 0.2, 0.5, 1.5, 0.9]
    seen[:, VACCINATED] = [0.5, 0.0, 0.2, 0.2, 0.05]
    rule = TreeRule(TREE, horizon=100)
    assert carried_out(rule, seen).tolist() == [3, 8, 4, 6, 8]
    assert carried_out(rule, seen, day=3).tolist() == [0] * 5
    assert carried_out(rule, seen, day=56).tolist() == [3, 8, 4, 6, 8]


def test_a_tree_in_a_file_is_the_tree():
    assert read_tree(described(TREE)) == TREE
    assert described(TREE)["signal"] == "infected"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"signal": "luck", "at": 1, "below": 3, "above": 4}, "luck"),
        ({"signal": "infected", "at": "a", "below": 3, "above": 4}, "at: got 'a'"),
        ({"signal": "infected", "below": 3, "above": 4}, "tree: got"),
        (3.5, "tree: got 3.5"),
        (11, "level: got 11"),
    ],
)
def test_what_is_no_tree(content, words):
    with pytest.raises(ConfigurationError, match=words):
        TreeRule(read_tree(content), horizon=100)


def test_a_tree_that_is_too_deep():
    deep = (INFECTED, 0.1, TREE, 3)
    with pytest.raises(ConfigurationError, match="3 questions deep"):
        TreeRule(deep, horizon=100)
