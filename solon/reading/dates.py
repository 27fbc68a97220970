"""Dates, of one form wherever they stand: 2020-03-22."""

import datetime
import re
from typing import Any

from ..errors import ConfigurationError

__all__ = ["date_of"]

# `datetime.date.fromisoformat` takes 20200322 and 2020-W12-7 as well, which sort and print as
# something else.
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALLOWED = "a date as 2020-03-22"


def date_of(value: Any, argument: str, allowed: str = _ALLOWED) -> datetime.date:
    """The date that was typed, stands in a file or was handed over.

    Args:
        value: text such as `2020-03-22`, a `datetime.date` or a `numpy.datetime64` in days. A
            table may hold midnights, without a time zone, where it means dates.
        argument: what the user knows it as, for errors.
        allowed: what is allowed, for errors.

    Raises:
        ConfigurationError: for anything else, such as 20200322, a week or a time of day.
    """
    given = value
    if hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        # Of NumPy, which is not loaded for it: a date, or a time if it is finer than a day.
        value = value.item()
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time() and value.tzinfo is None
        value = value.date() if midnight else None
    if isinstance(value, datetime.date):
        return value
    try:
        if isinstance(value, str) and _ISO.fullmatch(value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise ConfigurationError(argument, given if isinstance(given, str) else str(given), allowed)
