"""What an operator sees of running programs: metrics files and `status`, right while mail waits and after it went,
without a name of anybody (design.md 2, C5), and all of it in docs/operations.md.
"""

import json
import re

import pytest
from harness import PARTNERSHIP, POLICE, ROOT, Partnership
from traffic import Traffic

SCHOOL = "school.106890"
FILES = {"broker": "broker.prom", "host.police": "agent.prom", "host.schools-1": "agent.prom"}


def metrics(p, name):
    """{"name{label}": value}; the file is whole whenever it is read."""
    text = (p.host_folder(name) / FILES[name]).read_text()
    assert text.endswith("\n")
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {key: float(value) for key, value in lines}


def waiting(p):
    return metrics(p, "broker")['havenline_broker_undelivered{lane="urgent"}']


@pytest.fixture(scope="module", name="p")
def partnership():
    with Partnership(schools=1, council=False) as p:
        for name, file in FILES.items():
            config = p.config(name)
            config.write_text(f'metrics-file = "{file}"\nmetrics-seconds = 1\n' + config.read_text())
        p.start_all()
        yield p


@pytest.mark.short
def test_mail_that_waits_is_seen_everywhere_and_gone_once_it_went(p):
    p.stop("host.schools-1")
    p.send(p.notice(SCHOOL))
    # A number that its sender voids at random waits beside it, one time in 32.
    p.wait_for(lambda: waiting(p) in (1, 2), what="the notice to be counted")
    p.wait_for(lambda: metrics(p, "broker")['havenline_broker_oldest_undelivered_seconds{lane="urgent"}'] > 0.5,
               what="it to grow older")
    assert metrics(p, "broker")['havenline_broker_answers_total{answer="accepted"}'] >= 1
    p.wait_for(lambda: metrics(p, "host.police")["havenline_agent_outbox_unsettled"] == 1, what="the sender's count")
    assert metrics(p, "host.police")["havenline_agent_outbox_oldest_seconds"] > 0

    status = p.must_tool("status", "--operator", p.operator, "--json").json()
    assert status["mailboxes"]["urgent"]["waiting"] in (1, 2) and status["mailboxes"]["normal"]["waiting"] == 0
    assert abs(status["mailboxes"]["urgent"]["oldest"] - status["checkpoint-time"]) < 60_000
    assert status["disk-free-bytes"] > 0 and status["admission"]["items-most"] == 4096
    assert status["alarms"]["clocks-apart"] == 0 and abs(status["clock-difference-ms"]) < 60_000
    assert status["checkpoint"] == status["entries"] and status["uptime-seconds"] >= 0
    words = p.must_tool("status", "--operator", p.operator).out
    assert re.search(r"mailboxes urgent waiting +[12]\b", words) and re.search(r"admission items-most +4096\b", words)

    p.start("host.schools-1")
    p.wait_for(lambda: metrics(p, "host.schools-1")["havenline_agent_inbox_unanswered"] == 1, what="it on the desk")
    Traffic(p).work_desks()
    p.wait_for(lambda: metrics(p, "host.police")["havenline_agent_outbox_unsettled"] == 0, what="it to be settled")
    p.wait_for(lambda: waiting(p) == 0, what="the mailbox to be empty")


def test_no_name_of_anybody_is_in_a_metrics_file(p):
    names = [PARTNERSHIP, POLICE, SCHOOL, "Oak Hill", "Testcase", "encompass", *p.hosts]
    for name, file in FILES.items():
        text = (p.host_folder(name) / file).read_text()
        assert len(text) > 100
        assert not [each for each in names if each in text]


def test_every_metric_is_in_the_handbook_and_no_other(p):
    handbook = (ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"`(havenline_(?:broker|agent)_[a-z_]+)", handbook))
    found = {key.split("{")[0] for name in FILES for key in metrics(p, name)}
    assert found == documented


def test_a_file_that_cannot_be_written_is_said_once_and_stops_nothing(p):
    config = p.config("broker")
    text = config.read_text()
    p.stop("broker")
    try:
        config.write_text(text.replace('"broker.prom"', '"nowhere/broker.prom"'))
        p.start("broker")
        p.wait_for(lambda: "metrics.not-written" in p.log("broker"), what="it to be said")
        assert p.operator_status()["recovery"] is False
    finally:
        p.stop("broker")
        config.write_text(text)
        p.start("broker")
    said = [json.loads(line) for line in p.log("broker").splitlines() if "metrics.not-written" in line]
    assert len(said) == 1 and "nowhere" in said[0]["why"]


def test_another_ending_is_refused_with_words(p):
    config = p.config("broker")
    text = config.read_text()
    p.stop("broker")
    try:
        config.write_text(text.replace('"broker.prom"', '"broker.txt"'))
        assert p.start("broker", wait=False).process.wait(30) == 65
        assert "must end in .prom" in p.log("broker")
    finally:
        config.write_text(text)
        p.daemons.pop("broker", None)
        p.start("broker")
