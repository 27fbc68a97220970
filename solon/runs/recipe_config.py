"""A recipe as `run.json` keeps it, with copies of the user's files."""

import contextlib
import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, DamageError, require
from ..learning import PPO
from ..reading.files import UnreadableError, bytes_of
from .algorithms import ALGORITHMS
from .folder import RunFolder
from .named import NamedAlgorithm, is_own, own_files, own_names
from .policies import policy_from_config
from .values import as_tuples

if TYPE_CHECKING:
    from .recipe import Recipe

__all__ = ["arguments_of", "check_inside", "config_of", "damage", "layouts_of"]

_INPUTS = "inputs"
_START = "start.safetensors"
_PLANNER = "planner"
"""The role whose policy stands by itself, as it did when no other role had a policy."""

_LATER: dict[str, Any] = {
    **{"prior": None, "params": {}, "policies": {}, "algorithms": {}},
    "shards": 1,
}
"""What came later. A run that has none of it says nothing of it, and so do older runs."""


def config_of(
    recipe: "Recipe", start_data: bytes | None
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What `run.json` keeps, and copies of the user's files by path in the run folder.

    Args:
        recipe: to be kept.
        start_data: policies that the training starts from, if it does.
    """
    files: dict[str, bytes] = {}
    options = {name: _kept(value, files) for name, value in recipe.options.items()}
    start = None
    if start_data is not None:
        start = f"{_INPUTS}/{_START}"
        files[start] = start_data
    planner = recipe.policies.get(_PLANNER)
    others = {role: named for role, named in recipe.policies.items() if role != _PLANNER}
    config = {
        "economy": _own_copied(recipe.economy, files),
        "options": options,
        "planner": None if planner is None else _described(planner, files),
        "ppo": dataclasses.asdict(recipe.ppo),
        "own_ppo": {role: dataclasses.asdict(ppo) for role, ppo in recipe.own_ppo.items()},
        "start": start,
        "curriculum": dict(recipe.curriculum),
        "seed": recipe.seed,
        "steps": recipe.steps,
    }
    later = {
        "prior": _with_layouts(recipe.prior, lambda name: _kept(name, files)),
        "params": dict(recipe.params),
        "policies": {role: _described(named, files) for role, named in others.items()},
        "algorithms": {role: _described(one, files) for role, one in recipe.algorithms.items()},
        "shards": recipe.shards,
    }
    return config | {name: value for name, value in later.items() if value != _LATER[name]}, files


def arguments_of(
    config: Mapping[str, Any],
    fields: frozenset[str],
    argument: str,
    shown: str,
    folder: pathlib.Path | None,
) -> dict[str, Any]:
    """The arguments of a `Recipe` that `config_of` described.

    Args:
        config: the description.
        fields: of a recipe.
        argument: what the user knows it as, for errors.
        shown: its value, for errors.
        folder: where copies of the user's files are.

    Raises:
        DamageError: if the configuration is not one.
        ConfigurationError: if a value in it is not of the kind that stands there.
    """
    config = {**_LATER, **config}
    own = folder is None and bool(own_names(config))
    require(not own, argument, shown, "one of an economy that comes with Solon")
    names = fields | {_PLANNER}
    if set(config) != names:
        allowed = f"one of solon train (its config has not exactly {', '.join(sorted(names))})"
        raise DamageError(argument, shown, allowed)
    for name in ("curriculum", "params", "policies", "algorithms"):
        value = config[name]
        require(isinstance(value, Mapping), name, value, "values by name")
    planner = config.pop(_PLANNER)
    described = ({} if planner is None else {_PLANNER: planner}) | config["policies"]
    algorithms = config["algorithms"]
    located = {name: config[name] for name in ("economy", "start")}
    if folder is not None:
        located = {name: _located(value, folder) for name, value in located.items()}
        options = config["options"].items()
        located["options"] = {name: _located(value, folder) for name, value in options}
        located["prior"] = _with_layouts(config["prior"], lambda name: _located(name, folder))
    return {
        **config,
        **located,
        "policies": {
            role: _here(policy_from_config(p, role), folder) for role, p in described.items()
        },
        "algorithms": {role: _here(_algorithm(a), folder) for role, a in algorithms.items()},
        "ppo": PPO(**as_tuples(config["ppo"])),
        "own_ppo": {role: PPO(**as_tuples(own)) for role, own in config["own_ppo"].items()},
    }


@contextlib.contextmanager
def damage(argument: str, shown: str) -> Iterator[None]:
    """What is wrong with a configuration that Solon wrote is damage, told in one line."""
    try:
        yield
    except DamageError:
        raise
    except ConfigurationError as error:
        allowed = f"one with a whole configuration (its config has {error})"
        raise DamageError(argument, shown, allowed) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        allowed = f"one with a whole configuration ({type(error).__name__}: {error})"
        raise DamageError(argument, shown, allowed) from None


def check_inside(folder: RunFolder) -> None:
    """Raise `ConfigurationError` if a configuration leads to a file that the run did not copy."""
    shown, root = str(folder.path), folder.path.resolve()
    config = folder.config
    options = config.get("options")
    named = [
        *(options if isinstance(options, dict) else {}).items(),
        ("start", config.get("start")),
        *(("layouts", layout) for layout in layouts_of(config)),
    ]
    code = [("code", str(path)) for path, _ in own_files(own_names(config))]
    for name, value in [*named, *code]:
        if not isinstance(value, str):
            continue
        copied = value.startswith(f"{_INPUTS}/")
        inside = copied and (root / value).resolve().is_relative_to(root / _INPUTS)
        needed = name in ("code", "start") or copied or _is_file(value)
        allowed = f"a run folder that names only files in its {_INPUTS} (its {name} is {value})"
        require(inside or not needed, "run", shown, allowed)


def layouts_of(config: Mapping[str, Any]) -> list[Any]:
    """The layouts that the prior of a run draws, as `run.json` names them."""
    prior = config.get("prior")
    layouts = prior.get("layouts") if isinstance(prior, Mapping) else None
    return [*layouts] if isinstance(layouts, Mapping | list | tuple) else []


def _with_layouts(prior: Any, place: Callable[[Any], Any]) -> Any:
    """A prior whose layouts have other names; what is no prior is left as it is."""
    if not isinstance(prior, Mapping) or "layouts" not in prior:
        return dict(prior) if isinstance(prior, Mapping) else prior
    given = prior["layouts"]
    if isinstance(given, Mapping):
        return {**prior, "layouts": {place(name): weight for name, weight in given.items()}}
    if isinstance(given, list | tuple):
        return {**prior, "layouts": [place(name) for name in given]}
    return dict(prior)


def _algorithm(config: Mapping[str, Any]) -> NamedAlgorithm:
    name, settings = config["name"], config["settings"]
    known = isinstance(name, str) and (is_own(name) or name in ALGORITHMS)
    allowed = f"{', '.join(ALGORITHMS)}, or FILE.py:CLASS"
    require(known, "algorithms", name, allowed)
    require(isinstance(settings, Mapping), "algorithms", settings, "settings by name")
    return NamedAlgorithm(name, as_tuples(settings))


def _here(named: Any, folder: pathlib.Path | None) -> Any:
    """The same with the path of a copy as seen from here."""
    if folder is None:
        return named
    return dataclasses.replace(named, name=_located(named.name, folder))


def _is_file(value: Any) -> bool:
    looks_like_one = isinstance(value, str) and ("/" in value or pathlib.Path(value).suffix != "")
    return looks_like_one and os.path.isfile(value)


def _kept(value: Any, files: dict[str, bytes]) -> Any:
    """A user's file as its copy in the run folder; any other value as it is."""
    return _copied(pathlib.Path(value), files) if _is_file(value) else value


def _copied(path: pathlib.Path, files: dict[str, bytes]) -> str:
    """Put a copy of a user's file among `files`; returns where it will be in the run folder."""
    try:
        content = bytes_of(path)
    except UnreadableError as error:
        raise ConfigurationError("file", str(path), f"one to read ({error})") from None
    place = f"{_INPUTS}/{path.name}"
    taken = place in files and files[place] != content
    require(not taken, "file", str(path), f"a name that no other input has ({path.name})")
    files[place] = content
    return place


def _own_copied(name: str, files: dict[str, bytes]) -> str:
    """A name in a user's file as it stands in a run folder; any other name as it is."""
    if not is_own(name):
        return name
    path, _, attribute = name.rpartition(":")
    return f"{_copied(pathlib.Path(path), files)}:{attribute}"


def _described(named: Any, files: dict[str, bytes]) -> dict[str, Any]:
    return {**dataclasses.asdict(named), "name": _own_copied(named.name, files)}


def _located(value: Any, folder: pathlib.Path) -> Any:
    """The inverse: the path of a copy as seen from here."""
    inside = isinstance(value, str) and value.startswith(f"{_INPUTS}/")
    return str(folder / value) if inside else value
