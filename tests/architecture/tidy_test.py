#!/usr/bin/env python3
"""The house limits of CONTRIBUTING.md, checked. Prints each break with its file and line; exits 1 if any.

What a compiler, clang-format or clang-tidy checks (function length, parameters, names of things) is not
checked here again."""

import pathlib
import re
import subprocess
import sys

COLUMNS_MAX = 100
SCRIPT_COLUMNS_MAX = 120  # Python and CMake, which have tables of words.
LINES_MAX = 400
TEST_LINES_MAX = 600

# Only these folders may write to the standard streams: the log, the command line, and what ends the process.
# Everywhere else in a daemon a line would be one that C5 cannot answer for.
MAY_PRINT = ["deploy/havenline/", "deploy/runtime/log", "deploy/runtime/command_line", "schema/base/check.h",
             "tests/"]
PRINTING = re.compile(r"std::(cout|cerr|clog)\b|\b(?:std::)?(?:f|v|vf)?printf\s*\("
                      r"|\bstd::(?:f?puts|putchar)\b|\bperror\s*\(")

# The project's text speaks of the project alone. In pieces, so that this file does not name them.
FOREIGN = re.compile("|".join([
    r"(?<![\w.])/" + r"work/", r"/" + r"farm/", r"bash" + r"_jobs", r"\." + r"library/", r"\bChat" + r"GPT\b",
    r"\bClaude" + r"\b", r"\bAnth" + r"ropic\b", r"\bOpen" + r"AI\b", r"\bCo" + r"pilot\b", r"\bLL" + r"Ms?\b",
    r"\blanguage " + r"model", r"\bissues? #?" + r"\d+\b", r"\bthis " + r"session\b.*\bhelper",
]), re.I)

# An unfinished thought carries the mark of where it is followed up: TODO(#12).
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))(?!XXX)")

SOURCE = {".h", ".cc", ".capnp"}
TEXT = SOURCE | {".py", ".md", ".toml", ".txt", ".cmake", ".in", ".sh", ".mjs", ".js", ".json", ""}
LEADING = {".h": "//", ".capnp": "#"}


def tracked(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True)
    return [line for line in sorted(listed.stdout.splitlines()) if (root / line).is_file()]


def check_lines(path, text):
    suffix = pathlib.PurePath(path).suffix
    printing_matters = suffix in {".h", ".cc"} and not any(path.startswith(p) for p in MAY_PRINT)
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        limit = COLUMNS_MAX if suffix in SOURCE else SCRIPT_COLUMNS_MAX
        if suffix in SOURCE | {".py", ".sh", ".txt"} and len(line) > limit:
            yield f"{where}: {len(line)} columns; the limit is {limit}"
        if "\t" in line:
            yield f"{where}: a tab; indent with spaces"
        if line != line.rstrip() and suffix != ".md":
            yield f"{where}: blanks at the end of the line"
        if UNFINISHED.search(line) and not path.endswith("tidy_test.py") and "mkdtemp" not in text:
            yield f"{where}: an unfinished mark without the issue that follows it up: write TODO(#number)"
        if FOREIGN.search(line) and not path.endswith("tidy_test.py"):
            yield f"{where}: names something that is not of this project"
        if printing_matters and PRINTING.search(line.split("//")[0]):
            yield f"{where}: writes to a standard stream; a daemon's words go through deploy/runtime/log.h (C5)"


def check_file(path, text):
    suffix = pathlib.PurePath(path).suffix
    lines = text.splitlines()
    if suffix in {".h", ".cc"}:
        limit = TEST_LINES_MAX if path.startswith("tests/") else LINES_MAX
        if len(lines) > limit:
            yield f"{path}: {len(lines)} lines; the limit is {limit}: is it still one idea?"
    if suffix in LEADING and not any(line.startswith(LEADING[suffix]) for line in lines[:2]):
        yield f"{path}:1: no comment at the top that says what this file is"
    if suffix == ".h":
        code = [line for line in lines if line.strip() and not line.startswith("//")]
        if not code or code[0] != "#pragma once":
            yield f"{path}: `#pragma once` is not the first line of code"
    if text and not text.endswith("\n"):
        yield f"{path}: the last line has no end"
    if "\r" in text:
        yield f"{path}: lines end in CR LF"


def check_targets(root, paths):
    """Every source is compiled by exactly one target, so that none is forgotten and none built twice."""
    named = {}
    for path in paths:
        if not path.endswith("CMakeLists.txt"):
            continue
        folder = pathlib.PurePath(path).parent
        text = re.sub(r"#.*", "", (root / path).read_text())
        for source in re.findall(r"(?<![\w/$}])([\w./-]+\.cc)(?![\w.])", text):
            named.setdefault((folder / source).as_posix(), []).append(path)
    for path in paths:
        if path.endswith(".cc"):
            owners = named.get(path, [])
            if not owners:
                yield f"{path}: no CMakeLists.txt compiles it"
            if len(owners) > 1:
                yield f"{path}: compiled by more than one target ({', '.join(owners)})"
    for source, owners in named.items():
        if source not in paths:
            yield f"{owners[0]}: names {source}, which is not there"


def check_headers_used(root, paths):
    """A header that nobody includes is a thought nobody needs."""
    included = set()
    for path in paths:
        if path.endswith((".h", ".cc", ".in")):
            included.update(re.findall(r'#include\s+"([^"]+)"', (root / path).read_text()))
    forced = (root / "CMakeLists.txt").read_text()
    for path in paths:
        if path.endswith(".h") and path not in included and path not in forced:
            yield f"{path}: nobody includes it"


def broken(root):
    paths = tracked(root)
    for path in paths:
        if pathlib.PurePath(path).suffix not in TEXT or path == "LICENSE":
            continue
        try:
            text = (root / path).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            yield f"{path}: not UTF-8"
            continue
        yield from check_file(path, text)
        yield from check_lines(path, text)
    yield from check_targets(root, paths)
    yield from check_headers_used(root, paths)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(broken(root))
    print("\n".join(found) or "the house limits hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
