"""`havenline audit message`: what a party can tell, and prove with hashing alone, of one message."""

import base64
import hashlib
import pathlib
import shutil
import struct
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import POLICE, POLICY, Partnership  # noqa: E402

OK, FAILED, DATA = 0, 1, 65

SCHOOL = "school.106890"


def one_may_show():
    """Of what schools are not told, policy lets them know of one section that there is one."""
    before, rule, after = POLICY.read_text().partition('rule = "ENC-1"\n')
    return f'{before}{rule}visible-when-withheld = ["location"]\n{after}'


@pytest.fixture(scope="module")
def told():
    """A partnership, and the origin of a notice that its school opened and acknowledged."""
    with Partnership(schools=2, school_hosts=1, council=False, policy=one_may_show()) as p:
        p.start_all()
        origin = p.send(p.notice(SCHOOL, given="Jessie"))
        number = p.wait_for(lambda: p.notices(SCHOOL), what="the notice")[0]["notice"]
        for act in ("who", "open", "acknowledge"):
            p.must_api(SCHOOL, "POST", f"/v1/notices/{number}/{act}")
        p.wait_for(lambda: all(m["ended"] for m in p.sent()), what="the end")
        yield p, origin


def message(p, name, identifier, *options):
    return p.tool("audit", "message", identifier, "--config", p.config(name), *options)


def joined(*fields):
    return hashlib.sha256(b"".join(struct.pack(">I", len(field)) + field for field in fields)).digest()


def root_from(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    node, last = index, size - 1
    for sibling in path:
        if node & 1 or node == last:
            leaf = hashlib.sha256(b"\x01" + sibling + leaf).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            leaf = hashlib.sha256(b"\x01" + leaf + sibling).digest()
        node, last = node >> 1, last >> 1
    return leaf


def holds(proof):
    """The part, by its salt, among the digests; these in the leaf; the leaf in the tree: by docs/protocol.md alone."""
    part = joined(b"havenline/1/part", bytes.fromhex(proof["salt"]), proof["part"].encode())
    digests = [bytes.fromhex(digest) for digest in proof["digests"]]
    entry = joined(b"havenline/1/entry", *digests)
    text = f'{{"d":"{entry.hex()}","n":{proof["index"]},"v":1}}'
    leaf = hashlib.sha256(b"\x00" + text.encode()).digest()
    size, root = proof["checkpoint"].split("\n")[1:3]
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    return (part in digests and digests == sorted(digests)
            and root_from(leaf, proof["index"], int(size), path) == base64.b64decode(root))


@pytest.mark.short
def test_both_parties_prove_the_same_entry_by_hashing_alone(told):
    p, origin = told
    sent = message(p, POLICE, origin, "--prove", "--json")
    assert sent.code == OK, sent.out
    sender = sent.json()["sent"][0]
    assert sender["entry"]["kind"] == "accepted" and sender["entry"]["origin"] == origin
    assert sender["proof"]["included"] is True and holds(sender["proof"])
    assert sent.json()["received"] == []

    received = message(p, SCHOOL, origin, "--prove", "--json").json()["received"][0]
    assert received["proof"]["included"] is True and holds(received["proof"])
    assert received["proof"]["index"] == sender["proof"]["index"]
    assert received["proof"]["digests"] == sender["proof"]["digests"]

    # And the check can fail.
    changed = dict(sender["proof"], part=sender["proof"]["part"].replace("encompass", "incompass"))
    assert not holds(changed)
    assert not holds(dict(sender["proof"], index=sender["proof"]["index"] + 1))


def test_the_recipient_sees_what_was_released_why_and_who_looked(told):
    p, origin = told
    received = message(p, SCHOOL, origin, "--json").json()["received"][0]
    entry = received["entry"]
    assert (entry["to"], entry["role"], entry["rule"]) == (SCHOOL, "school", "ENC-1")
    assert "circumstances" in entry["released"] and entry["withheld"] == ["location"]
    assert [look["act"] for look in received["journal"]] == ["who", "open", "acknowledge"]
    assert received["journal"][0]["sections"] == ["childName", "childBirth"]
    words = message(p, SCHOOL, origin).out
    assert "rule ENC-1" in words and "withheld: location\n" in words and " open by " in words
    # What it said is not part of it.
    assert "Jessie" not in words and "Shouting" not in words


def test_what_policy_does_not_let_show_leaves_no_trace_at_the_recipients_desk(told):
    p, origin = told
    notice = next(notice for notice in p.notices(SCHOOL) if notice["origin"] == origin)
    opened = p.must_api(SCHOOL, "POST", f"/v1/notices/{notice['notice']}/open")
    assert opened["why"]["withheld"] == ["Where it happened"]
    shown = [str(opened), message(p, SCHOOL, origin).out, message(p, SCHOOL, origin, "--json").out]
    for words in ("childAddress", "Child's address", "adults", "Adults involved", "identifiers"):
        assert not [each for each in shown if words in each], words


def test_the_sender_sees_who_answered_and_when(told):
    p, origin = told
    words = message(p, POLICE, origin, "--prove").out
    assert "proved under the signed checkpoint" in words
    assert f"to {SCHOOL} as school: acknowledged (stored" in words


@pytest.mark.short
def test_the_sender_proves_every_receipt_by_hashing_alone(told):
    p, origin = told
    outcome = message(p, POLICE, origin, "--prove", "--json")
    assert outcome.code == OK, outcome.err
    receipts = outcome.json()["sent"][0]["receipts"]
    assert [each["kind"] for each in receipts] == ["stored", "opened", "acknowledged"]
    for each in receipts:
        assert (each["agency"], each["role"]) == (SCHOOL, "school")
        assert each["proof"]["included"] is True and holds(each["proof"])
        # The entry is about the very bytes that the school signed: the first text of the SignedReceipt.
        digests = [receipt["digest"] for receipt in each["entry"]["receipts"]]
        assert any(hashlib.sha256(part).hexdigest() in digests for part in parts_of(each["receipt"]))
    words = message(p, POLICE, origin, "--prove").out
    for kind in ("stored", "opened", "acknowledged"):
        line = next(line for line in words.splitlines() if line.strip().startswith(f"{kind}: entry"))
        assert "proved under the signed checkpoint" in line
    assert "not proved here" in message(p, SCHOOL, origin, "--prove").out


def parts_of(text):
    """Every run of whole words of a Cap'n Proto message: one of them is the signed bytes within it."""
    data = base64.b64decode(text)
    return (data[start:end] for start in range(0, len(data), 8) for end in range(start + 8, len(data) + 1, 8))


def test_who_is_no_party_learns_nothing(told):
    p, origin = told
    outcome = message(p, POLICE, "0" * 32)
    assert (outcome.code, outcome.out) == (DATA, "")
    assert "keeps no message of that id" in outcome.err
    assert message(p, POLICE, "hello").code == DATA
    with Partnership(schools=1, council=False) as other:
        other.start_all()
        assert message(other, SCHOOL, origin).code == DATA


def test_a_message_that_the_log_forgot_is_1():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        p.stop("broker")
        shutil.copytree(p.host_folder("broker"), p.folder / "before")
        p.start("broker")
        origin = p.send(p.notice(SCHOOL))
        p.wait_for(lambda: p.notices(SCHOOL), what="the notice")
        p.wait_for(lambda: message(p, SCHOOL, origin, "--prove").code == OK, what="a checkpoint")
        p.stop(SCHOOL)
        p.stop(POLICE)
        p.stop("broker")
        shutil.rmtree(p.host_folder("broker"))
        shutil.copytree(p.folder / "before", p.host_folder("broker"))
        p.start("broker")
        outcome = message(p, SCHOOL, origin, "--prove")
        assert outcome.code == FAILED
        assert "NOT in the log that the broker signed" in outcome.out
