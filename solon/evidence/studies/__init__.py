"""Published studies: programs that make tables and figures anew. One module a study.

To add one, write a module with a `Study` named `STUDY` and name it in `STUDIES`.
"""

import difflib
import importlib

from ...errors import ConfigurationError
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
        close = difflib.get_close_matches(name, STUDIES, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ConfigurationError("study", name, ", ".join(STUDIES) + hint)
    return importlib.import_module(f".{STUDIES[name]}", __name__).STUDY
