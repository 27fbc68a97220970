"""Bad inputs over all commands and kinds of files: `python -m tests.abuse`, `make abuse`.

Each has to end with one line on standard error that names the argument or the file, status 2 (1
where a user's own code or a damaged file is to blame), nothing on standard output and nothing left
behind. `--seed` repeats a run, and with `--case` one of its inputs alone.
"""

import argparse
import collections
import concurrent.futures
import os
import queue
import secrets
import sys
import time

from .cases import draw
from .crew import Crew
from .judge import ACCEPTED


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None, help="default: another each time")
    parser.add_argument("--case", type=int, action="append", help="only inputs of this number")
    parser.add_argument("--command", help="only inputs of this command")
    parser.add_argument("--limit", type=float, default=60, help="seconds for an input")
    parser.add_argument("--workers", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--all", action="store_true", help="show every line, and what was taken")
    chosen = parser.parse_args()
    seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    cases = queue.SimpleQueue()
    for case in draw(chosen.count, seed):
        wanted = chosen.case is None or case.number in chosen.case
        if wanted and chosen.command in (None, case.command):
            cases.put(case)
    counts, longest, began = collections.Counter(), 0.0, time.monotonic()

    def work():
        nonlocal longest
        with Crew(chosen.limit) as crew:
            while True:
                try:
                    case = cases.get_nowait()
                except queue.Empty:
                    return
                what, verdict, answer, seconds = crew.try_out(case)
                longest = max(longest, seconds)
                kind = {ACCEPTED: ACCEPTED, None: "refused"}.get(verdict, "WRONG")
                counts[case.command, kind] += 1
                done = sum(counts.values())
                if done % 100 == 0:
                    print(f"{done} done in {time.monotonic() - began:.0f} s", flush=True)
                if kind == "WRONG" or chosen.all:
                    show(case, what, verdict, answer, seconds)

    with concurrent.futures.ThreadPoolExecutor(chosen.workers) as pool:
        for future in [pool.submit(work) for _ in range(chosen.workers)]:
            future.result()
    return summary(counts, longest, time.monotonic() - began)


def show(case, what, verdict, answer, seconds):
    """A finding in a few lines."""
    typed = " ".join(word if len(word) < 60 else f"{word[:57]}..." for word in case.typed)
    lines = [f"{case.number} {case.command}: {verdict or 'refused'} ({seconds:.1f} s)"]
    lines += [f"    {what!r}", f"    {'lab' if case.call else 'solon'} {typed!r}"]
    if answer is not None:
        tail = answer["err"].strip().splitlines()[-6 if "traceback" in str(verdict) else -2 :]
        lines += [f"    {line[:300]!r}" for line in tail]
        if answer["status"] == 0:
            lines += [f"    out {answer['out'][:100]!r}"]
    print("\n".join(lines), flush=True)


def summary(counts, longest, seconds):
    """A table by command; the exit status."""
    kinds = ("refused", ACCEPTED, "WRONG")
    print(f"\n{'':14}" + "".join(f"{kind:>10}" for kind in kinds))
    for command in dict.fromkeys(command for command, _ in counts):
        row = "".join(f"{counts[command, kind]:10}" for kind in kinds)
        print(f"{command:14}{row}")
    total = {kind: sum(n for (_, k), n in counts.items() if k == kind) for kind in kinds}
    print(f"{'':14}" + "".join(f"{count:10}" for count in total.values()))
    print(f"\n{sum(total.values())} inputs in {seconds / 60:.1f} min, {longest:.1f} s the longest")
    return 1 if total["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
