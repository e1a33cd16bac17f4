"""The README's tour, word for word as a newcomer types it: only its folder and its ports are others."""

import re
import subprocess

import pytest
from harness import BUILD, ROOT, free_port

SECONDS = 120
PORTS = ["4780", "4781", "4782"]


def tour():
    """The commands of the tour, in order."""
    text = (ROOT / "README.md").read_text()
    section = text.split("## A tour in five minutes\n")[1].split("\n## ")[0]
    return [block.strip() for block in re.findall(r"```\n(.*?)```", section, re.DOTALL)]


@pytest.fixture(scope="module", name="said")
def typed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    commands = "\n".join(tour())
    # What is built and installed is this build; the rest of the first block is typed as it stands.
    changes = {"deploy/build\n": "", "$PWD/build/release/bin": str(BUILD / "bin"), "/tmp/tour": str(folder / "tour")}
    changes |= {port: str(free_port()) for port in PORTS}
    for old, new in changes.items():
        assert old in commands, f"the tour no longer says {old!r}: correct this test"
        commands = commands.replace(old, new)
    # -e, so that a command that fails ends the tour; the daemons end with it, whatever happens.
    ran = subprocess.run(["bash", "-euc", f"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{commands}\nwait"],
                         cwd=ROOT, text=True, capture_output=True, timeout=SECONDS, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_tour_runs_to_its_end_and_shows_what_the_readme_says(said):
    assert "is in here" in said
    assert re.search(r"^message [0-9a-f]{32} is the agent's to deliver$", said, re.MULTILINE)
    assert "Given names: Jessie" in said
    assert "notice 1 from The force (police.south-yorkshire) is acknowledged" in said
    assert re.search(r"^ .*encompass-notice .* kept +school\.106890 +school +acknowledged ", said, re.MULTILINE)
    assert re.search(r"^the log of rotherham holds: \d+ entries of epoch 1", said, re.MULTILINE)


def test_the_address_stays_with_the_force_as_the_readme_promises(said):
    assert "You see this because" in said, "under which rule it sees the rest"
    assert "Sample Street" not in said and "Where it happened" not in said, "nor that there is one"
