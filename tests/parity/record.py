"""Record traces: `python tests/parity/record.py [NAME...]`, once `solon parity --setup` is done."""

import sys

import traces

from solon.parity import environment
from solon.parity.configuration import match
from solon.parity.run import run


def main():
    python = environment.interpreter(environment.folder())
    for name in sys.argv[1:] or traces.CONFIGURATIONS:
        recordings = []
        found = match(traces.configuration(name))
        print(name, run(found, python, seed=7, steps=traces.STEPS, keep=recordings.append))
        traces.save(name, recordings)


if __name__ == "__main__":
    main()
