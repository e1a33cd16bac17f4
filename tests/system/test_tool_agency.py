"""`havenline agency` and `keys` against real daemons."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import POLICE, Partnership  # noqa: E402

OK, FAILED, DATA = 0, 1, 65

SCHOOL = "school.106890"


@pytest.fixture()
def running():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        yield p


def agency(p, *args):
    return p.tool("agency", *args, "--operator", p.operator, "--json")


def progress(p, origin):
    return next(m["recipients"][0]["progress"] for m in p.sent() if m["origin"] == origin)


def test_a_suspended_agency_gets_nothing_until_that_is_lifted(running):
    p = running
    suspended = agency(p, "suspend", SCHOOL, "--key", p.governance_key())
    assert suspended.code == OK, suspended
    assert (suspended.json()["suspended"], suspended.json()["version"]) == (True, 1)
    assert suspended.json()["index"] >= 3

    origin = p.send(p.notice(SCHOOL))
    p.wait_for(lambda: progress(p, origin) in ("unsent", "impossible", "sent"), what="the sender to know")
    other = p.send(p.notice(p.schools[1]))
    p.wait_for(lambda: progress(p, other) == "stored", what="the other school")
    assert p.notices(SCHOOL) == []

    again = agency(p, "suspend", SCHOOL, "--key", p.governance_key()).json()
    assert (again["already"], again["suspended"]) == (True, True)
    lifted = agency(p, "lift", SCHOOL, "--key", p.governance_key())
    assert (lifted.code, lifted.json()["suspended"], lifted.json()["version"]) == (OK, False, 2)
    late = p.send(p.notice(SCHOOL))
    p.wait_for(lambda: any(n["origin"] == late for n in p.notices(SCHOOL)), what="the notice after lifting")
    assert agency(p, "lift", SCHOOL, "--key", p.governance_key()).json()["already"] is True


def test_an_agency_suspends_itself_with_its_own_key_but_cannot_lift_it(running):
    p = running
    own = next(p.host_folder(SCHOOL).glob("keys/agency-*/statement.key"))
    assert agency(p, "suspend", SCHOOL, "--key", own).json()["suspended"] is True
    outcome = agency(p, "lift", SCHOOL, "--key", own)
    assert (outcome.code, outcome.out) == (DATA, "")
    assert "lifting a suspension needs 1 governance keys" in outcome.err
    # And nobody else's.
    assert agency(p, "suspend", p.schools[1], "--key", own).code == DATA


def test_an_agency_that_is_not_in_the_directory_is_named_as_wrong(running):
    outcome = agency(running, "suspend", "school.1", "--key", running.governance_key())
    assert (outcome.code, outcome.out) == (DATA, "")
    assert "no such agency" in outcome.err


def test_signatures_for_lifting_gather_in_a_note_and_are_published_once():
    with Partnership(schools=1, council=False, governance=(2, 3)) as p:
        p.start("broker")
        assert agency(p, "suspend", SCHOOL, "--key", p.governance_key(2)).code == OK
        note = p.folder / "lift.note"
        alone = agency(p, "lift", SCHOOL, "--key", p.governance_key(1))
        assert alone.code == DATA and "needs 2 governance keys" in alone.err
        first = agency(p, "lift", SCHOOL, "--key", p.governance_key(1), "--out", note)
        assert first.json()["enough-signatures"] is False and "next key" in first.err
        assert agency(p, "publish", note).code == DATA
        second = agency(p, "lift", SCHOOL, "--key", p.governance_key(3), "--out", note)
        assert second.json()["enough-signatures"] is True
        published = agency(p, "publish", note)
        assert (published.code, published.json()["suspended"]) == (OK, False)
        again = agency(p, "publish", note)
        assert again.code == DATA and "number 3 is next" in again.err


def test_a_rolled_key_is_stated_and_messages_still_arrive(running):
    p = running
    before = p.status(POLICE)["statements"]
    rolled = p.must_tool("keys", "roll", "--config", p.config(SCHOOL), "--token", p.token(SCHOOL), "--agency", SCHOOL,
                         "--json").json()
    assert rolled == {"agency": SCHOOL, "rolled": True}
    p.wait_for(lambda: p.status(POLICE)["statements"] == before + 1, what="the statement at the sender")
    origin = p.send(p.notice(SCHOOL))
    p.wait_for(lambda: progress(p, origin) == "stored", what="a notice sealed to the new key")
    outcome = p.tool("keys", "roll", "--config", p.config(SCHOOL), "--token", p.token(SCHOOL), "--agency", POLICE)
    assert outcome.code == DATA and outcome.out == ""


# --- add


PLAN = """
[[host]]
name = "host.oakfold"
operated-by = "Oakfold (test)"
people = ["keyadult"]

[[agency]]
name = "school.107000"
title = "Oakfold Primary School"
roles = ["school"]
receives = ["school"]
host = "host.oakfold"
telephone = "01632 960010"

[[agency]]
name = "school.107001"
title = "Oakfold Nursery"
roles = ["school"]
receives = ["school"]
host = "host.schools-1"
"""


def add(p, plan, into, directory="directory.note"):
    path = p.folder / "new.toml"
    path.write_text(plan)
    return p.tool("agency", "add", "--plan", path, "--directory", p.document(directory), "--policy",
                  p.document("policy.note"), "--operator", p.operator, "--into", into, "--json")


def test_added_agencies_on_a_new_host_and_on_one_that_runs_get_their_notices(running):
    p = running
    into = p.folder / "added"
    added = add(p, PLAN, into)
    assert added.code == OK, added
    assert (added.json()["version"], added.json()["agencies"], added.json()["hosts"]) == (2, 2, 1)
    note = into / "directory.note"
    p.must_tool("directory", "sign", into / "directory.toml", "--key", p.governance_key(), "--out", note)
    changes = p.must_tool("directory", "check", note, "--against", p.document("directory.note"), "--json").json()
    assert changes["problems"] == []
    assert {c["name"] for c in changes["changes"]} == {"host.oakfold", "school.107000", "school.107001"}
    p.must_tool("directory", "publish", note, "--operator", p.operator)

    # As the answer's words tell.
    oakfold = p.home / "hosts" / "host.oakfold"
    (into / "hosts" / "host.oakfold").rename(oakfold)
    (oakfold / "directory.note").write_text(note.read_text())
    here = p.host_folder("host.schools-1")
    for folder in (into / "hosts" / "host.schools-1" / "keys").iterdir():
        folder.rename(here / "keys" / folder.name)
    config = here / "agent.toml"
    config.write_text(config.read_text() + "\n" +
                      (into / "hosts" / "host.schools-1" / "append-to-agent.toml").read_text())
    (here / "directory.note").write_text(note.read_text())
    tokens = here / "tokens.txt"
    tokens.write_text("".join(line + (" school.107001" if line.startswith("keyadult ") else "") + "\n"
                              for line in tokens.read_text().splitlines()))
    p.stop("host.schools-1")
    p.start("host.schools-1")
    p.start("host.oakfold")
    p.host_of["school.107000"] = "host.oakfold"
    p.host_of["school.107001"] = "host.schools-1"
    p.wait_settled()
    for school in ("school.107000", "school.107001", SCHOOL):
        p.send(p.notice(school))
        p.wait_for(lambda name=school: p.notices(name), what=f"the notice at {school}")


def test_add_says_what_cannot_be_and_makes_nothing(running):
    p = running
    into = p.folder / "added"
    for change, words in [(("school.107001", SCHOOL), "has school.106890 already"),
                          (("host.oakfold", "host.police"), "has a host host.police already"),
                          (('host = "host.schools-1"', 'host = "host.nowhere"'), "neither the directory nor the plan"),
                          (('title = "Oakfold Nursery"\n', ""), "title")]:
        outcome = add(p, PLAN.replace(*change), into)
        assert (outcome.code, outcome.out) == (DATA, ""), change
        assert words in outcome.err
        assert not into.exists()
    assert add(p, PLAN, into).code == OK
    keys = {path: path.read_bytes() for path in into.rglob("*.key")}
    assert len(keys) == 3 + 5 + 5
    again = add(p, PLAN, into)
    assert again.code == DATA and "is not empty" in again.err
    assert keys == {path: path.read_bytes() for path in into.rglob("*.key")}
