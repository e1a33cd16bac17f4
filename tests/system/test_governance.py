"""Governance of the policy (design.md 7): what does not follow is refused and entered, nothing goes back over a
restart, and a policy that changes under traffic loses nothing and lets nothing out that it forbids.
"""

import pytest
from governance import must_publish, next_version, publish, publish_next, sign_note
from harness import COUNCIL, POLICE, Partnership
from test_held import at_council, policy, recipient_of
from traffic import Traffic

TO_COUNCIL = {"agency": COUNCIL, "role": "childrens-services"}
NOT_TO_SCHOOLS = '''
[[never]]
rule = "NOW-1"
exchange = "encompass-notice"
from = ["police"]
to = ["school"]
sections = ["circumstances", "voiceOfChild"]
why = "From now on no school is told what happened."
'''
NOT_TO_COUNCIL = '''
[[never]]
rule = "NOW-2"
exchange = "encompass-notice"
from = ["police"]
to = ["childrens-services"]
sections = ["reference"]
why = "From now on the council is not told the number."
'''


def with_signatures(*notes):
    """One note with the signature lines of all of these."""
    text = notes[0].split("\n\n— ")[0]
    return text + "\n\n" + "".join("— " + note.split("\n\n— ")[1] for note in notes)


def message_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


def sections_of(p, agency, notice):
    opened = p.must_api(agency, "POST", f"/v1/notices/{notice['notice']}/open")
    return {section["name"] for section in opened["sections"]}


def test_a_policy_that_does_not_follow_is_refused_and_entered_and_none_goes_back():
    with Partnership(schools=1, council=False, governance=(2, 3)) as p:
        p.start_all()
        first = p.document("policy.note").read_text()
        before = p.document("policy.toml").read_text()
        text, _ = next_version(p, "policy", lambda text: text.replace("minutes = 1440", "minutes = 1500"))
        signed = [sign_note(p, text, number) for number in (1, 2, 3)]
        elsewhere = text.replace('previous = "', 'previous = "' + "0" * 4).replace("0" * 4, "", 1)
        wrong = text[:text.index('previous = "') + 12] + "0" * 64 + text[text.index('previous = "') + 76:]
        skipped = text.replace("version = 2", "version = 3", 1)
        assert elsewhere == text and wrong != text
        for name, note in {
            "one signature of the two it needs": signed[0],
            "the same key twice": with_signatures(signed[0], signed[0]),
            "a wrong predecessor": with_signatures(sign_note(p, wrong, 1), sign_note(p, wrong, 2)),
            "a version too far": with_signatures(sign_note(p, skipped, 1), sign_note(p, skipped, 2)),
            "a text that was changed after it was signed": with_signatures(*signed[:2]).replace("1500", "1501"),
        }.items():
            entries = p.operator_status()["entries"]
            answer = publish(p, "policy", note)
            assert "invalid" in answer, f"{name}: {answer}"
            assert p.operator_status()["entries"] == entries + 1, f"{name}: it is on record that somebody tried"
        assert p.status(POLICE)["policy"] == 1

        must_publish(p, "policy", with_signatures(signed[0], signed[2]))
        p.wait_for(lambda: p.status(POLICE)["policy"] == 2 and p.status(p.schools[0])["policy"] == 2, what="version 2")
        changed = before.replace("minutes = 1440", "minutes = 1600")
        for note in (first, with_signatures(sign_note(p, changed, 1), sign_note(p, changed, 2))):
            assert "invalid" in publish(p, "policy", note), "an old version"
        # What lies in their folders is the first still: nobody goes back to it.
        for name in ("broker", POLICE, p.schools[0]):
            p.stop(name)
        p.start_all()
        assert p.status(POLICE)["policy"] == 2 and p.status(p.schools[0])["policy"] == 2
        assert p.operator_status()["policy"] == 2


def test_traffic_during_a_change_of_policy_loses_nothing_and_nothing_after_it_holds_what_it_forbids():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        traffic.start()
        p.wait_for(lambda: traffic.number > 40, what="traffic")
        publish_next(p, "policy", lambda text: text.replace("minutes = 1440", "minutes = 1500"))
        p.wait_for(lambda: traffic.number > 80, what="more of it")
        publish_next(p, "policy", lambda text: text + NOT_TO_SCHOOLS)
        # Answered, so in the log: every message accepted after this one is after the policy.
        entered = p.operator_status()["entries"]
        p.wait_for(lambda: traffic.number > 160, what="more of it")
        traffic.stop()
        traffic.settle()
        traffic.check()
        later = [m for m in p.sent() if m["position"]["index"] >= entered]
        assert len(later) > 20
        schools = {notice["origin"]: (school, notice) for school in p.schools for notice in p.notices(school)}
        for message in later:
            school, notice = schools[message["origin"]]
            assert not sections_of(p, school, notice) & {"circumstances", "voiceOfChild"}


def test_what_waits_for_a_recipient_is_not_handed_out_once_policy_forbids_it_but_sealed_anew():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        away, other = p.schools
        p.stop(away)
        before = p.send(p.notice(away))
        p.wait_for(lambda: message_of(p, before)["state"] == "kept", what="it to be in the log")
        publish_next(p, "policy", lambda text: text + NOT_TO_SCHOOLS)
        p.wait_for(lambda: p.status(POLICE)["policy"] == 2, what="the next policy")
        # Nor is that forgotten: the broker dies as it is about to say so, and finds it again.
        p.kill("broker")
        broker = p.start("broker", fault="forbidden.before-entry:1")
        p.start(away)
        p.wait_for(lambda: not broker.running(), what="its death")
        p.start("broker")
        notice = p.wait_for(lambda: p.notices(away)[0], what="the notice")
        assert sections_of(p, away, notice) >= {"childName", "risk"}
        assert not sections_of(p, away, notice) & {"circumstances", "voiceOfChild"}
        p.wait_for(lambda: message_of(p, before)["state"] == "kept", what="the second sealing to be in the log")
        message = message_of(p, before)
        assert message["sealings"] == 2 and "withheld" not in message["recipients"][0]["receipts"]
        assert p.operator_status()["undeliverable"] == 1, "the first sealing never reached the school"
        assert p.status(away)["received-dropped"] == 0 and len(p.notices(away)) == 1
        # What was not touched by it goes as ever.
        after = p.send(p.notice(other))
        p.wait_for(lambda: [n for n in p.notices(other) if n["origin"] == after], what="the other school's")


def test_nothing_held_is_released_that_the_policy_in_force_forbids():
    with Partnership(schools=1, policy=policy("unable")) as p:
        p.start_all()
        school = p.schools[0]
        origin = p.send(p.notice(school, to=[TO_COUNCIL]))
        notice = p.wait_for(lambda: p.notices(school)[0], what="the notice")
        assert recipient_of(p, origin, COUNCIL)["progress"] == "held"
        publish_next(p, "policy", lambda text: text + NOT_TO_COUNCIL)
        p.wait_for(lambda: p.status(POLICE)["policy"] == 2, what="the next policy")
        p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/not-ours")
        # The pointer as it was sealed has the number in it: it stays, and what policy allows of it goes.
        p.wait_for(lambda: p.operator_status()["undeliverable"] == 1, what="the broker to see that")
        told = p.wait_for(lambda: at_council(p, origin), 30, "the pointer sealed anew")
        assert sections_of(p, COUNCIL, told) == {"origin"}


if __name__ == "__main__":
    pytest.main([__file__])
