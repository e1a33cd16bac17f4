"""Held grants between the real programs (design.md 2: C4, C6, D6; 4): the council is told that there is something to
see to if a school has not taken it on by its deadline, or cannot be told at all; and nobody is escalated over who
acknowledged in time, whatever broker and clocks did meanwhile.

Time is moved by set_clock() for the daemons that were started with clock=True.
"""

import time

import pytest
from governance import must_publish, suspension
from harness import COUNCIL, POLICE, POLICY, Partnership

MINUTE = 60 * 1000
TO_COUNCIL = {"agency": COUNCIL, "role": "childrens-services"}
SETTLED = 2  # Seconds in which what is due would have fired: the broker looks four times a second.


def policy(held):
    """The shipped policy with half an hour to acknowledge, and a pointer for the council under this condition."""
    text = POLICY.read_text().replace('acknowledge = "before-the-bell"', 'acknowledge = "half-an-hour"')
    return text.replace("[exchange.encompass-notice]", '''[deadline.half-an-hour]
due = "after"
minutes = 30
warn-minutes = 5

[exchange.encompass-notice]''', 1) + f'''
[[share]]
rule = "TEST-HELD"
exchange = "encompass-notice"
from = ["police"]
to = ["childrens-services"]
when = {{ risk = ["unknown", "standard", "medium"] }}
sections = ["reference", "origin"]
basis = "ca2004-s11"
purpose = "safeguard-child"
held = "{held}"
watches = "school"
acknowledge = "one-working-day"
why = "Somebody must see to it."
'''


@pytest.fixture(name="p")
def partnership(request):
    with Partnership(schools=2, school_hosts=2, policy=policy(getattr(request, "param", "unacknowledged"))) as p:
        yield p


def recipient_of(p, origin, agency):
    message = next(message for message in p.sent() if message["origin"] == origin)
    return next(each for each in message["recipients"] if each["agency"] == agency)


def send(p, school):
    return p.send(p.notice(school, to=[TO_COUNCIL]))


def wait_stored(p, origin, school):
    return p.wait_for(lambda: recipient_of(p, origin, school) if recipient_of(p, origin, school)["progress"] == "stored"
                      else None, what="the school's receipt")


def acknowledge(p, agency, origin):
    notice = next(each for each in p.notices(agency) if each["origin"] == origin)
    return p.must_api(agency, "POST", f"/v1/notices/{notice['notice']}/acknowledge")


def at_council(p, origin):
    return next((notice for notice in p.notices(COUNCIL) if notice["origin"] == origin), None)


@pytest.mark.short
def test_after_the_broker_was_down_over_the_deadline_nobody_is_escalated_over_who_acknowledged(p):
    p.start_all(clock=True)
    answering, silent = p.schools
    answered, unanswered = send(p, answering), send(p, silent)
    for origin, school in ((answered, answering), (unanswered, silent)):
        wait_stored(p, origin, school)
        assert recipient_of(p, origin, COUNCIL)["progress"] == "held"
    assert not p.notices(COUNCIL)
    p.kill("broker")
    acknowledge(p, answering, answered)
    p.set_clock(45 * MINUTE)
    p.start("broker", clock=True)

    notice = p.wait_for(lambda: at_council(p, unanswered), 60, "what the silent school did not take on")
    time.sleep(SETTLED)
    assert at_council(p, answered) is None
    assert "released" in notice and notice["state"] == "new"
    shown = p.must_api(COUNCIL, "POST", f"/v1/notices/{notice['notice']}/open")
    assert {section["name"] for section in shown["sections"]} == {"reference", "origin"}, "a pointer, and no child"
    p.wait_for(lambda: recipient_of(p, answered, COUNCIL)["progress"] == "stood-down", what="the answer at the sender")
    p.wait_for(lambda: "released" in recipient_of(p, unanswered, COUNCIL), what="the release at the sender")
    assert next(m for m in p.sent() if m["origin"] == answered)["ended"]

    # Late, but it answers: the council sees that, and may still acknowledge.
    acknowledge(p, silent, unanswered)
    p.wait_for(lambda: "stood-down" in at_council(p, unanswered), what="the stand-down")
    listed = p.must_tool("desk", "list", "--config", p.config(COUNCIL), "--token", p.token(COUNCIL)).out
    assert "has answered meanwhile" in listed
    acknowledge(p, COUNCIL, unanswered)
    p.wait_for(lambda: recipient_of(p, unanswered, COUNCIL)["progress"] == "acknowledged", what="the council's answer")


@pytest.mark.parametrize("step", [60 * MINUTE, -60 * MINUTE])
def test_a_clock_that_is_stepped_by_an_hour_releases_nothing_and_is_alarmed(p, step):
    p.start("broker", clock=True)
    for host in p.hosts:
        p.start(host)
    p.wait_settled()
    origin = send(p, p.schools[0])
    wait_stored(p, origin, p.schools[0])
    p.set_clock(step)
    p.wait_for(lambda: "clock.doubted" in p.log("broker"), what="the broker's alarm")
    time.sleep(SETTLED)
    assert at_council(p, origin) is None
    assert "grants.released" not in p.log("broker") and "receipts.overdue" not in p.log("broker")
    # An urgent notice goes all the same (D8).
    second = send(p, p.schools[1])
    wait_stored(p, second, p.schools[1])
    # Put right, it is believed again, and who is late then is late.
    p.set_clock(0)
    p.wait_for(lambda: "clock.believed" in p.log("broker"), what="the broker to believe its clock")


@pytest.mark.short
@pytest.mark.parametrize("p", ["unable"], indirect=True)
def test_what_is_queued_for_a_suspended_school_goes_to_who_is_told_in_its_place_and_its_sender_hears(p):
    p.start_all()
    suspended = p.schools[0]
    p.stop(suspended)
    queued = [send(p, suspended) for _ in range(5)]
    p.wait_for(lambda: all(m["state"] == "kept" for m in p.sent()), what="the notices to be in the log")
    assert not p.notices(COUNCIL)
    must_publish(p, "suspension", suspension(p, suspended))
    for origin in queued:
        p.wait_for(lambda origin=origin: at_council(p, origin), what="the pointer at the council")
        p.wait_for(lambda origin=origin: recipient_of(p, origin, suspended)["progress"] == "undeliverable",
                   what="the broker's word at the sender")
        assert recipient_of(p, origin, suspended)["undeliverable"] == "recipient-suspended"
    alarms = [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == "undeliverable" and alarm["open"]]
    assert len(alarms) == len(queued)
    assert all(suspended in alarm["words"] and "in its place" in alarm["words"] for alarm in alarms)
    assert not any(m["ended"] for m in p.sent()), "only a person ends a message"
    # Nothing of it comes to the school, whatever it tries; once it is let in again, all is sealed to it anew.
    p.start(suspended)
    time.sleep(SETTLED)
    assert not p.notices(suspended)
    p.stop(suspended)
    must_publish(p, "suspension", suspension(p, suspended, 2, "lifted"))
    p.start(suspended)
    p.wait_for(lambda: {n["origin"] for n in p.notices(suspended)} == set(queued), 60, "the notices")
    assert len(p.notices(COUNCIL)) == len(queued), "each once"
