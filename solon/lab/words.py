"""What is wrong with a control or a file, in the words of the page instead of the program's."""

import math
import re
from collections.abc import Callable
from typing import Any

from ..errors import ConfigurationError

__all__ = ["in_words", "line_in_words"]

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_FILE = r"[^,]+\.(?i:ya?ml|json|csv)"
_LINE = r"(?:, (?P<place>(?:line|row) \d+))?"
# How a mistake says where it is: `cutoffs in plan.yaml, line 3`, `plan.yaml, line 3, date`.
_PLACES = (
    re.compile(rf"(?P<key>\w+) in (?P<file>{_FILE}){_LINE}"),
    re.compile(rf"(?P<file>{_FILE}){_LINE}(?:, (?P<key>\w+))?"),
)
_LONGEST = 200


def in_words(error: ConfigurationError) -> str:
    """A mistake as one or two sentences that need no knowledge of the program.

    Args:
        error: what a control, an address or a file of a visitor met with. Its texts may be foreign:
            what is returned is text, and no Markdown.
    """
    if not hasattr(error, "argument"):
        return str(error)
    key, file, place = error.argument, "", ""
    for pattern in _PLACES:
        found = pattern.fullmatch(error.argument)
        if found:
            parts = found.groupdict()
            key, file = parts["key"] or "", parts["file"]
            place = parts.get("place") or ""
            break
    # `moves[3]` is a move.
    made = _SENTENCES.get(key.partition("[")[0])
    said = made(error) if made is not None else ""
    said = said or _any_file(error) or _of_any(key, error)
    where = f"In {file}{', ' if place else ''}{place}: " if file else ""
    return f"{where}{said}"


def line_in_words(line: str) -> str:
    """The last line of a command that ended with a mistake, in the same way."""
    text = line.removeprefix("solon: error: ")
    found = re.fullmatch(r"(.+?): got (.+); allowed: (.+)", text)
    if found is None:
        return text
    argument, value, allowed = found.groups()
    # The sentences are of the controls of the lab, and this is of an option.
    return _of_any("", ConfigurationError(argument, f"{argument} = {value}", allowed))


def _of_any(key: str, error: ConfigurationError) -> str:
    name = _NAMES.get(key, key.replace("_", " "))
    subject = f"{name} is" if name else "this does not fit:"
    return f"{subject[:1].upper()}{subject[1:]} {_shown(error.value)}. {_fits(error.allowed)}"


def _shown(value: Any) -> str:
    text = f"{value:.6g}" if type(value) is float else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _fits(allowed: str) -> str:
    return f"What fits: {_shown(allowed)}."


def _any_file(error: ConfigurationError) -> str:
    """What any file can have, whatever it was to hold."""
    value, allowed = str(error.value), error.allowed
    size = re.fullmatch(r"([\d,]+) bytes", value)
    if size:
        most = re.search(r"[\d,]+ bytes", allowed)
        return f"The file has {value}, and up to {most[0] if most else 'fewer'} are read."
    reason = re.fullmatch(r"an? (?:JSON or YAML|YAML or JSON) file \((.*)\)", allowed)
    if reason:
        return f"The file cannot be read as YAML or JSON: {reason[1]}."
    if allowed.startswith("text in UTF-8"):
        return "The file is no text in UTF-8. A schedule or a rule is a small text file."
    if value == "an alias (*)":
        return "The file refers to its own parts with * and &, which is not read here."
    if value == "deeply nested brackets":
        return "The brackets in the file are nested more deeply than those of any policy."
    return ""


def _numbers(value: Any) -> list[float] | None:
    if not isinstance(value, (list, tuple)) or not value:
        return None
    if not all(type(x) in (int, float) and math.isfinite(x) for x in value):
        return None
    return [float(x) for x in value]


def _nth(i: int) -> str:
    return _ORDINALS[i] if i < len(_ORDINALS) else f"{i + 1}th"


def _cutoffs(error: ConfigurationError) -> str:
    if type(error.value) is float:
        return f"The last bracket starts at {error.value:.6g} coin. {_fits(error.allowed)}"
    edges = _numbers(error.value)
    if edges is None:
        return "Each bracket needs the income from which it starts, as a number of coin."
    if edges[0] != 0:
        return f"The first bracket starts at {edges[0]:.6g} coin. It has to start at 0."
    for i in range(1, len(edges)):
        before, here = edges[i - 1], edges[i]
        if here < before:
            return (
                f"The {_nth(i)} bracket starts at {here:.6g} coin, below the {_nth(i - 1)}, which "
                f"starts at {before:.6g}. Brackets must rise."
            )
        if math.isclose(here, before, rel_tol=1e-6):
            return (
                f"The {_nth(i)} bracket starts at {here:.6g} coin, as the {_nth(i - 1)} does. "
                "Brackets must rise."
            )
    return f"The last bracket starts at {edges[-1]:.6g} coin. {_fits(error.allowed)}"


def _rates(error: ConfigurationError) -> str:
    shares = _numbers(error.value)
    if shares is None:
        return "Each bracket needs a rate, as a number from 0 to 1: 0.25 is 25 %."
    for i, share in enumerate(shares):
        if not 0 <= share <= 1:
            return (
                f"The rate of the {_nth(i)} bracket is {100 * share:.6g} %. Rates go from 0 to "
                "100 %, and a file gives them as shares: 0.25 is 25 %."
            )
    count = re.match(r"(\d+) rates", error.allowed)
    if count:
        return (
            f"There {_are(len(shares), 'rate')} for {count[1]} bracket{'s' * (count[1] != '1')}. "
            "Each bracket has one rate."
        )
    return ""


def _are(count: int, what: str) -> str:
    return f"is one {what}" if count == 1 else f"are {count} {what}s"


def _schedule(error: ConfigurationError) -> str:
    """Of a schedule's file, or a schedule that has to fit the economy."""
    value, allowed = str(error.value), error.allowed
    many = re.search(r" with (\d+) brackets$", value)
    if many:
        most = re.match(r"\d+", allowed)
        return (
            f"The schedule has {many[1]} brackets, and the economy here has "
            f"{most[0] if most else 'fewer'}. Join some of them."
        )
    rates = re.search(r" with (\d+) rates and no cutoffs$", value)
    if rates:
        return (
            f"The schedule has {rates[1]} rates and does not say where its brackets start. Add "
            "“cutoffs”, the income from which each bracket starts (coin)."
        )
    key = re.search(r" with key (.*)$", value, re.DOTALL)
    if key:
        return (
            f"“{_shown(key[1])}” is no entry of a schedule. A schedule has rates, cutoffs and, if "
            "you like, a name."
        )
    if "key rates" in allowed:
        return (
            "The file has no rates. A schedule is a list of rates with the incomes from which "
            "they start, such as {rates: [0.1, 0.3], cutoffs: [0, 50]}."
        )
    return ""


def _fixed(text: str) -> Callable[[ConfigurationError], str]:
    return lambda error: text


def _level(error: ConfigurationError) -> str:
    return f"The level of restrictions is {_shown(error.value)}. Levels are 1, 2, … 10."


def _threshold(error: ConfigurationError) -> str:
    return (
        f"The number of deaths at which states close or open is {_shown(error.value)}. It has to "
        "be a number of deaths a day and million, not below 0."
    )


def _lower(error: ConfigurationError) -> str:
    if type(error.value) in (int, float) and error.value > 0:
        return "States cannot open again above the number at which they close."
    return _threshold(error)


def _signal(error: ConfigurationError) -> str:
    return f"A rule cannot look at “{_shown(error.value)}”. It can look at {error.allowed}."


def _state(error: ConfigurationError) -> str:
    return f"“{_shown(error.value)}” is no state of this economy. {_fits(error.allowed)}"


def _date(error: ConfigurationError) -> str:
    return f"The date {_shown(error.value)} does not fit. {_fits(error.allowed)}"


def _run_name(error: ConfigurationError) -> str:
    if "taken" in error.allowed:
        return f"There is a run, or another file, named {_shown(error.value)} already."
    if "text in one line" in error.allowed or "can be printed" in error.allowed:
        return "The name of a policy is one short line of text that can be printed."
    return f"{_shown(error.value)} cannot be the name of a run. A name has {error.allowed}."


def _run(error: ConfigurationError) -> str:
    allowed = error.allowed
    aside = re.search(r"\((.*)\)$", allowed)
    if "nothing works on" in allowed:
        return "This run is being worked on. Wait until that is done, or stop it."
    if "name of a run" in allowed:
        return "The address names no run of the list."
    if "link" in allowed:
        return "Links to other places are not followed: this is no plain run folder."
    return f"This run cannot be used: {aside[1] if aside else 'it has to be ' + allowed}."


def _worker(error: ConfigurationError) -> str:
    return f"There is no worker {_shown(error.value)}. You can be one of the workers 1 to 4."


def _regime(error: ConfigurationError) -> str:
    return f"There are no shipped workers named “{_shown(error.value)}”."


def _seed(error: ConfigurationError) -> str:
    return f"Luck is {_shown(error.value)}. Here it is a whole number from 0 to 99."


def _moves(error: ConfigurationError) -> str:
    if error.allowed.startswith("what is possible then: "):
        return error.allowed.removeprefix("what is possible then: ")
    return f"The moves are not those of a game as the lab writes them. {_fits(error.allowed)}"


_OTHERS = "The game was played among other workers, or by other rules, than this version has."


def _policy(error: ConfigurationError) -> str:
    return _OTHERS if "played among other workers" in error.allowed else ""


_SENTENCES: dict[str, Callable[[ConfigurationError], str]] = {
    "cutoffs": _cutoffs,
    "rates": _rates,
    "schedule": _schedule,
    "file": _schedule,
    "schedule in the address": _fixed(
        "The address holds no schedule that can be read. A schedule there is a list of incomes "
        "(coin) with the rates that start there (%), as in 0:10,50:30."
    ),
    "lower": _lower,
    "upper": _threshold,
    "above": _level,
    "below": _level,
    "level": _level,
    "stringency": _level,
    "signal": _signal,
    "state": _state,
    "date": _date,
    "name": _run_name,
    "run": _run,
    "jobs": _fixed("Two trainings or evaluations run already. Wait for one, or stop it."),
    "evaluations": _fixed("They were evaluated on different numbers of episodes."),
    "worker": _worker,
    "regime": _regime,
    "steps": _fixed("A game has 100, 200 or 300 steps."),
    "seed": _seed,
    "moves": _moves,
    "policy": _policy,
    "rules": _fixed(_OTHERS),
    "score": _fixed("The file does not say what the game came to."),
}
"""What is said of an argument, or nothing if the sentence for any argument will do."""

_NAMES = {
    "subsidy": "the level of payments",
    "window": "the number of days over which deaths are averaged",
    "review": "the number of days from one decision to the next",
    "metrics": "what was logged",
    "policy": "the policy",
    "population": "the population of workers",
}
