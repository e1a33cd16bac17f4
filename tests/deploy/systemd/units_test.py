#!/usr/bin/env python3
"""The systemd units hold: they load without a complaint, and what they leave open stays within its limit.

    units_test.py <folder of the configured units> <folder of the programs>

systemd-analyze judges; systemd need not run. Exposure is in tenths, as --threshold takes it.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

# The broker may be at 1.0 at most; it is at 0.3. An agent connects out, which costs it 0.8, and which addresses it may
# reach only its operator can say (0.2).
EXPOSURE_MAX = {"havenline-broker.service": 3, "havenline-agent@.service": 13}
PROGRAM_OF = {"havenline-broker.service": "havenline-broker", "havenline-agent@school.service": "havenline-school"}

# Each of these on its own must be noticed: else the judgement above is none.
WEAKER = ["PrivateNetwork=no", "SystemCallFilter=", "CapabilityBoundingSet=CAP_SYS_ADMIN", "ProtectSystem=no",
          "NoNewPrivileges=no", "RestrictAddressFamilies="]


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def exposure_is_within(unit, tenths):
    code, said = analyze("security", "--offline=true", f"--threshold={tenths}", "--no-pager", unit)
    return code == 0, said


def problems(units, programs, scratch):
    for name, tenths in EXPOSURE_MAX.items():
        # A template is judged as one of its instances.
        copy = scratch / name.replace("@.", "@school.")
        shutil.copy(units / name, copy)
        within, said = exposure_is_within(copy, tenths)
        if not within:
            yield f"{name} is more open than {tenths / 10}:\n{said}"
    broker = (units / "havenline-broker.service").read_text()
    for line in WEAKER:
        weaker = scratch / "havenline-weaker.service"
        weaker.write_text(broker.replace("\n[Install]", f"\n{line}\n[Install]"))
        if exposure_is_within(weaker, EXPOSURE_MAX["havenline-broker.service"])[0]:
            yield f"a broker's unit with {line} is not told from ours: the limit is too wide"
    # verify wants the programs to be where the unit says.
    placed = scratch / "placed"
    placed.mkdir()
    for path in units.glob("havenline-*"):
        name = path.name.replace("@.", "@school.")
        text = path.read_text()
        if name in PROGRAM_OF:
            line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
            installed = line.removeprefix("ExecStart=").split()[0].replace("%i", "school")
            if pathlib.PurePath(installed).name != PROGRAM_OF[name]:
                yield f"{path.name} starts {installed}"
            text = text.replace("%i", "school").replace(installed, str(programs / PROGRAM_OF[name]))
        (placed / name).write_text(text)
    names = sorted(placed.iterdir())
    if len(names) != 3:
        yield f"there are {len(names)} units in {units}, not 3"
    code, said = analyze("verify", "--recursive-errors=no", *names)
    ours = [line for line in said.splitlines() if "havenline" in line]
    if code != 0 or ours:
        yield f"systemd-analyze verify ended with {code}:\n{said}"


def main():
    units, programs = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="havenline-units-") as scratch:
        found = list(problems(units, programs, pathlib.Path(scratch)))
    print("\n".join(found) or "the units hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
