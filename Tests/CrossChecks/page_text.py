"""Prose of pages within 120 columns."""

import re
import textwrap

# What begins a line that stands for itself: rows of tables, headings, pictures, anchors.
ALONE = ("|", "#", "!", "<")


def wrapped(page, width=120):
    """The page with its paragraphs and items of lists filled up to the width; tables and code blocks stay."""
    lines, paragraph, code = [], [], False

    def close():
        if paragraph:
            item = re.match(r"(\s*)([-*]|\d+\.) ", paragraph[0])
            lines.extend(textwrap.wrap(
                " ".join(line.strip() for line in paragraph), width, initial_indent=item[1] if item else "",
                subsequent_indent=" " * len(item[0]) if item else "", break_long_words=False, break_on_hyphens=False))
            paragraph.clear()

    for line in page.split("\n"):
        fence = line.lstrip().startswith("```")
        if fence or code or not line.strip() or line.startswith(ALONE):
            close()
            lines.append(line)
        else:
            if re.match(r"\s*([-*]|\d+\.) ", line):
                close()
            paragraph.append(line)
        code ^= fence
    close()
    return "\n".join(lines)
