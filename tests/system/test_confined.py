"""The broker as its unit starts it: its port is handed to it, it has no network, no right and few system calls of its
own, and it serves all the same; so do agents under theirs (tests/system/confined.py says what of a unit is applied).
"""

import os
import pathlib
import re
import socket
import subprocess
import sys

import pytest
from harness import BUILD, Partnership
from traffic import Traffic

UNIT = BUILD / "deploy" / "systemd" / "havenline-broker.service"
AGENTS_UNIT = BUILD / "deploy" / "systemd" / "havenline-agent@.service"
CONFINED = pathlib.Path(__file__).with_name("confined.py")


def start_confined(p, port):
    return p.start("broker", through=[sys.executable, CONFINED, UNIT, port.fileno()], pass_fds=[port.fileno()])


def status_of(process, key):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return re.search(rf"^{key}:\s*(\S+)", text, re.MULTILINE).group(1)


@pytest.mark.short
def test_a_broker_without_a_network_serves_on_the_socket_that_it_is_handed():
    with Partnership(schools=2, council=False) as p:
        # As systemd, this keeps the port open, whatever becomes of the broker.
        with socket.create_server(("127.0.0.1", p.broker_port), backlog=64) as port:
            broker = start_confined(p, port).process
            assert '"handed-socket":true' in p.log("broker")
            # It is shut in: all of it at once, or the rest of this test would prove nothing.
            assert os.readlink(f"/proc/{broker.pid}/ns/net") != os.readlink("/proc/self/ns/net")
            devices = pathlib.Path(f"/proc/{broker.pid}/net/dev").read_text().splitlines()[2:]
            assert [line.split(":")[0].strip() for line in devices] == ["lo"]
            assert (status_of(broker, "Seccomp"), status_of(broker, "NoNewPrivs")) == ("2", "1")
            assert int(status_of(broker, "CapBnd"), 16) == int(status_of(broker, "CapEff"), 16) == 0

            for host in p.hosts:
                agent = p.start(host, through=[sys.executable, CONFINED, AGENTS_UNIT, "none"]).process
                assert (status_of(agent, "Seccomp"), status_of(agent, "NoNewPrivs")) == ("2", "1")
            p.wait_settled()
            traffic = Traffic(p)
            for school in p.schools:
                traffic.send(school)
            traffic.settle()
            traffic.check()

            # Who knocks meanwhile waits at the port, and is served by the next broker.
            p.stop("broker")
            traffic.send()
            start_confined(p, port)
            traffic.settle()
            traffic.check()


def test_the_confinement_of_these_tests_confines(tmp_path):
    """What the unit forbids fails under confined.py, so that what passes there passes the filter."""
    attempt = tmp_path / "attempt.py"
    attempt.write_text("""
import ctypes, errno, mmap, os, socket
def refused(what, attempt):
    try:
        attempt()
    except OSError as error:
        assert error.errno in (errno.EPERM, errno.EACCES), (what, error)
        return
    raise SystemExit(what + " was let through")
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
refused("a socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
refused("code that can be written", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC))
refused("a mount", lambda: call(165, b"none", b"/mnt", b"tmpfs", 0, 0))
refused("a namespace", lambda: call(272, 0x00020000))
refused("another's memory", lambda: call(101, 16, 1, 0, 0))
refused("a real-time thread", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
refused("the clock", lambda: call(227, 0, 0))
assert socket.socket(fileno=3).getsockname()[0] == "127.0.0.1"
print("shut in")
""")
    with socket.create_server(("127.0.0.1", 0)) as port:
        done = subprocess.run([sys.executable, CONFINED, UNIT, str(port.fileno()), sys.executable, attempt],
                              pass_fds=[port.fileno()], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "shut in\n"), done.stderr
