"""What `solon bench engine` measures: Solon and others in one run, part by part."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..._terminal import tell
from ...runs.cores import usable_cores
from ...runs.group import free_address
from ..cases import CASES, Case
from ..processes import measure_learning, measure_solon, side_by_side
from ..table import records
from . import games, peers, split, trainings

__all__ = ["PARTS", "measured"]

NETWORKS = ((32, 32), (64, 64))
"""Widths of the layers in the trainings of Grid Tag."""

TRAINING: dict[str, Any] = {"environments": 256, "unroll": 25, "epochs": 2, "minibatches": 4}
"""Settings of the trainings of Grid Tag, beside the network. What is learned from at once fits into
the cache of a core."""

_SPLIT: dict[str, Any] = {"environments": 200}
"""More copies would not make it faster: games are stepped one by one."""

_CARTPOLE: dict[str, Any] = {
    "environments": 100,
    "unroll": 100,
    "epochs": 2,
    "minibatches": 4,
    "hidden": (64, 64),
    "shared_trunk": False,
    "normalize_observations": True,
}
"""Of both trainers: one network for the actor and one for the critic, as rejax has them."""

_SMALL = 8
_DIVIDED: dict[str, Any] = {"environments": 512, "unroll": 25, "epochs": 2, "minibatches": 4}
_COPIES = (1, 8, 64, 512, 4096, 65_536)
_AGENTS = (2, 5, 10, 100, 1000)
_DEVICES = (1, 2, 4, 8)
_PROCESSES = (1, 2, 4)


def measured(part: str, seconds: float) -> Iterator[dict[str, Any]]:
    """Measure one part, a record at a time.

    Args:
        part: of `PARTS`.
        seconds: for how long each figure.

    Returns:
        Records: `part`, `case`, `system`, `environments`, `agents` of each, `processes`, `devices`,
        `steps_per_second` (environment steps of all processes), `compile_seconds`, `peak_bytes` (of
        all processes together), and `ratio`: how many times as fast Solon is on as many cores. For
        what is not installed there is a record without speed, with the reason as `missing`.
    """
    for record in _PARTS[part](seconds):
        yield {"part": part} | record


def _simulation(seconds: float) -> Iterator[dict[str, Any]]:
    cores = usable_cores()
    for game in games.GAMES:
        tell(f"simulate: {game.name}")
        case = Case(game.name, dict(game.options), None, (), game.economy)
        own = measure_solon(case, game.environments, cores, seconds=seconds)
        same = {"case": game.name, "agents": game.agents, "processes": cores}
        yield same | {"system": "Solon", "environments": game.environments} | _figures(own)
        for name, written in game.written.items():
            found = side_by_side(cores, games.play, game.rules, written, seconds)
            one = _together(found)
            yield (
                same
                | {"system": f"NumPy, {name}", "environments": cores}
                | one
                | {"ratio": own["steps_per_second"] / one["steps_per_second"]}
            )


def _original(seconds: float) -> Iterator[dict[str, Any]]:
    for case in (CASES[0], CASES[-1]):
        workers = case.options["workers"]
        for one in records(case, seconds=seconds):
            yield {
                "case": f"Gather-Trade-Build, {case.name}",
                "agents": workers,
                "system": "Solon" if one["system"] == "solon" else "the original",
            } | {
                name: one[name]
                for name in (
                    *("environments", "processes", "steps_per_second", "compile_seconds"),
                    "ratio",
                )
            }


def _training(seconds: float) -> Iterator[dict[str, Any]]:
    cores = usable_cores()
    for hidden in NETWORKS:
        case = f"grid tag, PPO, layers of {hidden[0]}"
        tell(f"train: {case}")
        settings = TRAINING | {"hidden": hidden}
        best = None
        for processes in sorted({1, cores}):
            own = measure_learning("grid-tag", {}, settings, processes, seconds=seconds)
            best = own if processes == cores else best
            yield {
                "case": case,
                "system": "Solon",
                "agents": 5,
                "environments": processes * TRAINING["environments"],
                "processes": processes,
            } | _figures(own)
        assert best is not None
        one = _together(side_by_side(cores, split.measure, settings | _SPLIT, seconds))
        yield {
            "case": case,
            "system": "split: NumPy, Solon's network and update",
            "agents": 5,
            "environments": cores * _SPLIT["environments"],
            "processes": cores,
            "ratio": best["steps_per_second"] / one["steps_per_second"],
        } | one


def _peers(seconds: float) -> Iterator[dict[str, Any]]:
    """CartPole of gymnax: its own loop and Solon's; rejax's training and Solon's."""
    cores = usable_cores()
    name, copies = "CartPole-v1", 2000
    options = {"horizon": 500}
    same = {"agents": 1, "processes": cores}
    own: dict[str, float] = {}
    for case, package, run in (
        (
            "CartPole, random actions",
            "gymnax",
            lambda: side_by_side(cores, peers.measure_gymnax, name, copies // cores, seconds),
        ),
        (
            "CartPole, PPO, layers of 64",
            "rejax",
            lambda: side_by_side(cores, peers.measure_rejax, name, _CARTPOLE, seconds),
        ),
    ):
        tell(f"beside others: {case}")
        count = copies if package == "gymnax" else cores * _CARTPOLE["environments"]
        missing = [p for p in ("gymnax", package) if peers.installed(p) is None]
        if missing:
            yield {"case": case, "system": package, "missing": f"{missing[0]} is not installed"}
            continue
        if package == "gymnax":
            cartpole = Case(case, options, None, (), f"gymnax:{name}")
            found = measure_solon(cartpole, copies, cores, seconds=seconds)
        else:
            found = measure_learning(f"gymnax:{name}", options, _CARTPOLE, cores, seconds=seconds)
        own[case] = found["steps_per_second"]
        yield same | {"case": case, "system": "Solon", "environments": count} | _figures(found)
        other = _together(run())
        system = f"{package} {peers.installed(package)}"
        yield (
            same
            | {"case": case, "system": system, "environments": count}
            | other
            | {"ratio": own[case] / other["steps_per_second"]}
        )
    case = "MPE simple tag, random actions (other rules)"
    if peers.installed("jaxmarl") is None:
        yield {"case": case, "system": "jaxmarl", "missing": "jaxmarl is not installed"}
        return
    tell(f"beside others: {case}")
    others = side_by_side(
        cores, peers.measure_jaxmarl, "MPE_simple_tag_v3", copies // cores, seconds
    )
    system = f"jaxmarl {peers.installed('jaxmarl')}"
    yield (
        same
        | {"case": case, "system": system, "environments": copies, "agents": 4}
        | _together(others)
    )


def _scaling(seconds: float) -> Iterator[dict[str, Any]]:
    """How throughput and memory grow with copies, agents, devices and processes."""
    tag = {"system": "Solon", "processes": 1}
    for copies in _COPIES:
        tell(f"scaling: {copies} copies")
        case = Case("grid tag by copies", {}, None, (), "grid-tag")
        one = measure_solon(case, copies, 1, seconds=seconds)
        yield tag | {"case": case.name, "agents": 5, "environments": copies} | _figures(one)
    for agents in _AGENTS:
        tell(f"scaling: {agents} agents")
        options = {"taggers": agents - 1, "observation": "partial"}
        case = Case("grid tag by agents", options, None, (), "grid-tag")
        copies = max(_SMALL, 10_000 // agents)
        one = measure_solon(case, copies, 1, seconds=seconds)
        yield tag | {"case": case.name, "agents": agents, "environments": copies} | _figures(one)
    for processes in _PROCESSES:
        tell(f"scaling: {processes} processes")
        case = Case("grid tag by processes", {}, None, (), "grid-tag")
        one = measure_solon(case, 2000, processes, seconds=seconds)
        yield (
            tag
            | {"case": case.name, "agents": 5, "environments": 2000, "processes": processes}
            | _figures(one)
        )
    for devices, processes in (*((n, 1) for n in _DEVICES), *((1, n) for n in _PROCESSES[1:])):
        tell(f"scaling: one training by {processes} processes with {devices} devices each")
        given: tuple[Any, ...] = (
            "grid-tag",
            {},
            _DIVIDED | {"hidden": (32, 32)},
            devices,
            processes,
        )
        found = side_by_side(processes, trainings.measure, *given, free_address(), seconds)
        yield {
            "case": "one training, divided",
            "system": "Solon",
            "agents": 5,
            "environments": _DIVIDED["environments"],
            "devices": devices,
            "processes": processes,
        } | _together(found)


_PARTS: dict[str, Callable[[float], Iterator[dict[str, Any]]]] = {
    "simulate": _simulation,
    "original": _original,
    "train": _training,
    "others": _peers,
    "scaling": _scaling,
}
PARTS = tuple(_PARTS)


def _figures(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("steps_per_second", "compile_seconds", "peak_bytes")}


def _together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of processes that ran side by side."""
    return {
        "steps_per_second": sum(one["steps_per_second"] for one in found),
        "compile_seconds": max(one.get("compile_seconds", 0.0) for one in found),
        "peak_bytes": sum(one["peak_bytes"] for one in found),
    }
