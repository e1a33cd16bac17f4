"""`havenline bench` on brokers of its own: its line holds together, and it leaves nothing behind."""

import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BUILD, Daemon, Partnership  # noqa: E402

OK, DATA, UNAVAILABLE = 0, 65, 69


def bench(*args, timeout=60):
    return subprocess.run([BUILD / "bin" / "havenline", "bench", *map(str, args)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout)


def spawn(folder, *args):
    """Its line, with what must hold of every one."""
    done = bench("--spawn", "--below", folder, "--seconds", 1, *args)
    assert done.returncode == OK, done.stderr
    assert done.stdout.count("\n") == 1
    line = json.loads(done.stdout)
    assert not list(pathlib.Path(folder).iterdir()), "the throwaway partnership is still there"
    recipients = 0 if line["options"]["away"] else line["options"]["recipients"]
    owed = line["accepted"] * recipients
    assert line["accepted"] > 0 and line["complete"]
    assert (line["delivered"], line["receipted"], line["receipts-returned"]) == (owed, owed, owed)
    assert (line["delivered-again"], line["receipts-refused"], line["sessions-broken"]) == (0, 0, 0)
    # An entry for each message, and at least one for each 24 receipts.
    assert line["broker"]["entries"] >= line["accepted"] + owed / 24
    for rate, count in (("accepted-per-second", "accepted"), ("delivered-per-second", "delivered"),
                        ("receipts-returned-per-second", "receipts-returned")):
        assert line[rate] >= line[count] / line["seconds"] * 0.99
    kinds = ["accept-microseconds"] + (["delivery-microseconds"] if recipients else [])
    for latencies in (line[kind] for kind in kinds):
        assert 0 < latencies["p50"] <= latencies["p99"] <= latencies["p99.9"] <= latencies["max"]
        assert latencies["max"] <= line["seconds"] * 1e6
    assert line["broker"]["peak-memory-mebibytes"] > 1
    assert line["broker"]["syncs-per-second"] > 0
    return line


def test_notices_to_one_recipient_add_up(tmp_path):
    line = spawn(tmp_path, "--messages", 400)
    assert line["ran-out"] and line["accepted"] == 400
    assert line["options"]["section-bytes"] is None
    assert line["message-bytes"] > 10_000  # Twenty sections, each padded.
    # A batch has many messages.
    assert line["broker"]["syncs-per-second"] * line["seconds"] < 400


def test_one_section_to_eight_from_two_senders_adds_up(tmp_path):
    line = spawn(tmp_path, "--messages", 100, "--senders", 2, "--recipients", 8, "--section-bytes", 2048)
    assert line["delivered"] == 800
    assert line["delivery-bytes"] > 4096  # 2,048 bytes and what stands with them, padded.


def test_one_at_a_time_syncs_for_each(tmp_path):
    line = spawn(tmp_path, "--messages", 50, "--one-at-a-time", "--hosted", "--recipients", 2, "--lane", "normal")
    assert line["options"]["window"] == 1
    assert line["broker"]["syncs-per-second"] * line["seconds"] >= line["accepted"] * 0.99
    # Each waits for the one before.
    assert line["accept-microseconds"]["p50"] * line["accepted"] <= line["seconds"] * 1e6 * 2


def test_recipients_that_are_away_get_nothing(tmp_path):
    line = spawn(tmp_path, "--messages", 100, "--away")
    assert line["accepted"] == 100 and line["delivered"] == 0


def test_an_end_by_hand_leaves_nothing_behind(tmp_path):
    command = [str(BUILD / "bin" / "havenline"), "bench", "--spawn", "--below", str(tmp_path), "--seconds", "60",
               "--messages", "200000"]
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("*/broker.log")) and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == UNAVAILABLE, err
    assert out == b"" and b"stopped before the end" in err
    assert not list(tmp_path.iterdir())


def test_a_broker_that_runs_elsewhere_is_measured_in_two_steps(tmp_path):
    prepared = bench("--prepare", tmp_path / "bench")
    assert prepared.returncode == OK, prepared.stderr
    config = json.loads(prepared.stdout)["broker"]
    broker = Daemon("broker", [str(BUILD / "bin" / "havenline-broker"), "--config", config], {}, tmp_path / "log")
    try:
        assert broker.wait_ready()
        for _ in range(2):  # Its recipients' keys are stated already the second time.
            done = bench("--in", tmp_path / "bench", "--seconds", 1, "--messages", 50,
                         "--broker-pid", broker.process.pid)
            assert done.returncode == OK, done.stderr
            line = json.loads(done.stdout)
            assert line["complete"] and line["accepted"] == 50 and line["broker"]["cpu-microseconds-per-message"] >= 0
    finally:
        broker.end(15)


def test_a_real_partnership_is_never_measured():
    with Partnership(schools=1, council=False) as p:
        done = bench("--in", p.folder)
        assert done.returncode == DATA
        assert "a real one is never measured" in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize("args", [[], ["--spawn", "--in", "x"], ["--spawn", "--below", "/nonexistent"],
                                  ["--spawn", "--stalled", "1"], ["--spawn", "--links", "2", "--stalled", "2"]])
def test_what_cannot_be_done_is_said(args):
    done = bench(*args)
    assert done.returncode == DATA
    assert done.stderr and done.stdout == ""
