"""Published studies: programs that make tables and figures anew. One module a study.

To add one, write a module with a `Study` named `STUDY` and name it in `STUDIES`.
"""

import importlib

from ...errors import ConfigurationError, did_you_mean
from .study import Cell, Study

__all__ = ["STUDIES", "Cell", "Study", "load_study"]

STUDIES = {
    "pandemic": "pandemic",
    "tax": "tax",
    "tax-theory": "tax_theory",
}
"""What a person types -> the module of the study."""


def load_study(name: str) -> Study:
    """The study of a name.

    Raises:
        ConfigurationError: if there is none.
    """
    if name not in STUDIES:
        allowed = ", ".join(STUDIES) + did_you_mean(name, STUDIES)
        raise ConfigurationError("study", name, allowed)
    return importlib.import_module(f".{STUDIES[name]}", __name__).STUDY
