"""The packet filter that docs/operations.md recommends, loaded by nft in a network of the test's own."""

import os
import shutil
import subprocess
import sys

import pytest
from harness import ROOT

RULES = ROOT / "deploy" / "nftables" / "havenline-broker.nft"
BURST = 200

# Runs in a network namespace: opens connections to the broker's port and to another one until one does not come.
KNOCK = """
import socket, subprocess
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["nft", "--file", "{rules}"], check=True)
def knock(port, most):
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    connections = []
    for _ in range(most):
        try:
            connections.append(socket.create_connection(("127.0.0.1", port), timeout=0.2))
        except OSError:
            break
    return len(connections)
print(knock(4780, 400), knock(4781, 400))
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("nft") is None, reason="needs root and nft")
def test_who_knocks_too_often_is_not_heard_and_other_ports_are_left_alone():
    done = subprocess.run(["unshare", "--net", sys.executable, "-c", KNOCK.format(rules=RULES)], capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    broker, other = map(int, done.stdout.split())
    assert BURST <= broker <= BURST + 20
    assert other == 400
