"""The demo, as it is and with a fault planted: its own checker must see both."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNTED = ["rows", "notices", "accepted", "delivered", "acknowledged", "quarantined", "held", "alarmed", "duplicates",
           "missing", "entries-verified"]
SECONDS = 300  # Each takes little more than the minute in which nobody answers.


@pytest.fixture(scope="module")
def played():
    """All three at once, since they mostly wait: {what was broken: (exit code, summary, story)}."""
    running = {}
    for broken in ("", "drop", "double"):
        env = {name: value for name, value in os.environ.items() if name != "HAVENLINE_DEMO_BREAK"}
        if broken:
            env["HAVENLINE_DEMO_BREAK"] = broken
        running[broken] = subprocess.Popen([ROOT / "deploy" / "demo", "--json"], env=env, text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ended = {}
    for broken, process in running.items():
        out, err = process.communicate(timeout=SECONDS)
        assert out, err
        ended[broken] = (process.returncode, json.loads(out), err)
    return ended


def test_the_night_ends_well_and_is_counted(played):
    code, summary, story = played[""]
    assert (code, summary["problems"]) == (0, []), story
    assert set(COUNTED) <= set(summary)
    assert (summary["duplicates"], summary["missing"]) == (0, 0)
    # Every row has one outcome; what was held and released is a notice too.
    assert summary["rows"] == (summary["notices"] - 1 + summary["repeated"] + summary["quarantined"]
                               + summary["held"])
    assert summary["accepted"] == summary["notices"] > 10
    assert summary["delivered"] > summary["acknowledged"] > 5
    assert summary["alarmed"] == 2
    assert summary["entries-verified"] > 50


def test_a_notice_that_is_dropped_is_found(played):
    code, summary, story = played["drop"]
    assert code == 1, story
    assert summary["missing"] > 0 and summary["duplicates"] == 0
    assert any("never reached a desk" in problem for problem in summary["problems"])


def test_a_notice_that_is_shown_twice_is_found(played):
    code, summary, story = played["double"]
    assert code == 1, story
    assert summary["duplicates"] > 0 and summary["missing"] == 0
    assert any("2 times" in problem for problem in summary["problems"])
