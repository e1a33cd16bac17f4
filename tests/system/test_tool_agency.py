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
