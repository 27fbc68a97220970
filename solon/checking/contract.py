"""Whether an economy keeps to its contract, found by tracing it: nothing is computed.

`start` and `transition` are compared with `roles`, and with one another.
"""

import contextlib
import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from ..environment import ACTION_MASK, KIND, Environment, Role, TimeStep
from ..errors import EconomyError
from ..luck import key_of
from ..own_code import failure
from ..spaces import Box, Discrete, MultiDiscrete, Space

__all__ = ["check_economy", "check_own_economy", "faults"]

_SHIPPED = f"{__package__.partition('.')[0]}."
_BRIDGES = f"{_SHIPPED}interop."
"""What is behind these is another library's."""
_START, _STEP = "after a start", "after a step"
_TYPES = {"boolean": "booleans", "integer": "integers", "float": "real numbers"}


def check_economy(env: Any) -> None:
    """Raise `EconomyError` with the first of the `faults`, if there are any."""
    try:
        _checked(env)
    except TypeError:
        # Not one that can be remembered.
        _checked.__wrapped__(env)


def check_own_economy(env: Any) -> None:
    """`check_economy`, but trust those that Solon ships: they are held to it by tests."""
    place = type(env).__module__
    shipped = place.startswith(_SHIPPED) and not place.startswith(_BRIDGES)
    if isinstance(env, Environment) and not shipped:
        check_economy(env)


@functools.lru_cache(maxsize=256)
def _checked(env: Any) -> None:
    found = faults(env)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise EconomyError(f"economy {type(env).__qualname__}: {found[0]}{more}")


def faults(env: Any) -> list[str]:
    """What keeps an economy from being run, a line each; empty if nothing does.

    It finds what types and shapes tell: roles, observations, masks, rewards and metrics that are
    not as declared, a state that changes its structure, params that are no arrays, and exceptions.
    """
    found: list[str] = []
    with contextlib.suppress(_Stop):
        _Inspection(env, found).go()
    return found


class _Stop(Exception):  # noqa: N818
    """What follows cannot be looked at."""


class _Inspection:
    """One economy and what was found so far."""

    def __init__(self, env: Any, found: list[str]):
        self._env = env
        self._found = found

    def go(self) -> None:
        """Look at everything, in the order in which a run needs it."""
        self._fields()
        roles = self._roles()
        env, key = self._env, key_of(0)
        params = self._call("default_params", env.default_params)
        self._params(params)
        shocks = self._shocks(key)
        shown: dict[str, Any] = {}

        def start(key: Any, params: Any) -> Any:
            state, given = self._pair("start", env.start(env.draw_world(key), params))
            shown[_START] = _abstract(given)
            return state

        def step(state: Any, actions: Any, shocks: Any) -> Any:
            after = env.transition(state, actions, shocks)
            after, given = self._pair("transition", after)
            shown[_STEP] = _abstract(given)
            return after

        def potential(state: Any) -> None:
            shown["potential"] = _abstract(env.potential(state))

        state = self._call("draw_world or start", jax.eval_shape, start, key, params)
        self._timestep(_START, shown[_START], roles)
        actions = {name: _action(role) for name, role in roles.items()}
        after = self._call("transition", jax.eval_shape, step, state, actions, shocks)
        self._timestep(_STEP, shown[_STEP], roles)
        self._same("the state", state, after)
        first, second = shown[_START], shown[_STEP]
        if not self._found:
            for part in ("observation", "metrics", "left"):
                self._same(part, getattr(first, part), getattr(second, part))
        self._call("potential", jax.eval_shape, potential, state)
        known = self._by_role("potential", shown["potential"], roles, all_of_them=False)
        for role, value in known.items():
            self._array(f"potential of {role}", value, (roles[role].count,), "float")

    def _say(self, line: str) -> None:
        self._found.append(" ".join(line.split()))

    def _stop(self, line: str) -> None:
        self._say(line)
        raise _Stop

    def _printable(self, where: str, names: Iterable[Any]) -> None:
        """Stop at what is no name that can stand in a table and in a file."""
        for name in names:
            if not isinstance(name, str) or not name.strip() or not name.isprintable():
                self._stop(
                    f"{where}: wanted a text in letters that can be printed, got {name!r:.60}"
                )

    def _call(self, name: str, function: Callable[..., Any], *args: Any) -> Any:
        """What a method of the economy gives; what it raises is told and nothing more."""
        try:
            return function(*args)
        except _Stop:
            raise
        except (Exception, SystemExit) as error:
            self._say(f"{name} failed: {failure(error, known_own=True)}")
            raise _Stop from error

    def _fields(self) -> None:
        env = self._env
        try:
            hash(env)
        except TypeError as error:
            self._stop(
                f"cannot be hashed ({error}); wanted a dataclass with frozen=True and fields that "
                "can be hashed, such as tuples"
            )
        name = self._call("name", lambda: env.name)
        self._printable("name", [name])
        horizon = self._call("horizon", lambda: env.horizon)
        if not _whole(horizon):
            self._stop(f"horizon: wanted a whole number of at least 1, got {horizon!r}")

    def _roles(self) -> dict[str, Role]:
        roles = self._call("roles", lambda: self._env.roles)
        fine = isinstance(roles, Mapping) and roles
        if not fine or not all(isinstance(role, Role) for role in roles.values()):
            self._stop(f"roles: wanted a mapping from names to solon.Role, got {roles!r:.100}")
        self._printable("roles", roles)
        for name in roles:
            # On the command line a role stands before "=", and in metrics before "/".
            if name == "episode" or set("=/") & set(name):
                self._stop(f"roles: wanted names other than episode, without = and /, got {name!r}")
        for name, role in roles.items():
            self._role(name, role)
        if self._found:
            raise _Stop
        return dict(roles)

    def _role(self, name: str, role: Role) -> None:
        for field in ("count", "every"):
            number = getattr(role, field)
            if not _whole(number):
                wanted = "a whole number of at least 1"
                self._say(f"role {name}, {field}: wanted {wanted}, got {number!r}")
        if not isinstance(role.action, Space):
            self._stop(f"role {name}, action: wanted a space, got {role.action!r}")
        seen = role.observation
        if not isinstance(seen, Mapping) or not all(isinstance(s, Space) for s in seen.values()):
            self._stop(f"role {name}, observation: wanted names with spaces, got {seen!r:.100}")
        self._printable(f"role {name}, observation", seen)
        mask = seen.get(ACTION_MASK)
        if mask is not None and not isinstance(role.action, Box):
            choices = (sum(role.action.sizes),)
            if tuple(mask.shape) != choices or _kind(mask) != "boolean":
                wanted = f"a boolean Box of shape {choices}, one entry a choice"
                self._say(f"role {name}, {ACTION_MASK}: wanted {wanted}, got {mask}")
        for part in ("shared", "critic"):
            for field in getattr(role, part):
                if field not in seen or field in (ACTION_MASK, KIND):
                    wanted = f"fields of its observation other than {ACTION_MASK} and {KIND}"
                    self._say(f"role {name}, {part}: wanted {wanted}, got {field!r}")
        if seen and set(seen) == set(role.critic):
            self._say(f"role {name}, critic: wanted a field that its policy sees, too")
        kinds = tuple(role.kinds)
        if kinds and (not all(map(_whole, kinds)) or sum(kinds) != role.count):
            self._say(f"role {name}, kinds: wanted numbers with sum {role.count}, got {kinds}")
        if len(kinds) > 1 and KIND not in seen:
            self._say(f"role {name}: {len(kinds)} kinds, but its observation has no field {KIND}")

    def _params(self, params: PyTree[Any]) -> None:
        found = self._call("default_params", jax.tree_util.tree_flatten_with_path, params)
        for path, leaf in found[0]:
            if not isinstance(leaf, jax.Array | np.ndarray | np.generic) or leaf.dtype == object:
                where = f"default_params{jax.tree_util.keystr(path)}"
                self._say(f"{where}: wanted an array, got {leaf!r:.60} (jnp.asarray makes one)")
        if self._found:
            raise _Stop

    def _shocks(self, key: Any) -> PyTree[Any]:
        draw, batch = self._env.draw_shocks, (2, 3)
        one = self._call("draw_shocks", jax.eval_shape, draw, key)
        many = self._call("draw_shocks", jax.eval_shape, lambda key: draw(key, batch), key)
        wanted = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct((*batch, *leaf.shape), leaf.dtype), one
        )
        self._same(
            "draw_shocks", wanted, many, f"with batch_shape {batch} wanted", "got", stop=True
        )
        return one

    def _pair(self, method: str, given: Any) -> tuple[Any, TimeStep]:
        """A state and what is shown, with arrays in it of which types and shapes are known."""
        if not isinstance(given, tuple) or len(given) != 2 or not isinstance(given[1], TimeStep):
            parts = given if isinstance(given, tuple) else (given,)
            got = ", ".join(type(part).__name__ for part in parts) or "nothing"
            self._stop(f"{method}: wanted a state and a solon.TimeStep, got {got}")
        state, shown = given
        return state, shown

    def _timestep(self, when: str, shown: TimeStep, roles: Mapping[str, Role]) -> None:
        observation = self._by_role(f"observation {when}", shown.observation, roles)
        for name, fields in observation.items():
            self._observation(f"observation of {name} {when}", fields, roles[name])
        for part, kind, needed in (
            ("reward", "any", True),
            ("acting", "boolean", True),
            ("left", "boolean", False),
        ):
            given = self._by_role(f"{part} {when}", getattr(shown, part), roles, needed)
            for name, value in given.items():
                count = (roles[name].count,)
                self._array(f"{part} of {name} {when}", value, count, kind)
        for part in ("terminated", "truncated"):
            self._array(f"{part} {when}", getattr(shown, part), (), "boolean")
        if not isinstance(shown.metrics, Mapping):
            self._stop(f"metrics {when}: wanted names with scalars, got {shown.metrics!r:.60}")
        self._printable(f"metrics {when}", shown.metrics)
        for name, value in shown.metrics.items():
            self._array(f"metric {name} {when}", value, (), "any")

    def _by_role(
        self, where: str, given: Any, roles: Mapping[str, Role], all_of_them: bool = True
    ) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self._stop(f"{where}: wanted arrays by role, got {given!r:.60}")
        self._names(f"{where}, role", given, roles, "is not declared in roles", all_of_them)
        return {name: value for name, value in given.items() if name in roles}

    def _names(
        self, where: str, given: Mapping[str, Any], wanted: Any, undeclared: str, needed: bool
    ) -> None:
        for name in wanted:
            if needed and name not in given:
                self._say(f"{where} {name}: is missing")
        for name in given:
            if name not in wanted:
                self._say(f"{where} {name}: {undeclared} ({', '.join(wanted) or 'nothing is'})")

    def _observation(self, where: str, fields: Any, role: Role) -> None:
        if not isinstance(fields, Mapping):
            self._stop(f"{where}: wanted arrays by field, got {fields!r:.60}")
        undeclared = "is not declared in its role's observation"
        self._names(f"{where}, field", fields, role.observation, undeclared, True)
        for name, space in role.observation.items():
            if name in fields:
                lead = () if name in role.shared else (role.count,)
                shape = (*lead, *space.shape)
                self._array(f"{where}, field {name}", fields[name], shape, _kind(space))

    def _array(self, where: str, value: Any, shape: tuple[int, ...], kind: str) -> None:
        """Of this shape and kind: "any" takes truth values for 0 and 1, and "float" integers."""
        try:
            # jax takes it for a number for the time being, and warns.
            if value is None:
                raise TypeError
            got, dtype = tuple(jnp.shape(value)), jnp.result_type(value)
        except (TypeError, ValueError):
            self._say(f"{where}: wanted an array, got {value!r:.60}")
            return
        if got != shape:
            self._say(f"{where}: wanted shape {shape}, got {got}")
        elif not _fits(dtype, kind):
            self._say(f"{where}: wanted {_TYPES.get(kind, 'real numbers')}, got {dtype}")

    def _same(
        self,
        what: str,
        first: PyTree[Any],
        second: PyTree[Any],
        says: str = _START,
        then: str = _STEP,
        stop: bool = False,
    ) -> None:
        """That two trees have one structure, and leaves of the same types and shapes."""
        before, after = _described(first), _described(second)
        for path in [*before, *(path for path in after if path not in before)]:
            a, b = (found.get(path, "nothing") for found in (before, after))
            if a != b:
                self._say(f"{what}{path}: {says} {a}, {then} {b}")
        structures: list[Any] = [jax.tree.structure(tree) for tree in (first, second)]
        if not self._found and structures[0] != structures[1]:
            a, b = structures
            self._say(f"{what}: {says} {a!s:.100}, {then} {b!s:.100}")
        if stop and self._found:
            raise _Stop


def _abstract(tree: PyTree[Any]) -> Any:
    """The same with types and shapes in the place of what is traced, which may not be kept."""

    def kept(leaf: Any) -> Any:
        traced = isinstance(leaf, jax.core.Tracer)
        return jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) if traced else leaf

    return jax.tree.map(kept, tree)


def _described(tree: PyTree[Any]) -> dict[str, str]:
    """Type and shape of each leaf by its path, such as int32[4]."""
    return {
        jax.tree_util.keystr(path): f"{jnp.result_type(leaf)}{list(jnp.shape(leaf))}"
        for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]
    }


def _action(role: Role) -> jax.ShapeDtypeStruct:
    """What a policy hands in."""
    types = {"boolean": bool, "integer": jnp.int32, "float": jnp.zeros(()).dtype}
    return jax.ShapeDtypeStruct((role.count, *role.action.shape), types[_kind(role.action)])


def _kind(space: Space) -> str:
    return "integer" if isinstance(space, Discrete | MultiDiscrete) else space.kind


def _fits(dtype: Any, kind: str) -> bool:
    if jnp.issubdtype(dtype, jax.dtypes.extended):
        return False
    truth = jnp.issubdtype(dtype, jnp.bool_)
    if kind == "boolean":
        return truth
    whole = jnp.issubdtype(dtype, jnp.integer)
    if kind == "integer":
        return whole
    real = whole or jnp.issubdtype(dtype, jnp.floating)
    return real or (kind == "any" and truth)


def _whole(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and operator.index(value) >= 1
    except TypeError:
        return False
