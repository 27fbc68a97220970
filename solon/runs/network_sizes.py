"""In what the networks that were stored differ from those that are wanted, in words."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import PyTree

from .arrays import leaf_entries, misfit

__all__ = ["misfit_in_words", "state_differences"]

_ROLE = re.compile(r"\['(?P<role>[^']*)'\]")
_LAYER = re.compile(r"actor_trunk\.layers\[\d+\]\.weight$")
_TABLE = re.compile(r"actor_trunk\.tables\['(?P<field>[^']*)'\]$")
_CODES = "codes"
_POLICIES, _OPTIMIZERS, _COPIES = ".policies", ".optimizers", ".economies.over"
_OF_THE_ECONOMY = (".params", ".economies")
# What a setting of the learner puts into a network, or takes out of it -> whether that is there.
_PARTS = {
    "shared_trunk": ("critic_trunk", False),
    "recurrent": ("actor_trunk.unit", True),
    "layer_norm": ("actor_trunk.gain", True),
    "normalize_observations": ("feature_statistics", True),
    "normalize_returns": ("return_statistics", True),
}

Shapes = Mapping[str, tuple[int, ...]]


def misfit_in_words(arrays: Mapping[str, np.ndarray], like: PyTree[Any]) -> str | None:
    """What keeps stored policies from taking the place of others; None if nothing does.

    It names the settings and sizes of networks in which the two differ, for people who know the
    options of a training and not the arrays. What has no such name is told as `misfit` does.

    Args:
        arrays: by path, as `pack` gives them.
        like: role -> a policy of the structure and shapes that are wanted. Other roles than these
            may be stored, too.
    """
    there = _by_role({path: array.shape for path, array in arrays.items()})
    here = _by_role({entry["path"]: tuple(entry["shape"]) for entry in leaf_entries(like)})
    # What has more parts would be another policy without them, so that these are not left out.
    more = [path for role in here for path in there.get(role, {}) if path not in here[role]]
    problem = misfit(arrays, like) or (f"{more[0]} has no place" if more else None)
    if problem is None:
        return None
    for role, wanted in here.items():
        if role not in there:
            found = " and ".join(there) or "nobody"
            return f"there is no policy of the {role} there, but of {found}"
        differences = _differences(_sizes(there[role]), _sizes(wanted))
        if differences:
            return f"of the {role}, {', '.join(differences)}"
    return problem


def state_differences(there: Shapes, here: Shapes) -> str | None:
    """In which settings two states of a training differ; None if it is nothing that has a name.

    Args:
        there: shapes by path of the one that was stored, as `leaf_entries` has them.
        here: of the one that is wanted.
    """
    learn = [sorted(_by_role(_below(_OPTIMIZERS, state))) for state in (there, here)]
    found = []
    if learn[0] != learn[1]:
        was, now = (" and ".join(roles) or "nobody" for roles in learn)
        found.append(f"{was} learned there and {now} here")
    stored, wanted = (_by_role(_below(_POLICIES, state)) for state in (there, here))
    for role in (role for role in learn[1] if role in learn[0]):
        differences = _differences(_sizes(stored.get(role, {})), _sizes(wanted.get(role, {})))
        found += [f"of the {role}, {', '.join(differences)}"] if differences else []
    copies = [state.get(_COPIES) for state in (there, here)]
    if copies[0] != copies[1] and copies[0] and copies[1]:
        found.append(f"environments is {copies[0][0]} there and {copies[1][0]} here")
    paths = there.keys() | here.keys()
    if not found and any(
        path.startswith(_OF_THE_ECONOMY) and there.get(path) != here.get(path) for path in paths
    ):
        found.append("the economy has other options or other rules")
    return "; ".join(found) or None


def _below(name: str, shapes: Shapes) -> Shapes:
    return {p.removeprefix(name): shape for p, shape in shapes.items() if p.startswith(f"{name}[")}


def _by_role(shapes: Shapes) -> dict[str, Shapes]:
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for path, shape in shapes.items():
        match = _ROLE.match(path)
        if match is not None:
            found.setdefault(match["role"], {})[path] = shape
    return dict(found)


def _sizes(shapes: Shapes) -> dict[str, Any]:
    """What a message may name of one policy: settings of the learner, and what the economy asks."""
    own = [path for path in shapes if "networks[" not in path or "networks[0]" in path]
    layers = [shapes[path] for path in own if _LAYER.search(path)]
    tables = {m["field"]: shapes[path] for path in own if (m := _TABLE.search(path))}
    heads = [shape for path, shape in shapes.items() if path.endswith("policy_head.weight")]
    seen = [shapes[path] for path in own if path.endswith("feature_statistics.mean")]
    sizes: dict[str, Any] = {
        "hidden": [shape[-1] for shape in layers if shape],
        "embedding": next((shape[-1] for shape in tables.values() if shape), None),
        **{
            name: any(part in path for path in own) == there
            for name, (part, there) in _PARTS.items()
        },
        "the number of networks (network_per)": len(heads),
        "the number of choices": next((shape[-1] for shape in heads if shape), None),
        "the number of quantities that are seen": seen[0][0] if seen and seen[0] else None,
        _CODES: {field: shape[0] for field, shape in tables.items() if shape},
    }
    return sizes


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    found = [
        f"{name} is {there[name]} there and {here[name]} here"
        for name in here
        # Codes that are not seen are embedded in nothing, and only what is normalised is counted.
        if name != _CODES and there[name] != here[name] and None not in (there[name], here[name])
    ]
    one, other = there[_CODES], here[_CODES]
    fields = sorted(f for f in one.keys() | other.keys() if one.get(f) != other.get(f))
    return [*found, *(f"the codes of {field} are others" for field in fields)]
