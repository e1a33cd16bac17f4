"""What a recipient's own checks find, whatever sender and broker say (design.md 6: order of receiving; 11): a claim
that is not what is inside, a grant that does not open, a held grant that is handed over before its time.
"""

import json

import pytest
from capture import delivery_to, submitted
from harness import COUNCIL, POLICE, Partnership
from rawlink import capnp
from relay import Relay
from test_held import MINUTE, at_council, policy, recipient_of, send, wait_stored

RECEIPT_UNKNOWN = 310
HELD_BACK = ["circumstances", "voiceOfChild"]  # From the school of a child who is an alleged suspect.


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        yield p


def restart_police(p, **options):
    p.stop(POLICE)
    p.start(POLICE, **options)
    p.wait_settled()


def at_school(p, origin):
    return next((notice for notice in p.notices(p.schools[0]) if notice["origin"] == origin), None)


def open_alarms(p, name, kind):
    return [alarm["words"] for alarm in p.alarms(name) if alarm["kind"] == kind and alarm["open"]]


@pytest.mark.short
def test_a_message_whose_claims_differ_from_its_content_is_shown_with_a_warning_and_alarmed_at_both_ends(p):
    school = p.schools[0]
    restart_police(p, plant=["claims-lie"])  # It tells policy that the child is of the household.
    origin = p.send(p.notice(school, sections={"childPart": "allegedSuspect"}))
    notice = p.wait_for(lambda: at_school(p, origin), what="the notice")
    assert notice["state"] == "new" and notice["warnings"] == ["It says one thing to policy and another inside."]
    assert set(notice["receipts"]) == {"stored", "claims-differ"}
    listed = p.must_tool("desk", "list", "--config", p.config(school), "--token", p.token(school)).out
    assert notice["warnings"][0] in listed
    shown = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
    sections = {section["name"]: section["value"] for section in shown["sections"]}
    assert sections["childPart"] == "allegedSuspect" and sections["circumstances"], "what the lie let through is shown"
    # The receipt is signed and in the log: both ends know.
    p.wait_for(lambda: "claims-differ" in recipient_of(p, origin, school)["receipts"], what="the receipt at its sender")
    p.wait_for(lambda: open_alarms(p, POLICE, "claims-differ"), what="the sender's alarm")
    assert f"{school} (school) found a claim that differs" in open_alarms(p, POLICE, "claims-differ")[0]
    assert "says one thing to policy and another inside" in open_alarms(p, school, "claims-differ")[0]
    for host in (POLICE, school):
        assert '"kind":"claims-differ"' in p.log(host)
    # Without the lie policy keeps from the school what it must not have.
    restart_police(p)
    honest = p.send(p.notice(school, sections={"childPart": "allegedSuspect"}))
    notice = p.wait_for(lambda: at_school(p, honest), what="the notice")
    shown = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
    assert not {section["name"] for section in shown["sections"]} & set(HELD_BACK) and not notice["warnings"]


@pytest.mark.short
def test_a_grant_that_does_not_open_is_answered_and_kept_and_its_message_is_sealed_again_by_itself(p):
    school = p.schools[0]
    restart_police(p, plant=["grant-spoilt"])
    accepted = p.operator_status()["accepted"]
    origin = p.send(p.notice(school))
    notice = p.wait_for(lambda: at_school(p, origin), what="the delivery")
    assert p.operator_status()["accepted"] > accepted, "the broker sees nothing amiss"
    assert notice["state"] == "unreadable" and set(notice["receipts"]) == {"unreadable"}
    assert p.api(school, "POST", f"/v1/notices/{notice['notice']}/open")[0] == 422
    assert "could not be shown (opening)" in open_alarms(p, school, "unreadable")[0]
    p.wait_for(lambda: recipient_of(p, origin, school)["progress"] == "unreadable", what="the receipt at its sender")
    assert f"{school} (school) could not open a message" in open_alarms(p, POLICE, "unreadable")[0]

    restart_police(p)
    p.must_api(school, "POST", "/v1/keys/roll", {"agency": school})  # What helps: another key.
    p.wait_for(lambda: at_school(p, origin)["state"] == "new", what="the notice, sealed anew")
    p.wait_for(lambda: recipient_of(p, origin, school)["progress"] == "stored", what="the receipt")
    assert [n["origin"] for n in p.notices(school)].count(origin) == 1
    assert next(m for m in p.sent() if m["origin"] == origin)["sealings"] == 2
    for host in (POLICE, school):
        p.wait_for(lambda host=host: not open_alarms(p, host, "unreadable"), what=f"the end of {host}'s alarm")


# --- before its time


def hours_later(p, minutes, tap):
    """The broker goes on so much later, as after a power cut: a clock that was only stepped it would doubt."""
    p.kill("broker")
    p.set_clock(minutes * MINUTE)
    p.start("broker", clock=True, env={"HAVENLINE_TAP_FILE": tap})


def released_word(item):
    return bytes(json.loads(capnp("binary:json", "envelope.capnp", "Delivery", bytes(item["bytes"])))["release"])


def test_a_held_grant_that_a_bad_broker_hands_over_early_is_not_opened_until_it_is_released():
    with Partnership(schools=1, policy=policy("unacknowledged")) as p:
        tap = p.folder / "tap"
        p.start("broker", clock=True, env={"HAVENLINE_TAP_FILE": tap})
        with Relay(p, "host.council") as relay:
            for host in p.hosts:
                p.start(host, clock=True)
            p.wait_settled()
            released = send(p, p.schools[0])
            wait_stored(p, released, p.schools[0])
            hours_later(p, 45, tap)
            p.wait_for(lambda: at_council(p, released), 60, "what the school did not take on in time")
            word = released_word(relay.delivered[-1])

            early = send(p, p.schools[0])
            wait_stored(p, early, p.schools[0])
            before, envelope = (next(each for each in submitted(tap) if bytes.fromhex(origin) in each)
                                for origin in (released, early))
            grant, other = (delivery_to(each, COUNCIL)[0] for each in (envelope, before))
            assert other in word
            forged = word.replace(other, grant).replace(bytes.fromhex(released), bytes.fromhex(early))
            assert forged != word
            for number, release in enumerate([b"", word, forged], 1):
                _, delivery = delivery_to(envelope, COUNCIL, release)
                relay.say({"deliver": {"items": [{"reference": str(1000 + number), "agency": COUNCIL, "lane": 0,
                                                  "bytes": delivery}]}})
                p.wait_for(lambda number=number: len([a for a in relay.answers if "invalid" in a]) == number,
                           what="the council's receipt at the broker")
                notice = at_council(p, early)
                assert notice["state"] == "unreadable" and "released" not in notice, f"attempt {number}"
                assert p.api(COUNCIL, "POST", f"/v1/notices/{notice['notice']}/open")[0] == 422
            assert {a["invalid"]["code"] for a in relay.answers if "invalid" in a} == {RECEIPT_UNKNOWN}
            words = open_alarms(p, COUNCIL, "unreadable")
            assert len(words) == 1 and "without the broker's signed release" in words[0]
            assert recipient_of(p, early, COUNCIL)["progress"] == "held"

            hours_later(p, 90, tap)
            notice = p.wait_for(lambda: at_council(p, early) if at_council(p, early)["state"] == "new" else None, 60,
                                "the release")
            assert "released" in notice and not open_alarms(p, COUNCIL, "unreadable")
            # Its sender learns that the council had signed something that never came.
            p.wait_for(lambda: open_alarms(p, POLICE, "receipt-chain"), what="the sender's alarm")
