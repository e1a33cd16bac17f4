"""Every checkpoint that the broker shows, and the log held against all of them.

    with LogWatch(p) as watch:
        ...
    watch.check()

A thread with the operator's key listens to welcome and head frames, over every death of the broker. check()
fetches all leaves once, computes the root of each size again (RFC 6962, here in Python), and compares: the log
must contain every head that was ever signed. Signatures are verified with libsodium.
"""

import base64
import hashlib
import json
import re
import threading
import time

import zmq
import zmq.utils.monitor
from governance import signature_holds
from harness import PARTNERSHIP
from rawlink import NO_SESSION, Operator, RawLink, decode_all, encode, kind_of

HELLO_AGAIN = 4.0  # Seconds: a session is kept alive by beginning a new one, which brings a checkpoint too.
QUIET = 1.0        # Seconds without a frame before the session is taken for dead.


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def roots(leaves):
    """The root of each size from 0 to all leaves."""
    stack = []  # (size, hash) of the perfect trees from left to right.
    yield hashlib.sha256(b"").digest()
    for leaf in leaves:
        size, top = 1, leaf_hash(leaf)
        while stack and stack[-1][0] == size:
            top = node_hash(stack.pop()[1], top)
            size *= 2
        stack.append((size, top))
        root = stack[-1][1]
        for _, left in reversed(stack[:-1]):
            root = node_hash(left, root)
        yield root


class LogWatch:
    def __init__(self, p):
        self.p = p
        self.frames = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)

    def _watch(self):
        hello = encode({"hello": {"partnership": PARTNERSHIP, "agencies": [], "software": "watch",
                                  "time": str(int(time.time() * 1000))}}, NO_SESSION)
        with RawLink(self.p, "operator") as link:
            poller = zmq.Poller()
            poller.register(link.socket, zmq.POLLIN)
            poller.register(link.monitor, zmq.POLLIN)
            said = heard = 0.0
            while not self.stopping.is_set():
                ready = dict(poller.poll(100))
                now = time.monotonic()
                connected = False
                if link.monitor in ready:
                    event = zmq.utils.monitor.recv_monitor_message(link.monitor)["event"]
                    connected = event == zmq.EVENT_HANDSHAKE_SUCCEEDED
                if link.socket in ready:
                    self.frames.append(link.socket.recv())
                    heard = now
                if connected or now - said > HELLO_AGAIN or (now - max(heard, said) > QUIET):
                    if link.send_bytes(hello, seconds=0):
                        said = now

    def notes(self):
        """Every checkpoint note seen, once."""
        notes = set()
        for frame in decode_all(self.frames):
            kind = kind_of(frame)
            if kind in ("welcome", "head") and frame[kind].get("checkpoint"):
                notes.add(frame[kind]["checkpoint"])
        return notes

    def check(self, at_least=3):
        """The log contains all of them. Returns how many leaves there are."""
        public = log_key(self.p)
        heads = {}
        for note in self.notes():
            size, root = open_checkpoint(note, public)
            assert heads.setdefault(size, root) == root, f"two signed heads of size {size}"
        assert len(heads) >= at_least, f"only {len(heads)} checkpoints were seen"
        # The newest checkpoint covers everything once there is no more news.
        def all_covered():
            with Operator(self.p) as operator:
                status = operator.status()
                return status["checkpoint"] == status["entries"] and operator.leaves()
        leaves = self.p.wait_for(all_covered, what="a checkpoint over the whole log")
        for index, leaf in enumerate(leaves):
            assert json.loads(leaf)["n"] == index
        for size, root in enumerate(roots(leaves)):
            assert heads.pop(size, root) == root, f"the log does not contain the signed head of size {size}"
        assert not heads, f"heads beyond the log's {len(leaves)} entries were signed: {sorted(heads)}"
        return len(leaves)


def log_key(p):
    """The public key that the directory names for the log."""
    text = p.document("directory.toml").read_text()
    key = re.search(r'"(%s/log/1)\+[0-9a-f]{8}\+([^"]+)"' % PARTNERSHIP, text).group(2)
    return base64.b64decode(key)[1:]


def open_checkpoint(note, public):
    """(size, root) of a checkpoint whose signature holds."""
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")
    assert origin == f"{PARTNERSHIP}/log/1", note
    signature = base64.b64decode(signatures.split()[2])[4:]
    assert signature_holds(public, (text + "\n").encode(), signature), f"a checkpoint nobody signed: {note}"
    return int(size), base64.b64decode(root)
