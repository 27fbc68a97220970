"""The one error that a user's input can cause."""

from typing import Any

__all__ = ["ConfigurationError", "require"]


class ConfigurationError(ValueError):
    """A value that Solon can not work with.

    The message is one line that names the argument, the value it got and what is allowed.
    The command line prints it to stderr and exits with status 2.
    """

    def __init__(self, argument: str, value: Any, allowed: str):
        self.argument = argument
        self.value = value
        self.allowed = allowed
        shown = repr(value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        text = f"{argument}: got {shown}; allowed: {allowed}"
        super().__init__(" ".join(text.split()))


def require(condition: bool, argument: str, value: Any, allowed: str) -> None:
    """Raise `ConfigurationError` unless `condition` holds."""
    if not condition:
        raise ConfigurationError(argument, value, allowed)
