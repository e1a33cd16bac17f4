#!/usr/bin/env python3
"""What the machine can do against us in a program that is attacked: position-independent, read-only after
start, no executable stack, no search path of our own. And what tests may do to a program, no shipped one can:
the words that switch fault points on are in none of them.

  hardening_test.py BUILD_FOLDER     looks at every program in BUILD_FOLDER/bin

Exits 1 and names each break; 77 (skipped) if nothing is built."""

import pathlib
import re
import subprocess
import sys

SKIPPED = 77
# Not even linked: KJ's event loop, HTTP and RPC, and Cap'n Proto's lax JSON (tests/architecture/banned_test.py).
BANNED_LIBRARIES = re.compile(r"\[(lib(?:capnp-(?:rpc|json)|kj-[a-z])[^\]]*)\]")
# In pieces, so that a search for it finds the code that reads it and not this test.
TEST_SWITCHES = [b"HAVENLINE_" + b"FAULT", b"HAVENLINE_" + b"PLANT", b"HAVENLINE_" + b"CLOCK_FILE"]


def readelf(option, program):
    return subprocess.run(["readelf", "-W", option, str(program)], check=True, capture_output=True, text=True).stdout


def broken(program):
    header = readelf("-h", program)
    dynamic = readelf("-d", program)
    segments = readelf("-l", program)
    if not re.search(r"Type:\s+DYN", header) or "(FLAGS_1)" not in dynamic or "PIE" not in dynamic:
        yield "is not position-independent (PIE)"
    if "GNU_RELRO" not in segments:
        yield "has no part that becomes read-only after start (RELRO)"
    if "BIND_NOW" not in dynamic and not re.search(r"FLAGS_1\).*\bNOW\b", dynamic):
        yield "resolves names lazily, so its tables stay writable (no BIND_NOW)"
    stack = re.search(r"GNU_STACK\s+(?:0x\w+\s+){5}([RWE ]+)", segments)
    if stack is None or "E" in stack.group(1):
        yield "has a stack that may be executed"
    if re.search(r"\bLOAD\b.*\bRWE\b", segments):
        yield "has memory that is both written and executed"
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
        yield "searches for libraries in a folder of its own (RPATH)"
    for library in BANNED_LIBRARIES.findall(dynamic):
        yield f"is linked with {library}, which is open to whoever sends"
    if "__stack_chk_fail" not in readelf("--dyn-syms", program):
        yield "is built without stack protection"
    content = program.read_bytes()
    for switch in TEST_SWITCHES:
        if switch in content:
            yield f"holds {switch.decode()}: the test seam is linked into what we ship"


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release")
    programs = sorted(p for p in (build / "bin").glob("*") if p.is_file())
    if not programs:
        print(f"nothing is built in {build / 'bin'}: run deploy/build")
        return SKIPPED
    found = [f"{program.name} {what}" for program in programs for what in broken(program)]
    # The test must be able to see what it looks for: the programs made for tests do hold it.
    test_programs = [p for p in (build / "test-bin").glob("havenline*") if p.is_file()]
    blind = [p.name for p in test_programs if TEST_SWITCHES[0] not in p.read_bytes()]
    found += [f"test-bin/{name} has no fault points: this test would find nothing" for name in blind]
    print("\n".join(found) or f"{len(programs)} programs are hardened and hold no test switch")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
