"""No plaintext at the broker (design.md 2: C1, C5): every field of a notice holds a marker of its own, and the
markers are searched for in everything the broker keeps, says, holds in memory, sends and receives.

Searched as UTF-8, UTF-16 (both orders), hexadecimal, and base64 at all three alignments:

  store     every file of the broker's folder; RocksDB's log is not compressed
  logs      of all daemons
  memory    all writable memory of the running broker, read through /proc/<pid>/mem while it is stopped. That is
            what a core file would hold: the broker itself lets none be made (HardenProcess)
  frames    each frame after CURVE decryption or before its encryption (HAVENLINE_TAP_FILE)

With HAVENLINE_PLANT=leak-section in the sender's agent, which puts plaintext where sealed bytes should be, each
of these searches but the logs' finds it: the searches can fail.
"""

import base64
import contextlib
import functools
import os
import signal
import struct

import pytest
from harness import COUNCIL, POLICE, Partnership
from rawlink import read_tap

SCHOOL = "school.106890"
PHONE = "01632 960777"
UTC = 1795132040937
PAGE = 4096
ZEROS = bytes(PAGE)


def upn():
    """A UPN of the checked form: a letter that follows from eleven digits and a last sign."""
    digits, last = "80171234567", "8"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    total = sum(int(digit) * (i + 2) for i, digit in enumerate(digits)) + 13 * int(last)
    return letters[total % 23] + digits + last


def nhs_number():
    """Of the range 999 that is nobody's."""
    for number in range(314159, 315000):
        digits = f"999{number:06}"
        check = (11 - sum(int(digit) * (10 - i) for i, digit in enumerate(digits)) % 11) % 11
        if check < 10:
            return digits + str(check)
    raise ValueError("no number of the range has a check digit")


def marked_sections():
    """A notice with something in every field."""
    return {
        "childName": {"given": "Marker-Given-quokka", "family": "Marker-Family-axolotl",
                      "alias": "Marker-Alias-okapi"},
        "childBirth": "2013-11-27",
        "establishment": {"urn": "198437", "name": "Marker-School-pangolin"},
        "reference": {"force": "Marker-Force-tapir", "incident": "Marker-Incident-kakapo"},
        "incidentTime": {"utc": UTC, "local": "2026-11-19 23:47", "zone": "Europe/London"},
        "location": "Marker-Location-numbat, ZZ99 3VZ",
        "presence": {"presence": "present", "where": "Marker-Where-saiga"},
        "childPart": "household",
        "voiceOfChild": {"spokenTo": "yes", "words": "Marker-Words-dugong", "with": "Marker-With-fossa"},
        "welfareCheck": {"made": "yes", "note": "Marker-Welfare-gerenuk"},
        "circumstances": "Marker-Circumstances-markhor: é and “quoted” words.",
        "otherSafeguarding": {"childrensServices": "yes", "note": "Marker-Other-bilby"},
        "collection": [{"who": "Marker-Who-caracal", "relationship": "Marker-Relationship-serow",
                        "order": "Marker-Order-kudu"}],
        "handling": {"instruction": "Marker-Handling-takin", "doNotApproachParents": True},
        "risk": {"grade": "high", "tool": "Marker-Tool-zorilla"},
        "adults": [{"name": {"given": "Marker-Adult-binturong", "family": "Marker-Adults-coati",
                             "alias": "Marker-Nym-agouti"},
                    "part": "Marker-Part-dhole", "relationship": "Marker-Kin-jerboa"}],
        "identifiers": {"upn": upn(), "nhsNumber": nhs_number()},
        "childAddress": "Marker-Address-tarsier, ZZ99 7WV",
        "origin": {"unit": "Marker-Unit-colugo", "contact": PHONE, "basis": "Marker-Basis-hoatzin"},
    }


def markers():
    """Every text in it, but those that a broker may know: enumerated claims, a time zone."""
    open_words = {"spokenTo", "made", "childrensServices", "grade", "zone", "childPart"}

    def texts(value):
        if isinstance(value, dict):
            for key, each in value.items():
                if key not in open_words and not (key == "presence" and isinstance(each, str)):
                    yield from texts(each)
        elif isinstance(value, list):
            for each in value:
                yield from texts(each)
        elif isinstance(value, str):
            yield value

    return list(texts(marked_sections()))


@functools.cache
def forms():
    """{bytes to look for: what they are}"""
    looked_for = {struct.pack("<q", UTC): "the incident's time", str(UTC).encode(): "the incident's time, as text"}
    for marker in markers():
        utf8 = marker.encode()
        variants = {"UTF-8": utf8, "UTF-16LE": marker.encode("utf-16-le"), "UTF-16BE": marker.encode("utf-16-be"),
                    "hexadecimal": utf8.hex().encode()}
        for shift in range(3):
            # What of the base64 depends on the marker alone, wherever it begins.
            encoded = base64.b64encode(bytes(shift) + utf8)
            first, last = (shift * 8 + 5) // 6, (shift + len(utf8)) * 8 // 6
            variants[f"base64 at {shift}"] = encoded[first:last]
        for form, data in variants.items():
            assert len(data) >= 6, (marker, form)
            looked_for[data] = f"{marker} as {form}"
    return looked_for


def found_in(data):
    return {what for form, what in forms().items() if form in data}


def store_of(p):
    return b"\0".join(path.read_bytes() for path in sorted(p.host_folder("broker").rglob("*")) if path.is_file())


def logs_of(p):
    return b"\0".join(path.read_bytes() for path in sorted(p.logs.iterdir()))


def memory_of(process):
    """All of its writable memory, but for pages of zeros."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        pieces = []
        with open(f"/proc/{process.pid}/maps") as maps, open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
            for line in maps:
                where, permissions = line.split()[:2]
                if not permissions.startswith("rw") or "[vvar]" in line or "[vsyscall]" in line:
                    continue
                start, end = (int(address, 16) for address in where.split("-"))
                with contextlib.suppress(OSError):  # A mapping that has no pages to read.
                    memory.seek(start)
                    left = end - start
                    while left > 0:
                        piece = memory.read(min(left, 1 << 24))
                        if not piece:
                            break
                        # Most pages were never touched: there is nothing in them to look for.
                        pages = (piece[at:at + PAGE] for at in range(0, len(piece), PAGE))
                        pieces += [page for page in pages if page != ZEROS[:len(page)]]
                        left -= len(piece)
                pieces.append(b"\0")
        return b"".join(pieces)
    finally:
        os.kill(process.pid, signal.SIGCONT)


def frames_of(p):
    return b"\0".join(read_tap(p.folder / "tap"))


@pytest.fixture(name="looked")
def everything_looked_at():
    """Runs a marked notice through everything; {where: bytes} and the partnership, with and without a leak."""
    with contextlib.ExitStack() as stack:
        def look(plant=()):
            p = stack.enter_context(Partnership(schools=1))
            p.start("broker", env={"HAVENLINE_TAP_FILE": p.folder / "tap"})
            p.start("host.police", plant=plant)
            p.start("host.council")
            p.start(SCHOOL)
            p.wait_settled()
            p.stop(SCHOOL)
            to = [{"agency": COUNCIL, "role": role} for role in ("childrens-services", "home-education")]
            p.send(p.notice(SCHOOL, sections=marked_sections(), to=to))
            p.wait_for(lambda: p.sent()[0]["state"] == "kept", what="the notice to be kept")
            seen = {"memory while it waits": memory_of(p.daemons["broker"].process),
                    "store while it waits": store_of(p)}
            p.start(SCHOOL)
            if not plant:
                for host in (SCHOOL, COUNCIL):
                    for notice in p.wait_for(lambda host=host: p.notices(host), what="the notice"):
                        shown = p.must_api(host, "POST", f"/v1/notices/{notice['notice']}/open")
                        assert "Marker-Given-quokka" in str(shown["sections"])
                        p.must_api(host, "POST", f"/v1/notices/{notice['notice']}/acknowledge")
                p.wait_for(lambda: p.sent()[0]["ended"], what="the answers")
            seen["memory"] = memory_of(p.daemons["broker"].process)
            p.stop("broker")
            seen.update({"store": store_of(p), "frames": frames_of(p), "logs": logs_of(p)})
            return p, seen
        yield look


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="reading a daemon's memory needs root")


def test_every_form_of_a_marker_is_found_where_it_is():
    for marker in markers():
        for before in range(3):
            text = b"x" * before + marker.encode() + b"yz"
            for data in (text, base64.b64encode(text), text.hex().encode()):
                assert any(marker in what for what in found_in(data)), (marker, before)
        for order in ("le", "be"):
            assert any(marker in what for what in found_in(marker.encode(f"utf-16-{order}")))


@pytest.mark.short
def test_no_plaintext_is_at_the_broker_or_in_any_log(looked):
    p, seen = looked()
    for where, data in seen.items():
        assert not found_in(data), where
    # What was looked at is what it is said to be.
    assert b"encompass-notice" in seen["frames"] and SCHOOL.encode() in seen["frames"]
    assert b"encompass-notice" in seen["store"]
    assert SCHOOL.encode() in seen["memory while it waits"] and len(seen["memory"]) > 1 << 20
    assert b"session.up" in seen["logs"] and b"broker.started" in seen["logs"]
    # Nor does a log tell who took part (C5).
    for word in [POLICE, SCHOOL, COUNCIL, "106890", "Oak Hill", "encompass", "keyadult", "host.schools",
                 *(message["origin"] for message in p.sent())]:
        assert word.encode() not in seen["logs"], word


def test_a_planted_leak_is_found_in_store_memory_and_frames(looked):
    _, seen = looked(plant=["leak-section"])
    for where in ("store while it waits", "memory while it waits", "frames"):
        assert "Marker-Given-quokka as UTF-8" in found_in(seen[where]), where
