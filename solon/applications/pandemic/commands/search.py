"""The part of `solon pandemic optimize` that finds a policy."""

import math
import pathlib
from typing import TYPE_CHECKING, Any

from ....errors import ConfigurationError, require, require_number, require_whole

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from ..policies.files import PandemicPolicy
    from .pandemic import Options

__all__ = ["SEARCH_OPTIONS", "check_search", "find_policy"]

#: Options that only a search reads.
SEARCH_OPTIONS = (
    *("method", "out", "evaluations", "seed"),
    *("changes", "stringency", "unemployment", "subsidy", "budget"),
)
_NAMES = {"changes_a_month": "--changes", "stringency": "--stringency", "budget": "--budget"}
_NAMES |= {"evaluations": "--evaluations"}


def check_search(options: "Options") -> None:
    """Raise `ConfigurationError` for what can be seen to be wrong before anything is loaded."""
    from ..policies.limits import CAPPED, METHODS

    require(options.method in METHODS, "--method", options.method, ", ".join(METHODS))
    require_whole("--seed", options.seed, low=0, high=2**31 - 1)
    require_whole("--subsidy", options.subsidy, low=0, high=20)
    require(options.out is not None, "--out", options.out, "a file .yaml for the policy")
    suffix = pathlib.Path(str(options.out)).suffix
    require(suffix in (".yaml", ".yml"), "--out", options.out, "a file .yaml")
    _limits(options)
    if options.unemployment is not None:
        require_number("--unemployment", options.unemployment, low=0, high=100)
        fits = options.method in CAPPED
        allowed = f"with --method {' or '.join(CAPPED)}"
        require(fits, "--unemployment", options.unemployment, allowed)


def _limits(options: "Options") -> Any:
    from ..policies.limits import Limits

    try:
        return Limits(options.changes, options.stringency, options.budget)
    except ConfigurationError as error:
        raise error.renamed(_NAMES[error.argument]) from None


def _cap(highest: float | None, economy: "Pandemic", draws: Any) -> Any:
    """The cap in each draw; raises `ConfigurationError` for one below all that can be reached."""
    if highest is None:
        return None
    import numpy as np

    from ..evaluate import evaluate_policies
    from ..outcome import summarize
    from ..policies.files import constant_policy

    (open_,) = evaluate_policies(economy, [constant_policy(economy, 1)], draws)
    lowest = float(summarize(open_)["unemployment"].max())
    allowed = f"at least {math.ceil(100 * lowest) / 100:g}, that of level 1 everywhere"
    require(highest >= lowest, "--unemployment", highest, allowed)
    return np.full(len(open_.federal_welfare), highest)


def find_policy(
    options: "Options", economy: "Pandemic", draws: Any
) -> "tuple[PandemicPolicy, list[str]]":
    """Search, write the policy, and read it again, so that what is scored is what the file says."""
    import yaml

    from ....runs.atomic import write_file
    from ..policies.files import read_policy
    from ..search.problem import Problem
    from ..search.search import search

    limits = _limits(options)
    people = float(economy.default_params().population.sum())
    try:
        limits.check_subsidy(options.subsidy, people * 20_000 / 365 * economy.horizon)
        problem = Problem(
            economy,
            draws,
            limits,
            options.subsidy,
            options.evaluations,
            options.seed,
            _cap(options.unemployment, economy, draws),
        )
    except ConfigurationError as error:
        argument = _NAMES.get(error.argument, error.argument)
        raise error.renamed(argument) from None
    found = search(options.method, problem)
    content = {"name": options.method, **found.content, "subsidy": options.subsidy}
    place = pathlib.Path(str(options.out))
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, yaml.safe_dump(content, sort_keys=False).encode())
    remarks = [f"{options.method}: {found.evaluations:,} simulated episodes; written to {place}"]
    improved = options.method == "open-loop"
    if found.relaxed is not None and found.rounded is not None:
        remarks.append(
            f"{options.method}: welfare {found.relaxed:.2f} in real levels, which nobody can carry "
            f"out; {found.rounded:.2f} rounded to whole ones under the cooldown"
            + (f"; {found.welfare:.2f} after these were improved" if improved else "")
        )
    if not math.isinf(options.budget) and options.subsidy == 0:
        remarks.append("nothing of the budget is used: payments only cost the planner here")
    return read_policy(str(place), economy), remarks
