"""Names for economies: the shipped ones, registered ones and ones in a user's file."""

import functools
import importlib
import importlib.util
import os
import pathlib
import re
import sys
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ._plain import plain
from ._terminal import visible
from .errors import ConfigurationError, EconomyError, did_you_mean, require, shown_value
from .own_code import USERS_MODULE, failure

if TYPE_CHECKING:
    from .environment import Environment

__all__ = [
    *("build", "guard", "load_factory", "load_own", "make", "register", "registered"),
    "was_asked_for",
]

# Shipped economies are named by module and attribute, so that listing them imports nothing.
_FACTORIES: dict[str, "str | Callable[..., Environment]"] = {
    "business-cycle": "solon.economies.business_cycle:business_cycle",
    "continuous-tag": "solon.economies.tag:ContinuousTag",
    "gather-trade-build": "solon.economies.gather_trade_build:gather_trade_build",
    "grid-tag": "solon.economies.tag:GridTag",
    "labor-supply": "solon.economies.labor_supply:labor_supply_economy",
    "one-step-economy": "solon.economies.one_step:one_step_economy",
    "pandemic": "solon.economies.pandemic:pandemic",
    "unknown-society": "solon.economies.unknown_society:unknown_society",
}


# Games of other libraries, by the name of the library in front of their own: `gymnax:CartPole-v1`.
_LIBRARIES = {
    "gymnax": "solon.interop.from_gymnax:gymnax_economy",
    "jumanji": "solon.interop.from_jumanji:jumanji_economy",
}


def register(name: str, factory: "Callable[..., Environment]") -> None:
    """Give an economy a name, so that `solon.make` and the command line find it.

    Args:
        name: kebab case, not in use yet (registering the same factory again is harmless).
        factory: a callable which takes keyword arguments and returns an `Environment`.
    """
    proper = isinstance(name, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    require(bool(proper), "name", name, "lower-case letters, digits and hyphens between them")
    require(callable(factory), "factory", factory, "a callable that returns an Environment")
    known = _FACTORIES.get(name)
    same = known is factory or (known is not None and _origin(known) == _origin(factory))
    require(known is None or same, "name", name, "a name that is not registered yet")
    _FACTORIES[name] = factory


def _origin(factory: Any) -> Any:
    """Where a factory is defined: a module that is executed anew defines the same ones again."""
    place = getattr(factory, "__module__", None), getattr(factory, "__qualname__", None)
    unnamed = None in place or "<" in str(place[1])
    return id(factory) if unnamed else place


def registered() -> tuple[str, ...]:
    """The names that `make` knows."""
    return tuple(sorted(_FACTORIES))


def load_factory(name: str) -> "Callable[..., Environment]":
    """The factory behind a registered name, `LIBRARY:GAME`, or `path/to/file.py:Name`."""
    require(isinstance(name, str), "economy", name, "a name, or FILE.py:NAME")
    path, separator, attribute = name.rpartition(":")
    if separator and path.endswith(".py"):
        return _from_file(pathlib.Path(path), attribute)
    of_library, separator, game = name.partition(":")
    if separator and of_library in _LIBRARIES:
        return functools.partial(_found(_LIBRARIES[of_library]), game)
    if name not in _FACTORIES:
        close = did_you_mean(name, _FACTORIES)
        others = ", ".join(f"{library}:GAME" for library in _LIBRARIES)
        allowed = f"{', '.join(registered())}, {others}, or FILE.py:NAME{close}"
        raise ConfigurationError("economy", name, allowed)
    factory = _FACTORIES[name]
    return _found(factory) if isinstance(factory, str) else factory


def _found(place: str) -> Any:
    """What a module has: `module:attribute`."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def load_own(name: str, argument: str) -> Any:
    """What `path/to/file.py:Name` names, a class or a function.

    Args:
        name: the file and the name in it.
        argument: what the user knows it as, for errors.

    Raises:
        ConfigurationError: if there is no such file, or nothing to call in it of that name; or if
            the file lies in a folder whose `guard` does not let it pass.
        EconomyError: if the file cannot be run.
    """
    path, _, attribute = name.rpartition(":")
    try:
        return _from_file(pathlib.Path(path), attribute, argument)
    except (ConfigurationError, EconomyError):
        raise
    except (Exception, SystemExit) as error:
        # A user's own file may raise anything.
        raise EconomyError(f"{path} cannot be run: {failure(error, known_own=True)}") from error


Check: TypeAlias = Callable[[bytes, str, str], None]

_guarded: dict[pathlib.Path, Check] = {}
_asked_for: set[tuple[bytes, str]] = set()


def guard(folder: pathlib.Path, check: Check) -> None:
    """Run no Python file in this folder from now on before `check` has let it pass.

    Args:
        folder: that may come from anybody.
        check: of the content of the file, the name in it and what the user knows it as; raises for
            what is not to be run.
    """
    _guarded[folder.resolve()] = check


def was_asked_for(content: bytes, attribute: str) -> bool:
    """Whether this process has run a name in such a file because its place was named."""
    return (content, attribute) in _asked_for


def _from_file(path: pathlib.Path, attribute: str, argument: str = "economy") -> Any:
    require(os.path.isfile(path), argument, f"{path}:{attribute}", "an existing Python file")
    place = path.resolve()
    content = place.read_bytes()
    checks = [check for folder, check in _guarded.items() if place.is_relative_to(folder)]
    for check in checks:
        check(content, attribute, f"{path}:{attribute}")
    if not checks:
        _asked_for.add((content, attribute))
    module = _execute(place, content)
    factory = getattr(module, attribute, None)
    require(callable(factory), argument, f"{path}:{attribute}", f"a name defined in {path}")
    return factory


# Executed anew only when it has changed: its classes stay the same, so nothing compiles twice.
# What runs is the content that was looked at, and no compiled file that lies beside it.
@functools.lru_cache(maxsize=64)
def _execute(path: pathlib.Path, content: bytes) -> types.ModuleType:
    name = f"{USERS_MODULE}{visible(path.stem)}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    module = importlib.util.module_from_spec(specification)
    # Dataclasses look their module up by name while they are being defined.
    sys.modules[name] = module
    # As text, since jax cannot take a name that is none, and asks each function where it is from.
    exec(compile(content, visible(path), "exec", dont_inherit=True), module.__dict__)
    return module


def make(name: str, /, **options: Any) -> "Environment":
    """Build an economy.

    Args:
        name: one of `registered()`, `path/to/file.py:Name` for an economy of one's own, or a game
            of another library (`gymnax:CartPole-v1`, `jumanji:Snake-v1`).
        **options: its static options, such as the number of workers.

    Returns:
        A frozen, hashable `Environment`.

    Raises:
        ConfigurationError: for an unknown name, an unknown option or a value not allowed.
        EconomyError: for an economy of one's own that `solon.checking.check_economy` refuses.
    """
    env = _made(name, options)
    if not isinstance(_FACTORIES.get(name), str):
        from .checking import check_own_economy

        check_own_economy(env)
    return env


def build(name: str, options: Mapping[str, Any], *, checked: bool = True) -> "Environment":
    """As `make`, for a name that a user typed: whatever its file does is told in one line.

    Args:
        name: as for `make`.
        options: of the economy, those that are lists as tuples.
        checked: refuse an economy of one's own that does not keep to its contract.

    Raises:
        ConfigurationError: as `make`, and if the name gives no economy.
        EconomyError: as `make`, and if a user's file cannot be run.
    """
    from .environment import Environment

    try:
        env = make(name, **options) if checked else _made(name, options)
    except (ConfigurationError, EconomyError):
        raise
    except (Exception, SystemExit) as error:
        # A user's own file may raise anything.
        told, shown = failure(error, known_own=True), shown_value(dict(options))
        built = f"{name} with {shown}" if options else name
        raise EconomyError(f"economy {built} cannot be built: {told}") from error
    proper = isinstance(env, Environment)
    require(proper, "economy", name, "a class or function that gives an Environment")
    return env


def _made(name: str, options: Mapping[str, Any]) -> "Environment":
    factory = load_factory(name)
    options = plain(options)
    try:
        return factory(**options)
    except TypeError as error:
        # Since Python 3.13 a guess may come after the name.
        named = re.search("unexpected keyword argument ['\"](.*?)['\"]", str(error))
        unknown = named[1] if named else None
        if unknown is not None and unknown in options:
            allowed = ", ".join(_options(factory)) or "no options"
            raise ConfigurationError(unknown, options[unknown], f"one of: {allowed}") from None
        raise


def _options(factory: Any) -> list[str]:
    import inspect

    return [p for p in inspect.signature(factory).parameters if p not in ("self", "args")]
