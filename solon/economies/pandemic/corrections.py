"""What the default rules put right in the published model, one by one.

docs/pandemic.md says how much each of them changes.
"""

from collections.abc import Sequence

from ...errors import require

__all__ = ["CORRECTIONS", "USUAL", "check_corrections"]

#: Name -> what is done instead of what the original does.
CORRECTIONS = {
    "missouri-population": "Kansas City is counted once: Missouri has 6,137,428 inhabitants",
    "conserve-persons": "transmission is never negative, nobody is infected or vaccinated twice, "
    "and a start from negative numbers of persons is mended",
    "reported-start": "an episode starts from what had been reported by its first day, and not "
    "from deaths that are smoothed with those of the month to come",
    "unemployment-baseline": "without changes of the restrictions unemployment is as fitted for "
    "that case, and loosening can take it below",
    "unemployment-of-labor-force": "the unemployment rate is a share of the labor force, and not "
    "of the whole population",
    "enforced-cooldown": "a level that the mask rules out has no effect",
    "policy-on-its-date": "a real policy that is replayed acts on its date, and not a day later",
}

# The published transmission was fitted from a start that knew the month to come. Whoever puts only
# the start right gets a sixth of the deaths: it has to wait for parameters that were fitted to it.
_WAITS = "reported-start"

#: Those that are made unless something else is asked for.
USUAL = tuple(name for name in CORRECTIONS if name != _WAITS)


def check_corrections(
    chosen: Sequence[str] | None, compatibility: str | None
) -> tuple[str, ...] | None:
    """The corrections in force, in the order of `CORRECTIONS`.

    Args:
        chosen: names; None for the usual ones, or none where `compatibility` asks for it.
        compatibility: `foundation`, or None.

    Raises:
        ConfigurationError: for a name that is unknown, and for a choice beside `compatibility`.
    """
    if chosen is None:
        return () if compatibility == "foundation" else USUAL
    known = ", ".join(CORRECTIONS)
    listed = isinstance(chosen, (list, tuple))
    require(listed, "corrections", chosen, f"a list of some of: {known}")
    for name in chosen:
        require(name in CORRECTIONS, "corrections", name, f"some of: {known}")
    apart = compatibility is None or not chosen
    require(apart, "corrections", chosen, "none with compatibility=foundation")
    return tuple(name for name in CORRECTIONS if name in chosen)
