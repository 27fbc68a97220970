"""A mask says which choices have an effect: on workers anywhere, on the planner when it acts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.gather_trade_build.gather import GatherShocks
from solon.economies.gather_trade_build.state import Shocks

from .by_hand import ByHand, quick, small_economy, with_params
from .rollouts import EPISODES

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]


@pytest.fixture(params=["single", "several", "drawn"])
def episodes(request):
    return request.getfixturevalue(f"{request.param}_rollouts")


def test_an_action_alone_has_an_effect_exactly_when_its_mask_is_one(episodes):
    """Each choice of each worker in many states, while nobody else does anything."""
    economy, n = episodes.economy, episodes.economy.workers
    states, timesteps = episodes.some_states(EPISODES)
    mask = timesteps.observation["worker"]["action_mask"]
    sizes = economy.roles["worker"].action.sizes
    assert mask.shape == (EPISODES, n, sum(sizes))

    calm = GatherShocks(jnp.tile(jnp.arange(n), (EPISODES, 1)), jnp.ones((EPISODES, n)))
    sources = economy.layout.source_slots
    quiet = {part.name: () for part in economy.components} | {"gather": calm}
    # Nothing grows and nobody finds a bonus, so that the action is all that differs.
    shocks = jax.vmap(lambda luck: Shocks(jnp.ones(sources), luck))(quiet)
    planner = economy.roles["planner"].action
    kind = jnp.int32 if hasattr(planner, "sizes") else float
    planner = jnp.zeros((EPISODES, 1, *planner.shape), kind)

    def after(worker_actions):
        actions = {
            "worker": jnp.asarray(worker_actions.reshape(EPISODES, n, -1), jnp.int32),
            "planner": planner,
        }
        if not economy.several_actions:
            actions["worker"] = actions["worker"][..., 0]
        state, _ = episodes.transition(states, actions, shocks)
        leaves = [np.asarray(leaf).reshape(EPISODES, -1) for leaf in jax.tree.leaves(state)]
        return np.concatenate(leaves, axis=1)

    nothing = np.zeros((EPISODES, n, len(sizes)), int)
    without = after(nothing)
    accepted = np.zeros_like(mask)
    for worker in range(n):
        position = 0
        for sub_action, size in enumerate(sizes):
            accepted[:, worker, position] = True  # doing nothing
            for choice in range(1, size):
                alone = nothing.copy()
                alone[:, worker, sub_action] = choice
                effect = (after(alone) != without).any(axis=1)
                accepted[:, worker, position + choice] = effect
            position += size
    np.testing.assert_array_equal(accepted, mask)
    share = mask.mean(axis=(0, 1))
    assert (share > 0).all(), "every choice is allowed somewhere"
    assert (share < 1).sum() >= 48, "and nearly every one is not elsewhere"


def test_levels_can_be_chosen_on_first_days_only(several_rollouts):
    mask = several_rollouts.timesteps.observation["planner"]["action_mask"]
    acting = several_rollouts.timesteps.acting
    episodes, steps = several_rollouts.states.step.shape
    assert mask.shape == (episodes, steps, 1, 7 * 22)
    first_day = np.arange(steps) % 8 == 0
    np.testing.assert_array_equal(acting["planner"], np.tile(first_day[None, :, None], (48, 1, 1)))
    assert acting["worker"].all()
    by_bracket = mask.reshape(episodes, steps, 7, 22)
    assert by_bracket[..., 0].all(), "leaving a rate as it is, always"
    assert by_bracket[:, first_day].all()
    assert not by_bracket[:, ~first_day][..., 1:].any()


def test_marginal_rates_have_no_mask(single_rollouts):
    """They are numbers: `acting` says when they count."""
    assert "action_mask" not in single_rollouts.timesteps.observation["planner"]
    acting = single_rollouts.timesteps.acting["planner"][..., 0]
    np.testing.assert_array_equal(acting, np.tile(np.arange(41) % 8 == 0, (48, 1)))


@pytest.mark.parametrize(
    ("compatibility", "cap", "levels"),
    [
        (None, 0.0, 1), (None, 0.1, 3), (None, 0.149, 3), (None, 0.15, 4), (None, 1.0, 21),
        # The grid of the original has 0.15000000000000002 and 0.30000000000000004.
        ("foundation", 0.1, 3), ("foundation", 0.15, 3), ("foundation", 0.151, 4),
        ("foundation", 0.3, 6), ("foundation", 1.0, 21),
    ],
)  # fmt: skip
def test_the_cap_hides_levels(float64, compatibility, cap, levels):
    economy = small_economy(
        compatibility=compatibility, periodic_bracket_tax={"period": 5, "set_by": "levels"}
    )
    params = with_params(economy, parts={"periodic-bracket-tax": {"rate_cap": cap}})
    tax, world = economy.component("periodic-bracket-tax"), ByHand(economy).world(APART)

    def masks(params):
        return tax.mask(economy, economy.start(world, params)[0])["planner"]

    for mask in quick(masks)(params).values():
        assert mask.tolist() == [[level < levels for level in range(21)]]


def test_the_cap_is_a_share_of_the_highest_rate():
    options = {"period": 5, "set_by": "levels", "rate_max": 0.5, "rate_step": 0.1}
    economy = small_economy(periodic_bracket_tax=options)
    assert economy.roles["planner"].action.sizes == (7,) * 7
    params = with_params(economy, parts={"periodic-bracket-tax": {"rate_cap": 0.6}})
    world = ByHand(economy).world(APART)
    shown = quick(lambda: economy.start(world, params)[1].observation["planner"]["action_mask"])()
    assert shown.reshape(7, 7).tolist() == [[True] * 5 + [False] * 2] * 7
