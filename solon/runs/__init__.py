"""Run folders: the configuration, metrics, checkpoints and provenance behind every number.

A run folder holds::

    run.json                                  configuration, provenance, history
    inputs/                                   copies of the user's own files (economy, map)
    metrics/part-00000.parquet                one row for each update
    checkpoints/<steps>/state.safetensors     everything that a training needs to go on
    checkpoints/<steps>/manifest.json         what each array is, and the hash of all of them
    evaluation/                               raw episodes
    report.html

The loop itself is `solon.runs.train.train`.
"""

from typing import TYPE_CHECKING

from .._lazy import lazy
from .errors import RunError

if TYPE_CHECKING:
    from .checkpoint import Restored, restore, save
    from .folder import RunFolder
    from .metrics import MetricsWriter, cut_metrics, read_metrics
    from .presets import Preset
    from .recipe import Recipe, Trained, load_trained

__all__ = [
    "MetricsWriter",
    "Preset",
    "Recipe",
    "Restored",
    "RunError",
    "RunFolder",
    "Trained",
    "cut_metrics",
    "load_trained",
    "read_metrics",
    "restore",
    "save",
]

# What needs jax, pyarrow or locks is imported when it is first asked for: listing runs stays
# instant.
__getattr__ = lazy(
    __name__,
    {
        "MetricsWriter": "metrics",
        "Preset": "presets",
        "Recipe": "recipe",
        "Restored": "checkpoint",
        "RunFolder": "folder",
        "Trained": "recipe",
        "cut_metrics": "metrics",
        "load_trained": "recipe",
        "read_metrics": "metrics",
        "restore": "checkpoint",
        "save": "checkpoint",
    },
)
