"""Whether the options of the economy fit together, and the data."""

from typing import TYPE_CHECKING, Any

from ...data.covid19 import load
from ...data.us_states import find_states
from ...errors import require, require_number, require_whole
from ...reading.dates import date_of
from .beginning import check_start
from .corrections import check_corrections
from .observation import OBSERVATIONS
from .replay import REPLAYS, longest
from .unemployment import MEMORY

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = ["check_options", "normalised"]


def normalised(economy: "Pandemic") -> dict[str, Any]:
    """Options in the form that an economy keeps them in: full names, dates as text.

    Raises:
        ConfigurationError: if one of them cannot be read.
    """
    data, states = load(), economy.states
    if states is not None:
        listed = isinstance(states, (list, tuple)) and len(states) > 0
        require(listed, "states", states, "a list of names or postal codes of states")
        states = find_states(states, among=data.states)
    dates = {}
    for field in ("start_date", "vaccination_date"):
        value: Any = getattr(economy, field)
        data.row(value, argument=field)
        dates[field] = date_of(value, field).isoformat()
    compatibility = economy.compatibility
    require(compatibility in (None, "foundation"), "compatibility", compatibility, "foundation")
    corrections = check_corrections(economy.corrections, compatibility)
    return {"states": states, "corrections": corrections, **dates}


def check_options(economy: "Pandemic") -> None:
    """Raise `ConfigurationError` unless the options fit."""
    data = load()
    row = check_start(economy.start_date, data)
    for field, known in (("replay", (None, *REPLAYS)), ("observation", OBSERVATIONS)):
        value = getattr(economy, field)
        require(value in known, field, value, ", ".join(map(str, known)))
    most = MEMORY
    if economy.replay is not None:
        late = 0 if economy.corrects("policy-on-its-date") else 1
        most = min(most, longest(data, row, economy.replay, late))
    require(most >= 1, "start_date", economy.start_date, "a day with data to replay after it")
    require_whole("horizon", economy.horizon, low=1, high=most)
    for field in ("cooldown", "subsidy_interval", "vaccination_interval"):
        require_whole(field, getattr(economy, field), low=1, high=600)
    require_number("doses_per_million", economy.doses_per_million, low=0, high=1e6)
    require_number("risk_aversion", economy.risk_aversion, low=0, high=20)
