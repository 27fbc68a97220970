"""Playing an economy with random actions finds what types and shapes do not tell."""

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Key, PyTree

from .._plain import plain
from ..environment import Environment, TimeStep
from ..errors import require_whole
from ..luck import key_of
from ..own_code import failure
from .again import Call, checksums, compare_again, ignore_idle
from .contract import faults
from .findings import Collected, Findings
from .look import Watch
from .programs import Programs, random_actions

__all__ = ["examine", "play_through", "trail"]

_MOST_EPISODES = 10_000
_TRAIL = 100
"""Steps of which checksums are kept."""

_MOST_STEPS = 10_000
"""Of an episode, so that an answer comes in minutes."""

_FIRST = 4
"""Steps whose calls are made again; beyond them, those whose number is a power of two."""

_MOST_DISTURBED = 4
"""Steps on which those of a role who do not decide do something else."""


def examine(
    env: Environment,
    params: PyTree[Array] | None = None,
    *,
    episodes: int = 10,
    seed: int = 0,
) -> Findings:
    """Everything that can be said of an economy: `faults`, and if there are none, `play_through`.

    Args:
        env: the economy.
        params: of its episodes; `default_params` if left out.
        episodes: how many are played, side by side.
        seed: of all luck.

    Returns:
        Faults and notes. An exception of the economy's own code is a fault.

    Raises:
        ConfigurationError: if `episodes` or `seed` are not whole numbers that can be.
    """
    found = faults(env)
    if found:
        return Findings(tuple(found))
    return play_through(env, params, episodes=episodes, seed=seed)


def play_through(
    env: Environment,
    params: PyTree[Array] | None = None,
    *,
    episodes: int = 10,
    seed: int = 0,
) -> Findings:
    """What shows when an economy without `faults` is played with random allowed actions.

    Rewards, observations, metrics and potentials that are not finite, or not in their space; masks
    that allow nothing; members that decide after they left, or come back; roles that decide more
    often than they declare, and idle ones whose actions count; episodes without an end; functions
    that give other results for the same arguments; params out of their bounds; exceptions.

    Arguments, results and errors are those of `examine`.
    """
    episodes, seed = _checked(episodes, seed)
    collected = Collected()
    _params(env, collected)
    attempt = _Attempt(env, params, episodes, seed, collected)
    with contextlib.suppress(_Failed), _called_again(), _no_tracebacks():
        attempt.play()
        attempt.again()
    return Findings(
        faults=collected.faults,
        notes=collected.notes,
        episodes=episodes,
        steps=attempt.steps,
        trail=tuple(attempt.trail),
    )


def trail(
    env: Environment,
    params: PyTree[Array] | None = None,
    *,
    episodes: int = 10,
    seed: int = 0,
    steps: int = _TRAIL,
) -> tuple[Mapping[str, int], ...]:
    """Checksums of the states and of all that is shown in the episodes that `examine` plays.

    Another process that gives another trail for the same arguments, on the same type of machine,
    has found something that decides besides the seed: `hash` of a text, the order of a set, the
    time, numbers of NumPy's own.

    Args:
        env: an economy without `faults`.
        params: of its episodes; `default_params` if left out.
        episodes: how many are played, side by side.
        seed: of all luck.
        steps: the first of the steps, at most 100.

    Returns:
        For the start, and for each of the steps: what it is -> its checksum.
    """
    episodes, seed = _checked(episodes, seed)
    attempt = _Attempt(env, params, episodes, seed, Collected())
    with contextlib.suppress(_Failed), _called_again(), _no_tracebacks():
        attempt.play(min(steps, _TRAIL))
    return tuple(attempt.trail)


def _checked(episodes: int, seed: int) -> tuple[int, int]:
    episodes = require_whole("episodes", episodes, low=1, high=_MOST_EPISODES)
    return episodes, require_whole("seed", seed, low=0, high=2**32 - 1)


def _params(env: Environment, found: Collected) -> None:
    """Look whether the usual params are always the same, and within their bounds."""

    def usual() -> dict[str, np.ndarray]:
        leaves = jax.tree_util.tree_flatten_with_path(env.default_params())[0]
        return {
            jax.tree_util.keystr(path, simple=True, separator="."): np.asarray(leaf)
            for path, leaf in leaves
        }

    values, again = usual(), usual()
    for name, value in values.items():
        if value.dtype.kind == "f" and np.isnan(value).any():
            found.fault(f"default_params, {name}: wanted numbers, got nan")
        elif name not in again or not np.array_equal(value, again[name]):
            found.fault(f"default_params, {name}: is not the same when it is asked for again")
    try:
        bounds = dict(env.param_bounds())
    except (Exception, SystemExit) as error:
        found.fault(f"param_bounds failed: {failure(error, known_own=True)}")
        return
    for name, pair in bounds.items():
        what = f"param_bounds, {name}"
        pair = plain(pair)
        two = isinstance(pair, list | tuple) and len(pair) == 2
        ordered = two and all(isinstance(x, int | float) for x in pair) and pair[0] <= pair[1]
        if name not in values:
            known = ", ".join(values) or "none"
            found.fault(f"{what}: wanted a param, such as {known}")
        elif not ordered:
            found.fault(f"{what}: wanted the lowest and the highest value, got {pair!r:.60}")
        elif not np.all((values[name] >= pair[0]) & (values[name] <= pair[1])):
            low, high = pair
            got = np.array2string(values[name], precision=6, threshold=6).replace("\n", "")
            found.fault(f"default_params, {name}: wanted {low:g} to {high:g}, got {got}")


@contextlib.contextmanager
def _called_again() -> Iterator[None]:
    """Keys may be used twice, as calls are made again; all is traced in here, under one setting."""
    with jax.debug_key_reuse(False):
        yield


@contextlib.contextmanager
def _no_tracebacks() -> Iterator[None]:
    """What jax calls back to is a user's own, and its exception is told in a line."""
    log = logging.getLogger("jax._src.callback")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class _Failed(Exception):  # noqa: N818
    """The economy cannot be played any further."""


class _Attempt:
    """One playing of an economy.

    Attributes:
        steps: that were played, of all episodes together.
        trail: what `solon.checking.trail` gives.
    """

    def __init__(
        self,
        env: Environment,
        params: PyTree[Array] | None,
        episodes: int,
        seed: int,
        found: Collected,
    ):
        self.steps = 0
        self.trail: list[dict[str, int]] = []
        self._env, self._found, self._key = env, found, key_of(seed)
        self._params = env.default_params() if params is None else params
        self._roles = dict(env.roles)
        self._programs = Programs(env, episodes)
        self._watch = Watch(self._roles, episodes, found)
        self._calls: list[Call] = []
        self._disturbed = dict.fromkeys(self._roles, 0)

        def choose(key: Key[Array, ""], observation: Any) -> dict[str, Array]:
            def one(key: Key[Array, ""], observation: Any) -> dict[str, Array]:
                return random_actions(key, self._roles, observation)

            return jax.vmap(one)(jax.random.split(key, episodes), observation)

        self._choose = jax.jit(choose)

    def play(self, steps: int | None = None) -> None:
        """Play all episodes to their end, or for some steps; look at all that is shown."""
        world_key, luck = jax.random.split(self._key)
        world = self._call("draw_world", 0, world_key).result
        call = self._call("start", 0, world, self._params)
        self._see(call)
        horizon = self._env.horizon
        last = min(horizon, _MOST_STEPS if steps is None else steps)
        for step in range(1, last + 1):
            if self._watch.over.all():
                break
            keys = jax.random.split(jax.random.fold_in(luck, step), 3)
            state, shown, _ = call.result
            actions = self._choose(keys[0], shown.observation)
            shocks = self._call("draw_shocks", step, keys[1]).result
            running, deciding = ~self._watch.over, dict(self._watch.deciding)
            call = self._call("transition", step, state, actions, shocks)
            self.steps += int(running.sum())
            self._see(call)
            idle = {role: ~acts & running[:, None] for role, acts in deciding.items()}
            self._disturb(call, idle, keys[2], shown)
        if self.steps == 0:
            self._found.note(
                "terminated, truncated: all episodes were over after their start, so no step was "
                "looked at"
            )
        running = np.flatnonzero(~self._watch.over)
        if running.size and last == horizon:
            kind = f"terminated, truncated: wanted an end by step {last}, the horizon, got none"
            self._found.fault(kind, where=f"episode {running[0]}", count=running.size)
        elif running.size:
            self._found.note(f"of the {horizon:,} steps of an episode, {last:,} were played")

    def again(self) -> None:
        """Make some of the calls once more."""
        with self._told("what was called and traced again", 0):
            compare_again(self._env, self._programs, self._calls, self._found)

    def _call(self, name: str, step: int, *arguments: Any) -> Call:
        with self._told(name, step):
            result = jax.block_until_ready(self._programs.functions[name](*arguments))
        call = Call(name, step, arguments, result)
        if step <= _FIRST or step & (step - 1) == 0:
            self._calls.append(call)
        return call

    @contextlib.contextmanager
    def _told(self, name: str, step: int) -> Iterator[None]:
        """An exception of the economy's is a fault, and the last one."""
        try:
            yield
        except (Exception, SystemExit) as error:
            told = failure(error, known_own=True)
            self._found.fault(f"{name} failed: {told}", where=f"step {step}" if step else "")
            raise _Failed from error

    def _see(self, call: Call) -> None:
        if call.step <= _TRAIL:
            self.trail.append(checksums(call.result))
        _, shown, potential = call.result
        self._watch.see(call.step, *jax.device_get((shown, potential)))

    def _disturb(
        self, call: Call, idle: Mapping[str, np.ndarray], key: Key[Array, ""], shown: TimeStep
    ) -> None:
        """Let members who did not decide do something else in a step."""
        some = {
            role: who
            for role, who in idle.items()
            if who.any() and self._disturbed[role] < _MOST_DISTURBED
        }
        if some:
            other = self._choose(key, shown.observation)
            with self._told(call.name, call.step):
                ignore_idle(self._programs, call, some, other, self._found)
        for role in some:
            self._disturbed[role] += 1
