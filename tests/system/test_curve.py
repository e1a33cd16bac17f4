"""CURVE fails closed (design.md 5, 11): who may not speak gets no session, nothing of it is accepted, nothing
is delivered to it, and the broker goes on serving the others.

Every test ends by sending a notice from the police to a school through the same broker: `others_are_served`.
"""

import pytest
from capture import fresh_envelope
from governance import publish_next
from harness import COUNCIL, POLICE, Partnership
from rawlink import NO_SESSION, RawLink, encode, host_pair

SCHOOL = "school.106890"
COUNCIL_HOST = "host.council"  # Its agent never runs here: a raw link speaks with its key instead.

FOREIGN_SENDER, STALE = 304, 206


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1) as p:
        p.start("broker")
        p.start("host.police")
        p.start(SCHOOL)
        p.wait_settled()
        yield p


def others_are_served(p):
    """A notice sent now reaches its school."""
    origin = p.send(p.notice(SCHOOL))
    p.wait_for(lambda: any(notice["origin"] == origin for notice in p.notices(SCHOOL)), what="a notice")


def nothing_is_taken(p, link, agencies=(), handshake=False):
    """No handshake (or, where that may succeed, no session), no answer, and no entry in the log."""
    before = p.operator_status()
    assert link.shakes_hands(seconds=1.5) == handshake
    hello = {"hello": {"partnership": "rotherham", "agencies": list(agencies), "time": "0", "software": "test"}}
    link.send_bytes(encode(hello), seconds=0.5)
    assert link.receive(seconds=0.5) is None, "something was answered"
    after = p.operator_status()
    # Checkpoints and the operator's own session may come and go; entries only come from what was accepted.
    assert after["entries"] == before["entries"]
    assert after["sessions"] == before["sessions"]


@pytest.mark.short
def test_the_probe_of_these_tests_gets_a_session_with_a_key_of_the_directory(p):
    with RawLink(p, COUNCIL_HOST) as link:
        assert link.shakes_hands()
        assert "creditMessages" in link.hello([COUNCIL])


@pytest.mark.short
def test_an_unknown_key_is_refused(p):
    with RawLink(p, "stranger") as link:
        nothing_is_taken(p, link, [POLICE])
    others_are_served(p)


@pytest.mark.short
@pytest.mark.parametrize("plain", [None, ("host.police", "host.police")], ids=["null", "plain"])
def test_another_mechanism_is_refused(p, plain):
    with RawLink(p, None, plain=plain) as link:
        nothing_is_taken(p, link, [POLICE])
    others_are_served(p)


def test_a_peer_that_expects_another_broker_key_gives_nothing_away_and_gets_nothing(p):
    with RawLink(p, COUNCIL_HOST, server_key=host_pair(p, "host.police")[0]) as link:
        nothing_is_taken(p, link, [COUNCIL])
    others_are_served(p)


@pytest.mark.short
def test_another_hosts_agency_in_hello_is_refused(p):
    with RawLink(p, COUNCIL_HOST) as link:
        for agencies in ([SCHOOL], [COUNCIL, POLICE]):
            assert link.hello(agencies)["code"] == FOREIGN_SENDER
            assert link.welcome is None
        sent = p.send(p.notice(SCHOOL))
        p.wait_for(lambda: any(n["origin"] == sent for n in p.notices(SCHOOL)), what="a notice")
        assert link.wait("deliver", "receipt", seconds=0.3) is None


def test_a_routing_id_chosen_by_the_peer_gives_it_no_other_identity(p):
    # The peer cannot know a live link's routing id, which libzmq makes; it may guess one of that form.
    with RawLink(p, COUNCIL_HOST, routing_id=b"\0\0\0\0\1") as link:
        assert link.hello([POLICE])["code"] == FOREIGN_SENDER
        assert "creditMessages" in link.hello([COUNCIL])
        sent = p.send(p.notice(SCHOOL))
        p.wait_for(lambda: any(n["origin"] == sent for n in p.notices(SCHOOL)), what="a notice")
        frame = link.wait("deliver", "receipt", "answer", seconds=0.3)
        assert frame is None, "it was handed what is another's"


def test_who_chooses_a_routing_id_of_its_own_is_not_heard(p):
    # Once it is gone another could choose the same, and be sent what was meant for it.
    for chosen in (b"host.police", b"host.schools-1", b"\0", b"\1\0\0\0\1", b"\0\0\0\0\0\1"):
        with RawLink(p, COUNCIL_HOST, routing_id=chosen) as link:
            assert link.shakes_hands()
            assert link.hello([COUNCIL], seconds=0.5) is None
    others_are_served(p)


def test_a_second_peer_does_not_take_over_a_routing_id(p):
    with RawLink(p, COUNCIL_HOST, routing_id=b"\0same") as first:
        assert "creditMessages" in first.hello([COUNCIL])
        with RawLink(p, "operator", routing_id=b"\0same") as second:
            second.shakes_hands(seconds=1)
            assert second.hello([], seconds=1) is None, "two peers had one return address"
        first.send({"credit": {"messages": "0", "bytes": "0", "padding": bytes(64)}})
        assert first.wait("credit") is not None, "the first peer lost its session"
    others_are_served(p)


def test_the_key_of_a_host_that_left_the_directory_is_worth_nothing(p):
    def without_council(text):
        kept, skipping = [], False
        for table in text.split("[["):
            if table.startswith(("host]]", "agency]]")):  # What follows of an agency are its keys.
                skipping = "council" in table.lower()
            if not skipping:
                kept.append(table)
        return "[[".join(kept)

    with RawLink(p, COUNCIL_HOST) as link:
        assert "creditMessages" in link.hello([COUNCIL])
        publish_next(p, "directory", without_council)
        # A link that lives outlasts its key in libzmq: the session must end all the same.
        link.send({"credit": {"messages": "0", "bytes": "0", "padding": bytes(64)}})
        link.send({"fetch": {"reference": "1", "statements": {"after": "0"}}})
        assert link.wait("credit", "document", "deliver", seconds=0.7) is None, "the session goes on"
        link.welcome = None
        link.hello([COUNCIL], seconds=1)
        assert link.welcome is None, "a new session began"
    with RawLink(p, COUNCIL_HOST) as link:
        nothing_is_taken(p, link, [COUNCIL])
    others_are_served(p)


# --- the handler

@pytest.mark.parametrize("plant, handshake", [
    ("zap-unbound", False),       # The handler never was.
    ("zap-silent", False),        # It lives and does not answer.
    ("zap-other-domain", False),  # It is asked about a domain that is not ours.
    ("zap-no-domain", True),      # libzmq asks nobody: nothing of a link without a User-Id is read.
])
def test_without_a_live_handler_of_our_domain_nobody_gets_in(plant, handshake):
    with Partnership(schools=1, council=False) as p:
        p.start("broker", plant=[plant])
        for who in ("stranger", "host.police", "operator"):
            with RawLink(p, who) as link:
                assert link.shakes_hands(seconds=1) == handshake
                hello = {"hello": {"partnership": "rotherham", "agencies": [], "time": "0", "software": "test"}}
                link.send_bytes(encode(hello), seconds=0.3)
                assert link.receive(seconds=0.3) is None, "something was answered"
        assert p.running("broker")
        assert "session.started" not in p.log("broker")
        p.kill("broker")
        p.start_all()  # With the handler it was given, the same keys are let in.
        others_are_served(p)


# --- sessions

@pytest.mark.short
def test_frames_of_an_older_session_are_not_taken():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        envelope = fresh_envelope(p, SCHOOL)
        submission = {"submit": {"lane": 0, "items": [{"reference": "77", "bytes": envelope}]}}
        entries = p.operator_status()["entries"]
        with RawLink(p, "host.police", immediate=False) as link:  # As libzmq is by default.
            assert "creditMessages" in link.hello([POLICE])
            older = link.session
            p.kill("broker")
            for _ in range(3):
                # Queued for a connection that is not there: the first thing on the next one.
                assert link.send(submission, session=older)
            p.start("broker")
            for _ in range(3):
                assert link.wait("rehello", "answer", seconds=10)["code"] == STALE
            assert link.send(submission, session=NO_SESSION)
            assert link.wait("rehello", "answer")["code"] == STALE
            assert "creditMessages" in link.hello([POLICE])
            assert link.session != older
            assert link.send(submission, session=older)
            assert link.wait("rehello", "answer")["code"] == STALE
            assert p.operator_status()["entries"] == entries
            # The envelope itself was good: in a session of now it is taken.
            assert "creditMessages" in link.hello([POLICE])
            assert link.send(submission)
            assert "accepted" in link.wait("answer")["items"][0]["answer"]
            assert p.operator_status()["entries"] == entries + 1
