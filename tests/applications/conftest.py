"""Commands and rooms of applications are tested with what the command line and the lab have."""

from tests.cli.conftest import ask, workplace
from tests.lab.conftest import lab, main_module

__all__ = ["ask", "lab", "main_module", "workplace"]
