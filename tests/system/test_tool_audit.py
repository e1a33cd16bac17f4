"""`havenline audit` against a real broker: verifying, showing, exporting, and a broker that forgets."""

import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import ROOT, Partnership  # noqa: E402
from test_tool import next_version  # noqa: E402

OK, TAMPERED, DATA, UNAVAILABLE = 0, 3, 65, 69

SCHOOL = "school.106890"


def verify(p, *options):
    return p.tool("audit", "verify", "--operator", p.operator, "--json", *options)


@pytest.fixture(scope="module")
def running():
    """With a notice acknowledged, so that the log holds entries of several kinds."""
    with Partnership(schools=2, school_hosts=1, council=False) as p:
        p.start_all()
        p.send(p.notice(SCHOOL))
        number = p.wait_for(lambda: p.notices(SCHOOL), what="the notice")[0]["notice"]
        p.must_api(SCHOOL, "POST", f"/v1/notices/{number}/acknowledge")
        p.wait_for(lambda: all(m["ended"] for m in p.sent()), what="the end")
        yield p


def checkpointed(p):
    """Once the newest checkpoint covers every entry: how many there are."""
    def covered():
        status = p.operator_status()
        return status["entries"] if status["entries"] == status["checkpoint"] else 0
    return p.wait_for(covered, what="a checkpoint of all entries")


# --- verify


@pytest.mark.short
def test_verify_recomputes_every_entry_and_remembers(running, tmp_path):
    state = tmp_path / "state"
    entries = checkpointed(running)
    first = verify(running, "--state", state)
    assert first.code == OK, first
    found = first.json()
    assert (found["verified"], found["entries-verified"], found["epoch"]) == (True, entries, 1)
    assert found["documents"] == 3 and "seen-before" not in found
    assert state.read_text() == found["checkpoint"]

    running.send(running.notice(SCHOOL))
    running.wait_for(lambda: checkpointed(running) > entries, what="more entries")
    second = verify(running, "--state", state).json()
    assert second["seen-before"] == {"epoch": 1, "size": entries}
    assert second["entries-verified"] > entries
    words = running.must_tool("audit", "verify", "--operator", running.operator, "--state", state).out
    assert f"it contains the {second['size']} entries verified before" in words


def test_verify_asks_as_an_agents_host_too(running, tmp_path):
    outcome = running.tool("audit", "verify", "--config", running.config(SCHOOL), "--state", tmp_path / "s", "--json")
    assert outcome.code == OK and outcome.json()["verified"] is True
    assert "its own session breaks off" in outcome.err
    running.wait_for(lambda: running.status(SCHOOL)["session"] == "up", what="the agent's own session")


def test_verify_refuses_a_state_that_no_log_key_signed(running, tmp_path):
    state = tmp_path / "state"
    good = verify(running, "--state", state).json()["checkpoint"]
    lines = good.split("\n")
    lines[1] = str(int(lines[1]) - 1)
    state.write_text("\n".join(lines))
    outcome = verify(running, "--state", state)
    assert (outcome.code, outcome.out) == (DATA, "")
    assert "no checkpoint signed by a log key" in outcome.err
    assert state.read_text() == "\n".join(lines)


def test_verify_without_a_broker_is_69():
    with Partnership(schools=1, council=False) as p:
        outcome = verify(p)
        assert (outcome.code, outcome.out) == (UNAVAILABLE, "")


def publish_policy(p, minutes):
    """The next policy after what init made; needs version 1 in force."""
    text = p.folder / f"policy-{minutes}.toml"
    text.write_text(next_version(p.document("policy.toml").read_text(),
                                 [("warn-minutes = 30", f"warn-minutes = {minutes}")]))
    p.must_tool("policy", "sign", text, "--key", p.governance_key(), "--out", text.with_suffix(".note"))
    p.must_tool("policy", "publish", text.with_suffix(".note"), "--operator", p.operator)


def test_a_broker_put_back_whole_is_found_to_have_gone_back_and_then_to_have_forked():
    with Partnership(schools=1, council=False) as p:
        p.start("broker")
        broker_folder = p.home / "broker"
        checkpointed(p)
        p.stop("broker")
        before = p.folder / "before"
        shutil.copytree(broker_folder, before)

        p.start("broker")
        publish_policy(p, 40)
        assert checkpointed(p) == 4
        seen = verify(p).json()
        assert seen["verified"] is True and seen["size"] == 4
        p.stop("broker")

        # Store and mark together: to the broker itself nothing is missing.
        shutil.rmtree(broker_folder)
        shutil.copytree(before, broker_folder)
        p.start("broker")
        back = verify(p)
        assert back.code == TAMPERED and back.json()["verdict"] == "tampered"
        assert back.json()["problems"] == [
            "the log went back: it has 3 entries, and a signed checkpoint of 4 was seen before"]
        assert back.json()["entries-verified"] == 0
        state = p.operator.parent / "audit.checkpoint"
        assert state.read_text() == seen["checkpoint"]
        evidence = p.operator.parent / "audit.checkpoint.contradicts"
        assert evidence.read_text() == back.json()["checkpoint"]

        publish_policy(p, 50)
        assert checkpointed(p) == 4
        forked = p.tool("audit", "verify", "--operator", p.operator)
        assert forked.code == TAMPERED
        assert "does NOT hold" in forked.out
        assert "the log forked: its first 4 entries are not the ones" in forked.out
        assert "tell governance" in forked.out


# --- show, export


def test_show_lists_entries_with_their_documents(running):
    shown = running.must_tool("audit", "show", "--operator", running.operator, "--count", 4, "--json").json()
    assert [entry.get("document", {}).get("document") for entry in shown["entries"]] == [
        "opening", "directory", "policy", None]
    last = running.must_tool("audit", "show", "--operator", running.operator, "--from", shown["size"] - 1,
                             "--json").json()["entries"]
    assert [entry["index"] for entry in last] == [shown["size"] - 1]
    words = running.must_tool("audit", "show", "--operator", running.operator, "--count", 3).out
    assert "policy" in words and shown["entries"][2]["digest"][:16] in words
    assert SCHOOL not in words


def documented_check():
    section = (ROOT / "docs" / "protocol.md").read_text().split("### Checking an export")[1]
    return section.split("```python\n")[1].split("```")[0]


def check_alone(folder):
    return subprocess.run([sys.executable, "-c", documented_check()], cwd=folder, capture_output=True, text=True,
                          timeout=60)


def test_an_export_is_checked_by_the_ten_lines_of_the_protocol(running, tmp_path):
    into = tmp_path / "log"
    exported = running.must_tool("audit", "export", "--operator", running.operator, "--into", into, "--json").json()
    assert exported["problems"] == [] and exported["documents"] == 3
    alone = check_alone(into)
    assert alone.returncode == 0, alone
    assert f"rotherham/log/1 {exported['size']} entries" in alone.stdout

    again = running.tool("audit", "export", "--operator", running.operator, "--into", into)
    assert again.code == DATA and "is not empty" in again.err

    leaves = into / "leaves.jsonl"
    text = leaves.read_text().splitlines()
    leaves.write_text("\n".join(text[:-1]) + "\n")
    assert check_alone(into).returncode != 0
    leaves.write_text("\n".join(text) + "\n")
    assert check_alone(into).returncode == 0
    note = next((into / "documents").iterdir())
    note.write_text(note.read_text().replace("version = 1", "version = 2").replace("epoch = 1", "epoch = 2"))
    assert check_alone(into).returncode != 0
