"""A night at one partnership, told as it happens: what deploy/demo runs.

Police, three schools on two machines' worth of daemons, a council and a broker, all real programs with real keys
on this machine. A file with last night's incidents is dropped, twice, and another half-written; the broker is
killed in the middle; one school's key adult does not answer. Afterwards a checker that shares no code with the
programs counts what happened (checker.py).
"""

import argparse
import base64
import collections
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "system"))

import incidents  # noqa: E402
from harness import COUNCIL, PARTNERSHIP, POLICE, HarnessError, Partnership, reference_policy  # noqa: E402
from incidents import MILL_LANE, OAK_HILL, ST_EXAMPLE  # noqa: E402

BREAKS = {"drop": "inbox-drop", "double": "inbox-double"}  # HAVENLINE_DEMO_BREAK
SCHOOLS = {f"school.{OAK_HILL}": "Oak Hill Primary School", f"school.{MILL_LANE}": "Mill Lane Academy",
           f"school.{ST_EXAMPLE}": "St Example's Infant School"}
AWAY = f"school.{ST_EXAMPLE}"            # Whose key adult does not answer.
NOT_THEIRS = "N1021"                     # The child who has left Mill Lane.
PATIENCE = 30                            # Seconds for each step, on a loaded machine.
MINUTES_TO_ANSWER = 1                    # In life it is the bell; here nobody wants to wait for it.


class Teller:
    """Says what happens, with the seconds since the beginning."""

    def __init__(self, out):
        self.out = out
        self.began = time.monotonic()

    def say(self, words):
        print(f"{time.monotonic() - self.began:6.1f}s  {words}", file=self.out, flush=True)

    def chapter(self, title):
        print(f"\n  {title}", file=self.out, flush=True)


def demo_policy():
    """The partnership's own policy, with a minute in place of the bell."""
    text = reference_policy(PARTNERSHIP)
    head, _, rest = text.partition("[deadline.before-the-bell]\n")
    _, _, after = rest.partition("\n\n")
    return (f'{head}[deadline.before-the-bell]\ndue = "after"\nminutes = {MINUTES_TO_ANSWER}\nwarn-minutes = 0\n\n'
            f"{after}")


class Night:
    def __init__(self, teller, folder, broken):
        self.teller = teller
        self.say = teller.say
        self.folder = folder
        self.evidence = folder / "evidence"
        self.broken = broken
        self.inputs = []      # Names in the order in which they were dropped.
        self.released = []
        self.heads = []
        reference = folder / "register"
        reference.mkdir()
        (reference / "register.csv").write_bytes(incidents.register_csv())
        (reference / "links.csv").write_bytes(incidents.links_csv())
        shutil.copy(ROOT / "deploy" / "examples" / "south-yorkshire.mapping.toml", reference / "mapping.toml")
        self.drop = folder / "police-files"
        self.partnership = Partnership(
            schools=3, school_hosts=2, people=("keyadult", "deputy", "supervisor"), policy=demo_policy(),
            folder=folder / "run",
            intake={"folder": str(self.drop), "mapping": str(reference / "mapping.toml"),
                    "register": str(reference / "register.csv"), "links": str(reference / "links.csv"),
                    "agency": POLICE, "role": "police", "supervisors": ["supervisor"]})

    # --- the story

    def start(self):
        p = self.partnership
        self.teller.chapter("The partnership")
        self.say("Governance has signed who takes part and who may be told what. Keys were made for everybody.")
        p.start("broker")
        for host in p.hosts:
            plant = [BREAKS[self.broken]] if self.broken and host == p.host(f"school.{MILL_LANE}") else ()
            p.start(host, plant=plant)
        p.wait_settled()
        self.say("Running: one broker, South Yorkshire Police, three schools on two hosts, the council.")
        self.note_head()

    def note_head(self):
        """Remembers what the log's head is now: the log must still contain it in the end."""
        answer = self.partnership.must_tool("audit", "verify", "--operator", self.partnership.operator, "--state",
                                            self.folder / "head", "--json").json()
        root = base64.b64encode(bytes.fromhex(answer["root"])).decode()  # As checkpoints write it.
        self.heads.append({"size": answer["size"], "root": root})
        return answer

    def put(self, name, data, halves=False):
        """Drops a file as a slow export does: under its own name, in two pieces."""
        path = self.drop / "IN" / name
        self.inputs.append((name, data))
        middle = len(data) // 2 if halves else len(data)
        with open(path, "wb") as file:
            file.write(data[:middle])
            file.flush()
            if halves:
                time.sleep(1.2)
                self.say(f"Half of {name} is there; nothing of it is taken.")
                file.write(data[middle:])

    def receipt(self, name):
        for place in ("SENT", "FAILED"):
            path = self.drop / place / f"{name}.receipt.json"
            if path.exists():
                return json.loads(path.read_text())
        return None

    def wait(self, condition, what):
        return self.partnership.wait_for(condition, PATIENCE, what)

    def wait_receipt(self, name):
        receipt = self.wait(lambda: self.receipt(name), f"the receipt of {name}")
        self.say(f"{name}: {receipt['rows']} rows: {len(receipt['notices'])} notices sent, "
                 f"{len(receipt['duplicates'])} known already, {len(receipt['quarantined'])} to be mended, "
                 f"{len(receipt['held'])} held for a supervisor.")
        return receipt

    def sent(self):
        return self.partnership.sent()

    def all_answered_by_broker(self):
        sent = self.sent()
        return sent and all(message["state"] in ("accepted", "kept") for message in sent)

    def first_file(self):
        p = self.partnership
        self.teller.chapter("The night's file, and a power cut")
        data = incidents.as_csv(incidents.first_rows(), "windows")
        self.put("night.csv", data)
        self.say("The records system has dropped last night's incidents (Windows-1252, one row a child).")
        self.wait(lambda: any(message["state"] in ("accepted", "kept") for message in self.sent()),
                  "a first acceptance")
        p.kill("broker")
        self.say("The broker has accepted the first notices. SIGKILL: the broker is gone.")
        receipt = self.wait_receipt("night.csv")
        for each in receipt["quarantined"]:
            self.say(f"   line {each['row']} is to be mended: {each['reason']}")
        for each in receipt["notes"][:2]:
            self.say(f"   line {each['row']}: {each['note']}")
        waiting = [message for message in self.sent() if message["state"] not in ("accepted", "kept")]
        self.say(f"The force's own agent keeps all {len(self.sent())} notices; {len(waiting)} wait for the broker.")
        p.start("broker")
        self.say("The broker is back.")
        self.wait(self.all_answered_by_broker, "the broker to have accepted all")
        self.say("Everything is accepted, each notice once, with its entry in the log.")
        self.note_head()

    def more_files(self):
        self.teller.chapter("More files")
        self.put("night-again.csv", self.inputs[0][1])
        self.say("The same file comes again under another name.")
        self.wait_receipt("night-again.csv")
        self.put("late.csv", incidents.as_csv(incidents.later_rows(), "utf-8"), halves=True)
        self.say("It is whole now: two late incidents, and a row that somebody mended.")
        self.wait_receipt("late.csv")
        self.wait(self.all_answered_by_broker, "the broker to have accepted all")

    def supervisor(self):
        p = self.partnership
        self.teller.chapter("The supervisor")
        held = p.must_api(POLICE, "GET", "/v1/intake/held", login="supervisor")["held"]
        for row in held:
            self.say(f"Held: line {row['row']} of {row['file']}: {', '.join(row['flags'])}.")
        row = next(row for row in held if "works-in-education" in row["flags"])
        p.must_api(POLICE, "POST", f"/v1/intake/held/{row['number']}/release", login="supervisor")
        self.released.append([row["file"], row["row"]])
        self.say("She has made sure that the adult does not work at that school, and releases it. "
                 "The covert operation's row goes on waiting.")
        self.wait(self.all_answered_by_broker, "the broker to have accepted all")

    def expected_on_desks(self):
        return sum(len(message["recipients"]) for message in self.sent())

    def shown(self, agency):
        return [notice for notice in self.partnership.notices(agency) if notice["state"] != "unreadable"]

    def desks(self):
        p = self.partnership
        self.teller.chapter("The schools")
        everybody = [*SCHOOLS, COUNCIL]
        with contextlib.suppress(HarnessError):  # What has not come, the checker finds.
            self.wait(lambda: sum(len(self.shown(each)) for each in everybody) >= self.expected_on_desks(),
                      "all notices to arrive")
        for agency in everybody:
            notices = self.shown(agency)
            self.say(f"{SCHOOLS.get(agency, 'The council')}: {len(notices)} notices on the desk.")
            if agency == AWAY:
                self.say("   Nobody is there this morning.")
                continue
            for notice in notices:
                self.work(agency, notice["notice"])
        opened = p.notices(f"school.{OAK_HILL}")
        self.say(f"{SCHOOLS[f'school.{OAK_HILL}']}'s key adult has read and taken on "
                 f"{sum(n['state'] == 'acknowledged' for n in opened)}.")

    def work(self, agency, number):
        """What a key adult does with one notice."""
        p = self.partnership
        path = f"/v1/notices/{number}/"
        pupil = p.must_api(agency, "POST", path + "who")
        if agency == f"school.{MILL_LANE}" and "ZOË" in json.dumps(pupil, ensure_ascii=False):
            p.must_api(agency, "POST", path + "not-ours")
            self.say("   One child left the school last summer: not ours. The force hears of it at once.")
            return
        p.must_api(agency, "POST", path + "open")
        p.must_api(agency, "POST", path + "acknowledge")

    def answers(self):
        self.teller.chapter("The force")
        recipients = lambda: [r for message in self.sent() for r in message["recipients"]]  # noqa: E731
        done = lambda: sum("acknowledged" in r["receipts"] for r in recipients())  # noqa: E731
        with contextlib.suppress(HarnessError):
            self.wait(lambda: done() >= sum(notice["state"] == "acknowledged" for agency in [*SCHOOLS, COUNCIL]
                                            for notice in self.partnership.notices(agency)), "the receipts")
        self.say(f"{done()} notices are known to be taken on, signed by the schools' own keys.")
        unanswered = len(self.shown(AWAY))
        self.say(f"{SCHOOLS[AWAY]} has answered none of {unanswered}. The clock runs ({MINUTES_TO_ANSWER} minute here, "
                 "the bell in life).")
        self.partnership.wait_for(lambda: all(r["late"] or {"acknowledged", "not-ours"} & set(r["receipts"])
                                              or r["role"] != "school" for r in recipients()),
                                  60 * MINUTES_TO_ANSWER + PATIENCE, "the alarms")
        alarms = [alarm for alarm in self.partnership.alarms(POLICE) if alarm["open"]]
        for kind, count in sorted(collections.Counter(alarm["kind"] for alarm in alarms).items()):
            self.say(f"   alarm: {kind}, {count} open")
        self.say("A person at the force is told to telephone, with time left before the bell.")

    # --- the evidence

    def gather(self):
        p = self.partnership
        self.teller.chapter("The proof")
        verified = self.note_head()
        self.say(f"The log verifies: {verified['entries-verified']} entries under the broker's signature.")
        e = self.evidence
        for name in ("inputs", "receipts", "stores"):
            (e / name).mkdir(parents=True)
        for number, (name, data) in enumerate(self.inputs, 1):
            (e / "inputs" / f"{number}-{name}").write_bytes(data)
        for place in ("SENT", "FAILED"):
            for path in (self.drop / place).glob("*.receipt.json"):
                shutil.copy(path, e / "receipts" / path.name.removesuffix(".receipt.json"))
        for host in p.hosts:
            exported = p.must_tool("store", "export", "--config", p.config(host))
            (e / "stores" / f"{host}.jsonl").write_text(exported.out)
        p.must_tool("audit", "export", "--operator", p.operator, "--into", e / "log")
        (e / "log" / "earlier.json").write_text(json.dumps(self.heads))
        shutil.copytree(p.home / "broker", e / "broker", ignore=shutil.ignore_patterns("LOCK"))
        for name in ("register.csv", "links.csv"):
            shutil.copy(self.folder / "register" / name, e / name)
        directory = p.document("directory.toml").read_text()
        log_key = directory.split("log-keys = [")[1].split('"')[1]
        (e / "manifest.json").write_text(json.dumps({
            "police-host": p.host(POLICE), "council": COUNCIL, "log-key": log_key, "released": self.released}))

    def check(self):
        done = subprocess.run([sys.executable, HERE / "checker.py", self.evidence, "--json"], capture_output=True,
                              text=True)
        if done.returncode not in (0, 1):
            raise HarnessError(f"the checker could not check:\n{done.stderr}")
        return json.loads(done.stdout), [line.removeprefix("WRONG: ") for line in done.stderr.splitlines()]


def stay(night, teller):
    p = night.partnership
    desk = f"school.{OAK_HILL}"
    teller.chapter("It goes on running. Try, in another terminal:")
    command = "build/release/bin/havenline"
    print(f"""
  {command} desk list --config {p.config(desk)} --token {p.token(desk)}
  {command} sent --config {p.config(POLICE)} --token {p.token(POLICE)}
  {command} alarms --config {p.config(POLICE)} --token {p.token(POLICE)}
  {command} audit verify --operator {p.operator}
  cp some.csv {night.drop}/IN/

Ctrl-C ends it and removes everything.""", file=teller.out, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def main():
    parser = argparse.ArgumentParser(prog="deploy/demo", description="Plays one night of a partnership with the real "
                                     "programs and synthetic people, and checks what happened.")
    parser.add_argument("--json", action="store_true", help="one JSON summary on stdout; the story goes to stderr")
    parser.add_argument("--stay", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument("--keep", action="store_true", help="leave the evidence, and say where it is")
    options = parser.parse_args()
    broken = os.environ.get("HAVENLINE_DEMO_BREAK", "")
    if broken and broken not in BREAKS:
        parser.error(f"HAVENLINE_DEMO_BREAK is one of {', '.join(BREAKS)}: a fault planted to see that it is found")
    teller = Teller(sys.stderr if options.json else sys.stdout)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="havenline-demo-"))
    night = None
    try:
        night = Night(teller, folder, broken)
        if broken:
            teller.say(f"A fault is planted at Mill Lane Academy: {broken}. The checker must find it.")
        night.start()
        night.first_file()
        night.more_files()
        night.supervisor()
        night.desks()
        night.answers()
        night.gather()
        summary, wrong = night.check()
        teller.chapter("What the checker counted, from the files, the agents' stores and the log alone")
        if options.json:
            print(json.dumps({**summary, "problems": wrong}))
        else:
            for name, count in summary.items():
                print(f"{count:>8}  {name}")
        for words in wrong:
            teller.say(f"WRONG: {words}")
        if not wrong:
            teller.say("Every row has its outcome, and every notice is on its school's desk, once.")
        if options.stay:
            stay(night, teller)
        return 1 if wrong else 0
    except HarnessError as error:
        print(f"deploy/demo: {error}", file=sys.stderr)
        return 1
    finally:
        if night is not None:
            night.partnership.close()
        if options.keep:
            print(f"The evidence is in {folder}/evidence, the logs in {folder}/run/logs.", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
