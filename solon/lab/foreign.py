"""Text that somebody else wrote, on a page: shown as it is, and nothing is made of it."""

import re
import string

from .._terminal import visible

__all__ = ["plain"]

_JOINER = "\N{WORD JOINER}"
"""Neither seen nor a place where a line may break."""

# In the text that Markdown comes to, Streamlit looks for addresses, which it makes links of; for
# names between colons, which become pictures; and for arrows. No escape reaches these.
_FOUND = re.compile(
    r":(?=//|[\w+-]+:)"  # http://, :streamlit:, :material_home:, :smile:
    r"|www(?=\.)"
    r"|(?<=[\w.+-])(?=@)"
    r"|(?<!\S)[<>~-](?=(?:->|[>=-])(?!\S))",
    re.IGNORECASE | re.ASCII,
)
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")


def plain(text: object, most: int = 1000) -> str:
    """Markdown that shows a text in one line as it is: no link, picture, colour or formula.

    For all that Streamlit reads as Markdown: texts, messages, captions, labels, tables.

    Args:
        text: what somebody else wrote; characters that cannot be seen are written out.
        most: characters that are shown. How many there are is said where it is cut.
    """
    given = str(text)
    line = visible(" ".join(given[: 4 * most].split()))
    if len(given) > 4 * most or len(line) > most:
        line = f"{line[:most].rstrip()} … ({len(given):,} characters)"
    return _PUNCTUATION.sub(r"\\\1", _FOUND.sub(rf"\g<0>{_JOINER}", line))
