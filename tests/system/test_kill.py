"""Broker and agents killed with SIGKILL at random moments under load (design.md 2: D1, D2, D3, A1, A2).

Whatever was answered 200 over the sender's local port is presented exactly once at its school, every receipt
comes back, and the log contains every checkpoint that was ever shown. HAVENLINE_SEED repeats a run's choices.
"""

import os
import random
import shutil
import time

import pytest
from harness import Partnership
from log_watch import LogWatch
from traffic import Traffic

MOMENT_MAX = 0.15  # Seconds from the last sign of life to the kill: longer than a notice takes there and back.


def kill_at_random(p, traffic, kills, seed):
    choose = random.Random(seed)
    victims = ["broker", "host.police", *traffic.desk_hosts()]
    for _ in range(kills):
        before = len(traffic.sent)
        p.wait_for(lambda: len(traffic.sent) > before, what="the load to go on")
        time.sleep(choose.uniform(0, MOMENT_MAX))  # The moment is what is random; nothing is waited for.
        victim = choose.choice(victims)
        p.kill(victim)
        p.start(victim)


@pytest.mark.parametrize("kills", [pytest.param(12, marks=pytest.mark.short), 100])
def test_nothing_is_lost_or_doubled_when_daemons_are_killed_under_load(kills):
    seed = int(os.environ.get("HAVENLINE_SEED", random.randrange(2**32)))
    print(f"HAVENLINE_SEED={seed}")
    with Partnership(schools=3, school_hosts=2, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        with LogWatch(p) as watch:
            traffic.start()
            kill_at_random(p, traffic, kills, seed)
            traffic.stop()
            traffic.settle()
        assert len(traffic.sent) >= kills
        traffic.check()
        entries = watch.check(at_least=kills // 2)
        print(f"{kills} kills, {len(traffic.sent)} notices, {len(watch.notes())} checkpoints over {entries} entries")


# --- the checks find what they are for

@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        yield p


def test_a_message_that_was_signed_for_and_not_kept_is_found_missing(p):
    school = p.schools[0]
    p.kill(school)
    p.start(school, plant=["inbox-drop"])
    traffic = Traffic(p)
    origin = traffic.send()
    p.wait_for(lambda: next(message for message in p.sent() if message["origin"] == origin)
               ["recipients"][0]["progress"] == "stored", what="the receipt")
    with pytest.raises(AssertionError, match="never presented"):
        traffic.check()


def test_a_message_that_is_shown_twice_is_found(p):
    school = p.schools[0]
    p.kill(school)
    p.start(school, plant=["inbox-double"])
    traffic = Traffic(p)
    traffic.number = 1000  # Other incidents than those of the test before.
    traffic.send()
    p.wait_for(lambda: len([n for n in p.notices(school) if n["state"] == "new"]) == 2, what="the notice twice")
    with pytest.raises(AssertionError, match="presented twice"):
        traffic.check()


def test_a_log_that_forgot_a_head_it_showed_is_found():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        p.stop("broker")
        shutil.copytree(p.host_folder("broker"), p.folder / "older")
        p.start("broker")
        with LogWatch(p) as watch:
            traffic.send()
            traffic.settle()
            p.wait_for(lambda: len(watch.notes()) > 1, what="two checkpoints")
            watch.check(at_least=2)
        for name in ("broker", *p.hosts):  # The agents would tell.
            p.stop(name)
        shutil.rmtree(p.host_folder("broker"))
        (p.folder / "older").rename(p.host_folder("broker"))
        p.start("broker")
        with pytest.raises(AssertionError, match="heads beyond the log's"):
            watch.check(at_least=2)
