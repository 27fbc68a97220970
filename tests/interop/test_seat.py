"""One member that is decided for outside: what a step is, and what an end is."""

import dataclasses

import jax
import jax.monitoring
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.agents import ConstantPolicy
from solon.interop.seat import Seat
from tests.learning.economies import MaskedBandit
from tests.learning.sudden import Sudden
from tests.test_docs import ROOT

COMMONS = solon.make(f"{ROOT / 'examples' / 'commons.py'}:Commons", horizon=10)
MEMBERS = {"member": ConstantPolicy(COMMONS.roles["member"], 9)}


def seat(env, role, member=0, *, policies, flat=False, every_step=False, **params):
    values = {name: jnp.asarray(value) for name, value in params.items()}
    return Seat(
        env,
        role,
        member=member,
        policies=policies,
        params=env.default_params() | values,
        memories=None,
        flat=flat,
        every_step=every_step,
    )


def alone(env, role="person"):
    return {role: ConstantPolicy(env.roles[role], 0)}


def test_a_step_goes_from_decision_to_decision():
    """The regulator decides in years 0, 4 and 8; ten years without luck, by hand."""
    regulator = seat(COMMONS, "regulator", policies=MEMBERS, volatility=0.0)
    copies, shown = regulator.begin(jax.random.key(0), 3)
    state = jax.tree.map(lambda leaf: leaf[1], copies.states)
    rewards, fees, year = [], [2, 5, 0], 0
    while year < 10:
        actions = {"member": jnp.full(4, 9), "regulator": jnp.array([fees[year // 4]])}
        state, seen = COMMONS.transition(state, actions, jnp.zeros(()))
        rewards.append(float(seen.reward["regulator"][0]))
        year += 1
    by_hand = [sum(rewards[:4]), sum(rewards[4:8]), sum(rewards[8:])]
    for number, fee in enumerate(fees):
        assert not shown.terminated.any()
        left = shown.observation["years_left"]
        np.testing.assert_allclose(left, [1 - 0.4 * number] * 3, rtol=1e-6)
        given = np.full(3, fee)
        copies, shown, _ = regulator.step(copies, given, jax.random.key(number))
        np.testing.assert_allclose(shown.reward[1], by_hand[number], rtol=1e-5)
    assert shown.terminated.all() and not shown.truncated.any()


def test_a_step_may_be_one_of_the_economy():
    regulator = seat(COMMONS, "regulator", policies=MEMBERS, every_step=True)
    copies, _ = regulator.begin(jax.random.key(0), 2)
    for step in range(10):
        assert (copies.states.year == step).all()
        copies, shown, _ = regulator.step(copies, [1, 1], jax.random.key(step))
    assert shown.terminated.all()


def test_a_member_that_begins_to_decide_later_is_waited_for():
    late = Late()
    member = seat(late, "person", policies=alone(late))
    copies, shown = member.begin(jax.random.key(1), 2)
    assert (copies.states.step == 3).all() and (shown.reward == 0).all()
    copies, shown, _ = member.step(copies, [0, 0], jax.random.key(2))
    np.testing.assert_array_equal(shown.reward, [4, 4])


class Late(Sudden):
    """Nobody decides before the third step."""

    def _show(self, state, luck):
        shown = super()._show(state, luck)
        acting = {"person": shown.acting["person"] & (state.step >= 3)}
        return dataclasses.replace(shown, acting=acting)

    def default_params(self):
        return super().default_params() | {"length": jnp.asarray(9), "stay": jnp.asarray(9)}


def test_an_episode_without_a_decision_ends_in_a_step_without_reward():
    late = Late()
    member = seat(late, "person", policies=alone(late), length=2)
    copies, shown = member.begin(jax.random.key(1), 2)
    for step in range(3):
        copies, shown, _ = member.step(copies, [0, 0], jax.random.key(step), anew="same")
        assert shown.terminated.all() and (shown.reward == 0).all()


@pytest.mark.parametrize("cut", [0, 1])
def test_an_end_is_kept_and_the_next_episode_begins(cut):
    """Step t pays t to the first member, and 10 t to the second until it leaves."""
    env = Sudden()
    member = seat(env, "person", 0, policies=alone(env), cut=cut, after=97.0)
    copies, _ = member.begin(jax.random.key(0), 16)
    lengths = np.asarray(copies.states.last)
    assert len(set(lengths)) > 3
    totals, done = np.zeros(16), np.zeros(16, bool)
    for step in range(1, 10):
        copies, shown, last = member.step(copies, np.zeros(16), jax.random.key(step), anew="same")
        totals += np.where(done, 0, shown.reward)
        ends = ~done & (lengths == step)
        np.testing.assert_array_equal(shown.truncated[~done], ends[~done] & bool(cut))
        np.testing.assert_array_equal(shown.terminated[~done], ends[~done] & (not cut))
        np.testing.assert_array_equal(np.asarray(last.metrics["whole"])[ends], step)
        np.testing.assert_array_equal(np.asarray(shown.metrics["whole"])[ends], 0)
        np.testing.assert_array_equal(np.asarray(copies.states.step)[ends], 0)
        done |= ends
    assert done.all()
    np.testing.assert_array_equal(totals, lengths * (lengths + 1) / 2)


def test_the_next_step_may_be_the_beginning_alone():
    env = Sudden()
    member = seat(env, "person", 0, policies=alone(env), length=2)
    copies, _ = member.begin(jax.random.key(0), 3)
    found = []
    for step in range(6):
        copies, shown, _ = member.step(copies, np.zeros(3), jax.random.key(step), anew="next")
        found.append((int(shown.reward[1]), bool(shown.terminated[1]), int(copies.states.step[1])))
    assert found == [(1, False, 1), (2, True, 2), (0, False, 0)] * 2
    # What is paid on the way to the first decision is paid for none.
    late = Late()
    member = seat(late, "person", policies=alone(late), length=4)
    copies, _ = member.begin(jax.random.key(0), 2)
    paid = []
    for step in range(4):
        copies, shown, _ = member.step(copies, np.zeros(2), jax.random.key(step), anew="next")
        paid.append((int(shown.reward[0]), int(copies.states.step[0])))
    assert paid == [(4, 4), (0, 3)] * 2


def test_a_member_that_leaves_has_come_to_its_end():
    env = Sudden()
    member = seat(env, "person", 1, policies=alone(env), length=9, stay=3)
    copies, _ = member.begin(jax.random.key(0), 2)
    for step in range(3):
        copies, shown, _ = member.step(copies, [0, 0], jax.random.key(step))
        assert shown.terminated.all() == (step == 2)
    assert not copies.over.any()
    copies, shown, _ = member.step(copies, [0, 0], jax.random.key(5))
    assert (shown.reward == 0).all() and not shown.terminated.any()


def test_the_others_of_the_role_keep_to_their_policy():
    env = MaskedBandit()
    others = {"worker": ConstantPolicy(env.roles["worker"], [1, 0])}
    member = seat(env, "worker", 2, policies=others, flat=True)
    _, shown = member.begin(jax.random.key(0), 4)
    assert shown.observation.shape == (4, 3 + 2) and shown.mask.shape == (4, 7)
    acts = member._with(jnp.full((4, 2), 2))({"worker": jnp.full((4, 3, 2), 1)})["worker"]
    np.testing.assert_array_equal(acts[0], [[1, 1], [1, 1], [2, 2]])


def test_another_policy_param_or_seed_compiles_nothing():
    seen: list[str] = []

    def listen(event, seconds, **_):
        seen.append(event)

    def run(fee, volatility, seed):
        policies = {"member": ConstantPolicy(COMMONS.roles["member"], fee)}
        regulator = seat(COMMONS, "regulator", policies=policies, volatility=volatility)
        copies, _ = regulator.begin(jax.random.key(seed), 2)
        return regulator.step(copies, [1, 2], jax.random.key(seed + 1), anew="same")

    run(3, 0.1, 0)
    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        run(5, 0.2, 10)
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    assert not [event for event in seen if "backend_compile" in event]


def test_a_member_that_there_is_not_is_told():
    with pytest.raises(ConfigurationError, match=r"^member: got 1; allowed: .* 0 to 0"):
        seat(COMMONS, "regulator", 1, policies=MEMBERS)
