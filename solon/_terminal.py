"""What Solon prints: lines in which nothing that somebody else wrote steers the terminal."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "say", "tell", "visible"]


def visible(text: object) -> str:
    r"""Text as one line in which every character can be seen.

    Names of files and runs, and values in other people's files, may hold characters that colour or
    move what a terminal shows, turn the direction of reading, begin another line, or are bytes that
    are no text. Each is written as Python writes it: `\x1b`, `\u202e`, `\n`, `\udcff`.
    """
    line = str(text)
    if line.isprintable():
        return line
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in line
    )


def say(*lines: object) -> None:
    """Print lines to standard output; what is in one stays in it."""
    for line in lines:
        print(visible(line), flush=True)  # noqa: T201


def tell(*lines: object) -> None:
    """The same to standard error, which a process need not have."""
    if sys.stderr is not None:
        for line in lines:
            print(visible(line), file=sys.stderr, flush=True)  # noqa: T201


def console(**settings: Any) -> "Console":
    """A console of rich for tables, in which text is text and no markup.

    Args:
        **settings: of `rich.console.Console`.
    """
    import rich.console
    import rich.text

    class Plain(rich.console.Console):
        # All text that is not rich's own comes this way, the cells of tables included.
        def render_str(self, text: str, **styles: Any) -> rich.text.Text:
            look = {name: styles[name] for name in ("style", "justify", "overflow")
                    if styles.get(name) is not None}  # fmt: skip
            return rich.text.Text(visible(text), **look)

    return Plain(highlight=False, **settings)
