"""Rational inattention: what people choose to know, and do, when attention has a price."""

from .contract import Agency, Contract, published_agency, solve_inattentive_contract
from .dynamic import DynamicChoice, dynamic_choice, solve_dynamic_choice
from .feedback import (
    FeedbackTracking,
    feedback_tracking,
    shock_history,
    solve_feedback_tracking,
)
from .shannon import ShannonChoice, blahut_arimoto, shannon_choice, solve_shannon_choice
from .tracking import (
    Target,
    Tracking,
    impulse_responses,
    solve_static_tracking,
    solve_tracking,
    tracking,
)

__all__ = [
    "Agency",
    "Contract",
    "DynamicChoice",
    "FeedbackTracking",
    "ShannonChoice",
    "Target",
    "Tracking",
    "blahut_arimoto",
    "dynamic_choice",
    "feedback_tracking",
    "impulse_responses",
    "published_agency",
    "shannon_choice",
    "shock_history",
    "solve_dynamic_choice",
    "solve_feedback_tracking",
    "solve_inattentive_contract",
    "solve_shannon_choice",
    "solve_static_tracking",
    "solve_tracking",
    "tracking",
]
