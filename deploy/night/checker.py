"""Counts what happened in a night, and says what is missing, doubled or wrong.

    python3 checker.py FOLDER [--json]

It reads nothing but files, and shares no code with the programs that it checks: the input files as they were
dropped, the register, the force's receipt for each file, what each agent's own store holds (`havenline store
export`), and the log (`havenline audit export`). So it knows by itself what should have happened, row by row.

FOLDER holds:

    manifest.json           {"force": …, "council": …, "log-key": …, "released": [line of its file …], …}
    register.csv links.csv  the schools
    inputs/1-<name> …       the files in the order in which they were dropped
    receipts/<name>         one for each
    stores/<host>.jsonl     one for each host
    log/leaves.jsonl        {"index": …, "leaf": base64}
    log/checkpoint.txt      the newest checkpoint, a signed note
    log/earlier.json        heads that were seen before: [{"size": …, "root": base64}, …]
    broker/                 the broker's store, to look for words that must not be there

Exit status: 0 all is well, 1 something is wrong (in words, on stderr), 2 it could not be checked.
"""

import base64
import collections
import csv
import datetime
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile

SHOWN = 3  # The states of a received message from here on are on a desk (agents/link/inbox.h).

Row = collections.namedtuple("Row", "file line becomes key recipients cells")


# --- what should have happened

def decoded(data):
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def table(path):
    return list(csv.DictReader(io.StringIO(decoded(path.read_bytes()), newline="")))


def day(text):
    try:
        return datetime.datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        return None


class Expectation:
    """What each row of each file should become, from the files and the register alone."""

    def __init__(self, folder, manifest):
        self.open = {row["URN"] for row in table(folder / "register.csv")
                     if row["EstablishmentStatus (name)"].startswith("Open")}
        self.follows = {row["URN"]: row["LinkURN"] for row in table(folder / "links.csv")
                        if row["LinkType"].startswith("Successor")}
        self.council = manifest["council"]
        self.rows = []
        seen = set()
        for path in sorted((folder / "inputs").iterdir(), key=lambda path: int(path.name.split("-")[0])):
            reader = csv.DictReader(io.StringIO(decoded(path.read_bytes()), newline=""))
            line = 2
            for cells in reader:  # A cell may hold line ends: a row is known by the line on which it begins.
                self.rows.append(self.judge(path.name.split("-", 1)[1], line, cells, seen))
                line = reader.line_num + 1

    def judge(self, file, line, cells, seen):
        urn, recipients = self.school(cells), []
        if None in cells.values() or None in cells or urn is None or self.wrong(cells):
            return Row(file, line, "quarantined", None, [], cells)
        key = (cells["OCCURRENCE_NO"], cells["CHILD_NOMINAL"], urn)
        if key in seen:
            return Row(file, line, "repeated", key, [], cells)
        seen.add(key)
        recipients.append((self.council, "home-education") if urn == "home" else (f"school.{urn}", "school"))
        if cells["DASH_GRADE"] == "HIGH":
            recipients.append((self.council, "childrens-services"))
        work = cells["ADULT_OCCUPATION"]
        danger = "TEACH" in work or "SCHOOL" in work or cells["COVERT_FLAG"] == "Y" or cells["RELOCATED"] == "Y"
        return Row(file, line, "held" if danger else "notice", key, recipients, cells)

    def school(self, cells):
        """Where the child goes today; "home"; None if that cannot be told."""
        if cells["SCHOOL_NAME"].upper() == "HOME EDUCATED":
            return "home"
        urn = cells["SCHOOL_URN"]
        urn = self.follows.get(urn, urn)
        return urn if urn in self.open else None

    @staticmethod
    def wrong(cells):
        unborn = cells["CHILD_ROLE"] == "UNBORN"
        return (cells["DO_NOT_DISCLOSE_TO"] != "" or cells["CHILD_SURNAME"] == ""
                or day(cells["INCIDENT_DATE"]) is None or (day(cells["CHILD_DOB"]) is None and not unborn))


# --- what did happen

def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Store:
    """One host's own rows, as its agent exported them."""

    def __init__(self, path):
        self.tables = collections.defaultdict(dict)
        for line in lines(path):
            self.tables[line["table"]][line["key"]] = line["row"]

    def text_of(self, key):
        """All that a received message says, as bytes: whatever form it has, its words stand in it."""
        row = self.tables["payload"].get("in/" + key, {})
        return b"".join(base64.b64decode(part) for part in words_in(row))


def words_in(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from words_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from words_in(each)
    elif isinstance(value, str):
        yield value


# --- the log

def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes):
    """RFC 6962's Merkle tree hash, over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:  # Level by level; a last one without a neighbour goes up as it is.
        pairs = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) - len(hashes) % 2:]
    return hashes[0]


def signature_holds(note, key):
    """A signed note's Ed25519 signature by `name+id+base64 of 01 and the public key`, checked by OpenSSL."""
    text, signatures = note.rsplit("\n\n", 1)
    name, _, public = key.split("+", 2)
    public = base64.b64decode(public)[1:]
    found = [line.split(" ")[2] for line in signatures.splitlines() if line.split(" ")[1] == name]
    if len(found) != 1:
        return False
    with tempfile.TemporaryDirectory() as folder:
        at = pathlib.Path(folder)
        (at / "text").write_bytes((text + "\n").encode())
        (at / "signature").write_bytes(base64.b64decode(found[0])[4:])
        (at / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + public)  # RFC 8410.
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey",
                               at / "key", "-in", at / "text", "-sigfile", at / "signature"], capture_output=True)
    return done.returncode == 0


class Check:
    def __init__(self, folder):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.expected = Expectation(folder, self.manifest).rows
        self.receipts = {path.name: json.loads(path.read_text()) for path in (folder / "receipts").iterdir()}
        self.stores = {path.stem: Store(path) for path in sorted((folder / "stores").glob("*.jsonl"))}
        self.police = self.stores.pop(self.manifest["police-host"])
        self.wrong = []
        self.counts = dict.fromkeys(["rows", "notices", "accepted", "delivered", "acknowledged", "repeated",
                                     "quarantined", "held", "alarmed", "duplicates", "missing",
                                     "entries-verified"], 0)

    def complain(self, count, words):
        if count is not None:
            self.counts[count] += 1
        self.wrong.append(words)

    def run(self):
        entries = self.log()
        origins = self.rows()
        self.messages(origins, entries)
        self.outsiders()
        return self.counts

    def log(self):
        """The leaves, once they give the root that the broker signed, and every root it signed before."""
        leaves = [base64.b64decode(line["leaf"]) for line in lines(self.folder / "log" / "leaves.jsonl")]
        note = (self.folder / "log" / "checkpoint.txt").read_text()
        _, size, root = note.split("\n")[:3]
        hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
        if not signature_holds(note, self.manifest["log-key"]):
            self.complain(None, "the checkpoint's signature is not the log's")
        heads = [(int(size), root)] + [(head["size"], head["root"]) for head in
                                       json.loads((self.folder / "log" / "earlier.json").read_text())]
        for size, root in heads:
            if size > len(hashes) or base64.b64encode(root_of(hashes[:size])).decode() != root:
                self.complain(None, f"the log is not the one whose head of {size} entries was signed")
        for index, leaf in enumerate(leaves):
            if json.loads(leaf)["n"] != index:
                self.complain(None, f"entry {index} of the log has another's number")
        self.counts["entries-verified"] = heads[0][0] if not self.wrong else 0
        return heads[0][0]

    def rows(self):
        """{origin: its row} of every notice that was sent; each row of each file has one outcome, the right one."""
        origins = {}
        for file, receipt in self.receipts.items():
            outcome = {}
            for name, word in (("notices", "notice"), ("duplicates", "repeated"), ("quarantined", "quarantined"),
                               ("held", "held")):
                for each in receipt[name]:
                    if each["row"] in outcome:
                        self.complain("duplicates", f"{file}, line {each['row']}: has two outcomes")
                    outcome[each["row"]] = (word, each)
            expected = [row for row in self.expected if row.file == file]
            for row in expected:
                self.counts["rows"] += 1
                word, each = outcome.pop(row.line, ("lost", {}))
                if word != row.becomes:
                    self.complain("missing" if word == "lost" else None,
                                  f"{file}, line {row.line}: became {word}, and should be {row.becomes}")
                if word in self.counts:
                    self.counts[word] += 1
                if word == "notice":
                    origins[each["origin"]] = row
                if word == "held" and [file, row.line] in self.manifest["released"]:
                    origins[self.released(row)] = row
            if outcome:
                self.complain(None, f"{file}: has outcomes of rows that it does not have")
        if len(self.receipts) != len({row.file for row in self.expected}):
            self.complain("missing", "not every file has its receipt")
        self.counts["notices"] = len(origins)
        return origins

    def released(self, row):
        """A held row has no origin in its file's receipt: the outbox knows it by its reference."""
        for origin, message in self.police.tables["outbox"].items():
            if message["reference"].split("|")[1:] == list(row.key):
                return origin
        self.complain("missing", f"{row.file}, line {row.line}: was released and is not in the outbox")
        return None

    def messages(self, origins, entries):
        outbox = self.police.tables["outbox"]
        arrived = collections.defaultdict(list)  # (origin, agency, role): where it stands on a desk.
        for host, store in self.stores.items():
            by_message = collections.Counter()
            for key, message in store.tables["inbox"].items():
                if message["state"] < SHOWN:
                    continue
                self.counts["delivered"] += 1
                by_message[message["message"], message["agency"], message["role"]] += 1
                arrived[message["origin"], message["agency"], message["role"]].append((store, key, message))
            for (_, agency, _), times in by_message.items():
                if times > 1:
                    self.complain("duplicates", f"{host}: {agency} was shown one message {times} times")
        for origin in set(outbox) - set(origins):
            self.complain("duplicates", f"the force sent {origin}, which no row asks for")
        for origin, row in origins.items():
            message = outbox.get(origin)
            if message is None:
                self.complain("missing", f"{row.file}, line {row.line}: is not in the force's outbox")
                continue
            if message.get("index", entries) >= entries:
                self.complain("missing", f"{row.file}, line {row.line}: was not accepted into the log")
            else:
                self.counts["accepted"] += 1
            told = {(each["agency"], each["role"]): each for each in message["recipients"]}
            if set(told) != set(row.recipients):
                self.complain(None, f"{row.file}, line {row.line}: went to {len(told)} recipients, and should go "
                                    f"to {len(row.recipients)}")
            for agency, role in row.recipients:
                self.recipient(row, told.get((agency, role), {}), arrived.pop((origin, agency, role), []))
        for (origin, agency, role), copies in arrived.items():
            self.complain("duplicates", f"{agency} was shown {origin}, which is not for it, {len(copies)} times")

    def recipient(self, row, told, copies):
        where = f"{row.file}, line {row.line}"
        if not copies:
            return self.complain("missing", f"{where}: never reached a desk")
        if len(copies) > 1:
            self.complain("duplicates", f"{where}: was shown {len(copies)} times")
        store, key, message = copies[0]
        text = store.text_of(key)
        for words in (row.cells["OCCURRENCE_NO"], row.cells["CHILD_FORENAMES"] or row.cells["CHILD_SURNAME"]):
            if words.encode() not in text:
                self.complain("missing", f"{where}: what arrived does not say what the row says")
        if message["role"] == "school" and row.cells["ADDRESS_1"].encode() in text:
            self.complain(None, f"{where}: a school was given the address")
        read_there, heard_here = ("acknowledged" in each.get("receipts", {}) for each in (message, told))
        if read_there != heard_here:
            self.complain("missing", f"{where}: was acknowledged, and the force has not heard of it")
        self.counts["acknowledged"] += heard_here
        self.counts["alarmed"] += bool(told.get("late"))
        answered = heard_here or "not-ours" in told.get("receipts", {})
        if not answered and not told.get("late"):
            self.complain("missing", f"{where}: nobody answered, and nobody was alarmed")
        return None

    def outsiders(self):
        """The broker's files hold nothing of what anybody wrote."""
        secrets = {cells.encode() for row in self.expected for column, cells in row.cells.items()
                   if column in ("CHILD_FORENAMES", "CIRCUMSTANCES", "ADDRESS_1") and len(cells) > 5}
        for path in (self.folder / "broker").rglob("*"):
            if path.is_file() and any(secret in path.read_bytes() for secret in secrets):
                self.complain(None, f"the broker's file {path.name} holds words of a notice")


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    check = Check(pathlib.Path(sys.argv[1]))
    counts = check.run()
    print(json.dumps(counts) if "--json" in sys.argv else "\n".join(f"{n:>5} {k}" for k, n in counts.items()))
    for words in check.wrong:
        print(f"WRONG: {words}", file=sys.stderr)
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
