"""The client of tests/interop, for a test: prepared once, enrolled in a partnership, driven by lines of JSON.

    reason = unprepared()           # None, or why it cannot run here
    with Client(p, agencies) as node:
        node.enrol()
        node.start()
        node.order("send", ...)
        node.wait("ended", task=...)
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time

from governance import publish_next
from harness import PARTNERSHIP, ROOT, HarnessError
from rawlink import broker_key

HOME = ROOT / "tests" / "interop"
NODE = os.environ.get("HAVENLINE_NODE", "node")
WAIT_SECONDS = 30  # Also on a loaded machine.
# Wednesdays and Fridays only, early, and shut for a while: another deadline than anybody's default.
CALENDAR = {"zone": "Europe/Lisbon", "readyBy": 450, "weekdays": 0b10100, "terms": [],
            "closures": [{"first": 20780, "last": 20785}]}


def unprepared():
    """Installs the client's packages and generates its code, where that is not done. Why it could not be, or None."""
    for program, remedy in ((NODE, "apt-get install nodejs"), ("capnp", "apt-get install capnproto"),
                            ("npm", "apt-get install --no-install-recommends npm, 390 packages of 145 MiB")):
        if shutil.which(program) is None:
            return f"there is no {program} here ({remedy})"
    stamp = HOME / "node_modules" / ".prepared"
    made_of = [HOME / "package-lock.json", HOME / "generate", *sorted((ROOT / "schema").glob("*/*.capnp"))]
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in made_of)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return None
    for command in (["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                     "--fetch-retries=1"], ["./generate"]):
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300,
                              check=False)
        if done.returncode != 0:
            words = done.stderr + done.stdout
            if command[0] != "npm":
                raise HarnessError(f"{command} failed: {words[-2000:]}")
            code = re.search(r"npm (?:error|ERR!) code (\w+)", words)
            why = code.group(1) if code else f"it ended with {done.returncode}"
            return f"npm could not install its packages, is there a network? {why}"
    stamp.write_text(wanted)
    return None


class Client:
    """One Node process. Its events are kept in the order in which they came; `wait` looks from a mark on."""

    def __init__(self, p, host, agencies):
        """agencies: {name: {"title", "roles", "receives"}}."""
        self.p = p
        self.host = host
        self.agencies = agencies
        self.folder = p.folder / host
        self.folder.mkdir()
        self.process = None
        self.reader = None
        self.events = []
        self.news = threading.Condition()
        self.errors = self.folder / "errors"

    def enrol(self):
        """Keys made by the client itself; governance puts their public halves into the directory."""
        plan = {"host": self.host, "operatedBy": "Somebody else (test)", "agencies": [
            {"name": name, "title": about["title"], "roles": about["roles"]}
            for name, about in self.agencies.items()]}
        (self.folder / "plan.json").write_text(json.dumps(plan))
        made = subprocess.run([NODE, "client/enrol.mjs", self.folder / "plan.json", self.folder / "keys.json"],
                              cwd=HOME, capture_output=True, text=True, check=True)
        return publish_next(self.p, "directory", lambda text: text + "\n" + made.stdout)

    def configure(self, **notes):
        """Its configuration: what is pinned, and notes to begin with, if any; it has the others from the broker."""
        directory = self.p.document("directory.toml").read_text()
        (self.folder / "config.json").write_text(json.dumps({
            "partnership": PARTNERSHIP, "software": "interop 1.0", "heartbeat": 2000,
            "broker": {"address": f"tcp://127.0.0.1:{self.p.broker_port}", "curve": broker_key(self.p).decode()},
            "governance": {"threshold": 1, "keys": re.findall(r'"([^"]+)"', re.search(
                r"\[governance\][^\[]*?keys = (\[.*?\])", directory, re.S).group(1))},
            "notes": {kind: str(path) for kind, path in notes.items()},
            "keys": str(self.folder / "keys.json"), "store": str(self.folder / "journal"),
            "agencies": {name: {"receives": about["receives"], "telephone": "01632 960030", "calendar": CALENDAR}
                         for name, about in self.agencies.items()},
        }))

    def start(self, crash_at=None):
        env = {**os.environ, **({"CRASH_AT": crash_at} if crash_at else {})}
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([NODE, "client.mjs", self.folder / "config.json"], cwd=HOME, env=env,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def _read(self, lines):
        for line in lines:
            with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()

    def order(self, what, **more):
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()

    def mark(self):
        """From here on, for `wait`."""
        with self.news:
            return len(self.events)

    def found(self, event, since=0, **fields):
        """Every such event."""
        with self.news:
            return [each for each in self.events[since:] if each["event"] == event
                    and all(each.get(key) == value for key, value in fields.items())]

    def wait(self, event, since=0, seconds=WAIT_SECONDS, **fields):
        """The first such event, now or within so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.found(event, since, **fields)
            if found:
                return found[0]
            with self.news:
                if not self.news.wait(max(0, min(0.5, deadline - time.monotonic()))) and time.monotonic() > deadline:
                    break
        shown = "\n".join(json.dumps(each)[:300] for each in self.events[-30:])
        raise HarnessError(f"the client did not say {event} {fields} within {seconds} s; it said\n{shown}\n"
                           f"{self.errors.read_text()[-3000:]}\n{self.p.log_tails()}")

    def send(self, body):
        """Hands it a notice; its task's number."""
        since = self.mark()
        self.order("send", tag=str(since), **body)
        return self.wait("taken", since, tag=str(since))["task"]

    def ended(self, seconds=WAIT_SECONDS):
        """Waits for its own end, and for the last of what it said."""
        code = self.process.wait(seconds)
        self.reader.join(seconds)
        return code

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.ended()
            self.process.stdin.close()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
