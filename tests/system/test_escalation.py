"""What nobody acknowledges is taken to those whom policy names, step by step (docs/policy.md, "Escalation"), and each
step is shown to the login that holds the duty: at the desk where it waits, and at its sender's.

Time is moved by set_clock() for all daemons together.
"""

import pytest
from harness import POLICE, Partnership

MINUTE = 60 * 1000
FIRST, SECOND = "school.106890", "school.106891"


@pytest.fixture(name="p")
def partnership():
    desks = {"host.schools-1": {"keyadult": [FIRST, SECOND], "deputy": [FIRST, f"deputy-key-adult@{FIRST}"],
                                "head": [FIRST, f"head@{FIRST}"], "other": [SECOND]},
             "host.police": {"deputy": [POLICE, f"safeguarding-desk@{POLICE}"]}}
    with Partnership(schools=2, council=False, people=("keyadult", "deputy", "head", "other"), desks=desks) as p:
        p.start_all(clock=True)
        p.base = p.status(POLICE)["last-heard"]
        yield p


def seen(p, name, login, kind="escalated"):
    """The open alarms of this kind that a login sees."""
    alarms = p.must_api(name, "GET", "/v1/alarms", login=login)["alarms"]
    return [alarm.get("duty", "") for alarm in alarms if alarm["kind"] == kind and alarm["open"]]


def test_each_step_is_shown_to_whoever_holds_the_duty_until_a_person_acknowledges(p):
    origin = p.send(p.notice(FIRST))
    notice = p.wait_for(lambda: p.notices(FIRST), what="the notice")[0]
    due = notice["acknowledge-by"]
    assert notice["escalated"] == [] and notice["late"] is False
    p.set_clock(due - 29 * MINUTE - p.base)
    p.wait_for(lambda: seen(p, FIRST, "keyadult", "due-soon"), what="the warning")
    assert seen(p, FIRST, "other", "due-soon") == [], "another school's login sees nothing of it"
    p.set_clock(due - 9 * MINUTE - p.base)
    p.wait_for(lambda: seen(p, FIRST, "head") == ["head"], what="the head's step")
    assert seen(p, FIRST, "deputy") == ["deputy-key-adult"]
    assert seen(p, FIRST, "keyadult") == [] == seen(p, FIRST, "other")
    listed = p.must_tool("desk", "list", "--config", p.config(FIRST), "--token", p.token(FIRST)).out
    assert "nobody has acknowledged it; now asked: head of the school" in listed

    # Another's alarm is not there for them: neither to see nor to take on, nor counted.
    alarms = p.must_api(FIRST, "GET", "/v1/alarms", login="head")["alarms"]
    number = next(alarm["alarm"] for alarm in alarms if alarm["kind"] == "escalated")
    status, body = p.api(FIRST, "POST", f"/v1/alarms/{number}/take-on", login="other")
    assert status == 404 and body["error"] == f"there is no alarm {number}"
    assert p.must_api(FIRST, "GET", "/v1/status", login="other")["alarms-open"] == 0
    assert p.must_api(FIRST, "GET", "/v1/status", login="other")["received-unanswered"] == 0

    p.kill(FIRST)
    p.kill(POLICE)
    p.set_clock(due + MINUTE - p.base)
    p.start(POLICE, clock=True)
    p.wait_for(lambda: seen(p, POLICE, "deputy") == ["", "", "safeguarding-desk"], what="the force's own duty")
    assert seen(p, POLICE, "keyadult") == ["", ""], "that step is for whoever holds it"
    p.start(FIRST, clock=True)
    p.wait_for(lambda: seen(p, FIRST, "keyadult", "late"), what="the alarm at the desk")
    assert seen(p, FIRST, "head") == ["head"], "once, also after a crash"

    number = next(n["notice"] for n in p.notices(FIRST) if n["origin"] == origin)
    p.must_api(FIRST, "POST", f"/v1/notices/{number}/acknowledge")
    p.wait_for(lambda: not seen(p, POLICE, "deputy") and not seen(p, POLICE, "deputy", "late"), 40, "the end of it")
    for login in ("keyadult", "deputy", "head"):
        assert not seen(p, FIRST, login) and not seen(p, FIRST, login, "late")
