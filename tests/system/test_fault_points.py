"""Every commit boundary: a daemon ends at it as by a power cut, comes back, and nothing is lost or doubled
(design.md 2: D1, D2, D3, A1, A2).

The places are FaultPoint("...") in the code; HAVENLINE_FAULT kills at one (tests/fakes/test_seam_on.cc). The
list below is held against what a normal run reaches: a new place fails the test until it is listed. Each is
hit in a partnership that begins (its first time in a new store), and in one that is at work (its first time
after a start, and a later one). Those that no normal run reaches have tests of their own: release.* and sweep.*
in test_suspension.py, intake.* in test_intake.py and test_intake_formats.py.
"""

import collections
import contextlib
import re
import shutil

import pytest
from governance import publish_next
from harness import POLICE, ROOT, HarnessError, Partnership
from log_watch import LogWatch
from traffic import TROUBLE, Traffic, wait_until_ended

STORE = ["store.write", "store.written"]
FILE = ["file.written", "file.renamed"]
PLACES = {
    "broker": ["commit.before-apply", "commit.after-apply", "mark.before-advance", "mark.after-advance",
               "mark.write", "mark.written", "mark.half-made", *STORE, *FILE],
    "host.police": ["outbox.before-take", "outbox.after-take", "outbox.before-receipt", "outbox.after-receipt",
                    "outbox.before-tick", "outbox.after-tick", *STORE, *FILE],
    "host.schools-1": ["inbox.before-commit", "inbox.after-commit", *STORE, *FILE],
}
# Reached when a store or a mark is made, and not again.
ONLY_NEW = {("broker", "mark.half-made")}
# Reached once a start: an agent's port file.
ONCE_A_START = {(host, place) for host in ("host.police", "host.schools-1") for place in FILE}
# Reached only when a clock or a document asks for it.
ON_TICK = {("host.police", "outbox.before-tick"), ("host.police", "outbox.after-tick")}

DAY = 24 * 3600 * 1000
# Enough for a short run.
SOME = [("broker", "commit.after-apply"), ("broker", "mark.written"), ("host.police", "outbox.after-take"),
        ("host.police", "outbox.before-receipt"), ("host.schools-1", "inbox.after-commit")]


def cases(unless=()):
    return [(daemon, place) for daemon, places in PLACES.items() for place in places
            if (daemon, place) not in unless]


def at_work_cases():
    for daemon, place in cases(unless=ONLY_NEW):
        for later in [False] if (daemon, place) in ONCE_A_START else [False, True]:
            yield pytest.param(daemon, place, later,
                               marks=[pytest.mark.short] if later and (daemon, place) in SOME else [],
                               id=f"{daemon}-{place}-{'later' if later else 'first'}")


def start_missing(p):
    for name in ("broker", *p.hosts):
        if not p.running(name):
            with contextlib.suppress(KeyError):
                p.daemons.pop(name)
            p.start(name, clock=True)


# --- a partnership that begins

@pytest.fixture(name="template", scope="module")
def partnership_that_never_ran():
    with Partnership(schools=2, council=False) as p:
        yield p


@contextlib.contextmanager
def copy_of(p):
    """The same partnership once more, as new as when it was made."""
    shutil.copytree(p.home, p.folder / "new")
    try:
        yield p
    finally:
        for name in list(p.daemons):
            p.kill(name)
        shutil.rmtree(p.home)
        (p.folder / "new").rename(p.home)
        p.set_clock(0)


def drive_until_dead(p, traffic, daemon, seconds=30):
    """Everyday work until the daemon ends; False if it does not."""
    def dead():
        if not daemon.running():
            return True
        with contextlib.suppress(*TROUBLE):
            # What is sent before the schools have stated their keys waits for a while.
            if p.status(POLICE)["statements"] > len(traffic.schools):
                traffic.try_to_send(traffic.schools[traffic.number % len(traffic.schools)],
                                    traffic.next_incident())
            traffic.work_desks()
        return not daemon.running()
    with contextlib.suppress(HarnessError):
        return p.wait_for(dead, seconds)
    return False


def grow_late(p, traffic):
    """Something is due and not acknowledged: the sender's clock says so, with a commit of its own."""
    origin = traffic.send()
    def stored():
        message = next(message for message in p.sent() if message["origin"] == origin)
        return message["recipients"][0]["progress"] != "sent"
    p.wait_for(stored, what="a notice at its school")
    p.set_clock(int(p.clock_file.read_text()) + 4 * DAY)


@pytest.mark.parametrize("daemon, place", cases(unless=ON_TICK))
def test_a_partnership_that_begins_survives_a_death_at(template, daemon, place):
    with copy_of(template) as p:
        traffic = Traffic(p)
        for name in ("broker", *p.hosts):
            p.start(name, clock=True, fault=f"{place}:1" if name == daemon else None, wait=name != daemon)
        dying = p.daemons[daemon]
        assert drive_until_dead(p, traffic, dying), f"{place} is not reached"
        assert wait_until_ended(dying) == -9
        start_missing(p)
        p.wait_settled()
        with LogWatch(p) as watch:
            for _ in p.schools:
                traffic.send()
            traffic.settle()
        traffic.check()
        watch.check(at_least=1)


# --- a partnership at work

@pytest.fixture(name="work", scope="module")
def partnership_at_work():
    with Partnership(schools=2, council=False) as p:
        p.start_all(clock=True)
        traffic = Traffic(p)
        with LogWatch(p) as watch:
            traffic.send()
            traffic.settle()
            yield p, traffic, counts_at_start(p, traffic), watch
            traffic.settle()
        traffic.check()
        watch.check()


def counts_at_start(p, traffic):
    """{daemon: {place: how often it is reached until a started daemon is at work}}"""
    counts = {}
    for daemon in PLACES:
        reached = p.folder / f"reached-{daemon}"
        p.kill(daemon)
        p.start(daemon, clock=True, fault_count=reached)
        p.wait_settled()
        counts[daemon] = collections.Counter(reached.read_text().split() if reached.exists() else [])
    traffic.settle()
    return counts


@pytest.mark.parametrize("daemon, place, later", at_work_cases())
def test_a_partnership_at_work_survives_a_death_at(work, daemon, place, later):
    p, traffic, counts, _ = work
    time = counts[daemon][place] + 3 if later and (daemon, place) not in ON_TICK else 1
    p.kill(daemon)
    dying = p.start(daemon, clock=True, fault=f"{place}:{time}", wait=False)
    if (daemon, place) in ON_TICK:
        if later:
            traffic.work_desks()
        grow_late(p, traffic)
        wait_until_ended(dying)
    else:
        assert drive_until_dead(p, traffic, dying), f"{place} is not reached {time} times"
    assert wait_until_ended(dying) == -9
    start_missing(p)
    traffic.send()
    traffic.settle()
    traffic.check()


# --- what there is

def test_every_place_that_a_normal_run_reaches_is_killed_at():
    with Partnership(schools=2, council=False) as p:
        files = {name: p.folder / f"reached-{name}" for name in PLACES}
        for name, reached in files.items():
            p.start(name, clock=True, fault_count=reached)
        p.wait_settled()
        traffic = Traffic(p)
        for _ in range(4):
            traffic.send()
        grow_late(p, traffic)
        p.wait_for(lambda: any(alarm["kind"] == "late" for alarm in p.alarms(POLICE)), what="the alarm")
        publish_next(p, "policy", lambda text: text.replace("warn-minutes = 30", "warn-minutes = 31"))
        p.must_api(p.schools[0], "POST", "/v1/keys/roll", {"agency": p.schools[0]})
        traffic.send()
        traffic.settle()
        for name, reached in files.items():
            assert set(reached.read_text().split()) == set(PLACES[name]), name


def test_every_place_in_the_code_is_one_that_a_test_kills_at():
    """What a partnership at work reaches is held against them above; this is about all names in the sources."""
    places = set()
    for folder in ("agents", "broker", "deploy"):
        for path in (ROOT / folder).rglob("*.cc"):
            places |= set(re.findall(r'FaultPoint\("([^"]+)"\)', path.read_text()))
    assert len(places) > 40
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "system").glob("test_*.py"))
    assert not {place for place in places if f'"{place}' not in tests}
