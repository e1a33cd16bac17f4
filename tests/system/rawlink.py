"""A link to the broker that plays by none of our rules: for tests of what the broker does with it.

Frames are written and read with Cap'n Proto's own command line tool from schema/wire, so that no code of ours
stands between the test and the wire:

    with RawLink(p, "host.police") as link:
        link.hello(["police.south-yorkshire"])
        link.send({"submit": {"lane": 0, "items": [{"reference": "1", "bytes": envelope}]}})
        print(link.wait("answer"))
"""

import base64
import json
import os
import re
import subprocess
import time

import zmq
import zmq.utils.monitor
import zmq.utils.z85

from harness import PARTNERSHIP, ROOT

NO_SESSION = bytes(16)
_SESSION_PLACE = b"session-goes-her"  # Sixteen bytes that no frame of a test holds otherwise.
_SCHEMA = ROOT / "schema" / "wire"
_encoded = {}


def capnp(conversion, schema, kind, data):
    """`data` through `capnp convert`, as a struct `kind` of schema/wire/<schema>."""
    done = subprocess.run(["capnp", "convert", conversion, f"-I{ROOT}", str(_SCHEMA / schema), kind], input=data,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"capnp convert {conversion}: {done.stderr.decode()}")
    return done.stdout


def plain(value):
    """Bytes as the lists of numbers that the tool's JSON has for them."""
    if isinstance(value, (bytes, bytearray)):
        return list(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def encode(body, session=NO_SESSION):
    """A frame's bytes: `body` has one member, the kind."""
    text = json.dumps(plain({"session": _SESSION_PLACE, **body}))
    if text not in _encoded:
        _encoded[text] = capnp("json:binary", "frame.capnp", "Frame", text.encode())
    return _encoded[text].replace(_SESSION_PLACE, session)


def convert_all(schema, kind, messages):
    """The messages, all structs `kind` of schema/wire/<schema>, as dictionaries: in one run of the tool."""
    text = capnp("binary:json", schema, kind, b"".join(messages)).decode()
    decoder, at, read = json.JSONDecoder(), 0, []
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        read.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return read


def decode_all(frames):
    """The frames as dictionaries, each with `session` as bytes."""
    if not frames:
        return []
    decoded = convert_all("frame.capnp", "Frame", frames)
    for value in decoded:
        value["session"] = bytes(value["session"])
    return decoded


def decode(frame):
    return decode_all([frame])[0]


def kind_of(frame):
    """The kind of a decoded frame."""
    return next(key for key in frame if key != "session")


def read_tap(path):
    """The frames that a broker of test-bin wrote with HAVENLINE_TAP_FILE."""
    data = path.read_bytes()
    frames, at = [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        if at + 4 + size > len(data):
            break  # Cut short by a kill.
        frames.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return frames


def key_file(path):
    """The 32 bytes of a key file."""
    return base64.b64decode(path.read_text().split()[2])


def curve_pair(path):
    """(public, secret) of a CURVE key file, as libzmq wants them."""
    secret = zmq.utils.z85.encode(key_file(path))
    return zmq.curve_public(secret), secret


def host_pair(p, host):
    """The CURVE pair of a host, or of "operator"."""
    folder = p.home / "operator" if host == "operator" else p.host_folder(host)
    return curve_pair(folder / "keys" / "curve.key")


def broker_key(p):
    """The broker's public CURVE key."""
    return re.search(r'curve = "([^"]+)"', p.operator.read_text()).group(1).encode()


class RawLink:
    """One DEALER of our own making.

    as_host     whose key it has: a host, "operator", "stranger" for a fresh key, None for no CURVE at all
    plain       (user, password) for the PLAIN mechanism
    server_key  another key than the broker's
    routing_id  a return address chosen by the peer, which our agents never do
    immediate   False queues frames for a connection that is not there, which our agents never do
    """

    def __init__(self, p, as_host, plain=None, server_key=None, routing_id=None, immediate=True, endpoint=None):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.immediate = int(immediate)
        self.socket.reconnect_ivl = 50
        self.socket.reconnect_ivl_max = 200
        if routing_id is not None:
            self.socket.setsockopt(zmq.ROUTING_ID, routing_id)
        if plain is not None:
            self.socket.plain_username, self.socket.plain_password = (word.encode() for word in plain)
        elif as_host is not None:
            self.socket.curve_publickey, self.socket.curve_secretkey = (
                zmq.curve_keypair() if as_host == "stranger" else host_pair(p, as_host))
            self.socket.curve_serverkey = server_key or broker_key(p)
        self.monitor = self.socket.get_monitor_socket()
        self.session = NO_SESSION
        self.welcome = None
        self.waiting = []
        self.socket.connect(endpoint or f"tcp://127.0.0.1:{p.broker_port}")

    # --- the connection

    def shakes_hands(self, seconds=3):
        """True once a handshake succeeded; False if it was refused or nothing came of it in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.monitor.poll(100):
                continue
            event = zmq.utils.monitor.recv_monitor_message(self.monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                return True
            if event in (zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
                         zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL):
                return False
        return False

    def wait_for_event(self, wanted, seconds=3):
        """True once the connection's monitor told of this event."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.monitor.poll(100):
                if zmq.utils.monitor.recv_monitor_message(self.monitor)["event"] == wanted:
                    return True
        return False

    def send_bytes(self, data, seconds=3):
        """True if the bytes were handed to a connection in time."""
        if not self.socket.poll(int(seconds * 1000), zmq.POLLOUT):
            return False
        self.socket.send(data, zmq.NOBLOCK)
        return True

    def send(self, body, session=None):
        return self.send_bytes(encode(body, self.session if session is None else session))

    def receive(self, seconds=3):
        """The next frame, decoded, or None."""
        if not self.waiting:
            if not self.socket.poll(int(seconds * 1000)):
                return None
            frames = []
            while self.socket.poll(0):
                frames.append(self.socket.recv())
            self.waiting = decode_all(frames)
        return self.waiting.pop(0)

    def wait(self, *kinds, seconds=5):
        """The body of the next frame of one of these kinds; None if none came. Others are dropped."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            frame = self.receive(left)
            if frame is not None and kind_of(frame) in kinds:
                if kind_of(frame) == "welcome":
                    self.session = frame["session"]
                    self.welcome = frame["welcome"]
                return frame[kind_of(frame)]
        return None

    # --- the protocol, as far as a test wants it

    def hello(self, agencies=(), checkpoint="", seconds=10, **changes):
        """Says hello until it is answered. The welcome or rehello; None if nothing answers."""
        body = {"minorLowest": 0, "minorHighest": 0, "partnership": PARTNERSHIP, "agencies": list(agencies),
                "checkpoint": checkpoint, "time": str(int(time.time() * 1000)), "software": "test", **changes}
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not self.send_bytes(encode({"hello": body}), left):
                return None
            answer = self.wait("welcome", "rehello", seconds=min(3, max(0.1, deadline - time.monotonic())))
            if answer is None:
                continue
            if "creditMessages" in answer or answer.get("code") not in (201, 200):
                return answer
            time.sleep(0.1)  # Still starting.
        return None

    def fetch(self, what, seconds=5):
        """The pieces that one fetch brings, as (kind, index, bytes), and whether there are more."""
        self.send({"fetch": {"reference": "7", **what}})
        document = self.wait("document", seconds=seconds)
        if document is None:
            raise OSError("a fetch was not answered")
        pieces = [(piece["kind"], int(piece["index"]), bytes(piece["bytes"])) for piece in document["pieces"]]
        return pieces, document["more"]

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(0)
        self.context.term()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Operator(RawLink):
    """The operator's link: status and leaves. Each new one ends the one before."""

    def __init__(self, p):
        super().__init__(p, "operator")
        if self.hello(seconds=8) is None or self.welcome is None:
            self.close()
            raise OSError("the broker gave the operator no session")

    def status(self):
        pieces, _ = self.fetch({"status": None})
        return json.loads(pieces[0][2])

    def leaves(self, epoch=1):
        """Every leaf that the newest checkpoint covers."""
        leaves = []
        while True:
            pieces, _ = self.fetch({"leaves": {"epoch": str(epoch), "first": str(len(leaves)), "count": 512}})
            if not pieces:
                return leaves
            leaves += [piece[2] for piece in pieces]
