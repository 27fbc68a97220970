"""Records of a benchmark, and the table that people read."""

from collections.abc import Mapping, Sequence
from typing import Any

from .._terminal import tell
from ..errors import ConfigurationError
from ..parity import environment
from ..runs.cores import usable_cores
from .cases import Case
from .processes import measure_learning, measure_original, measure_solon

__all__ = ["RECORDED", "learning_records", "learning_table", "records", "table"]

#: What a record in a file has; the table shows more.
RECORDED = (
    "case",
    "system",
    "environments",
    "processes",
    "steps_per_second",
    "compile_seconds",
    "state_bytes",
    "ratio",
)


def records(case: Case, *, seconds: float) -> list[dict[str, Any]]:
    """Measure a case: the original where it is installed, then Solon at each number of copies.

    Args:
        case: what to measure.
        seconds: for how long each time.

    Returns:
        One record a measurement; the `ratio` is over the original on all cores. Those of Solon
        have a `checksum` and the `memory_share`: bytes that the steps cannot but read and write,
        as a share of those that copying arrays moves in the same time.
    """
    processes = usable_cores()
    found, original, python = [], None, None
    if case.original is not None:
        try:
            python = environment.interpreter(environment.folder())
        except ConfigurationError as missing:
            tell(f"without the original ({missing.allowed})")
    if python is not None:
        tell(f"{case.name}: the original, {processes} processes")
        original = measure_original(case, processes, python, seconds=seconds)["steps_per_second"]
        found.append(_record(case, "foundation", processes, processes, original))
    for environments in case.environments:
        for count in sorted({1, processes}):
            tell(f"{case.name}: {environments} copies, {count} processes")
            one = measure_solon(case, environments, count, seconds=seconds)
            ratio = one["steps_per_second"] / original if original else None
            found.append(
                _record(case, "solon", environments, count, one["steps_per_second"])
                | {key: one[key] for key in ("compile_seconds", "state_bytes", "checksum")}
                | {"ratio": ratio, "memory_share": _memory_share(one)}
            )
    return found


def learning_records(
    views: Sequence[int], settings: Mapping[str, Any], *, seconds: float
) -> list[dict[str, Any]]:
    """Measure learning in Open-Quadrant, on one core and with a training a core.

    Args:
        views: how far workers see, in cells.
        settings: fields of `PPO` that differ from the default learner's.
        seconds: for how long each time.

    Returns:
        One record a measurement, with the `microseconds` of an environment step by part.
    """
    found = []
    for view in views:
        for processes in sorted({1, usable_cores()}):
            tell(f"view of {view} cells: {processes} processes")
            one = measure_learning(
                "gather-trade-build", {"view": view}, settings, processes, seconds=seconds
            )
            case = {"case": f"view of {view} cells", "settings": dict(settings)}
            found.append(case | {"processes": processes} | one)
    return found


def learning_table(found: Sequence[dict[str, Any]]) -> str:
    """Those records as people read them."""
    parts = list(found[0]["microseconds"])
    lines = [
        f"{'case':18} {'processes':>9} {'steps/s':>10} {'compile s':>9}  "
        + " ".join(f"{part:>12}" for part in parts)
    ]
    for one in found:
        total = sum(one["microseconds"].values())
        shares = (
            f"{one['microseconds'][p]:5.1f} us {one['microseconds'][p] / total:3.0%}" for p in parts
        )
        lines.append(
            f"{one['case']:18} {one['processes']:9} {one['steps_per_second']:10,.0f} "
            f"{one['compile_seconds']:9.1f}  " + " ".join(f"{share:>12}" for share in shares)
        )
    return "\n".join(lines)


def _record(
    case: Case, system: str, environments: int, processes: int, speed: float
) -> dict[str, Any]:
    return {
        "case": case.name,
        "system": system,
        "environments": environments,
        "processes": processes,
        "steps_per_second": speed,
        "compile_seconds": 0.0,
        "state_bytes": 0,
        "ratio": None,
    }


def _memory_share(one: dict[str, Any]) -> float:
    return one["steps_per_second"] * one["moved_bytes"] / one["copied_per_second"]


def table(found: Sequence[dict[str, Any]]) -> str:
    """The records as people read them."""
    lines = [
        f"{'case':18} {'system':11} {'copies':>7} {'processes':>9} {'steps/s':>10} "
        f"{'ratio':>7} {'compile s':>9} {'state kB':>9} {'memory':>7}  checksum"
    ]
    for one in found:
        solon = one["system"] == "solon"
        ratio = f"{one['ratio']:.0f}" if one["ratio"] else ""
        lines.append(
            f"{one['case']:18} {one['system']:11} {one['environments']:7,} {one['processes']:9} "
            f"{one['steps_per_second']:10,.0f} {ratio:>7} "
            + (
                f"{one['compile_seconds']:9.1f} {one['state_bytes'] / 1000:9.1f} "
                f"{one['memory_share']:7.0%}  {one['checksum']}"
                if solon
                else ""
            )
        )
    return "\n".join(line.rstrip() for line in lines)
