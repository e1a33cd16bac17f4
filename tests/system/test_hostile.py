"""What a peer with a good key and bad intentions, or a bad version, gets: each row of design.md 11 that comes in a
frame. One broker throughout: at the end of each test it still runs and serves the others.
"""

import random
import time

import pytest
import zmq
from capture import fresh_envelope, resigned
from harness import COUNCIL, PARTNERSHIP, POLICE, Partnership
from rawlink import NO_SESSION, RawLink, encode

FRAME_BYTES_MAX = 4 << 20
INVALID_ENTRIES_MAX = 60
HELLOS_OF_ONE_HOST = 5

POLICY_DENIES, SHAPE = 100, 111
OVERLOAD, VERSION_AHEAD, UNSUPPORTED, STALE = 200, 204, 205, 206
MALFORMED, SIGNATURE, KEY_UNKNOWN, PARTNERSHIP_OTHER, SUITE, DIGEST = 300, 302, 303, 305, 306, 307


class Hostile:
    """The partnership, an envelope that its broker has not seen, and how to see that others are served."""

    def __init__(self, p, envelope):
        self.p = p
        self.envelope = envelope

    def serves_others(self):
        """A notice goes from the council's machine's neighbour, a school, and back: its session lives and answers."""
        assert self.p.running("broker"), self.p.log("broker")[-2000:]
        with RawLink(self.p, "host.council") as link:
            assert "creditMessages" in link.hello([COUNCIL])
            link.send({"credit": {"messages": "0", "bytes": "0", "padding": b"here"}})
            assert link.wait("credit") is not None

    def police(self):
        link = RawLink(self.p, "host.police")
        assert "creditMessages" in link.hello([POLICE])
        return link

    def entries(self):
        return self.p.operator_status()["entries"]


@pytest.fixture(name="hostile", scope="module")
def one_hostile():
    with Partnership(schools=1) as p:
        p.start_all(clock=True)
        envelope = fresh_envelope(p, p.schools[0])
        p.kill("broker")
        p.start("broker", clock=True)
        yield Hostile(p, envelope)


def submit(data, reference="1"):
    return {"submit": {"lane": 0, "items": [{"reference": reference, "bytes": data}]}}


def answer_of(link, data, reference="1"):
    assert link.send(submit(data, reference))
    item = link.wait("answer")["items"][0]
    assert item["reference"] == reference
    return item["answer"]


def code_of(answer):
    return next((body["code"] for body in answer.values() if isinstance(body, dict) and "code" in body), None)


# --- frames


def word(*numbers):
    return b"".join(number.to_bytes(size, "little") for number, size in numbers)


def segments(count):
    """A message of so many segments, each of one empty word."""
    table = word((count - 1, 4)) + word(*[(1, 4)] * count)
    return table + bytes(-len(table) % 8) + bytes(8 * count)


def nested(depth):
    """A message whose root points at a pointer that points at a pointer …"""
    chain = b"".join(word((0 << 2, 4), (0, 2), (1, 2)) for _ in range(depth))  # A struct of one pointer: the next word.
    chain += bytes(8)
    return word((0, 4), (len(chain) // 8, 4)) + chain


def amplified():
    """A small message whose list of lists points thousands of times at the same words."""
    count = 4000
    words = [word((0, 4), (1, 2), (17, 2))]
    words += [word((1 | ((17 - i) << 2), 4), (6 | (count << 3), 4)) for i in range(18)]
    words += [word((1 | ((count - i - 1) << 2), 4), (2 | (8 << 3), 4)) for i in range(count)]
    words += [bytes(8)]
    body = b"".join(words)
    return word((0, 4), (len(body) // 8, 4)) + body


def of_no_kind():
    """A frame with a union member that nobody has defined."""
    frame = encode({"cosign": {"cosignatures": ""}})
    place = slice(16, 18)  # After the segment table and the root pointer.
    assert int.from_bytes(frame[place], "little") == 12
    return frame[:16] + (999).to_bytes(2, "little") + frame[18:]


FRAMES = {
    "empty": b"",
    "a-byte": b"\0",
    "text": b"GET / HTTP/1.1\r\n\r\n",
    "zeros": bytes(64),
    "ones": b"\xff" * 64,
    "a-table-without-segments": word((0xffffffff, 4)) + bytes(4),
    "nine-segments": segments(9),
    "five-hundred-segments": segments(500),
    "a-segment-larger-than-the-frame": word((0, 4), (1 << 28, 4)) + bytes(64),
    "nested": nested(64),
    "nested-deep": nested(200_000),
    "amplified": amplified(),
    "of-no-kind": of_no_kind(),
}


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_a_frame_that_cannot_be_read_ends_the_session_with_its_code(hostile, name):
    with hostile.police() as link:
        assert link.send_bytes(FRAMES[name])
        rehello = link.wait("rehello", seconds=5)
        assert rehello is not None and rehello["code"] == MALFORMED
        # What it says next in the old session may be heard or not; a new one begins like any other.
        assert "creditMessages" in link.hello([POLICE])
    hostile.serves_others()


def test_frames_cut_and_bent_at_every_place_are_never_a_crash(hostile):
    kinds = [submit(hostile.envelope), {"credit": {"messages": "1", "bytes": "2", "padding": bytes(30)}},
             {"fetch": {"reference": "3", "leaves": {"epoch": "1", "first": "0", "count": 3}}},
             {"receipt": {"items": [{"reference": "4", "bytes": bytes(100)}]}},
             {"void": {"items": [{"reference": "5", "bytes": bytes(100)}]}},
             {"statement": {"items": [{"reference": "6", "bytes": bytes(100)}]}},
             {"document": {"reference": "7", "pieces": [{"kind": "policy", "index": "0", "bytes": b"x"}]}}]
    chance = random.Random(11)
    with hostile.police() as link:
        sent = 0
        for kind in kinds:
            frame = encode(kind, link.session)
            for at in sorted({*range(0, min(len(frame), 400), 16), *chance.sample(range(len(frame)), 10)}):
                bent = bytearray(frame)
                bent[at] ^= 1 << chance.randrange(8)
                for data in (bytes(bent), frame[:at]):
                    assert link.send_bytes(data), f"the connection ended after {sent} frames"
                    sent += 1
                while link.socket.poll(0):
                    link.socket.recv()
        assert sent > 300
    hostile.serves_others()


def test_a_frame_of_more_than_four_mebibytes_ends_the_connection_and_no_other(hostile):
    with hostile.police() as link, RawLink(hostile.p, "host.council") as other:
        assert "creditMessages" in other.hello([COUNCIL])
        assert link.send_bytes(bytes(FRAME_BYTES_MAX + 1))
        ended = link.wait_for_event(zmq.EVENT_DISCONNECTED, seconds=10)
        assert ended, "the connection goes on"
        other.send({"credit": {"messages": "0", "bytes": "0", "padding": b"x"}})
        assert other.wait("credit") is not None
    hostile.serves_others()


def test_frames_of_several_parts_and_without_a_session_have_no_effect(hostile):
    before = hostile.p.operator_status()
    with hostile.police() as link:
        link.socket.send_multipart([encode(submit(hostile.envelope), link.session), b"more"])
        assert link.wait("answer", seconds=0.5) is None
        assert link.send(submit(hostile.envelope), session=bytes(range(16)))
        assert link.wait("rehello")["code"] == STALE
    after = hostile.p.operator_status()
    assert (after["accepted"], after["invalid"]) == (before["accepted"], before["invalid"])


# --- items


def bent_signature(p, whole, header):
    whole["signature"]["signature"] = bytes(whole["signature"]["signature"])[:-1] + b"\0"


def changed(**fields):
    def edit(_p, _whole, header):
        header.update(fields)
    return edit


def swapped_section(_p, whole, _header):
    sealed = bytearray(whole["sealed"][0]["sealed"])
    sealed[5] ^= 1
    whole["sealed"][0]["sealed"] = bytes(sealed)


ITEMS = {
    "a-flipped-signature": (bent_signature, "invalid", SIGNATURE),
    "another-partnership": (changed(partnership="elsewhere"), "invalid", PARTNERSHIP_OTHER),
    "another-suite": (changed(suite=2), "invalid", SUITE),
    "a-sender-of-another-host": (changed(sender=COUNCIL), "invalid", KEY_UNKNOWN),
    "a-key-that-nobody-has": (changed(key=list(bytes(8))), "invalid", KEY_UNKNOWN),
    "another-section-than-was-hashed": (swapped_section, "invalid", DIGEST),
    "no-grants": (changed(grants=[]), "invalid", MALFORMED),
    "an-exchange-that-policy-does-not-know": (changed(exchange="gossip"), "refused", POLICY_DENIES),
    "another-version-of-the-exchange": (changed(version=77), "refused", SHAPE),
}


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_a_message_that_must_not_go_gets_its_code_and_an_entry(hostile, name):
    edit, kind, code = ITEMS[name]
    entries = hostile.entries()
    with hostile.police() as link:
        answer = answer_of(link, resigned(hostile.p, hostile.envelope, edit, fresh_id=True))
    assert kind in answer and code_of(answer) == code, answer
    assert hostile.entries() == entries + 1
    hostile.serves_others()


@pytest.mark.parametrize("document", ["policy", "directory"])
def test_a_message_under_a_document_that_is_newer_than_the_brokers_waits_and_nothing_is_stored(hostile, document):
    entries = hostile.entries()
    newer = resigned(hostile.p, hostile.envelope, changed(**{document: {"version": "9", "hash": bytes(32)}}), True)
    with hostile.police() as link:
        answers = [answer_of(link, newer, str(n)) for n in range(2)]
    assert [set(answer) for answer in answers] == [{"deferred"}] * 2, "once more, the same answer"
    assert {code_of(answer) for answer in answers} == {VERSION_AHEAD} and answers[0]["deferred"]["retryAfter"] > 0
    assert hostile.entries() == entries
    hostile.serves_others()


def test_a_poisoned_item_among_good_ones_keeps_none_of_them_back(hostile):
    p = hostile.p
    good = [resigned(p, hostile.envelope, lambda *_: None, fresh_id=True) for _ in range(2)]
    bad = [b"", bytes(7), b"\xff" * 400, good[0][:-9], segments(9), nested(64), amplified(), bytes(3 << 20)]
    data = [good[0], *bad, good[1]]
    with hostile.police() as link:
        assert link.send({"submit": {"lane": 0, "items": [
            {"reference": str(n), "bytes": each} for n, each in enumerate(data)]}})
        answers = {}
        while len(answers) < len(data):
            for item in link.wait("answer")["items"]:
                assert item["reference"] not in answers, "an item is answered once"
                answers[item["reference"]] = item["answer"]
    for n in range(len(data)):
        expected = None if data[n] in good else MALFORMED
        assert code_of(answers[str(n)]) == expected, (n, answers[str(n)])
        assert ("accepted" in answers[str(n)]) == (expected is None)


def test_a_flood_of_bad_messages_is_counted_and_does_not_fill_the_log(hostile):
    p = hostile.p
    p.set_clock(3_600_000)  # A minute of its own.
    entries, before = hostile.entries(), p.operator_status()
    flood = 700
    with hostile.police() as link:
        for first in range(0, flood, 100):
            link.send({"submit": {"lane": 0, "items": [
                {"reference": str(first + n), "bytes": b"not an envelope"} for n in range(100)]}})
        answered = 0
        while answered < flood:
            answered += len(link.wait("answer")["items"])
    assert p.operator_status()["invalid"] == before["invalid"] + flood
    assert hostile.entries() == entries + INVALID_ENTRIES_MAX
    p.set_clock(3_600_000 + 61_000)
    p.wait_for(lambda: hostile.entries() == entries + INVALID_ENTRIES_MAX + 1, what="the entry that counts the rest")
    p.set_clock(0)
    hostile.serves_others()


# --- sessions


def test_a_version_that_the_broker_does_not_speak_gets_no_session(hostile):
    with RawLink(hostile.p, "host.police") as link:
        assert link.hello([POLICE], minorLowest=7, minorHighest=9)["code"] == UNSUPPORTED
        assert "creditMessages" in link.hello([POLICE], minorHighest=9), "the lowest of its range will do"
    hostile.serves_others()


def test_a_storm_of_hellos_turns_one_host_away_and_no_other(hostile):
    hello = encode({"hello": {"minorLowest": 0, "minorHighest": 0, "partnership": PARTNERSHIP, "agencies": [POLICE],
                              "checkpoint": "", "time": str(int(time.time() * 1000)), "software": "storm"}}, NO_SESSION)
    storm = 3000
    with RawLink(hostile.p, "host.police") as link:
        assert link.shakes_hands()
        started = time.monotonic()
        welcomes, turned_away = 0, 0
        # As many at once as a link holds answers (1,000 frames): what finds no room there is dropped.
        for sent in range(0, storm, 750):
            for _ in range(750):
                assert link.send_bytes(hello)
            hostile.serves_others()
            while welcomes + turned_away < sent + 750 and (frame := link.receive(seconds=5)) is not None:
                welcomes += "welcome" in frame
                turned_away += frame.get("rehello", {}).get("code") == OVERLOAD
        seconds = time.monotonic() - started
    assert welcomes + turned_away == storm, "every hello is answered"
    assert 1 <= welcomes <= HELLOS_OF_ONE_HOST * (seconds + 1)


def test_answers_to_what_was_never_handed_end_their_session_when_they_are_a_flood(hostile):
    with hostile.police() as link:
        frame = encode({"receipted": {"items": []}}, link.session)
        for _ in range(6000):
            assert link.send_bytes(frame)
        rehello = link.wait("rehello", seconds=10)
        assert rehello is not None and rehello["code"] in (OVERLOAD, STALE)
    hostile.serves_others()


def test_what_only_a_broker_says_has_no_effect_when_an_agent_says_it(hostile):
    with hostile.police() as link:
        for body in ({"welcome": {"minor": 0}}, {"rehello": {"code": 200, "retryAfter": 1}},
                     {"head": {"checkpoint": "x"}}, {"deliver": {"items": []}},
                     {"alarm": {"kind": "overdue"}}):
            assert link.send(body)
        link.send({"credit": {"messages": "0", "bytes": "0", "padding": b"still"}})
        assert bytes(link.wait("credit")["padding"]) == b"still"
    hostile.serves_others()
