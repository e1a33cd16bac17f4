"""A broker whose disk is nearly full defers, refuses nothing, lets room be made, and goes on by itself
(design.md 11).

The broker's store is on a small file system in memory, mounted for the test, with a reserve of 16 MiB.
"""

import contextlib
import os
import shutil
import subprocess

import pytest
from harness import POLICE, Partnership
from traffic import Traffic, wait_until_ended

FILE_SYSTEM_MEBIBYTES = 96
RESERVE_MEBIBYTES = 16
RETRY = 32 * 1000  # The broker asks for 30 s and the agent adds up to one.


@contextlib.contextmanager
def small_disk(folder):
    folder.mkdir(mode=0o700)
    options = f"size={FILE_SYSTEM_MEBIBYTES}m,mode=700"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True,
                             check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder, leave):
    """A file that leaves so many mebibytes free."""
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize - (leave << 20)
    with open(folder / "ballast", "wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, size)
    return folder / "ballast"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_defers_and_recovers_by_itself():
    with Partnership(schools=1, council=False) as p, small_disk(p.host_folder("broker") / "disk") as disk:
        config = p.config("broker")
        config.write_text(f"reserve-mebibytes = {RESERVE_MEBIBYTES}\n"
                          + config.read_text().replace('store = "store"', 'store = "disk/store"'))
        try:
            p.start_all(clock=True)
            school = p.schools[0]
            traffic = Traffic(p)
            before = traffic.send(school)
            p.wait_for(lambda: p.notices(school), what="the first notice")

            ballast = fill(disk, leave=RESERVE_MEBIBYTES - 2)
            status = p.operator_status()
            waiting = [traffic.send(school) for _ in range(3)]
            p.wait_for(lambda: p.operator_status()["deferred"] > status["deferred"], what="a deferral")
            sent = {message["origin"]: message for message in p.sent()}
            assert all(sent[origin]["state"] == "sealed" for origin in waiting)
            # Receipts make room, so they are taken all the same.
            assert traffic.work_desks() == 1
            p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == before)["ended"], what="the answer")
            # Asked again after the pause, it is deferred again.
            deferred = p.operator_status()["deferred"]
            p.set_clock(RETRY)
            p.wait_for(lambda: p.operator_status()["deferred"] > deferred, what="another deferral")
            assert len(p.notices(school)) == 1

            ballast.unlink()
            p.set_clock(2 * RETRY)
            p.wait_for(lambda: len(p.notices(school)) == 4, what="what waited")
            traffic.settle()
            traffic.check()
            status = p.operator_status()
            assert status["refused"] == 0 and status["invalid"] == 0
            assert not [alarm for alarm in p.alarms(POLICE) if alarm["open"]]
        finally:
            for name in list(p.daemons):
                p.kill(name)


@pytest.mark.skipif(shutil.which("strace") is None or os.geteuid() != 0, reason="needs strace, and the right to trace")
def test_a_sync_that_fails_stops_the_broker_and_nothing_is_lost():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        traffic.send()
        traffic.settle()
        broker = p.daemons["broker"]
        with open(p.folder / "strace.err", "wb") as err:
            tracer = subprocess.Popen(["strace", "-f", "-p", str(broker.process.pid), "-o", p.folder / "strace.log",
                                       "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO"], stderr=err)
        try:
            p.wait_for(lambda: b"attached" in (p.folder / "strace.err").read_bytes(), what="the tracer")
            traffic.send()  # Kept by its sender's agent, whatever becomes of the broker.
            assert wait_until_ended(broker) == 74
        finally:
            tracer.kill()
            tracer.wait()
        p.daemons.pop("broker")
        assert "broker.stopped-on-fault" in p.log("broker")
        p.start("broker")
        assert p.operator_status()["recovery"] is False
        traffic.settle()
        traffic.check()
