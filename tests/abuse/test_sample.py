"""A sample of `make abuse` with a seed that stays, so that a new door is seen at once."""

from .cases import draw
from .crew import Crew
from .judge import ACCEPTED

COUNT, SEED = 60, 15


def test_bad_inputs_end_in_one_line_and_leave_nothing():
    wrong, accepted = [], []
    with Crew(limit=60) as crew:
        for case in draw(COUNT, SEED):
            what, verdict, answer, _ = crew.try_out(case)
            if verdict == ACCEPTED:
                accepted.append(what)
            elif verdict is not None:
                wrong.append((case.number, what, case.typed, verdict, answer and answer["err"]))
    assert not wrong, "\n".join(map(str, wrong))
    # What turned out to be sound came to finite numbers, and is the exception.
    assert len(accepted) <= COUNT // 5, accepted
