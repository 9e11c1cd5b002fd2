"""Where a typed title ends and its text begins."""

import re

# What hides a bar inside it comes first. No alternative may run past the next opening of itself:
# that keeps the search linear.
_SEPARATOR = re.compile(
    r'`[^`\n]+`|<[^<>\n]*>|"[^"\n]*"|\u201c[^\u201c\u201d\n]*\u201d|(?P<end>[|\n])'
)


def split_title(line: str) -> tuple[str, str] | None:
    """The title and the text around the first bar outside links, quotes and code, or newline."""
    for match in _SEPARATOR.finditer(line):
        if match["end"]:
            return line[: match.start()].strip(), line[match.end() :].strip()
    return None
