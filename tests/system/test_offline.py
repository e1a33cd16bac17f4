"""Six weeks of closed schools lose nothing (design.md 2: D6), and a message whose rule, key or directory changed
on the way is sealed anew by itself and presented once (D3, design.md 4: custody).
"""

import base64
import re

import pytest
from capture import joined
from governance import publish_next, sign
from harness import POLICE, Partnership
from rawlink import key_file
from traffic import Traffic

DAYS = 42
A_DAY = 2  # Notices to each school.
DAY = 24 * 3600 * 1000


@pytest.mark.parametrize("days", [pytest.param(7, marks=pytest.mark.short), DAYS])
def test_a_school_that_was_offline_for_days_gets_everything_in_order_and_can_open_it(days):
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all(clock=True)
        away, present = p.schools
        traffic = Traffic(p)
        p.stop(away)
        for day in range(days):
            p.set_clock(day * DAY)
            for _ in range(A_DAY):
                traffic.send(away)
            traffic.send(present)
            traffic.work_desk(present)
        p.set_clock(days * DAY)
        p.wait_for(lambda: all(message["state"] == "kept" or message["ended"] for message in p.sent()),
                   what="everything to be in the log")
        # Nobody waited in silence: each notice that is overdue was alarmed by the sender's own agent.
        now = p.status(POLICE)["last-heard"]
        late = [message for message in p.sent() for recipient in message["recipients"]
                if not message["ended"] and recipient["acknowledge-by"] < now]
        assert len(late) >= A_DAY * (days - 5)
        p.wait_for(lambda: sum(alarm["kind"] == "late" and alarm["open"] for alarm in p.alarms(POLICE)) == len(late),
                   what="an alarm for each")

        p.start(away, clock=True)
        expected = [origin for origin, (school, _) in traffic.sent.items() if school == away]
        p.wait_for(lambda: len(p.notices(away)) == len(expected), 60, "everything that was sent meanwhile")
        assert [notice["origin"] for notice in p.notices(away)] == expected
        for notice in p.notices(away):
            shown = p.must_api(away, "POST", f"/v1/notices/{notice['notice']}/open")
            assert {section["name"] for section in shown["sections"]} > {"childName", "circumstances", "reference"}
        traffic.settle()
        traffic.check()
        assert not [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == "late" and alarm["open"]]


# --- sealed anew

@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=2, council=False) as p:
        p.start_all()
        yield p


def sealed_and_then(p, change):
    """A notice sealed while the broker was down; `change` happens before the sender's agent hears of it.

    The origin, and the sections that its school is shown, once it stands on the desk.
    """
    p.wait_settled()
    school = p.schools[0]
    before = p.operator_status()
    p.stop("broker")
    origin = p.send(p.notice(school, sections={"voiceOfChild": {"spokenTo": "yes", "words": "It was loud."}}))
    assert p.sent()[-1]["state"] == "sealed" and p.sent()[-1]["origin"] == origin
    p.kill("host.police")
    p.start("broker")
    change()
    p.start("host.police")
    notice = p.wait_for(lambda: [n for n in p.notices(school) if n["origin"] == origin], 30, "the notice")[0]
    shown = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
    p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/acknowledge")
    p.wait_for(lambda: message_of(p, origin)["ended"], what="the answer")
    assert sum(n["origin"] == origin for n in p.notices(school)) == 1
    alarms = [alarm["kind"] for host in ("host.police", school) for alarm in p.alarms(host) if alarm["open"]]
    assert not set(alarms) - {"broker-silent"}, alarms
    assert p.operator_status()["entries"] > before["entries"]
    return origin, {section["name"] for section in shown["sections"]}


def message_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


@pytest.mark.short
def test_a_rule_removed_between_sealing_and_acceptance_seals_anew_without_what_it_gave(p):
    def remove_rule():
        publish_next(p, "policy", lambda text: text.replace('            "voiceOfChild", "welfareCheck", "circumsta'
                                                            'nces", "otherSafeguarding", "collection"',
                                                            '            "welfareCheck", "circumstances", '
                                                            '"otherSafeguarding", "collection"', 1))
    origin, shown = sealed_and_then(p, remove_rule)
    assert "voiceOfChild" not in shown and "circumstances" in shown
    message = message_of(p, origin)
    assert message["sealings"] == 2 and message["message"] != origin
    assert p.operator_status()["refused"] == 1


def test_a_key_rolled_meanwhile_still_opens_what_was_sealed_to_the_one_before(p):
    def roll():
        p.must_api(p.schools[0], "POST", "/v1/keys/roll", {"agency": p.schools[0]})
        p.wait_for(lambda: p.status(p.schools[0])["statements-waiting"] == 0, what="the statement to be taken")
    origin, _ = sealed_and_then(p, roll)
    assert message_of(p, origin)["sealings"] == 1


def test_a_key_found_compromised_meanwhile_seals_anew_to_the_next(p):
    def replace():
        p.must_api(p.schools[0], "POST", "/v1/keys/roll", {"agency": p.schools[0], "compromised": True})
        p.wait_for(lambda: p.status(p.schools[0])["statements-waiting"] == 0, what="the statement to be taken")
    origin, _ = sealed_and_then(p, replace)
    assert message_of(p, origin)["sealings"] == 2


def test_a_directory_with_another_key_of_the_sender_seals_anew_with_it(p):
    path = p.host_folder(POLICE) / "keys" / "agency-1" / "envelope.key"
    before, _ = sign(key_file(path), b"")
    seed = bytes(range(7, 39))
    after, _ = sign(seed, b"")
    _, proof = sign(seed, joined(b"havenline/1/possession", POLICE.encode(), b"envelope", after))

    def replace_key(text):
        entry = re.search(r"\[\[agency\.key\]\][^\[]*%s[^\[]*" % re.escape(base64.b64encode(before).decode()), text)
        retired = entry.group(0).rstrip() + '\nstate = "retired"\n\n'
        new = (f'[[agency.key]]\npurpose = "envelope"\npublic = "{base64.b64encode(after).decode()}"\n'
               f'proof = "{base64.b64encode(proof).decode()}"\n\n')
        return text.replace(entry.group(0), retired + new)

    def change():
        publish_next(p, "directory", replace_key)
        path.unlink()
        path.write_text(f"havenline-key-1 envelope {base64.b64encode(seed).decode()}\n")
        path.chmod(0o600)
    origin, _ = sealed_and_then(p, change)
    assert message_of(p, origin)["sealings"] == 2


def test_what_was_accepted_before_a_rule_was_removed_is_never_shown_to_a_school_that_comes_back_later(p):
    p.wait_settled()
    school = p.schools[0]
    p.stop(school)
    origin = p.send(p.notice(school))
    p.wait_for(lambda: message_of(p, origin)["state"] == "kept", what="the notice to be in the log")
    publish_next(p, "policy", lambda text: text.replace('"circumstances", "otherSafeguarding", "collection"',
                                                        '"otherSafeguarding", "collection"', 1))
    p.start(school)
    notice = p.wait_for(lambda: [n for n in p.notices(school) if n["origin"] == origin and n["state"] == "new"], 60,
                        "what today's rules allow")[0]
    shown = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
    sections = {section["name"] for section in shown["sections"]}
    assert "circumstances" not in sections and "childName" in sections
    assert message_of(p, origin)["sealings"] == 2
    assert [n["origin"] for n in p.notices(school)].count(origin) == 1
