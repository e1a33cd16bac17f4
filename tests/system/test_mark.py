"""A store behind its mark, and one that another's head contradicts: the broker says what it found, and serves
nothing until the newest store is there again (design.md 2: A2, 9: the mark; 11).
"""

import shutil

import pytest
from harness import POLICE, Partnership
from rawlink import RawLink
from traffic import Traffic, wait_until_ended

RECOVERY = 202


@pytest.fixture(name="p")
def partnership():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        yield p


def put_back_an_older_store(p, traffic, mark_too=False):
    """The newest store is in broker-newest afterwards."""
    folder = p.host_folder("broker")
    p.stop("broker")
    shutil.copytree(folder / "store", p.folder / "older-store")
    shutil.copytree(folder / "mark", p.folder / "older-mark")
    shutil.copytree(folder / "log-files", p.folder / "older-log-files")
    p.start("broker")
    traffic.send()
    traffic.settle()
    # Every agent has verified a checkpoint over it.
    entries = p.operator_status()["entries"]
    p.wait_for(lambda: all(p.status(host)["verified-entries"] >= entries for host in p.hosts), what="a checkpoint")
    p.stop("broker")
    shutil.copytree(folder, p.folder / "newest")
    shutil.rmtree(folder / "store")
    shutil.copytree(p.folder / "older-store", folder / "store")
    if mark_too:  # And the log's files, which are another witness on the machine.
        for part in ("mark", "log-files"):
            shutil.rmtree(folder / part)
            shutil.copytree(p.folder / f"older-{part}", folder / part)


def serves_nothing(p):
    """Sends wait, nothing is delivered, no entry is made; status is answered."""
    status = p.operator_status()
    assert status["recovery"] is True
    before = len(p.notices("school.106890"))
    origin = p.send(p.notice("school.106890"))
    p.wait_for(lambda: p.operator_status()["deferred"] > status["deferred"], what="the send to be deferred")
    message = next(message for message in p.sent() if message["origin"] == origin)
    assert message["state"] == "sealed" and "refused" not in message
    with RawLink(p, "host.schools-1") as link:
        assert link.hello(["school.106890"])["recovery"] is True
        assert link.wait("deliver", "receipt", seconds=0.5) is None
    assert len(p.notices("school.106890")) == before
    after = p.operator_status()
    assert after["entries"] == status["entries"] and after["delivered"] == 0
    return origin


def put_the_newest_back(p):
    p.stop("broker")
    shutil.rmtree(p.host_folder("broker"))
    shutil.copytree(p.folder / "newest", p.host_folder("broker"))
    p.start("broker")
    assert p.operator_status()["recovery"] is False


@pytest.mark.short
def test_a_store_behind_its_mark_is_said_and_serves_nothing_until_the_newest_is_back(p):
    traffic = Traffic(p)
    put_back_an_older_store(p, traffic)
    p.start("broker")
    words = next(line for line in p.log("broker").splitlines() if '"broker.recovery"' in line)
    for said in ("behind its mark", "size", "put back", "newest copy"):
        assert said in words, f"{said!r} is not in {words}"
    origin = serves_nothing(p)
    put_the_newest_back(p)
    # What waited goes by itself: agents say hello again, and offer again.
    p.kill("host.police")
    p.start("host.police")
    p.wait_for(lambda: [n for n in p.notices("school.106890") if n["origin"] == origin], 40, "the notice")
    traffic.settle()
    traffic.check()


def test_store_and_mark_put_back_together_are_told_by_the_agents_heads(p):
    traffic = Traffic(p)
    put_back_an_older_store(p, traffic, mark_too=True)
    p.start("broker")
    p.wait_for(lambda: '"broker.recovery"' in p.log("broker"), what="the broker to hear of it")
    words = next(line for line in p.log("broker").splitlines() if '"broker.recovery"' in line)
    assert "an agency holds a signed head" in words
    serves_nothing(p)
    put_the_newest_back(p)


def test_a_lost_store_is_not_taken_for_a_new_one(p):
    traffic = Traffic(p)
    traffic.send()
    traffic.settle()
    p.stop("broker")
    shutil.rmtree(p.host_folder("broker") / "store")
    broker = p.start("broker", wait=False)
    assert wait_until_ended(broker) > 0
    assert "Nothing can be served from an empty store" in p.log("broker")
    assert "put the newest copy of the store back" in p.log("broker")


def test_a_lost_mark_is_not_taken_for_a_new_one(p):
    traffic = Traffic(p)
    traffic.send()
    traffic.settle()
    p.stop("broker")
    shutil.rmtree(p.host_folder("broker") / "mark")
    p.start("broker")
    assert "there is no mark" in p.log("broker")
    serves_nothing(p)
