"""The command line tool against real daemons, command by command."""

import hashlib
import json
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import COUNCIL, POLICE, Partnership  # noqa: E402

OK, FAILED, USAGE, DATA, UNAVAILABLE, CONFIG = 0, 1, 64, 65, 69, 78

SCHOOL = "school.106890"


@pytest.fixture(scope="module")
def running():
    """A partnership that runs, for tests that leave it as they found it or only add to it."""
    with Partnership(schools=2, school_hosts=1) as partnership:
        partnership.start_all()
        yield partnership


def next_version(text, changes=()):
    """The text of the version after `text`, with each (old, new) of `changes` replaced once."""
    version = int(text.split("\nversion = ")[1].split("\n")[0])
    lines = [line for line in text.split("\n") if not line.startswith("previous = ")]
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    at = lines.index(f"version = {version}")
    lines[at] = f'version = {version + 1}\nprevious = "{text_hash}"'
    new = "\n".join(lines)
    for old, replacement in changes:
        assert old in new, old
        new = new.replace(old, replacement, 1)
    return new


def text_of(note):
    return pathlib.Path(note).read_text().rsplit("\n\n", 1)[0] + "\n"


# --- help and usage


def commands_of(partnership, path):
    out = partnership.must_tool(*path, "--help").out
    if "Subcommands:" not in out:
        return [path]
    names = [line.split()[0] for line in out.split("Subcommands:")[1].splitlines() if line.startswith("  ")
             and not line.startswith("   ")]
    return [found for name in names for found in commands_of(partnership, path + [name])]


def test_every_command_has_help_with_an_example(running):
    commands = commands_of(running, [])
    assert len(commands) >= 9
    for command in commands:
        out = running.must_tool(*command, "--help").out
        assert f"Examples:\n  havenline {' '.join(command)}" in out, command


def test_a_wrong_command_line_is_64_with_nothing_on_stdout(running):
    for line in ([], ["policy"], ["policy", "sing"], ["policy", "check"], ["policy", "check", "a", "--josn"]):
        outcome = running.tool(*line)
        assert (outcome.code, outcome.out) == (USAGE, ""), line
        assert "--help" in outcome.err


# --- init


def test_a_partnership_whose_name_no_key_could_bear_is_refused_by_line(running, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('partnership = "a+b"\npolicy = "policy.toml"\n[broker]\nlisten = "tcp://127.0.0.1:4780"\n'
                    '[governance]\nthreshold = 1\nkeys = 1\n')
    outcome = running.tool("init", "--plan", plan, "--into", tmp_path / "made")
    assert outcome.code == DATA and "must not contain '+'" in outcome.err and "plan.toml:1" in outcome.err
    assert not (tmp_path / "made").exists()


# --- directory, policy


def test_check_finds_no_problem_in_what_init_made(running):
    for word in ("directory", "policy"):
        for name in (f"{word}.toml", f"{word}.note"):
            found = running.must_tool(word, "check", running.document(name), "--json").json()
            assert found["problems"] == []
            assert (found["document"], found["version"]) == (word, 1)
    assert running.must_tool("directory", "check", running.document("directory.note"),
                             "--json").json()["signed-by"] == ["rotherham/governance/1"]


def test_check_names_problems_with_their_line_and_exits_65(running, tmp_path):
    broken = tmp_path / "policy.toml"
    broken.write_text(running.document("policy.toml").read_text().replace("slots = 8", "slots = 9"))
    outcome = running.tool("policy", "check", broken)
    assert outcome.code == DATA
    assert f"{broken}:22:" in outcome.out
    as_json = running.tool("policy", "check", broken, "--json")
    assert as_json.code == DATA and as_json.err == ""
    assert "must be 8, 16 or 64" in as_json.json()["problems"][0]


def test_check_against_says_who_gains_and_who_loses(running, tmp_path):
    new = tmp_path / "policy.toml"
    new.write_text(next_version(running.document("policy.toml").read_text(),
                                [('"risk",\n            "origin"]\nbasis = "daa2021-s49a"\nacknowledge = '
                                  '"before-the-bell"',
                                  '"origin"]\nbasis = "daa2021-s49a"\nacknowledge = "before-the-bell"')]))
    found = running.must_tool("policy", "check", new, "--against", running.document("policy.note"), "--json").json()
    assert [(c["change"], c["to"], c["section"], c["senders"]) for c in found["changes"]] == [
        ("loses", "school", "risk", [POLICE])]
    words = running.must_tool("policy", "check", new, "--against", running.document("policy.note")).out
    assert "school loses risk of encompass-notice from police (police.south-yorkshire)" in words


def test_check_against_refuses_what_does_not_follow(running):
    outcome = running.tool("directory", "check", running.document("directory.toml"), "--against",
                           running.document("directory.toml"))
    assert outcome.code == DATA
    assert "version 2 is next" in outcome.out


def test_show_says_in_words_and_in_json_what_a_document_holds(running):
    words = running.must_tool("directory", "show", running.document("directory.note")).out
    assert "South Yorkshire Police (test)" in words and "host.operator" in words
    shown = running.must_tool("directory", "show", running.document("directory.note"), "--json").json()
    assert {agency["agency"] for agency in shown["agencies"]} == {POLICE, COUNCIL, *running.schools}
    policy = running.must_tool("policy", "show", running.document("policy.note"), "--directory",
                               running.document("directory.note"), "--json").json()
    assert policy["signed-by"] == ["rotherham/governance/1"]
    assert any(share["to"] == "school" for share in policy["shares"])


def test_sign_refuses_a_text_with_problems_and_writes_nothing(running, tmp_path):
    broken = tmp_path / "policy.toml"
    broken.write_text(running.document("policy.toml").read_text() + "\tx = 1\n")
    outcome = running.tool("policy", "sign", broken, "--key", running.governance_key(), "--out", tmp_path / "out")
    assert outcome.code == DATA
    assert "a tab" in outcome.err
    assert not (tmp_path / "out").exists()


def test_signatures_gather_key_by_key_until_there_are_enough():
    with Partnership(schools=1, council=False, governance=(2, 3)) as p:
        note = p.folder / "d.note"
        one = p.must_tool("directory", "sign", p.document("directory.toml"), "--key", p.governance_key(3),
                          "--out", note, "--json")
        assert one.json()["signatures"] == 1
        assert "1 signature more" in one.err
        assert p.tool("directory", "check", note).code == DATA
        two = p.must_tool("directory", "sign", note, "--key", p.governance_key(1), "--out", note, "--json")
        assert (two.json()["signatures"], two.json()["signatures-needed"], two.err) == (2, 2, "")
        assert p.must_tool("directory", "check", note, "--json").json()["problems"] == []


def test_sign_refuses_a_key_that_is_not_governances(running, tmp_path):
    with Partnership(schools=1, council=False) as other:
        outcome = running.tool("directory", "sign", running.document("directory.toml"), "--key",
                               other.governance_key(), "--out", tmp_path / "out")
    assert outcome.code == DATA
    assert "not one of this directory's governance keys" in outcome.err


@pytest.fixture()
def alone():
    """A broker for one test that changes what is in force."""
    with Partnership(schools=1, council=False) as partnership:
        partnership.start("broker")
        yield partnership


def publish_next(p, word, changes, source=None):
    """Signs and publishes the next version; returns the tool's outcome and the note."""
    text = p.folder / f"{word}-next.toml"
    text.write_text(next_version(source or p.document(f"{word}.toml").read_text(), changes))
    note = text.with_suffix(".note")
    p.must_tool(word, "sign", text, "--key", p.governance_key(), "--out", note)
    return p.tool(word, "publish", note, "--operator", p.operator, "--json"), note


def test_publish_puts_a_policy_in_force_and_prints_its_position(alone):
    outcome, note = publish_next(alone, "policy", [("warn-minutes = 30", "warn-minutes = 40")])
    assert outcome.code == OK
    published = outcome.json()
    assert (published["accepted"], published["already"], published["epoch"], published["index"]) == (True, False, 1, 3)
    again = alone.must_tool("policy", "publish", note, "--operator", alone.operator, "--json").json()
    assert again["already"] is True
    third, _ = publish_next(alone, "policy", [("warn-minutes = 40", "warn-minutes = 50")], text_of(note))
    assert third.json()["index"] == 4


def test_publish_says_what_keeps_a_document_from_following(alone):
    _, note = publish_next(alone, "policy", [("warn-minutes = 30", "warn-minutes = 40")])
    stale, _ = publish_next(alone, "policy", [("warn-minutes = 30", "warn-minutes = 60")])
    assert stale.code == DATA
    assert "does not follow: version 3 is next" in stale.err
    assert note.exists()


def test_publish_refuses_an_unsigned_text_and_another_governances_signature(alone):
    outcome = alone.tool("policy", "publish", alone.document("policy.toml"), "--operator", alone.operator)
    assert outcome.code == DATA and "is not signed" in outcome.err
    with Partnership(schools=1, council=False) as other:
        outcome = alone.tool("policy", "publish", other.document("policy.note"), "--operator", alone.operator)
    assert outcome.code == DATA and "no known key signed" in outcome.err


def test_publish_without_a_broker_is_69_and_says_what_to_look_at(alone):
    alone.kill("broker")
    outcome = alone.tool("policy", "publish", alone.document("policy.note"), "--operator", alone.operator)
    assert (outcome.code, outcome.out) == (UNAVAILABLE, "")
    assert "did not answer within 10 s" in outcome.err and "Is it running" in outcome.err


def test_publish_with_a_key_the_broker_does_not_know_says_so(alone):
    with Partnership(schools=1, council=False) as other:
        shutil.copy(other.home / "operator" / "keys" / "curve.key", alone.home / "operator" / "keys" / "curve.key")
    outcome = alone.tool("policy", "publish", alone.document("policy.note"), "--operator", alone.operator)
    assert outcome.code == DATA
    assert "does not take the key" in outcome.err
