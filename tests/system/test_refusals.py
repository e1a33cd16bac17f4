"""What must not go, must go with others, or cannot be read on its way, between the real programs (design.md 11, and
C2, C3 of 2): refused whole with every objection named, sent all the same with a debt, found among what is good.
"""

import signal
import time

import pytest
from capture import fresh_envelope
from governance import publish_next
from harness import COUNCIL, POLICE, POLICY, Partnership
from rawlink import RawLink
from relay import Relay
from test_held import recipient_of

POLICY_DENIES = 100
TO_COUNCIL = {"agency": COUNCIL, "role": "childrens-services"}
NOTICES = 5


def policy_that_requires():
    """The shipped policy, and children's services that must be told of whatever is graded medium."""
    return POLICY.read_text() + '''
[[require]]
rule = "TEST-MUST"
exchange = "encompass-notice"
from = ["police"]
to = ["childrens-services"]
when = { risk = ["medium"] }
sections = ["reference", "origin"]
basis = "ca2004-s11"
purpose = "safeguard-child"
acknowledge = "one-working-day"
why = "Somebody must see to it."
'''


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, policy=policy_that_requires()) as p:
        p.start_all()
        yield p


def message_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


def open_alarms(p, kind):
    return [alarm["words"] for alarm in p.alarms(POLICE) if alarm["kind"] == kind and alarm["open"]]


def test_what_leaves_out_whom_policy_says_must_be_told_goes_with_a_debt_if_urgent_and_else_not(p):
    school = p.schools[0]
    urgent = p.send(p.notice(school))
    p.wait_for(lambda: recipient_of(p, urgent, school)["progress"] == "stored", what="the urgent one at its school")
    assert ["childrens-services, whom policy says must be told" in words for words in open_alarms(p, "debt")] == [True]

    publish_next(p, "policy", lambda text: text.replace("urgent = true", "urgent = false", 1))
    p.wait_for(lambda: p.status(POLICE)["policy"] == 2, what="the next policy")
    p.stop(POLICE)
    p.start(POLICE, plant=("outbox-leaves-out",))  # Else its own agent refuses.
    p.wait_settled()
    origin = p.send(p.notice(school))
    p.wait_for(lambda: message_of(p, origin)["state"] == "refused", what="the refusal")
    assert message_of(p, origin)["refused"] == "required-missing" and not message_of(p, origin)["ended"]
    whole = p.send(p.notice(school, to=[TO_COUNCIL]))
    p.wait_for(lambda: recipient_of(p, whole, COUNCIL)["progress"] == "stored", what="the one that tells both")
    assert not [notice for notice in p.notices(school) if notice["origin"] == origin]
    publish_next(p, "policy", lambda text: text.replace("urgent = false", "urgent = true", 1))
    p.wait_for(lambda: p.status(POLICE)["policy"] == 3, what="the one after")


def test_a_message_beyond_policy_is_refused_whole_and_each_objection_names_its_rule(p):
    school = p.schools[0]
    envelope = fresh_envelope(p, school)
    publish_next(p, "policy", lambda text: text.replace('"otherSafeguarding", "collection", ', "", 1)
                 .replace('unshared = [', 'unshared = ["collection", ', 1))
    with RawLink(p, "host.police") as link:
        assert "creditMessages" in link.hello([POLICE])
        link.send({"submit": {"lane": 0, "items": [{"reference": "1", "bytes": envelope}]}})
        answer = link.wait("answer")["items"][0]["answer"]
    assert "refused" in answer, answer
    refused = answer["refused"]
    assert refused["code"] == POLICY_DENIES
    assert refused["objections"] == [{"recipient": school, "role": "school", "section": section, "rule": "ENC-1"}
                                     for section in ("otherSafeguarding", "collection")]


# --- between police and broker

@pytest.fixture(name="relayed", scope="module")
def partnership_with_a_relay():
    with Partnership(schools=1, council=False) as p:
        p.start("broker")
        with Relay(p, "host.police") as relay:
            for host in p.hosts:
                p.start(host)
            p.wait_settled()
            yield p, relay


@pytest.mark.short
def test_one_message_that_the_broker_cannot_read_keeps_none_of_the_others_back_and_is_not_sent_for_ever(relayed):
    p, relay = relayed
    school = p.schools[0]
    p.kill("broker")  # So that all go in one frame.
    relay.end_session()
    p.wait_for(lambda: p.status(POLICE)["session"] == "down", what="the session's end")
    origins = [p.send(p.notice(school)) for _ in range(NOTICES)]
    poisoned = origins[NOTICES // 2]
    relay.unreadable = bytes.fromhex(poisoned)
    p.start("broker")
    good = [origin for origin in origins if origin != poisoned]
    p.wait_for(lambda: {n["origin"] for n in p.notices(school)} == set(good), 30, "the good ones")
    assert relay.turned_away == 2, "with the others, and alone"
    words = p.wait_for(lambda: open_alarms(p, "set-apart"), what="the alarm")
    assert len(words) == 1 and poisoned in words[0] and "Telephone what is urgent" in words[0]
    later = p.send(p.notice(school))
    p.wait_for(lambda: recipient_of(p, later, school)["progress"] == "stored", what="what comes later")
    assert relay.turned_away == 2
    # Once it can be read it goes, after a start.
    relay.unreadable = None
    p.stop(POLICE)
    p.start(POLICE)
    p.wait_for(lambda: recipient_of(p, poisoned, school)["progress"] == "stored", what="the last")
    p.wait_for(lambda: not open_alarms(p, "set-apart"), what="the alarm's end")


def test_heads_that_come_together_do_not_make_the_broker_a_liar(relayed):
    p, relay = relayed
    p.wait_settled()
    relay.hold = "head"
    origins = []
    for heads in (1, 2):
        origins.append(p.send(p.notice(p.schools[0])))
        p.wait_for(lambda heads=heads: message_of(p, origins[-1])["state"] == "accepted" and len(relay.held) >= heads,
                   what="the answer, and a head")
    process = p.daemons[p.host(POLICE)].process
    process.send_signal(signal.SIGSTOP)  # As on a machine that is busy: it reads them in one turn.
    relay.release()
    time.sleep(0.3)
    process.send_signal(signal.SIGCONT)
    p.wait_for(lambda: all(message_of(p, origin)["state"] == "kept" for origin in origins), what="their proofs")
    assert not open_alarms(p, "broker-equivocates")
