"""One member of an economy, decided for outside; policies decide for everyone else."""

from collections.abc import Mapping
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key, PyTree, Shaped

from ..environment import ACTION_MASK, Environment, Role
from ..errors import require_whole
from ..learning.episodes import hold
from ..policy import Policy
from .copies import Copies, ended, start, step
from .gym_spaces import seen
from .members import action_type, check_policies

__all__ = ["Anew", "Seat", "Shown"]

Anew = Literal["no", "same", "next"]
"""When a copy whose episode has ended begins the next one."""


class Shown(eqx.Module):
    """What the member is shown. All has a leading axis for copies of the economy.

    Attributes:
        observation: by field, or one vector.
        mask: what it may choose; None where it has no mask.
        reward: since it decided last.
        terminated: it has left in the step, or the episode is over and nothing follows.
        truncated: the episode was cut off in the step.
        metrics: of the economy, by name.
    """

    observation: Any
    mask: Bool[Array, "copies choices"] | None
    reward: Float[Array, " copies"]
    terminated: Bool[Array, " copies"]
    truncated: Bool[Array, " copies"]
    metrics: dict[str, Array]


class Seat(eqx.Module):
    """The place of one member, in any number of copies of an economy.

    Attributes:
        env: the economy.
        params: of all episodes.
        policies: one for each other role, and for the role itself where it has other members.
        memories: what policies remember when an episode begins.
        role: of the member.
        member: its number in the role.
        flat: whether it sees one vector.
        waits: whether a step goes on until the member decides again.
    """

    env: Environment = eqx.field(static=True)
    params: PyTree[Array]
    policies: dict[str, Policy]
    memories: dict[str, Any]
    role: str = eqx.field(static=True)
    member: int = eqx.field(static=True)
    flat: bool = eqx.field(static=True)
    waits: bool = eqx.field(static=True)

    def __init__(
        self,
        env: Environment,
        role: str,
        *,
        member: int,
        policies: Mapping[str, Policy],
        params: PyTree[Array] | None,
        memories: Mapping[str, Any] | None,
        flat: bool,
        every_step: bool,
    ):
        check_policies(env, policies, role)
        self.env, self.role = env, role
        self.member = require_whole("member", member, low=0, high=env.roles[role].count - 1)
        self.params = env.default_params() if params is None else params
        self.policies, self.memories = dict(policies), dict(memories or {})
        self.flat, self.waits = bool(flat), not every_step

    @property
    def its_role(self) -> Role:
        """The role of the member."""
        return self.env.roles[self.role]

    def begin(self, key: Key[Array, ""], count: int) -> tuple[Copies, Shown]:
        """Copies at the first decision of the member in an episode."""
        start_key, wait_key = jax.random.split(key)
        copies, shown, ready = self._start(start_key, count)
        # Most economies let everyone decide at once, and then nothing is compiled to wait with.
        if self.waits and not bool(np.all(ready)):
            role = self.its_role
            actions = jnp.zeros((count, *role.action.shape), action_type(role.action))
            copies, shown, _ = self._run(copies, actions, wait_key, jnp.array(False), "no")
            # What is paid before the first decision is paid for none.
            shown = eqx.tree_at(lambda s: s.reward, shown, jnp.zeros(count))
        return copies, shown

    def step(
        self, copies: Copies, actions: Any, key: Key[Array, ""], *, anew: Anew = "no"
    ) -> tuple[Copies, Shown, Shown]:
        """From one decision of the member to the next one, or to the end.

        Args:
            copies: at a decision of the member.
            actions: of the member, in each copy.
            key: luck of everything.
            anew: when copies whose episode ends begin the next one: not at all (`no`), in the
                `same` step, or in the `next` one, which they then have for nothing else.

        Returns:
            The copies, what they show (rewards and ends are those of the step), and what was shown
            where an episode ended, before the next one began.
        """
        space, count = self.its_role.action, copies.over.shape[0]
        given = jnp.asarray(np.asarray(actions).reshape(count, *space.shape), action_type(space))
        return self._run(copies, given, key, jnp.array(True), anew)

    @eqx.filter_jit
    def _start(self, key: Key[Array, ""], count: int) -> tuple[Copies, Shown, Array]:
        copies = start(self.env, self.policies, self.params, self.memories, key, count)
        nothing = jnp.zeros(count, bool)
        return copies, self._shown(copies, jnp.zeros(count), nothing), self._ready(copies)

    @eqx.filter_jit
    def _run(
        self,
        copies: Copies,
        actions: Shaped[Array, "copies ..."],
        key: Key[Array, ""],
        acts: Bool[Array, ""],
        anew: Anew,
    ) -> tuple[Copies, Shown, Shown]:
        """Steps until the member decides in all copies: one, if it does not wait.

        There is one loop, so that the economy is compiled once.

        Args:
            copies: before.
            actions: of the member, in each copy.
            key: luck of everything.
            acts: whether the member decides now; false to wait for its first decision.
            anew: when copies whose episode ends begin the next one.
        """
        count = copies.over.shape[0]
        before = ended(copies, self.role, self.member)
        key, renewing_key = jax.random.split(key)
        if anew == "next":
            copies = self._renewed(copies, before, renewing_key)

        def moving(copies: Copies, steps: Array) -> Bool[Array, " copies"]:
            now = acts & (steps == 0) & ~before
            return (now | ~self._ready(copies)) if self.waits else now

        def goes_on(carry: Any) -> Bool[Array, ""]:
            copies, _, _, _, steps = carry
            # What never came to a decision or an end would be waited for until doom.
            begins = acts & (steps == 0)
            return (begins | jnp.any(moving(copies, steps))) & (steps <= 2 * self.env.horizon)

        def go_on(carry: Any) -> Any:
            copies, reward, over, last, steps = carry
            step_key, start_key = jax.random.split(jax.random.fold_in(key, steps))
            moves = moving(copies, steps)
            after = step(self.env, self.policies, copies, self._with(actions), step_key)
            # Rewards on the way to the first decision of a new episode are nobody's.
            paid = after.timesteps.reward[self.role][:, self.member]
            reward += jnp.where(moves & ~over & ~before, paid, 0)
            copies = hold(~moves, copies, after)
            ends = ended(copies, self.role, self.member) & ~over
            if anew == "no":
                ends &= ~before
            last = hold(~ends, last, self._shown(copies, reward, ends))
            if anew == "same":
                copies = self._renewed(copies, ends, start_key)
            return copies, reward, over | ends, last, steps + 1

        nobody = jnp.zeros(count, bool)
        nothing = jnp.zeros(count)
        last = self._shown(copies, nothing, nobody)
        carry = (copies, nothing, nobody, last, jnp.zeros((), jnp.int32))
        copies, reward, over, last, _ = jax.lax.while_loop(goes_on, go_on, carry)
        shown = self._shown(copies, reward, nobody)
        ends = (over & last.terminated, over & last.truncated)
        return copies, eqx.tree_at(lambda s: (s.terminated, s.truncated), shown, ends), last

    def _renewed(
        self, copies: Copies, where: Bool[Array, " copies"], key: Key[Array, ""]
    ) -> Copies:
        """The same, with the beginning of another episode in some places."""

        def begun(copies: Copies) -> Copies:
            count = where.shape[0]
            fresh = start(self.env, self.policies, self.params, self.memories, key, count)
            return hold(~where, copies, fresh)

        return jax.lax.cond(jnp.any(where), begun, lambda copies: copies, copies)

    def _ready(self, copies: Copies) -> Bool[Array, " copies"]:
        """Where the member decides, or its episode is over."""
        acts = copies.timesteps.acting[self.role][:, self.member]
        return acts | ended(copies, self.role, self.member)

    def _with(self, actions: Array) -> Any:
        """The actions of policies with the member's in its place."""

        def all_of_them(decided: dict[str, Array]) -> dict[str, Array]:
            role, own = self.role, actions[:, None]
            if role in decided:
                own = decided[role].at[:, self.member].set(actions.astype(decided[role].dtype))
            return decided | {role: own}

        return all_of_them

    def _shown(
        self, copies: Copies, reward: Float[Array, " copies"], ends: Bool[Array, " copies"]
    ) -> Shown:
        shown, role, i = copies.timesteps, self.its_role, self.member
        observation = shown.observation[self.role]
        fields = seen(role, observation, self.flat, copies.over.shape[0])
        mask = observation.get(ACTION_MASK)
        cut = shown.truncated & copies.over
        return Shown(
            observation=jax.tree.map(lambda x: x[:, i], fields),
            mask=None if mask is None else mask[:, i],
            reward=reward,
            terminated=ends & ~cut,
            truncated=ends & cut,
            metrics=dict(shown.metrics),
        )
