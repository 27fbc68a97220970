"""The error of a run that can not go on."""

__all__ = ["RunError"]


class RunError(RuntimeError):
    """A training diverged or its results can not be written any more.

    The message is one line that says what happened and what is left. The command line prints it
    to stderr and exits with status 1.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))
