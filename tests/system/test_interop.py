"""A client that was written from docs/protocol.md alone, in another language, against our broker and agents.

It is tests/interop: JavaScript, with `zeromq` and `capnp-es` from npm and Node's own cryptography. Where it cannot be
prepared (no Node, no npm, no network) these tests are skipped, and tests/run says so.
"""

import json
import pathlib
import re
import signal
import subprocess
import sys

import pytest
import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from governance import must_publish, next_version, publish_next, sign_note  # noqa: E402
from harness import COUNCIL, POLICE, POLICY, Partnership  # noqa: E402
from interop_client import CALENDAR, HOME, NODE, WAIT_SECONDS, Client, unprepared  # noqa: E402

FORCE = "police.testshire"
NURSERY = "school.107999"
OURS = "school.106890"
AGENCIES = {
    FORCE: {"title": "Testshire Police (test)", "roles": ["police"], "receives": []},
    NURSERY: {"title": "Oakfold Nursery (test)", "roles": ["school"], "receives": ["school"]},
}


@pytest.fixture(scope="module", autouse=True)
def prepared():
    reason = unprepared()
    if reason:
        pytest.skip(f"INTEROP ABSENT: the client of tests/interop was not run: {reason}")


@pytest.fixture(scope="module")
def p():
    policy = POLICY.read_text().replace('senders = ["police.south-yorkshire"]', f'senders = ["{POLICE}", "{FORCE}"]')
    with Partnership(schools=1, policy=policy) as partnership:
        partnership.start_all()
        yield partnership


@pytest.fixture(scope="module")
def node(p):
    with Client(p, "host.testshire", AGENCIES) as client:
        client.enrol()
        client.configure()
        client.start()
        client.wait("stated", agency=NURSERY, answer="accepted")
        client.wait("statements", taken=4)
        p.wait_for(lambda: p.status(POLICE)["statements"] == 4, what="the police to know the nursery's key")
        yield client


def notice(p, to, **sections):
    """What both senders are handed."""
    body = p.notice(to, sections=sections)
    return {**body, "from": FORCE}


def stranger_pair():
    public, secret = (key.decode() for key in zmq.curve_keypair())
    return {"publicKey": public, "secretKey": secret}


def row_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


def test_it_refuses_what_it_must():
    """Its own tests: the golden envelope, flipped bits, wrong signatures, sections that policy forbids."""
    done = subprocess.run([NODE, "--test", "selftest/"], cwd=HOME, capture_output=True, text=True, timeout=300,
                          check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "# pass 0" not in done.stdout


def test_a_notice_of_its_own_is_opened_and_acknowledged_by_our_desk(p, node):
    task = node.send(notice(p, OURS))
    accepted = node.wait("accepted", task=task)
    assert accepted["part"]["from"] == FORCE and accepted["part"]["grants"] == 1
    assert node.wait("kept", task=task)["index"] == accepted["index"]
    assert node.wait("receipt", task=task, kind="stored", **{"from": OURS})["person"] == ""

    arrived = p.wait_for(lambda: [n for n in p.notices(OURS) if n["from"] == FORCE], what="the notice")[0]
    opened = p.must_api(OURS, "POST", f"/v1/notices/{arrived['notice']}/open")
    values = {section["name"]: section["value"] for section in opened["sections"]}
    assert values["childName"] == {"given": "Jessie", "family": "Testcase"}
    assert values["circumstances"].startswith("Shouting heard")
    p.must_api(OURS, "POST", f"/v1/notices/{arrived['notice']}/acknowledge")
    node.wait("ended", task=task)
    receipts = node.found("receipt", task=task)
    assert [receipt["kind"] for receipt in receipts] == ["stored", "opened", "acknowledged"]
    assert all(receipt["chained"] and receipt["ours"] and receipt["proven"] for receipt in receipts)
    assert receipts[2]["person"] != ""
    assert p.alarms(OURS) == []


def test_each_recipient_of_one_notice_opens_what_policy_gives_its_role(p, node):
    body = notice(p, OURS, risk={"grade": "high"}, location="12 Example Street, ZZ99 3CZ")
    task = node.send({**body, "to": [*body["to"], {"agency": COUNCIL, "role": "childrens-services"}]})
    assert node.wait("accepted", task=task)["part"]["grants"] == 2
    for agency, rule in ((OURS, "ENC-1"), (COUNCIL, "ENC-4")):
        node.wait("receipt", task=task, kind="stored", **{"from": agency})
        arrived = p.notices(agency)[-1]
        opened = p.must_api(agency, "POST", f"/v1/notices/{arrived['notice']}/open")
        assert opened["why"]["rule"] == rule and opened["warnings"] == []
        given = [section["name"] for section in opened["sections"]]
        assert "circumstances" in given and "location" not in given


def test_a_notice_of_ours_is_opened_proven_and_acknowledged_by_it(p, node):
    since = node.mark()
    origin = p.send(p.notice(NURSERY))
    shown = node.wait("notice", since, origin=origin)
    sent = p.notice(NURSERY)["sections"]
    assert shown["sections"] == sent
    assert "location" not in shown["given"] and "voiceOfChild" in shown["given"]
    assert (shown["rule"], shown["differs"], shown["claims"]) == ("ENC-1", [], {"childPart": "household"})
    proven = node.wait("proven", since, number=shown["number"])
    assert sorted(proven["withheld"]) == ["adults", "childAddress", "identifiers", "location"]
    assert proven["index"] == shown["index"] == row_of(p, origin)["position"]["index"]

    node.order("opened", number=shown["number"], person="p-1")
    node.order("acknowledged", number=shown["number"], person="p-1")
    p.wait_for(lambda: row_of(p, origin)["ended"], WAIT_SECONDS, "the sender to have the receipts")
    recipient = row_of(p, origin)["recipients"][0]
    assert recipient["progress"] == "acknowledged"
    assert set(recipient["receipts"]) == {"stored", "opened", "acknowledged"}
    listed = p.must_tool("sent", "--config", p.config(POLICE), "--token", p.token(POLICE), "--json").out
    assert "acknowledged" in listed and origin in listed
    assert [alarm for alarm in p.alarms(POLICE) if alarm["open"]] == []


def test_what_the_broker_never_read_is_offered_again_byte_for_byte(p, node):
    p.daemons["broker"].process.send_signal(signal.SIGSTOP)
    task = node.send(notice(p, OURS, circumstances="Sent while nobody listened."))
    node.wait("offered", task=task)
    p.kill("broker")
    since = node.mark()
    p.start("broker")
    node.wait("up", since)
    index = node.wait("accepted", since, task=task)["index"]
    node.wait("receipt", since, task=task, kind="stored")
    offers = node.found("offered", task=task)
    assert len(offers) == 2 and offers[0] == offers[1]
    assert node.wait("kept", task=task)["index"] == index


def test_an_answer_that_was_lost_is_given_again(p, node):
    node.kill()
    node.start(crash_at="answered")
    task = node.send(notice(p, OURS, circumstances="Sent, and the answer was lost."))
    assert node.ended() == -signal.SIGKILL
    assert node.found("accepted", task=task) == []
    since = node.mark()
    node.start()
    node.wait("kept", since, task=task)
    node.wait("receipt", since, task=task, kind="stored")
    offers = node.found("offered", task=task)
    assert len(offers) == 2 and offers[0] == offers[1]
    origins = [n["origin"] for n in p.notices(OURS) if n["from"] == FORCE]
    sealed = [each["origin"] for each in node.found("sealed")]
    assert sorted(origins) == sorted(sealed), "each is there, and none twice"


def test_a_delivery_that_comes_twice_is_receipted_and_shown_once(p, node):
    node.kill()
    node.start(crash_at="stored")  # After its sync: nothing was said, no receipt was sent.
    origin = p.send(p.notice(NURSERY))
    assert node.ended() == -signal.SIGKILL
    since = node.mark()
    node.start()
    again = node.wait("again", since)
    node.wait("receipted", since, left=0)
    node.order("notices", tag="twice")
    shown = [each for each in node.wait("notices", tag="twice")["notices"] if each["origin"] == origin]
    assert [each["number"] for each in shown] == [again["number"]]
    node.order("acknowledged", number=again["number"], person="p-1")
    p.wait_for(lambda: row_of(p, origin)["ended"], WAIT_SECONDS, "the sender to have the receipts")
    assert set(row_of(p, origin)["recipients"][0]["receipts"]) == {"stored", "acknowledged"}
    assert [alarm for alarm in p.alarms(POLICE) if alarm["open"]] == []


def test_what_policy_no_longer_allows_is_refused_and_sealed_anew(p, node):
    p.stop("broker")
    task = node.send(notice(p, OURS, circumstances="Not for schools any more."))
    old = node.wait("sealed", task=task)
    node.kill()
    origin = p.send(p.notice(NURSERY))
    p.stop(POLICE)
    p.start("broker")
    publish_next(p, "policy", lambda text: re.sub(r'(rule = "ENC-1".*?)"circumstances", ', r"\1", text, 1, re.S))
    since = node.mark()
    node.start()
    refused = node.wait("refused", since, task=task)
    assert refused["code"] == 100
    assert [(each["recipient"], each["role"], each["section"]) for each in refused["objections"]] == [
        (OURS, "school", "circumstances")]
    assert (refused["part"]["code"], refused["part"]["objections-in-all"]) == ("policy-denies", 1)
    sealed = node.wait("sealed", since, task=task)
    assert (sealed["policy"], sealed["origin"]) == (2, old["origin"]) and sealed["message"] != old["message"]
    node.wait("receipt", since, task=task, kind="stored")
    assert node.wait("voided", since, recipient=OURS)["accepted"]
    arrived = p.notices(OURS)[-1]
    opened = p.must_api(OURS, "POST", f"/v1/notices/{arrived['notice']}/open")
    assert "circumstances" not in [section["name"] for section in opened["sections"]]

    # The same of ours: its number is voided to the client, and the second sealing arrives.
    p.start(POLICE)
    shown = node.wait("notice", since, origin=origin)
    assert "circumstances" not in shown["given"]
    void = node.wait("void", since)
    assert (void["holds"], void["from"], void["numbers"]) == (True, POLICE, 1)


def test_what_is_ahead_of_the_broker_is_deferred_and_goes_later(p, node):
    text, version = next_version(p, "policy", lambda text: text.replace("warn-minutes = 30", "warn-minutes = 31"))
    note = sign_note(p, text)
    p.document("ahead.note").write_text(note)
    node.kill()
    node.configure(policy=p.document("ahead.note"))
    since = node.mark()
    node.start()
    node.wait("up", since)
    task = node.send(notice(p, OURS))
    assert node.wait("deferred", since, task=task)["code"] == 204
    must_publish(p, "policy", note)
    node.wait("kept", since, task=task, seconds=60)
    # It waited for five seconds; meanwhile its heartbeats were answered, as long as they were.
    assert {credit["padding"] for credit in node.found("credit", since)} & {64, 8192}
    offers = node.found("offered", task=task)
    assert len(offers) >= 2 and all(each == offers[0] for each in offers)
    assert node.found("sealed", task=task)[0]["policy"] == version


def test_nothing_is_sealed_to_who_is_suspended_and_it_goes_when_that_is_lifted(p, node):
    since = node.mark()
    p.must_tool("agency", "suspend", OURS, "--key", p.governance_key(), "--operator", p.operator)
    node.wait("statements", since)
    task = node.send(notice(p, OURS))
    node.wait("unsealed", since, task=task)
    p.must_tool("agency", "lift", OURS, "--key", p.governance_key(), "--operator", p.operator)
    node.wait("receipt", since, task=task, kind="stored")


def test_both_ends_compute_the_same_deadline(p, node):
    """The client's own, from docs/policy.md, of a notice that our sender gave one to."""
    since = node.mark()
    origin = p.send(p.notice(NURSERY))
    shown = node.wait("notice", since, origin=origin)
    program = ('import { acknowledgeBy } from "./client/deadline.mjs";'
               'console.log(acknowledgeBy(...JSON.parse(process.argv[1])));')
    policy = {"due": "ready-by", "at-least-minutes": 20, "calendar-days-max": 60}
    asked = json.dumps([policy, CALENDAR, shown["created"]])
    computed = subprocess.run([NODE, "--input-type=module", "-e", program, asked], cwd=HOME, capture_output=True,
                              text=True, check=True).stdout
    assert abs(int(computed) - shown["acknowledgeBy"]) < 1000


def test_it_makes_the_root_of_the_log_again_and_finds_its_own_part(p, node):
    task = node.send(notice(p, OURS))
    kept = node.wait("kept", task=task)
    since = node.mark()
    node.order("audit")
    audited = node.wait("audited", since)
    assert audited["whole"] and audited["size"] > kept["index"]
    assert [each["document"] for each in audited["documents"]][:4] == ["opening", "directory", "policy", "directory"]
    node.order("parts", position={"epoch": kept["epoch"], "index": kept["index"]})
    assert node.wait("parts", since)["parts"] == [node.found("accepted", task=task)[0]["part"]]


def test_who_speaks_for_another_host_is_sent_away_and_strangers_get_no_handshake(p, node):
    with Client(p, "host.stranger", {**AGENCIES, OURS: {"title": "", "roles": ["school"], "receives": []}}) as client:
        keys = json.loads((node.folder / "keys.json").read_text())
        (client.folder / "keys.json").write_text(json.dumps(keys))
        client.configure()
        client.start()
        assert client.wait("rehello")["code"] == 304
        client.kill()
        keys["curve"] = stranger_pair()
        (client.folder / "keys.json").write_text(json.dumps(keys))
        client.start()
        client.wait("handshake-refused")
        assert client.found("up") == []
    assert node.process.poll() is None and node.found("alarm") == []
