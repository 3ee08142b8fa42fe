"""Text for the terminal: headings, tables, a progress bar."""

import os
import sys

IS_TERMINAL = sys.stdout.isatty()
IS_COLOURED = (
    IS_TERMINAL and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("NO_COLOR"))
LONGEST = 44


def styled(style, text):
    """The text in a style (`1` bold, `2` dim, `32` green) where the terminal has colours."""
    return f"\033[{style}m{text}\033[0m" if IS_COLOURED else text


def dim(text):
    """The text, less visible."""
    return styled("2", text)


def step(title):
    """Prints the heading of a step."""
    print("\n" + styled("1", title), flush=True)


def tell(text):
    """Prints a line of a step."""
    print(f"  {text}", flush=True)


def bar(done, total, what):
    """Draws the progress over itself; where nobody watches, once at the end."""
    if not IS_TERMINAL and done < total:
        return
    full = 32 * done // max(total, 1)
    line = f"  [{styled('32', '#' * full)}{'.' * (32 - full)}] {done} of {total} {what}"
    end = "\n" if done >= total else ""
    print(("\r" if IS_TERMINAL else "") + line, end=end, flush=True)


def table(rows):
    """Prints rows of texts in columns; the first row is the head."""
    for number, line in enumerate(table_lines(rows)):
        tell(dim(line) if number == 0 else line)


def table_lines(rows):
    """The lines of a table."""
    cells = [[printable(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    padded = ([text.ljust(width) for text, width in zip(row, widths)] for row in cells)
    return ["  ".join(row).rstrip() for row in padded]


def printable(text):
    """A text without control characters, cut to the longest that a table shows."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
