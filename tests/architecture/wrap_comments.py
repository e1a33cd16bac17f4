#!/usr/bin/env python3
"""Wraps comments that are wider than the house allows: clang-format leaves them alone (ReflowComments is off),
since it would re-wrap tables and pictures too. Only lines that are too long change, and what they push over.

  wrap_comments.py ROOT      changes the files; names what it cannot wrap, and then exits 1"""

import pathlib
import re
import subprocess
import sys

COLUMNS_MAX = 100
WORDS = re.compile(r"^(\s*)(//|#) (\S.*)$")  # A whole line of words: one blank after the mark.
LAID_OUT = re.compile(r"\S {2,}\S|\t|──|^[-*|+]")


def is_words(line):
    found = WORDS.match(line)
    return found if found and not LAID_OUT.search(found.group(3)) else None


def wrapped(lines):
    """The lines with overlong comments wrapped, and the numbers of those that could not be."""
    result = []
    stuck = []
    lines = list(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if len(line) <= COLUMNS_MAX:
            result.append(line)
            continue
        found = is_words(line)
        cut = line.rfind(" ", 0, COLUMNS_MAX + 1)
        if not found or cut <= len(found.group(1)) + 3:
            stuck.append(at)
            result.append(line)
            continue
        mark = f"{found.group(1)}{found.group(2)} "
        rest = line[cut:].strip()
        result.append(line[:cut].rstrip())
        follows = is_words(lines[at]) if at < len(lines) else None
        if follows and lines[at].startswith(mark):
            lines[at] = f"{mark}{rest} {follows.group(3)}"
        else:
            lines.insert(at, mark + rest)
    return result, stuck


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard",
                             "*.h", "*.cc", "*.capnp"], check=True, capture_output=True, text=True)
    failed = False
    for path in listed.stdout.split():
        text = (root / path).read_text()
        lines, stuck = wrapped(text.splitlines())
        if (new := "\n".join(lines) + "\n") != text:
            (root / path).write_text(new)
        for number in stuck:
            failed = True
            print(f"{path}:{number}: too wide, and not a comment that can be wrapped by itself")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
