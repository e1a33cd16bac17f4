"""Broker and agents killed with SIGKILL at random moments under load (design.md 2: D1, D2, D3, A1, A2).

Whatever was answered 200 over the sender's local port is presented exactly once at its school, every receipt
comes back, and the log contains every checkpoint that was ever shown. HAVENLINE_SEED repeats a run's choices.
"""

import os
import random
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
        watch.check(at_least=kills // 2)
