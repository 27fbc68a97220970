"""Games as files: saved to be played on or watched again, and exported as a table."""

import csv
import io
import json
from typing import Any

from ....errors import ConfigurationError, require
from .game import Game, players_for
from .moves import AUTOPILOT, moves
from .setup import LENGTHS, Setup

__all__ = ["LARGEST", "load", "pack_moves", "save", "table", "unpack_moves"]

FORMAT = "solon-game@1"
#: Bytes of a file that is read; the longest game takes some 6,000.
LARGEST = 100_000

_FIELDS = ("format", "rules", "policy", "regime", "worker", "steps", "seed", "moves", "score")


def save(game: Game) -> str:
    """A game as JSON: what it was played on, its moves in words, and what they came to."""
    record = {
        "format": FORMAT,
        "rules": game.env.rules,
        "policy": _policy(game),
        "regime": game.setup.regime,
        "worker": game.setup.worker,
        "steps": game.setup.steps,
        "seed": game.setup.seed,
        "moves": game.done,
        "score": {name: round(value, 4) for name, value in game.score().items()},
    }
    return json.dumps(record, indent=1)


def load(content: bytes) -> tuple[Game, str]:
    """Replay a game from a file.

    Args:
        content: of the file. It is read as JSON and nothing else.

    Returns:
        The game, and what there is to say about it: whether it came to what the file says.

    Raises:
        ConfigurationError: if it is no game, or not one of this version.
    """
    record = _read(content)
    setup = Setup(record["regime"], record["worker"], record["steps"], record["seed"])
    done = record["moves"]
    fits = isinstance(done, list) and len(done) <= setup.steps
    require(fits, "moves", type(done).__name__, f"a list of at most {setup.steps} moves")
    game = Game(setup)
    rules, known = game.env.rules, _alphabet(game.env)
    require(record["rules"] == rules, "rules", record["rules"], rules)
    for number, move in enumerate(done, start=1):
        named = isinstance(move, str) and move in known
        require(named, f"moves[{number}]", move, "a move, such as left, build or buy stone 3")
    require(
        record["policy"] == _policy(game),
        "policy",
        record["policy"],
        f"{_policy(game)}: the game was played among other workers than are shipped now",
    )
    for number, move in enumerate(done, start=1):
        refusal = game.act(move)
        require(refusal is None, f"moves[{number}]", move, f"what is possible then: {refusal}")
    return game, _compared(game, record["score"])


def table(game: Game) -> str:
    """A game as CSV: one line a step, with what was done and where it led, beside the machine's."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(game.score(0))
    writer.writerow(["step", "move", *names, *(f"machine_{name}" for name in names)])
    for step in range(game.step + 1):
        mine, machines = game.score(step), game.score(step, machine=True)
        numbers = [f"{value:.6g}" for value in (*mine.values(), *machines.values())]
        writer.writerow([step, game.done[step - 1] if step else "", *numbers])
    return out.getvalue()


def pack_moves(game: Game) -> str:
    """The moves in as few letters as fit an address: two a move."""
    numbers = {move: k for k, move in enumerate(_alphabet(game.env))}
    return "".join(f"{numbers[move]:02x}" for move in game.done)


def unpack_moves(text: str, setup: Setup) -> list[str]:
    """What `pack_moves` wrote.

    Raises:
        ConfigurationError: if it is something else.
    """
    allowed = "the moves of a game, as the lab writes them"
    require(len(text) <= 2 * setup.steps, "moves", text, f"at most {setup.steps} of them")
    try:
        numbers = bytes.fromhex(text)
    except ValueError:
        raise ConfigurationError("moves", text, allowed) from None
    env: Any = players_for(setup.regime).env
    words = _alphabet(env)
    require(all(k < len(words) for k in numbers), "moves", text, allowed)
    return [words[k] for k in numbers]


def _alphabet(env: Any) -> tuple[str, ...]:
    return (*moves(env), AUTOPILOT)


def _policy(game: Game) -> str:
    """What tells the shipped policies from others: nothing replays among other workers."""
    entry: Any = game.players
    return f"{entry.name}, version {entry.version}"


def _read(content: bytes) -> dict[str, Any]:
    size = len(content)
    require(size <= LARGEST, "file", f"{size:,} bytes", f"at most {LARGEST:,} bytes")
    try:
        record = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ConfigurationError("file", "something else", "a game that was saved here") from None
    proper = isinstance(record, dict) and record.get("format") == FORMAT
    require(proper, "file", "another format", f"a game in the format {FORMAT}")
    missing = [name for name in _FIELDS if name not in record]
    require(not missing, "file", f"without {missing}", "all of " + ", ".join(_FIELDS))
    more = sorted(set(record) - set(_FIELDS))
    require(not more, "file", f"with {more}", "nothing but " + ", ".join(_FIELDS))
    steps = record["steps"]
    require(type(steps) is int and steps in LENGTHS, "steps", steps, "100, 200 or 300")
    return record


def _compared(game: Game, said: Any) -> str:
    score = game.score()
    # A whole number of a thousand digits is no float.
    numbers = isinstance(said, dict) and all(
        type(said.get(name)) in (int, float) and abs(said[name]) < 1e9 for name in score
    )
    require(numbers, "score", said, "a number for each of " + ", ".join(score))
    if all(abs(said[name] - value) < 1e-3 * max(1.0, abs(value)) for name, value in score.items()):
        return "The replay comes to what the file says, to the coin."
    return (
        f"The file says {said['coin']:.1f} coin, and the replay on this machine comes to "
        f"{score['coin']:.1f}: machines may round differently."
    )
