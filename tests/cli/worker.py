"""Runs commands one after the other in a process of its own, where no test checks types.

Reads a JSON list of arguments and a working directory a line; answers with status, stdout, stderr.
"""

import contextlib
import io
import json
import os
import sys
import traceback

from solon.cli import main


def answer(request):
    out, err = io.StringIO(), io.StringIO()
    os.chdir(request["folder"])
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(request["arguments"])
        except BaseException:
            traceback.print_exc()
            status = 70
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
