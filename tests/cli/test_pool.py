"""Jobs in processes of their own."""

import functools

from solon.cli._pool import Job, Processes, run_jobs

# What spawned processes can be handed without a module of the tests.
DIES = functools.partial(exec, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_one_that_dies_is_started_again_a_few_times_and_loses_no_other(capfd):
    jobs = [Job("dies", DIES), Job("works", functools.partial(int, 0))]
    jobs.append(Job("fails", functools.partial(int, 3)))
    told = []
    ended = run_jobs(
        jobs, Processes(2), workers=2, done=lambda job, status: told.append((job.name, status))
    )
    assert ended.statuses == dict(told) == {"dies": 1, "works": 0, "fails": 3}
    assert ended.failed == {"dies": 1, "fails": 3} and ended.asked is None
    error = capfd.readouterr().err.splitlines()
    assert [line for line in error if "started again" in line] == [
        f"solon: dies: its worker died; it is started again ({count} of 3)" for count in (1, 2, 3)
    ]
    assert "solon: dies: its worker died 4 times; it is left" in error
