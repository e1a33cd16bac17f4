#!/usr/bin/env python3
"""docs/policy.md, read as its readers do: every line that begins with `$ ` is typed, in order, in a copy of
policy/partnerships, every change of a file is made as the page shows it, and what is printed must be what the page
says.

`…` on the page stands for lines, or in a line for a piece, that is left out. With --write the page is given what was
printed, but where it is right already.

    policy_page_test.py <folder of the programs> <source folder> [--write]"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^ *```(\w*)$")
COMMANDS = ("havenline ", "cp -r ", "head ", "cat ", "ls")
LEFT_OUT = "…"
# What is another at each run: how long it took, and when it was asked.
CHANGING = [(re.compile(r"proved in [\d.]+ ms"), "proved in 0.1 ms"),
            (re.compile(r"made 20\d\d-\d\d-\d\dT[\d:]+Z, under"), "made 2026-11-22T23:30:00Z, under")]

PLAN = """partnership = "lincolnshire"
policy = "lincolnshire"
[broker]
listen = "tcp://127.0.0.1:4780"
[governance]
keys = 3
threshold = 2
[[host]]
name = "host.police"
operated-by = "Lincolnshire Police (test)"
sends = true
[[host]]
name = "host.schools-1"
operated-by = "Schools desk of the county (test)"
[[agency]]
name = "police.lincolnshire"
title = "Lincolnshire Police (test)"
roles = ["police"]
host = "host.police"
[[agency]]
name = "school.106890"
title = "Oakfold Primary School (test)"
roles = ["school"]
receives = ["school"]
host = "host.schools-1"
"""
TO_SCHOOL = ["exclusions", "childName", "childBirth", "establishment", "incidentTime", "presence", "welfareCheck",
             "handling", "origin"]
TO_COUNCIL = ["exclusions", "childName", "childBirth", "establishment", "reference", "incidentTime", "location",
              "presence", "childPart", "voiceOfChild", "welfareCheck", "circumstances", "otherSafeguarding",
              "collection", "handling", "risk", "adults", "identifiers", "childAddress", "origin"]
SENT = [("2026-09-30", "victim", "high"), ("2026-10-03", "household", "medium"), ("2026-10-11", "household", "medium"),
        ("2026-10-20", "victim", "high"), ("2026-10-31", "household", "medium")]


def record():
    """What a force sent in autumn, as `havenline store decisions` has it."""
    lines = []
    for number, (day, part, risk) in enumerate(SENT):
        told = [{"to": to, "agencies": 1, "rule": rule, "sections": sections, "held": False}
                for to, rule, sections in (("school", "LIN-1", TO_SCHOOL), ("childrens-services", "LIN-2", TO_COUNCIL))]
        lines.append(json.dumps({
            "message": f"01a20527407578b7927b2d068ff3ad{number:02x}", "made": f"{day}T21:26:28Z",
            "sender": "police.lincolnshire", "exchange": "encompass-notice", "from": "police",
            "claims": {"childPart": part, "risk": risk}, "version": 1, "told": told, "decided-against": [],
            "partnership": "lincolnshire"}) + "\n")
    return "".join(lines)


def blocks(lines):
    """(language, first line, line after the last) of each fenced block."""
    begin = None
    for at, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and begin is None:
            begin, language = at + 1, fence.group(1)
        elif fence:
            yield language, begin, at
            begin = None


def apply_change(folder, lines):
    """The file's name, then lines to take out (-) and lines to put there (+)."""
    path = folder / lines[0].strip()
    text = path.read_text()
    out, put = [], []

    def replace():
        nonlocal text, out, put
        if out:
            was = "\n".join(out) + "\n"
            assert was in text, f"{path.name} has no line {was!r}"
            text = text.replace(was, "\n".join(put) + "\n", 1)
        out, put = [], []

    for line in lines[1:]:
        if line.startswith("-"):
            if put:
                replace()
            out.append(line[1:])
        else:
            assert line.startswith("+") and out, f"no change: {line}"
            put.append(line[1:])
    replace()
    path.write_text(text)


def same(printed, expected):
    pattern = []
    for line in expected:
        if line.strip() == LEFT_OUT:
            pattern.append(r"(?:.*\n)*?")
        else:
            pattern.append(".*".join(re.escape(piece) for piece in line.split(LEFT_OUT)) + r"\n")
    return re.fullmatch("".join(pattern), printed) is not None


def steady(text):
    for changing, to in CHANGING:
        text = changing.sub(to, text)
    return text


class Reader:
    def __init__(self, programs, source):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="policy_page."))
        self.environment = {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        shutil.copytree(source / "policy" / "partnerships", self.folder, dirs_exist_ok=True)
        (self.folder / "plan.toml").write_text(PLAN)
        self.type("havenline init --plan plan.toml --into made")
        shutil.move(self.folder / "made" / "governance", self.folder / "governance")
        shutil.copy(self.folder / "governance" / "directory.note", self.folder)
        (self.folder / "decisions.jsonl").write_text(record())

    def type(self, command):
        if command.startswith("cp -r "):
            shutil.rmtree(self.folder / command.split()[-1], ignore_errors=True)
        done = subprocess.run(["/bin/sh", "-c", command], cwd=self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        return done.stdout

    def close(self):
        shutil.rmtree(self.folder)


def prepare(reader, lines):
    """An approver is given `next` ready made: the page shows only later how its writer made it."""
    reader.type("cp -r lincolnshire next")
    for language, begin, end in blocks(lines):
        if language == "diff" and lines[begin].strip().startswith("next/"):
            apply_change(reader.folder, lines[begin:end])


def read(reader, lines):
    """Each command with what it printed and whether the page says so."""
    done = []
    for language, begin, end in blocks(lines):
        if language == "diff":
            apply_change(reader.folder, lines[begin:end])
            continue
        at = begin
        while at < end and lines[at].startswith("$ "):
            after = next((i for i in range(at + 1, end) if lines[i].startswith("$ ")), end)
            command, expected = lines[at][2:], lines[at + 1:after]
            assert command.startswith(COMMANDS), f"line {at + 1}: no command that a test types: {command}"
            printed = reader.type(command)
            done.append((at + 1, after, command, printed, same(steady(printed), [steady(line) for line in expected])))
            at = after
    return done


def main():
    programs, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    page = source / "docs" / "policy.md"
    lines = page.read_text().splitlines()
    reader = Reader(programs, source)
    try:
        prepare(reader, lines)
        done = read(reader, lines)
        for name in ("policy.html", "isa.html", "next.note"):
            assert (reader.folder / name).stat().st_size > 500, name
    finally:
        reader.close()
    wrong = [each for each in done if not each[-1]]
    if "--write" in sys.argv:
        for begin, end, _, printed, _ in reversed(wrong):
            lines[begin:end] = printed.splitlines()
        page.write_text("\n".join(lines) + "\n")
        return 0
    for begin, _, command, printed, _ in wrong:
        print(f"docs/policy.md:{begin}: $ {command}\nprints\n{printed}", file=sys.stderr)
    assert len(done) >= 20, f"only {len(done)} commands on the page"
    print(f"{len(done)} commands, {len(wrong)} that print another thing than the page says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
