"""Published studies by name: programs that make tables and figures anew.

To add one, write a module with a `Study` named `STUDY`, and name it in its application.
"""

import importlib

from ..applications import applications
from ..errors import ConfigurationError, did_you_mean
from .study import Study

__all__ = ["STUDIES", "load_study"]

STUDIES = {name: module for each in applications() for name, module in each.studies.items()}
"""What a person types -> the module of the study."""


def load_study(name: str) -> Study:
    """The study of a name.

    Raises:
        ConfigurationError: if there is none.
    """
    if name not in STUDIES:
        allowed = ", ".join(STUDIES) + did_you_mean(name, STUDIES)
        raise ConfigurationError("study", name, allowed)
    study: Study = importlib.import_module(STUDIES[name]).STUDY
    return study
