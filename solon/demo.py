"""The first result: workers under two tax regimes, trained side by side and set against each other."""

import dataclasses
import multiprocessing
import os
import pathlib
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

from .errors import ConfigurationError

__all__ = ["REGIMES", "run"]

#: Name of a planner, and what the report calls its regime.
REGIMES = {"free-market": "free market", "us-federal": "US federal brackets"}
