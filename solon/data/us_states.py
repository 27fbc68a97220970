"""The fifty states of the USA and the District of Columbia."""

import difflib
from collections.abc import Sequence

from ..errors import ConfigurationError, require

__all__ = ["POSTAL_CODES", "TILES", "find_states"]

#: Full name -> postal code, by name.
POSTAL_CODES = {
    "Alabama": "AL",
    "Alaska": "AK",
    "Arizona": "AZ",
    "Arkansas": "AR",
    "California": "CA",
    "Colorado": "CO",
    "Connecticut": "CT",
    "Delaware": "DE",
    "District of Columbia": "DC",
    "Florida": "FL",
    "Georgia": "GA",
    "Hawaii": "HI",
    "Idaho": "ID",
    "Illinois": "IL",
    "Indiana": "IN",
    "Iowa": "IA",
    "Kansas": "KS",
    "Kentucky": "KY",
    "Louisiana": "LA",
    "Maine": "ME",
    "Maryland": "MD",
    "Massachusetts": "MA",
    "Michigan": "MI",
    "Minnesota": "MN",
    "Mississippi": "MS",
    "Missouri": "MO",
    "Montana": "MT",
    "Nebraska": "NE",
    "Nevada": "NV",
    "New Hampshire": "NH",
    "New Jersey": "NJ",
    "New Mexico": "NM",
    "New York": "NY",
    "North Carolina": "NC",
    "North Dakota": "ND",
    "Ohio": "OH",
    "Oklahoma": "OK",
    "Oregon": "OR",
    "Pennsylvania": "PA",
    "Rhode Island": "RI",
    "South Carolina": "SC",
    "South Dakota": "SD",
    "Tennessee": "TN",
    "Texas": "TX",
    "Utah": "UT",
    "Vermont": "VT",
    "Virginia": "VA",
    "Washington": "WA",
    "West Virginia": "WV",
    "Wisconsin": "WI",
    "Wyoming": "WY",
}

# A square for each state, about where it lies.
_MAP = """
AK .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. VT NH
.. WA ID MT ND MN IL WI MI NY MA
.. OR NV WY SD IA IN OH PA NJ RI
.. CA UT CO NE MO KY WV VA MD CT
.. .. AZ NM KS AR TN NC SC DC DE
.. .. .. .. OK LA MS AL GA .. ..
HI .. .. .. TX .. .. .. .. FL ..
"""

#: Postal code -> column and row of its square on a map of tiles, from the upper left.
TILES = {
    code: (column, row)
    for row, line in enumerate(_MAP.split("\n")[1:-1])
    for column, code in enumerate(line.split())
    if code != ".."
}

_BY_CODE = {code: name for name, code in POSTAL_CODES.items()}


def find_states(
    wanted: Sequence[str], *, among: Sequence[str] = tuple(POSTAL_CODES), argument: str = "states"
) -> tuple[str, ...]:
    """Full names of states.

    Args:
        wanted: full names or postal codes; case and outer spaces do not matter.
        among: full names that are allowed.
        argument: what the user knows the list as.

    Raises:
        ConfigurationError: if it is empty, a state is unknown or comes twice.
    """
    require(bool(wanted), argument, list(wanted), "at least one state")
    known = {name.casefold(): name for name in among}
    known |= {POSTAL_CODES[name].casefold(): name for name in among if name in POSTAL_CODES}
    found: list[str] = []
    for text in wanted:
        name = known.get(str(text).strip().casefold())
        if name is None:
            close = difflib.get_close_matches(str(text).strip().casefold(), known, n=1)
            hint = f" (did you mean {known[close[0]]}?)" if close else ""
            some = "full names or postal codes of US states"
            if len(among) < len(POSTAL_CODES):
                some = ", ".join(among)
            raise ConfigurationError(argument, text, some + hint)
        require(name not in found, argument, text, "each state once")
        found.append(name)
    return tuple(found)
