"""The pandemic: state governors restrict contacts, and the federal planner pays subsidies.

An epidemic in each of 50 states and the District of Columbia, fitted to the United States in 2020,
in which restrictions save lives and cost work.

The files in the order in which a step applies them: `stringency`, `subsidies`, `vaccination`,
`epidemic`, `unemployment`, `production`, `objectives`; then `observation` and `metrics`.
`beginning` has the first day and the calibration, `replay` what really happened, `corrections` what
is put right in the published model, and `effects` how much that changes.

References:
    Trott, Srinivasa, van der Wal, Haneuse and Zheng (2021), "Building a foundation for
    data-driven, interpretable, and robust policy design using the AI Economist",
    arXiv:2108.02904.
"""

from ..._lazy import lazy

__all__ = ["CORRECTIONS", "Pandemic", "pandemic"]

__getattr__ = lazy(
    __name__, {"CORRECTIONS": "corrections", "Pandemic": "economy", "pandemic": "factory"}
)
