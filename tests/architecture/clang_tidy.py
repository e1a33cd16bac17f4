#!/usr/bin/env python3
"""clang-tidy over every source, remembered: a source is looked at again only when it, something it
includes, a .clang-tidy or the tool has changed. What was found clean is kept in build/lint.

  clang_tidy.py ROOT [--deep] [--build build/release] [--jobs N] [FILE...]

Without --deep what is shipped is looked at, and not the analysis of paths: that takes half the time again, and
the tests' sources twice as long as all others.

Exits 1 if anything was found, 2 if it cannot run. The last line is a count."""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

TOOL = "clang-tidy-19"
# g++ warns of its own; of clang's, these are not about us: CHECK(!"…") is how the house says what a bug is. That what
# GUARDED_BY names is held (schema/base/mutex.h) only clang can see.
EXTRA = ["--quiet", "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-string-conversion",
         "--extra-arg=-Wno-shadow", "--extra-arg=-Wthread-safety"]
SHALLOW = ["--checks=-clang-analyzer-*"]
# The summary lines that clang-tidy prints even when it has nothing to say.
NOISE = re.compile(r"^\d+ (warnings?|errors?) (generated|treated)|^Suppressed \d+|^Use -header-filter", re.M)


def sources_of(build, root):
    """Our .cc files, as the build compiles them: generated code is not ours."""
    commands = json.loads((build / "compile_commands.json").read_text())
    found = set()
    for command in commands:
        path = pathlib.Path(os.path.normpath(pathlib.Path(command["directory"]) / command["file"]))
        if path.suffix == ".cc" and path.is_relative_to(root) and not path.is_relative_to(root / "build"):
            found.add(path)
    return sorted(found)


def dependencies(build, root):
    """For each source the files of ours that it includes, as the compiler found them."""
    listing = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True, capture_output=True, text=True)
    by_source = {}
    files = []
    for line in listing.stdout.splitlines():
        if line.startswith("    "):
            path = pathlib.Path(os.path.normpath(build / line.strip()))
            if path.is_relative_to(root):
                files.append(path)
        elif not line.strip() and files:
            by_source.setdefault(files[0], sorted(set(files)))
            files = []
    if files:
        by_source.setdefault(files[0], sorted(set(files)))
    return by_source


def configurations(source, root):
    """Every .clang-tidy that applies to a source."""
    return [parent / ".clang-tidy" for parent in source.parents
            if parent.is_relative_to(root) and (parent / ".clang-tidy").exists()]


def fingerprint(source, included, root, tool):
    digest = hashlib.sha256(tool.encode())
    for path in [*configurations(source, root), *included]:
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def without_precompiled(build, root, folder):
    """The build's commands as clang can follow them, in `folder`: it cannot read the header that g++ compiled
    ahead for tests. Without it a source is also seen to name all that it uses."""
    operators = root / "schema" / "wire" / "kj_cxx20_compat.h"
    text = (build / "compile_commands.json").read_text()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "compile_commands.json").write_text(
        re.sub(r"-Winvalid-pch -include \S+/cmake_pch\.hxx ", f"-include {operators} ", text))
    return folder


def check(source, commands, extra):
    run = subprocess.run([TOOL, "-p", str(commands), *EXTRA, *extra, str(source)], capture_output=True, text=True)
    said = NOISE.sub("", run.stdout + (run.stderr if run.returncode else "")).strip()
    return run.returncode == 0, said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--deep", action="store_true", help="tests too, and the analysis of paths")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--counts", type=pathlib.Path, help="where to write: sources, with findings, 0")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    root = options.root.resolve()
    build = root / options.build
    if not (build / "compile_commands.json").exists():
        sys.exit(f"{build} is not configured: run deploy/build all first")
    tool = subprocess.run([TOOL, "--version"], check=True, capture_output=True, text=True).stdout

    kept = root / "build" / "lint"
    kept.mkdir(parents=True, exist_ok=True)
    commands = without_precompiled(build, root, kept / "commands")
    included = dependencies(build, root)
    extra = [] if options.deep else SHALLOW
    wanted = [pathlib.Path(f).resolve() for f in options.files] or [
        source for source in sources_of(build, root) if options.deep or not source.is_relative_to(root / "tests")]
    prints = {s: fingerprint(s, included.get(s, [s]), root, tool + "".join(extra)) for s in wanted}
    todo = [s for s in wanted if not (kept / prints[s]).exists()]

    started = time.monotonic()
    found = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(check, source, commands, extra): source for source in todo}
        for done in concurrent.futures.as_completed(running):
            source = running[done]
            clean, said = done.result()
            if clean:
                (kept / prints[source]).touch()
                continue
            found += 1
            print(f"--- {source.relative_to(root)}\n{said}\n", flush=True)
    seconds = int(time.monotonic() - started)
    print(f"clang-tidy: {len(wanted)} sources, {len(todo)} looked at in {seconds} s, {found} with findings")
    if options.counts:
        options.counts.write_text(f"{len(wanted)} {found} 0\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
