"""A whole partnership of real programs, for system tests.

    with Partnership(schools=3, school_hosts=2) as p:
        p.start_all()
        sent = p.send(p.notice("school.106890"))
        p.wait_for(lambda: p.notices("school.106890"), what="the notice")
        assert p.operator_status()["entries"] > 3

It makes a partnership with `havenline init` in a folder of its own, on free ports, and starts the daemons
from build/release/bin, or from build/release/test-bin where a fault, a planted fault or a clock is asked for
(tests/fakes/test_seam_on.cc). Whatever happens, leaving the `with` block kills every daemon and removes the
folder; set HAVENLINE_KEEP=1 to keep it. HAVENLINE_BUILD names another build folder, and HAVENLINE_PATIENCE=5
gives everything five times as long.

Daemons are named by their host: "broker", "host.police", "host.schools-1", "host.council"; an agency's name
means its host. Every person, school and telephone number in it is made up.
"""

import collections
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HAVENLINE_BUILD", ROOT / "build" / "release"))
POLICY = ROOT / "tests" / "fakes" / "policy.toml"

PARTNERSHIP = "rotherham"
POLICE = "police.south-yorkshire"
COUNCIL = "council.rotherham"
FIRST_URN = 106890
SCHOOL_NAMES = ["Oak Hill Primary School", "Mill Lane Academy", "St Example's Infant School",
                "Riverbend High School", "Testfield Junior School"]

READY_SECONDS = 30   # For a daemon to say that it is ready, also on a loaded machine.
STOP_SECONDS = 30    # For one to end after SIGTERM.
# Every wait may take so many times as long: for programs with a sanitizer in them.
PATIENCE = float(os.environ.get("HAVENLINE_PATIENCE", "1"))
LOG_TAIL = 30        # Lines of each log that a failure shows.


def reference_policy(partnership):
    """The text of policy/partnerships/<partnership>, as `havenline` joins its files."""
    folder = ROOT / "policy" / "partnerships" / partnership
    others = [path for path in sorted(folder.glob("*.toml"))
              if path.name != "policy.toml" and not path.name.endswith("cases.toml")]
    return "".join(path.read_text() for path in [folder / "policy.toml", *others])


class HarnessError(AssertionError):
    """Something did not happen; the text holds the ends of all logs."""


class Outcome(collections.namedtuple("Outcome", "code out err")):
    """What the tool answered."""

    def json(self):
        return json.loads(self.out)

    def lines(self):
        """For commands that print one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def toml(value):
    """A TOML value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)  # A JSON string or number is a TOML one.


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Daemon:
    """One running program, its log, and the socket on which it says READY=1."""

    def __init__(self, name, command, env, log, pass_fds=()):
        self.name = name
        self.log = log
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # A file, as systemd's: an abstract name would be of one network namespace.
        self.address = tempfile.mktemp(prefix="havenline-notify-")
        self.notify.bind(self.address)
        self.notify.settimeout(0.2)
        env = {**os.environ, **env, "NOTIFY_SOCKET": self.address}
        # The kernel ties this to the thread that starts the child: only the main one lives long enough.
        die = _die_with_parent if threading.current_thread() is threading.main_thread() else None
        with open(log, "ab") as stderr:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=stderr,
                                            stderr=stderr, preexec_fn=die, pass_fds=pass_fds)

    def running(self):
        return self.process.poll() is None

    def wait_ready(self, seconds=READY_SECONDS):
        """True once it is ready; False if it ended first."""
        deadline = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < deadline:
            try:
                if b"READY=1" in self.notify.recv(4096):
                    return True
            except socket.timeout:
                pass
            if not self.running():
                return False
        raise HarnessError(f"{self.name} was not ready within {seconds} s")

    def end(self, with_signal, seconds=STOP_SECONDS):
        if self.running():
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise HarnessError(f"{self.name} did not end within {seconds} s of signal {with_signal}")
        finally:
            self.notify.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.address)


class Partnership:
    """Plan options:
      schools        how many; school.106890, school.106891, …
      school_hosts   on how many hosts they are: 1 is a hosted desk, `schools` one machine each
      council        whether there is a council with childrens-services and home-education
      governance     (threshold, keys)
      policy         the policy's text; the partnership's own by default
      intake         a table for the police host's [intake], or None
      calendars      {agency: calendar table}
      people         logins at every host; each works at all its desks, unless
      desks          {host: {login: [agency, agency:role, duty@agency]}} says otherwise
    """

    def __init__(self, schools=3, school_hosts=1, council=True, governance=(1, 1), policy=None, intake=None,
                 calendars=None, people=("keyadult", "deputy"), folder=None, more=(),
                 everyone=False, test_build=False, witnesses=(), quorum=0, desks=None):
        """`more`: agencies besides, each (name, title, roles, host); their hosts send too. `everyone`: the force
        receives too, and schools send. `test_build`: made by the tool of test-bin. `witnesses`: agencies that
        cosign the log; a `quorum` of their operators makes a head final."""
        self.everyone = everyone
        self.witnesses = set(witnesses)
        self.quorum = quorum
        self.desks = desks or {}
        self.test_build = test_build
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="havenline-"))
        self.own_folder = folder is None
        self.home = self.folder / "partnership"
        self.logs = self.folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.clock_file = self.folder / "clock"
        self.clock_file.write_text("0\n")
        self.daemons = {}
        self.host_of = {}
        self.schools = [f"school.{FIRST_URN + i}" for i in range(schools)]
        self.people = list(people)
        self.governance_keys = governance[1]
        self.broker_port = free_port()
        try:
            self._init(school_hosts, council, governance, policy, intake, calendars or {}, more)
        except BaseException:
            self.close()
            raise

    # --- making it

    def _init(self, school_hosts, council, governance, policy, intake, calendars, more):
        plan = self.folder / "plan.toml"
        text = self.folder / "policy.toml"
        text.write_text(policy if policy is not None else POLICY.read_text())
        hosts = [("host.police", "South Yorkshire Police (test)", intake)]
        hosts += [(f"host.schools-{i + 1}", f"Desk {i + 1} (test)", None) for i in range(school_hosts)]
        agencies = [(POLICE, "South Yorkshire Police (test)", ["police"], ["police"] if self.everyone else [],
                     "host.police")]
        for i, school in enumerate(self.schools):
            name = SCHOOL_NAMES[i % len(SCHOOL_NAMES)] + ("" if i < len(SCHOOL_NAMES) else f" {i}")
            agencies.append((school, name, ["school"], ["school"], f"host.schools-{i % school_hosts + 1}"))
        if council:
            roles = ["childrens-services", "home-education"]
            hosts.append(("host.council", "Rotherham Council (test)", None))
            agencies.append((COUNCIL, "Rotherham Council (test)", roles, roles, "host.council"))
        senders = {"host.police"} | {host for _, _, _, host in more}
        for name, title, roles, host in more:
            if host not in [known for known, _, _ in hosts]:
                hosts.append((host, title, None))
            agencies.append((name, title, roles, roles, host))
        top = [f"quorum = {self.quorum}"] if self.witnesses else []
        lines = [f"partnership = {toml(PARTNERSHIP)}", f"policy = {toml(text.name)}", *top, "[broker]",
                 f"listen = {toml(f'tcp://127.0.0.1:{self.broker_port}')}", "[governance]",
                 f"threshold = {governance[0]}", f"keys = {governance[1]}"]
        for name, title, own_intake in hosts:
            lines += ["[[host]]", f"name = {toml(name)}", f"operated-by = {toml(title)}",
                      f"people = {toml(self.people)}", f"sends = {toml(self.everyone or name in senders)}"]
            if name in self.desks:
                lines.append(f"desks = {toml(self.desks[name])}")
            if own_intake is not None:
                lines.append(f"intake = {toml(own_intake)}")
        for name, title, roles, receives, host in agencies:
            self.host_of[name] = host
            lines += ["[[agency]]", f"name = {toml(name)}", f"title = {toml(title)}", f"roles = {toml(roles)}",
                      f"receives = {toml(receives)}", f"host = {toml(host)}",
                      'telephone = "01632 960000"']
            if name in self.witnesses:
                lines.append("witness = true")
            if name in calendars:
                lines.append(f"calendar = {toml(calendars[name])}")
        plan.write_text("\n".join(lines) + "\n")
        self.must_tool("init", "--plan", plan, "--into", self.home, test_build=self.test_build)

    # --- where things are

    @property
    def operator(self):
        return self.home / "operator" / "operator.toml"

    @property
    def hosts(self):
        return sorted(path.name for path in (self.home / "hosts").iterdir())

    def host(self, name):
        """The host of an agency, or of that name."""
        return self.host_of.get(name, name)

    def host_folder(self, name):
        return self.home / "broker" if name == "broker" else self.home / "hosts" / self.host(name)

    def config(self, name):
        if name == "broker":
            return self.home / "broker" / "broker.toml"
        return self.host_folder(name) / "agent.toml"

    def token(self, name, login="keyadult"):
        """The file with that person's token at that host."""
        return self.host_folder(name) / "tokens" / login

    def governance_key(self, number=1):
        return self.home / "governance" / f"governance-{number}.key"

    def document(self, name):
        """governance/directory.toml, directory.note, policy.toml …"""
        return self.home / "governance" / name

    def log_file(self, name):
        return self.logs / f"{self.host(name)}.log"

    def log(self, name):
        return self.log_file(name).read_text() if self.log_file(name).exists() else ""

    # --- daemons

    def program(self, name, test_build=False):
        kind = {"broker": "havenline-broker", "host.police": "havenline-police",
                "host.council": "havenline-council",
                "host.health": "havenline-health"}.get(self.host(name), "havenline-school")
        return BUILD / ("test-bin" if test_build else "bin") / kind

    def start(self, name, env=None, test_build=False, fault=None, fault_count=None, plant=(), clock=False,
              wait=True, through=(), pass_fds=()):
        """Starts "broker" or the host `name`, and waits until it is ready.

        fault="commit.after-apply:3" kills it with SIGKILL at that place; fault_count=<file> has it write each
        place it reaches; plant=["inbox-drop"] plants a fault; clock=True moves its clock with set_clock().
        Any of these, and test_build=True, take the program from test-bin. With wait=False it may also end
        before it is ready. `through` is a command that starts it, with `pass_fds` open. Returns the Daemon.
        """
        host = self.host(name)
        if host in self.daemons and self.daemons[host].running():
            raise HarnessError(f"{host} runs already")
        env = {key: str(value) for key, value in (env or {}).items()}
        if fault:
            env["HAVENLINE_FAULT"] = fault
        if fault_count:
            env["HAVENLINE_FAULT_COUNT"] = str(fault_count)
        if plant:
            env["HAVENLINE_PLANT"] = ",".join(plant)
        if clock:
            env["HAVENLINE_CLOCK_FILE"] = str(self.clock_file)
        test_build = test_build or any(key.startswith("HAVENLINE_") for key in env)
        with contextlib.suppress(FileNotFoundError):
            (self.host_folder(host) / "port").unlink()
        command = [*map(str, through), str(self.program(host, test_build)), "--config", str(self.config(host))]
        daemon = Daemon(host, command, env, self.log_file(host), pass_fds)
        self.daemons[host] = daemon
        if wait and not daemon.wait_ready():
            raise HarnessError(f"{host} ended with {daemon.process.returncode} before it was ready\n"
                               + self.log_tails())
        return daemon

    def start_all(self, **options):
        """The broker and every host, up to where the police can seal to everyone."""
        self.start("broker", **options)
        for host in self.hosts:
            self.start(host, **options)
        self.wait_settled()

    def wait_settled(self, seconds=30):
        """Every running agent has a session and has stated its keys, and the senders know all of them."""
        def settled():
            running = [host for host in self.hosts if self.running(host)]
            states = {host: self.status(host) for host in running}
            stated = sum(len(state["agencies"]) for state in states.values())
            return all(state["session"] == "up" and state["statements-waiting"] == 0
                       for state in states.values()) and (
                           "host.police" not in states or states["host.police"]["statements"] >= stated)
        self.wait_for(settled, seconds, "all agents to be up, with their keys stated")

    def running(self, name):
        daemon = self.daemons.get(self.host(name))
        return daemon is not None and daemon.running()

    def kill(self, name):
        """SIGKILL: as a power cut, but for what the kernel still holds."""
        return self.daemons.pop(self.host(name)).end(signal.SIGKILL)

    def stop(self, name, seconds=STOP_SECONDS):
        """SIGTERM; returns the exit code."""
        return self.daemons.pop(self.host(name)).end(signal.SIGTERM, seconds)

    def set_clock(self, milliseconds):
        """Moves the wall clock of daemons started with clock=True by so much from the machine's."""
        partial = self.clock_file.with_suffix(".new")
        partial.write_text(f"{int(milliseconds)}\n")
        partial.rename(self.clock_file)  # At no moment half written.

    def wait_for(self, condition, seconds=20, what=None):
        """Calls `condition` until it is true, and returns what it returned.

        A condition that raises is asked again: a daemon may be between two lives.
        """
        deadline = time.monotonic() + seconds * PATIENCE
        error = None
        while True:
            try:
                value = condition()
                error = None
                if value:
                    return value
            except (HarnessError, OSError, ValueError, LookupError, StopIteration,
                    http.client.HTTPException) as raised:
                error = raised
            if time.monotonic() > deadline:
                raise HarnessError(f"waited {seconds} s in vain for {what or condition}"
                                   + (f" (last: {error})" if error else "") + "\n" + self.log_tails())
            time.sleep(0.05)

    def log_tails(self):
        tails = []
        for path in sorted(self.logs.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-LOG_TAIL:]
            tails += [f"--- {path.name}"] + lines
        return "\n".join(tails)

    # --- asking

    def tool(self, *args, stdin=None, env=None, timeout=120, test_build=False):
        """Runs `havenline` with these arguments; no terminal. Returns (code, out, err)."""
        command = [str(BUILD / ("test-bin" if test_build else "bin") / "havenline"), *map(str, args)]
        done = subprocess.run(command, input=stdin if stdin is not None else "", capture_output=True, text=True,
                              timeout=timeout * PATIENCE, env={**os.environ, **(env or {})})
        return Outcome(done.returncode, done.stdout, done.stderr)

    def must_tool(self, *args, **options):
        """The same, where anything but exit 0 is a failure of the test."""
        outcome = self.tool(*args, **options)
        if outcome.code != 0:
            raise HarnessError(f"havenline {' '.join(map(str, args))} exited {outcome.code}\n"
                               f"{outcome.out}{outcome.err}\n{self.log_tails()}")
        return outcome

    def url(self, name):
        """The address of an agent's local port."""
        return f"http://127.0.0.1:{int((self.host_folder(name) / 'port').read_text())}"

    def api(self, name, method, path, body=None, login="keyadult"):
        """One request to an agent's local port; (status, parsed body)."""
        request = urllib.request.Request(
            self.url(name) + path, method=method,
            data=json.dumps(body).encode() if body is not None else (b"" if method == "POST" else None),
            headers={"Authorization": "Bearer " + self.token(name, login).read_text().strip(),
                     "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30 * PATIENCE) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def must_api(self, *args, **options):
        status, body = self.api(*args, **options)
        if status != 200:
            raise HarnessError(f"{args} was answered {status}: {body}")
        return body

    def status(self, name):
        return self.must_api(name, "GET", "/v1/status")

    def operator_status(self):
        """The broker's own counts, as its operator is told them."""
        from rawlink import Operator  # Which needs this module.
        with Operator(self) as link:
            return link.status()

    def notices(self, agency):
        """What stands on the desk of one agency."""
        return [notice for notice in self.must_api(agency, "GET", "/v1/notices")["notices"]
                if notice["agency"] == agency]

    def sent(self, name=POLICE):
        return self.must_api(name, "GET", "/v1/sent")["sent"]

    def alarms(self, name):
        return self.must_api(name, "GET", "/v1/alarms")["alarms"]

    # --- messages

    @staticmethod
    def notice(school, reference="", given="Jessie", sections=None, to=()):
        """The body of a send: an Operation Encompass notice about a child who does not exist."""
        content = {
            "childName": {"given": given, "family": "Testcase"},
            "childBirth": "2015-03-04",
            "establishment": {"urn": school.split(".")[1], "name": "Oak Hill Primary School"},
            "reference": {"force": "South Yorkshire Police", "incident": "SY/2026/000123"},
            "presence": {"presence": "present", "where": "upstairs"},
            "childPart": "household",
            "circumstances": "Shouting heard by a neighbour; a door was damaged.",
            "handling": {"doNotApproachParents": True},
            "risk": {"grade": "medium"},
            "origin": {"unit": "Safeguarding Desk", "contact": "01632 960001"},
        }
        content.update(sections or {})
        body = {"from": POLICE, "role": "police", "exchange": "encompass-notice",
                "to": [{"agency": school, "role": "school"}, *to], "sections": content}
        if reference:
            body["reference"] = reference
        return body

    def send(self, body, name=POLICE):
        """Hands a notice to the outbox over the local port; returns its origin."""
        return self.must_api(name, "POST", "/v1/send", body)["origin"]

    # --- the end

    def close(self):
        """Kills what runs and removes the folder. Idempotent."""
        for name in list(self.daemons):
            with contextlib.suppress(HarnessError, OSError):
                self.kill(name)
        if self.own_folder and not os.environ.get("HAVENLINE_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
