"""Make `pilot.json`: what the tax pilot found, as far as the lab quotes it.

python -m solon.applications.taxation.rooms.make_pilot results/tax/summary.json
"""

import json
import pathlib
import sys
from typing import Any

from ....runs.atomic import write_file

__all__ = ["facts", "main"]

_WORLD = "open-quadrant, 4 workers"
"""Where workers go on learning."""


def facts(summary: dict[str, Any]) -> dict[str, Any]:
    """Regime -> measure -> mean over years and trainings, rounded to what is quoted."""
    rows = [row for row in summary["regimes"] if row["world"] == _WORLD]
    means: dict[str, dict[str, float]] = {}
    for row in rows:
        means.setdefault(row["regime"], {})[row["metric"]] = float(f"{row['mean']:.5g}")
    seeds = {row["seeds"] for row in rows}
    return {"command": summary["command"], "trainings": max(seeds), "means": means}


def main(path: str) -> None:
    """Write it beside this file."""
    summary = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    text = json.dumps(facts(summary), indent=1, sort_keys=True) + "\n"
    write_file(pathlib.Path(__file__).with_name("pilot.json"), text.encode())


if __name__ == "__main__":
    main(sys.argv[1])
