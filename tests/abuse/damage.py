"""What can befall a file: its values, its text, its bytes, and what is in its place."""

import copy
import json
import os
import pathlib
import socket

import yaml

from solon.runs.seals import sealed

from .values import RAW, VALUES, chosen

__all__ = ["PLACES", "bytes_damaged", "place_damaged", "text_damaged", "tree_damaged"]

_HERE = "here-it-stood"


def _paths(tree, path=()):
    """The paths of all values in a tree, its own first."""
    yield path
    if isinstance(tree, (dict, list)):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            # Of a long list any place will do: other parts of the file are as likely to be hit.
            if isinstance(tree, dict) or key < 3:
                yield from _paths(value, (*path, key))


def _at(tree, path):
    for key in path:
        tree = tree[key]
    return tree


def tree_damaged(random, tree, as_json):
    """The text of a mapping in which one thing is wrong; a word says what.

    Args:
        random: all luck.
        tree: dicts, lists and plain values.
        as_json: whether the file is JSON; otherwise YAML.
    """
    tree = copy.deepcopy(tree)
    path = chosen(random, list(_paths(tree)))
    ways = ["value", "value", "raw", "raw", "wrapped"]
    inside = _at(tree, path)
    if isinstance(inside, dict):
        ways += ["key more", "key twice", "key odd"]
    if path and isinstance(_at(tree, path[:-1]), dict):
        ways += ["key gone", "key gone", "key renamed"]
    if isinstance(inside, list):
        ways += ["shorter", "longer", "mapped"]
    if isinstance(inside, (int, float)) and not isinstance(inside, bool):
        ways += ["minus", "text", "huge"]
    way = chosen(random, ways)
    fragment, key = None, path[-1] if path else None
    around = _at(tree, path[:-1]) if path else None
    if way == "value":
        new = chosen(random, VALUES)
    elif way == "raw":
        new, fragment = _HERE, chosen(random, RAW)
    elif way == "wrapped":
        new = chosen(random, ([inside], {"value": inside}, [inside, inside], [[inside]]))
    elif way == "key more":
        new = inside | {chosen(random, ("more", "", "__class__", "Rates", "\u202e", "1")): 1}
    elif way == "key odd":
        new, fragment = inside | {_HERE: 1}, chosen(random, RAW)
    elif way == "key twice":
        again = chosen(random, list(inside) or ["a"])
        new, fragment = inside | {_HERE: inside.get(again, 1)}, json.dumps(str(again))
    elif way == "shorter":
        new = inside[: len(inside) // 2]
    elif way == "longer":
        new = inside * 3
    elif way == "mapped":
        new = {str(k): value for k, value in enumerate(inside)}
    elif way in ("minus", "text", "huge"):
        new = {"minus": -inside - 1, "text": str(inside), "huge": inside * 1e25 + 1e25}[way]
    elif way == "key gone":
        del around[key]
    else:
        around[f"{key}s"] = around.pop(key)
    if way not in ("key gone", "key renamed"):
        if path:
            around[key] = new
        else:
            tree = new
    if as_json:
        if isinstance(tree, dict) and "sha256" in tree:
            # With a hash that fits, so that what is behind it is tried, too.
            tree = sealed(tree)
        text = json.dumps(tree, indent=1)
        return text if fragment is None else text.replace(f'"{_HERE}"', fragment), way
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100_000)
    return text if fragment is None else text.replace(_HERE, fragment), way


_LINES = (
    *("}", "- a", "\t- b", "a: b: c", "...", "---", "<<: *x", "rates: [0.1]", "\x1b[31m", "\x00"),
    *("#" * 100_000, "%YAML 9", "'", '"', "a" * 200_000, "?", ":", "\ufffe", "name: x\nname: y"),
)


def text_damaged(random, content):
    """Bytes of a text in which one thing is wrong; a word says what."""
    text = content.decode()
    lines = text.splitlines(keepends=True)
    at = random.randrange(len(lines) or 1)
    letter = random.randrange(len(text) or 1)
    ways = {
        "cut": lambda: text[:letter].encode(),
        "line gone": lambda: "".join(lines[:at] + lines[at + 1 :]).encode(),
        "line twice": lambda: "".join(
            [*lines[: at + 1], *lines[at : at + 1], *lines[at + 1 :]]
        ).encode(),
        "line more": lambda: "".join(
            [*lines[:at], chosen(random, _LINES) + "\n", *lines[at:]]
        ).encode(),
        "letter more": lambda: (
            text[:letter] + chosen(random, "\x00\x07\x1b\x85\u202e\ud7ff\"'[{:&*!") + text[letter:]
        ).encode(),
        "letter gone": lambda: (text[:letter] + text[letter + 1 :]).encode(),
        "UTF-16": lambda: text.encode("utf-16"),
        "latin": lambda: text[:letter].encode() + b"\xe9" + text[letter:].encode(),
        "twice": lambda: (text + text).encode(),
        "empty": lambda: b"",
        "blank": lambda: b" \n\n\t\n",
        "words": lambda: b"To be or not to be, that is the question.\n",
        "zip": lambda: b"PK\x03\x04" + random.randbytes(200),
        "random": lambda: random.randbytes(500),
    }
    way = chosen(random, list(ways))
    return ways[way](), way


def bytes_damaged(random, content):
    """Bytes of which some are wrong; a word says how."""
    data, at = bytearray(content), random.randrange(len(content) or 1)
    ways = {
        "bit": lambda: (
            data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
            if data
            else b"x"
        ),
        "cut": lambda: bytes(data[:at]),
        "zeros": lambda: bytes(data[:at]) + bytes(min(64, len(data) - at)) + data[at + 64 :],
        "more": lambda: bytes(data) + random.randbytes(50),
        "shifted": lambda: bytes(data[:at]) + b"\x00" + data[at:],
        "length": lambda: b"\xff" * 8 + data[8:],
        "header": lambda: data[:8] + random.randbytes(40) + data[48:],
        "empty": lambda: b"",
        "text": lambda: b"{}",
        "random": lambda: random.randbytes(300),
    }
    way = chosen(random, list(ways))
    return bytes(ways[way]()), way


PLACES = (
    "missing",
    "folder",
    "pipe",
    "dangling link",
    "link to itself",
    "endless device",
    "socket",
    "huge",
    "full folder",
)
"""What may be where a file belongs."""


def place_damaged(place, file):
    """Put something else where a file belongs."""
    file = pathlib.Path(file)
    if file.exists():
        file.unlink()
    if place == "folder":
        file.mkdir()
    elif place == "full folder":
        file.mkdir()
        (file / "x").write_text("x")
    elif place == "pipe":
        os.mkfifo(file)
    elif place == "dangling link":
        file.symlink_to("nowhere")
    elif place == "link to itself":
        file.symlink_to(file.name)
    elif place == "endless device":
        file.symlink_to("/dev/zero")
    elif place == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(file))
    elif place == "huge":
        with open(file, "wb") as one:
            one.truncate(2**29)
