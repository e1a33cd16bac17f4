"""The clock is the sender's own (design.md 2: D6): what nobody acknowledges is alarmed before it is late and when
it is, by the sender's agent, whether the broker lives or not; and nobody is alarmed about what was answered.

Time is moved by set_clock() for all daemons together.
"""

import pytest
from harness import POLICE, Partnership

MINUTE = 60 * 1000
BROKER_SILENT = 10 * MINUTE


@pytest.fixture(name="p")
def partnership():
    with Partnership(schools=2, council=False) as p:
        p.start_all(clock=True)
        p.base = p.status(POLICE)["last-heard"]
        yield p


def stored(p, origin):
    return p.wait_for(lambda: next(message for message in p.sent() if message["origin"] == origin
                                   and message["recipients"][0]["progress"] == "stored"), what="the notice's receipt")


def move_to(p, moment):
    """To a moment of the wall clock, in milliseconds."""
    p.set_clock(moment - p.base)


def alarms(p, kind, only_open=True):
    return [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == kind and (alarm["open"] or not only_open)]


@pytest.mark.short
@pytest.mark.parametrize("broker", ["alive", "dead"])
def test_what_nobody_acknowledges_is_alarmed_by_the_senders_own_agent(p, broker):
    school, answering = p.schools
    origin, answered = p.send(p.notice(school)), p.send(p.notice(answering))
    due = stored(p, origin)["recipients"][0]["acknowledge-by"]
    stored(p, answered)
    p.must_api(answering, "POST", f"/v1/notices/{p.notices(answering)[0]['notice']}/acknowledge")
    p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == answered)["ended"], what="the answer")
    if broker == "dead":
        p.kill("broker")

    move_to(p, due - 40 * MINUTE)
    p.wait_for(lambda: p.status(POLICE), what="the agent")
    assert not alarms(p, "due-soon") and not alarms(p, "late")
    move_to(p, due - 29 * MINUTE)
    soon = p.wait_for(lambda: alarms(p, "due-soon"), what="the first alarm")
    assert [alarm["subject"] for alarm in soon] == [f"{origin} {school} school"]
    assert not alarms(p, "late")
    move_to(p, due + MINUTE)
    late = p.wait_for(lambda: alarms(p, "late"), what="the alarm")
    assert [alarm["subject"] for alarm in late] == [f"{origin} {school} school"]
    assert school in late[0]["words"] and "Telephone" in late[0]["words"]
    assert not alarms(p, "due-soon")
    assert p.status(POLICE)["sent-late"] == 1
    if broker == "dead":
        p.start("broker", clock=True)

    # The school's desk could be read all the time; its answer ends the alarm.
    p.must_api(school, "POST", f"/v1/notices/{p.notices(school)[0]['notice']}/acknowledge")
    p.wait_for(lambda: not alarms(p, "late"), 40, "the alarm's end")
    assert [alarm["subject"] for alarm in alarms(p, "late", only_open=False)] == [f"{origin} {school} school"]


def test_what_never_left_is_alarmed_too(p):
    school = p.schools[0]
    p.kill("broker")
    origin = p.send(p.notice(school))
    message = next(message for message in p.sent() if message["origin"] == origin)
    assert message["state"] == "sealed"
    move_to(p, message["recipients"][0]["acknowledge-by"] + MINUTE)
    late = p.wait_for(lambda: alarms(p, "late"), what="the alarm")
    assert late[0]["subject"].startswith(origin)
    silent = p.wait_for(lambda: alarms(p, "broker-silent"), what="the alarm that the broker is silent")
    assert "telephone" in silent[0]["words"]
    p.start("broker", clock=True)
    p.wait_for(lambda: p.notices(school), 40, "the notice")
    p.wait_for(lambda: not alarms(p, "broker-silent"), what="the broker's alarm to end")


def test_an_alarm_is_kept_over_the_agents_death(p):
    school = p.schools[0]
    origin = p.send(p.notice(school))
    due = stored(p, origin)["recipients"][0]["acknowledge-by"]
    move_to(p, due + MINUTE)
    before = p.wait_for(lambda: alarms(p, "late"), what="the alarm")
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    assert alarms(p, "late") == before
    taken = p.must_api(POLICE, "POST", f"/v1/alarms/{before[0]['alarm']}/take-on")
    assert taken["taken-by"] == "keyadult"
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    assert [alarm["taken-by"] for alarm in p.alarms(POLICE) if alarm["kind"] == "late"] == ["keyadult"]
