"""A broker that has gone bad, between a real agent and the real broker: it has the broker's CURVE key and the
host's, so both ends take it for the other. Everything goes through byte for byte.

    with Relay(p, "host.council") as relay:       # before that host is started
        p.start("host.council")
        relay.say({"deliver": {"items": [...]}})  # of its own, in the agent's session
        print(relay.delivered, relay.answers)     # what the real broker delivered, and said to receipts
        relay.unreadable = b"..."                 # it cannot read a frame that has these bytes in it
        relay.hold = "head"                       # what it says of this kind waits …
        relay.release()                           # … and goes all at once
"""

import collections
import re
import threading

import zmq

from rawlink import NO_SESSION, broker_key, curve_pair, decode, encode, host_pair, kind_of

MALFORMED = {"rehello": {"code": 300, "retryAfter": 0}}


class Relay:
    def __init__(self, p, host):
        self.p = p
        self.host = host
        self.delivered = []  # The items of the real broker's deliveries.
        self.answers = []    # What the real broker answered to the agent's receipts.
        self.unreadable = None
        self.turned_away = 0  # Frames that could not be read.
        self.hold = None
        self.held = []
        self._to_say = collections.deque()
        self._stopping = threading.Event()
        self._failed = None
        self._context = zmq.Context()
        self._agent = self._context.socket(zmq.ROUTER)
        self._broker = self._context.socket(zmq.DEALER)
        for one in (self._agent, self._broker):
            one.linger = 0
        self._agent.curve_server = True
        public, self._agent.curve_secretkey = curve_pair(p.host_folder("broker") / "keys" / "curve.key")
        assert public == broker_key(p), "the agent pins another key"
        port = self._agent.bind_to_random_port("tcp://127.0.0.1")
        self._broker.curve_publickey, self._broker.curve_secretkey = host_pair(p, host)
        self._broker.curve_serverkey = broker_key(p)
        self._broker.reconnect_ivl = 50
        self._broker.connect(f"tcp://127.0.0.1:{p.broker_port}")
        self._config = p.config(host)
        self._config_before = self._config.read_text()
        after = re.sub(rf"tcp://127\.0\.0\.1:{p.broker_port}\b", f"tcp://127.0.0.1:{port}", self._config_before)
        assert after != self._config_before
        self._config.write_text(after)
        self._peer, self._session = None, NO_SESSION
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def say(self, body):
        """Says this to the agent, in the session that it has with the real broker."""
        self._to_say.append(lambda: encode(body, self._session))

    def end_session(self):
        """Tells the agent that its session is over; it says hello."""
        self._to_say.append(lambda: encode({"rehello": {"code": 206, "retryAfter": 0}}))

    def release(self):
        self.hold = None
        while self.held:
            self._to_say.append(lambda data=self.held.pop(0): data)

    def _run(self):
        try:
            while not self._stopping.is_set():
                if self._agent.poll(10):
                    self._peer, data = self._agent.recv_multipart()
                    if self.unreadable and self.unreadable in data:
                        self.turned_away += 1
                        self._agent.send_multipart([self._peer, encode(MALFORMED)])
                    else:
                        self._broker.send(data)
                while self._broker.poll(0):
                    self._hear(self._broker.recv())
                while self._to_say and self._session != NO_SESSION:
                    self._agent.send_multipart([self._peer, self._to_say.popleft()()])
        except Exception as error:  # pylint: disable=broad-except
            self._failed = error

    def _hear(self, data):
        frame = decode(data)
        kind = kind_of(frame)
        if kind == "welcome":
            self._session = frame["session"]
        elif kind == "deliver":
            self.delivered += frame["deliver"]["items"]
        elif kind == "receipted":
            self.answers += [item["answer"] for item in frame["receipted"]["items"]]
        if kind == self.hold:
            self.held.append(data)
        elif self._peer is not None:
            self._agent.send_multipart([self._peer, data])

    def close(self):
        self._stopping.set()
        self._thread.join(10)
        for one in (self._agent, self._broker):
            one.close()
        self._context.term()
        self._config.write_text(self._config_before)
        if self._failed:
            raise self._failed

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
