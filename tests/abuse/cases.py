"""Bad inputs, drawn: one thing is wrong with each."""

import dataclasses
import json
import pathlib
import random as luck
import re
import shutil

import yaml

from solon._terminal import visible
from solon.learning.config import PPO

from .damage import PLACES, bytes_damaged, place_damaged, text_damaged, tree_damaged
from .own_code import code_damaged
from .pantry import LEARNED, TEXTS
from .templates import TEMPLATES
from .values import BY_KIND, chosen

__all__ = ["Case", "draw", "lay"]


@dataclasses.dataclass
class Case:
    """One input.

    Attributes:
        number: of the case.
        command: whose it is.
        what: the thing that is wrong, for people.
        typed: what is typed after `solon`.
        call: what the lab does, in the place of a command.
        files: what it needs of the pantry.
        named: the message holds one of these.
        spoil: what to do to a file: path, kind of damage and a seed; None for nothing.
        may_fail: status 1 is right, too: a user's own code or a damaged file is to blame.
    """

    number: int
    command: str
    what: str
    typed: list[str]
    call: str | None
    files: tuple[str, ...]
    named: tuple[str, ...]
    spoil: tuple[str, str, int] | None = None
    may_fail: bool = False


def draw(count, seed, among=TEMPLATES):
    """So many cases; the same for a seed."""
    random = luck.Random(seed)
    weights = [one.weight for one in among]
    for number in range(count):
        template = random.choices(among, weights)[0]
        ways = ["spelling"] if template.call is None else []
        ways += 4 * ["value"] if template.values or template.places else []
        spoiled = [
            file for file in template.files if file in " ".join(template.typed) or file in _UNTYPED
        ]
        ways += 5 * ["file"] if spoiled else []
        way = chosen(random, ways)
        case = {"spelling": _spelling, "value": _value}.get(way)
        yield case(random, number, template) if case else _file(random, number, template, spoiled)


def _case(number, template, what, typed, named, **more):
    return Case(
        number,
        template.command,
        what,
        list(typed),
        template.call,
        template.files,
        tuple(named),
        **more,
    )


def _words(option):
    """What a message may call an option."""
    flag, _, key = option.partition(" ")
    parts = [flag, flag.lstrip("-"), flag.lstrip("-").replace("-", "_"), *re.split("[.:=]", key)]
    return [part for part in parts if part]


def _value(random, number, template):
    """An option or a positional argument has a value that makes no sense."""
    options = [*template.values, *template.places]
    option = chosen(random, options)
    typed = list(template.typed)
    if isinstance(option, int):
        kind, word = template.places[option]
        value = chosen(random, BY_KIND[kind])
        typed[1 + option] = value
        return _case(
            number,
            template,
            f"{word} {_short(value)}",
            typed,
            (
                word,
                word.upper(),
                word.upper() + "S",
                "VERB",
                "NAME",
                "invalid choice",
                repr(value)[1:21],
            ),
        )
    kind = template.values[option]
    value = chosen(random, BY_KIND[kind])
    flag, _, key = option.partition(" ")
    given = f"{key}={value}" if key else value
    if not key and flag in typed:
        at = typed.index(flag)
        del typed[at : at + 2]
    typed += (
        [f"{flag}={given}"] if random.random() < 0.5 or given.startswith("-") else [flag, given]
    )
    named = _words(option) + [part for part in value.split(",") if part.strip()][:2]
    # Whose folder it is goes without saying where there is but one.
    named += ["run"] if option == "--resume" else []
    # An economy of the user's own takes its options itself.
    own = flag == "--option" and "own.py:Harvest" in " ".join(typed)
    # With numbers that are too large for it, faults are what is found.
    own = own or template.command == "check"
    what = f"{option} {_short(value)}"
    return _case(number, template, what, typed, named, may_fail=own)


def _spelling(random, number, template):
    """The line itself is wrong."""
    typed = list(template.typed)
    flags = [at for at, word in enumerate(typed) if word.startswith("--")]
    way = chosen(
        random,
        ["more", "option", "odd", *(["bare", "letter", "twice"] if flags else []), "command"],
    )
    if way == "more":
        word = chosen(random, ("extra", "a b", "\x1b[1m", "--", "\u202e", "x" * 5000, "{}"))
        typed.insert(random.randrange(1, len(typed) + 1), word)
        named = (
            visible(word)[:60],
            "extra",
            # Behind `--` all is positional, and what comes first may be wrong for the rest.
            *template.files,
            "--",
            "polic",
            "POLIC",
            "schedule",
            "show",
            "run",
        )
    elif way == "option":
        word = chosen(
            random, ("--no-such", "--sed=3", "-x", "---run", "--=", "--run.x=1", "-", "--")
        )
        typed.append(word)
        named = (word, "polic", "schedule")
    elif way == "odd":
        word = chosen(random, ("@file", "--help=3", "--version", "--\u202e", "--\x1b[1m", "--x\ny"))
        typed.append(word)
        named = (visible(word), "help", "polic", "schedule", "version")
    elif way == "command":
        typed[0] = chosen(
            random,
            (
                typed[0][:-1],
                typed[0].upper(),
                f" {typed[0]}",
                "",
                "\x1b[31m",
                "--trian",
                f"{typed[0]}\n",
                "solon",
                "x" * 5000,
            ),
        )
        named = ("command",)
    else:
        at = chosen(random, flags)
        word = typed[at]
        if way == "bare":
            del typed[at + 1 :]
        elif way == "letter":
            typed[at] = word[:-1] + chosen(random, "xyzä")
        else:
            typed += [word, "\t"]
        # Of a flag that takes no value, it is what follows that is not known.
        named = (word, word.lstrip("-"), word[:-1], r'"\t"')
        if way == "bare" and at == len(typed) - 1 and typed == list(template.typed):
            # Nothing is missing of a flag that takes no value: what is wrong is something else.
            named = (*named, *typed)
    return _case(number, template, f"line: {way}", typed, named)


# What a command reads without its name being typed.
_UNTYPED = ("zoo", "run", "one", f"{LEARNED}.safetensors")
# What a recipe in run.json sets: a message may name each.
_SETTINGS = ("ppo", *(field.name for field in dataclasses.fields(PPO)))
_IN_A_RUN = (
    *("name", "start", "config", "planner", "economy", "option", "metrics", "checkpoint", "seed"),
    *("steps", "polic", "evaluation", "entry", *_SETTINGS),
)
# Of a run folder, what a command reads and cannot do without.
_PARTS = {
    "train": ("run.json", "checkpoints", "metrics"),
    "evaluate": ("run.json", "checkpoints"),
    "compare": ("run.json", "checkpoints"),
    "report": ("run.json", "metrics", "evaluation", "checkpoints"),
    "zoo": ("run.json", "evaluation", "checkpoints"),
}


def _file(random, number, template, spoiled):
    """Something is wrong with a file, which is spoiled when the case is laid out."""
    name = chosen(random, spoiled)
    way = chosen(random, ("tree", "tree", "content", "content", "content", "place", "ending"))
    typed, seed = list(template.typed), random.randrange(2**32)
    if name in ("run", "one", "zoo"):
        entry = ("entry.json", "policy", *(("CARD.md",) if "show" in typed else ()))
        part = chosen(random, entry if name == "zoo" else _PARTS[template.command])
        way = "tree" if part.endswith(".json") and random.random() < 0.7 else "content"
        if random.random() < 0.2:
            way = "place"
        return _case(
            number,
            template,
            f"{name}, {part}: {way}",
            typed,
            (name, *_IN_A_RUN),
            spoil=(f"{name}:{part}", way, seed),
            may_fail=True,
        )
    stem, _, ending = name.rpartition(".")
    if way == "ending" and template.call is None:
        other = chosen(random, ("", ".txt", ".yamll", ".pkl", ".py", ".YAM", ".csv", ".json"))
        new = stem + other
        typed = [word.replace(name, new) for word in typed]
        return _case(
            number,
            template,
            f"{name} as {_short(new)}",
            typed,
            (new, stem, "polic"),
            spoil=(name, f"ending {other}", seed),
        )
    # The lab is handed the content of a file, so that there is always one.
    way = "content" if way == "ending" or (way == "place" and template.call) else way
    way = "content" if way == "tree" and ending not in ("yaml", "json") else way
    named = (
        name,
        stem,
        "file",
        "economy",
        "format",
        "polic",
        "rules",
        "steps",
        "moves",
        "score",
        "regime",
        "worker",
        "seed",
        "level",
        "subsidy",
        "horizon",
        "layout",
        "config",
        "table",
        "prior",
        "components",
        "n_agents",
        *_keys_of(name),
        "world_size",
    )
    return _case(
        number,
        template,
        f"{name}: {way}",
        typed,
        named,
        spoil=(name, way, seed),
        may_fail=name == "own.py" or stem == LEARNED,
    )


def _keys_of(name):
    """The keys of a sound file of this name, which a message may name."""
    found = set()
    if name.endswith((".yaml", ".json")) and name in TEXTS:
        trees = [yaml.safe_load(TEXTS[name]())]
        while trees:
            tree = trees.pop()
            if isinstance(tree, dict):
                found |= {key for key in tree if isinstance(key, str)}
                trees += tree.values()
            elif isinstance(tree, list):
                trees += tree
    return sorted(found)


def _short(text):
    text = repr(text)[1:-1]
    return text if len(text) < 40 else f"{text[:37]}..."


def lay(case, pantry, folder):
    """Lay a case out in an empty folder; returns what is wrong, in more words."""
    for name in case.files:
        source = pantry / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    for name in ("folder", "pipe", "loop"):
        place_damaged({"loop": "link to itself"}.get(name, name), folder / name)
    if case.spoil is None:
        return case.what
    name, way, seed = case.spoil
    random = luck.Random(seed)
    file = _part(random, folder, name)
    if way.startswith("ending"):
        file.rename(file.with_name(file.name.rpartition(".")[0] + way.removeprefix("ending ")))
        return case.what
    if way == "place":
        place = chosen(random, PLACES)
        place_damaged(place, file)
        return f"{case.what}, {place} for {file.name}"
    content = file.read_bytes()
    if file.suffix == ".py":
        content, how = code_damaged(random, content)
    elif way == "tree" and file.suffix in (".yaml", ".json"):
        as_json = file.suffix == ".json"
        tree = json.loads(content) if as_json else yaml.safe_load(content)
        text, how = tree_damaged(random, tree, as_json)
        content = text.encode("utf-8", "surrogatepass")
    elif file.suffix in (".safetensors", ".parquet"):
        content, how = bytes_damaged(random, content)
    else:
        content, how = text_damaged(random, content)
    file.write_bytes(content)
    return f"{case.what}, {how} in {file.name}"


def _part(random, folder, name):
    """The file to be spoiled: `run:metrics` is any of that part of a run folder."""
    name, _, part = name.partition(":")
    if not part:
        return pathlib.Path(folder, name)
    found = [
        file
        for file in sorted((folder / name).rglob("*"))
        if file.is_file() and part in str(file.relative_to(folder / name))
    ]
    return chosen(random, found)
