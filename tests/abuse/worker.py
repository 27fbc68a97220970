"""Runs commands one after the other in a process of its own and hands back all that they wrote.

Reads a request in JSON a line: `arguments` for the command line or `call` for what the lab calls,
the working directory `folder`, and the folder `zoo`. Its one argument is the memory it may take in
bytes. What would take minutes is not begun: the
answer then has the status "begun".
"""

import importlib
import io
import json
import os
import pathlib
import resource
import sys
import traceback
import warnings


class Begun(BaseException):
    """The input was taken, and the work on it would begin now."""


# Where the work begins: module and function.
_BEGINNINGS = (
    "solon.applications.pandemic.calibration.study:run_study",
    "solon.applications.pandemic.search.search:search",
    "solon.applications.taxation.demo:_train_all",
    "solon.bench.table:learning_records",
    "solon.bench.table:records",
    "solon.evidence.reproduce:reproduce",
    "solon.lab.server:serve",
    "solon.parity.environment:make",
    "solon.parity.run:run",
    "solon.parity.table:run",
)
_MOST_STEPS, _MOST_EPISODES = 2_000, 50


def _prepare():
    def begun(*_, **__):
        raise Begun

    for place in _BEGINNINGS:
        module, name = place.split(":")
        setattr(importlib.import_module(module), name, begun)
    from solon.evidence import run as evidence
    from solon.parity import environment
    from solon.runs import train

    environment.interpreter = lambda place: pathlib.Path(sys.executable)
    really_train, really_play = train.train, evidence.evaluate_players

    def train_little(folder, learner, state, steps, *rest, **options):
        if steps > _MOST_STEPS or learner.steps_per_update > _MOST_STEPS:
            raise Begun
        return really_train(folder, learner, state, steps, *rest, **options)

    def play_little(players, *, episodes, **options):
        if episodes > _MOST_EPISODES or players.env.horizon > 200:
            raise Begun
        return really_play(players, episodes=episodes, **options)

    train.train = train_little
    evidence.evaluate_players = play_little


def _upload_schedule(file):
    from solon.lab.uploads import schedule

    schedule(file.name, file.read_bytes())


def _upload_policy(file):
    from solon.applications.pandemic.rooms.upload import policy
    from solon.economies.pandemic import Pandemic

    policy(file.name, file.read_bytes(), Pandemic(states=("Vermont",), horizon=30))


def _game(file):
    from solon.applications.taxation.game import load

    load(file.read_bytes())


_CALLS = {"schedule": _upload_schedule, "policy": _upload_policy, "game": _game}


def _call(name, file):
    """What the lab does with a file that a visitor hands over; it shows the line in the room."""
    from solon import ConfigurationError

    try:
        _CALLS[name](pathlib.Path(file))
    except ConfigurationError as error:
        print(f"solon: error: {error}", file=sys.stderr)
        return 2
    return 0


def _status(request):
    from solon.cli import main

    try:
        if "call" in request:
            return _call(request["call"], request["arguments"][0])
        return main(request["arguments"])
    except Begun:
        return "begun"
    except BaseException:
        traceback.print_exc()
        return 70


def answer(request):
    """What a request came to: the status, and all that reached the two streams."""
    os.chdir(request["folder"])
    files = [open(os.memfd_create(name), "w+b") for name in ("out", "err")]  # noqa: SIM115
    kept = sys.stdout, sys.stderr
    for number, file in enumerate(files, start=1):
        os.dup2(file.fileno(), number)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(os.dup(file.fileno()), "wb"), "utf-8", write_through=True)
        for file in files
    )
    # As in a new process, a warning is written again.
    warnings.resetwarnings()
    status = _status(request)
    texts = []
    for stream, file in zip((sys.stdout, sys.stderr), files, strict=True):
        stream.close()
        file.seek(0)
        texts.append(file.read().decode("utf-8", "replace"))
        file.close()
    sys.stdout, sys.stderr = kept
    os.chdir("/")
    return {"status": status, "out": texts[0][:20_000], "err": texts[1][:20_000]}


def main():
    """Answer until there are no more requests."""
    channel = os.fdopen(os.dup(1), "w")
    _prepare()
    print(json.dumps("ready"), file=channel, flush=True)
    from solon.zoo import files

    shipped = files.ROOT
    for line in sys.stdin:
        request = json.loads(line)
        files.ROOT = pathlib.Path(request["zoo"]) if request.get("zoo") else shipped
        print(json.dumps(answer(request)), file=channel, flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
    main()
