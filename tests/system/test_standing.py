"""Who may speak and what was said before, as it changes at run time: suspension, an id used again, an orderly end
(design.md 2: C6, D3; 11).
"""

import time

import pytest
from capture import fresh_envelope, with_another_header
from governance import must_publish, suspension
from harness import POLICE, Partnership
from rawlink import RawLink
from traffic import Traffic

ID_REUSED = 108


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        yield p


def has(p, school, origin):
    return [notice for notice in p.notices(school) if notice["origin"] == origin]


def message_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


@pytest.mark.short
def test_a_suspended_school_gets_nothing_not_even_what_is_queued_until_it_is_lifted(p):
    suspended, other = p.schools
    p.stop(suspended)
    queued = p.send(p.notice(suspended))
    p.wait_for(lambda: message_of(p, queued)["state"] == "kept", what="the notice to be in the log")
    must_publish(p, "suspension", suspension(p, suspended))
    p.wait_for(lambda: p.operator_status()["undeliverable"] == 1, what="what was queued to be taken away")
    p.start(suspended)
    later = p.send(p.notice(suspended))
    served = p.send(p.notice(other))
    p.wait_for(lambda: has(p, other, served), what="the other school's notice")
    p.wait_for(lambda: any(a["kind"] == "no-key" and "suspended" in a["words"] for a in p.alarms(POLICE)),
               what="the sender's alarm about what it cannot seal")
    # What was queued is answered to its sender: who was not told, and that a person must act (C6, D5).
    p.wait_for(lambda: message_of(p, queued)["recipients"][0]["progress"] == "undeliverable", what="the broker's word")
    assert any(a["kind"] == "undeliverable" and a["open"] and suspended in a["words"] for a in p.alarms(POLICE))
    assert not message_of(p, queued)["ended"]
    # Its host speaks for nobody else: its key is refused, whatever it says.
    assert p.status(suspended)["session"] != "up"
    with RawLink(p, p.host(suspended)) as link:
        assert not link.shakes_hands()
    assert not has(p, suspended, queued) and not has(p, suspended, later)

    must_publish(p, "suspension", suspension(p, suspended, 2, "lifted"))
    # What was taken away is sealed anew.
    for origin in (queued, later):
        assert len(p.wait_for(lambda origin=origin: has(p, suspended, origin), 40, "the notice")) == 1


def test_a_suspended_sender_is_not_heard_until_it_is_lifted(p):
    school = p.schools[1]
    p.wait_settled()
    sessions = p.operator_status()["sessions"]
    must_publish(p, "suspension", suspension(p, POLICE))
    before = p.operator_status()
    assert before["sessions"] == sessions - 1, "its link is cut off with that entry"
    origin = p.send(p.notice(school))
    time.sleep(1)  # It would have gone by then.
    assert not has(p, school, origin)
    assert p.operator_status()["accepted"] == before["accepted"]
    must_publish(p, "suspension", suspension(p, POLICE, 2, "lifted"))
    assert len(p.wait_for(lambda: has(p, school, origin), 40, "the notice")) == 1


@pytest.mark.short
def test_the_same_id_gets_its_first_answer_again_and_with_another_header_is_refused():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        school = p.schools[0]
        envelope = fresh_envelope(p, school)
        with RawLink(p, "host.police") as link:
            assert "creditMessages" in link.hello([POLICE])

            def answer(data, reference):
                assert link.send({"submit": {"lane": 0, "items": [{"reference": reference, "bytes": data}]}})
                item = link.wait("answer")["items"][0]
                assert item["reference"] == reference
                return item["answer"]

            first = answer(envelope, "1")["accepted"]
            assert answer(envelope, "2")["accepted"] == first
            refused = answer(with_another_header(p, envelope), "3")["refused"]
            assert refused["code"] == ID_REUSED
            assert answer(envelope, "4")["accepted"] == first
        p.start(school)
        p.wait_for(lambda: p.notices(school), what="the notice")
        status = p.operator_status()
        assert (status["accepted"] >= 1, status["refused"]) == (True, 1)
        assert len(p.notices(school)) == 1


@pytest.mark.short
def test_sigterm_drains_and_exits_0_under_load():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        traffic = Traffic(p, pause=0.01)
        traffic.start()
        for victim in ["broker", "host.police", "host.schools-1", "host.schools-2"]:
            before = len(traffic.sent)
            p.wait_for(lambda before=before: len(traffic.sent) > before + 5, what="the load to go on")
            assert p.stop(victim, seconds=15) == 0
            p.start(victim)
        traffic.stop()
        traffic.settle()
        traffic.check()
        assert "broker.stopped" in p.log("broker") and "agent.stopped" in p.log("host.police")


def test_agents_that_knock_while_the_broker_starts_are_let_in():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        for _ in range(8):
            ups = {host: p.log(host).count('"session.up"') for host in p.hosts}
            p.kill("broker")
            p.start("broker")
            p.wait_for(lambda ups=ups: all(p.log(host).count('"session.up"') > ups[host] for host in p.hosts), 20,
                       "all agents to be back")
        assert not any('"session.refused"' in p.log(host) for host in p.hosts), "an agent was turned away"
