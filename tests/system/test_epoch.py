"""The way back: what a broker that lost something says, the epoch that governance opened in advance, and custody shown
whole: the disk thrown away in mid-night, everything unsettled arrives, once (design.md 2: D2, D3, C6, A2; 9; 11).
"""

import contextlib
import json
import pathlib
import shutil
import subprocess

import pytest
from harness import BUILD, POLICE, Partnership
from traffic import Traffic, wait_until_ended

DATA = 65


def keep_aside(p, name):
    shutil.copytree(p.host_folder("broker"), p.folder / name)


def take_from_duty(p, epoch=2):
    """The duty operators bring the epoch's key; returns where its opening is."""
    key = p.home / "duty" / f"log-{epoch}.key"
    shutil.copy(key, p.host_folder("broker") / "keys" / key.name)
    return p.home / "duty" / f"opening-{epoch}.note"


def begin_epoch(p, opening, *options):
    command = [BUILD / "bin" / "havenline-broker", "epoch", opening, "--config", p.config("broker"), *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


def documents(p):
    return ["--directory", p.document("directory.note"), "--policy", p.document("policy.note")]


def must_begin(p, opening, *options):
    done = begin_epoch(p, opening, *options)
    assert done.returncode == 0, done
    assert "has begun" in done.stderr
    return done.stderr


def recovery_words(p):
    lines = [json.loads(line) for line in p.log("broker").splitlines() if '"broker.recovery"' in line]
    return lines[-1]["why"] if lines else ""


def all_back(p):
    return all(p.status(host)["session"] == "up" for host in p.hosts if p.running(host))


def verified(p, state):
    """The log recomputed, and what was remembered of the run before."""
    def whole():
        found = p.tool("audit", "verify", "--operator", p.operator, "--state", state, "--json")
        assert found.code == 0, found
        return found.json()
    return p.wait_for(whole, what="a checkpoint to verify")


# --- custody, whole


@pytest.mark.short
def test_a_disk_thrown_away_in_mid_night_costs_delay_and_nothing_else():
    with Partnership(schools=3, school_hosts=3, council=False) as p:
        p.start_all()
        traffic = Traffic(p, schools=p.schools[:2], pause=0.05)
        state = p.folder / "audit.checkpoint"
        # Cut off before the loss, with a notice waiting; and away since before it, with one waiting.
        cut_off, away = p.schools[2], p.schools[1]
        p.stop(cut_off)
        never = p.send(p.notice(cut_off))
        p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == never)["state"] == "kept", what="custody")
        p.must_tool("agency", "suspend", cut_off, "--operator", p.operator, "--key", p.governance_key())
        p.wait_for(lambda: p.status("host.police")["statements"] >= 5, what="the police to hear of it")
        traffic.start()
        p.wait_for(lambda: len(traffic.sent) >= 6 and p.notices(p.schools[0]), what="a night under way")
        p.kill(away)
        seen = verified(p, state)
        p.wait_for(lambda: len(traffic.sent) >= 12, what="more of it")

        p.kill("broker")
        for lost in ("store", "mark"):
            shutil.rmtree(p.host_folder("broker") / lost)
        held = len(traffic.sent)
        p.wait_for(lambda: len(traffic.sent) > held, what="sends to go on without a broker")
        opening = take_from_duty(p)
        refused = begin_epoch(p, opening)
        assert refused.returncode == DATA and "--directory" in refused.stderr, refused
        must_begin(p, opening, *documents(p))
        p.start("broker")
        p.wait_for(lambda: all_back(p), 40, "every agent to be back")
        held = len(traffic.sent)
        p.wait_for(lambda: len(traffic.sent) > held + 3, what="the night to go on")
        traffic.stop()
        p.start(away)  # What waited for it goes, though it never stated its keys to the new broker before.
        p.start(cut_off)
        traffic.settle()
        # Receipts of the time before may come in another order than they were signed in.
        traffic.check(except_alarms=("receipt-chain",))
        assert p.operator_status()["epoch"] == 2

        # The suspension came back with the police; what was for the agency is still not handed out.
        assert not p.notices(cut_off)
        now = verified(p, state)
        assert (now["epoch"], now["seen-before"]["epoch"]) == (2, 1)
        assert seen["epoch"] == 1
        shown = p.must_tool("audit", "show", "--operator", p.operator, "--json").json()
        logged = [e["document"]["document"] for e in shown["entries"] if "document" in e]
        assert logged[:3] == ["opening", "directory", "policy"] and "suspension" in logged
        # What ended after the loss is proved by the log of now.
        last = list(traffic.sent)[-1]
        proved = p.tool("audit", "message", last, "--config", p.config("host.police"), "--prove", "--json")
        assert proved.code == 0, proved


# --- a store behind its mark


def test_an_older_store_goes_on_in_a_new_epoch_and_what_it_forgot_arrives_once():
    with Partnership(schools=2, school_hosts=2, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        school = p.schools[0]
        p.stop(school)
        waits = traffic.send(school)  # Waits in the mailbox that is copied.
        p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == waits)["state"] == "kept", what="custody")
        p.stop("broker")
        keep_aside(p, "older")
        p.start("broker")
        p.wait_for(lambda: all_back(p), 40, "every agent to be back")
        forgotten = [traffic.send(p.schools[1]) for _ in range(3)]
        p.wait_for(lambda: len(p.notices(p.schools[1])) == len(forgotten), what="what will be forgotten")
        traffic.work_desks()
        p.stop("broker")
        shutil.rmtree(p.host_folder("broker") / "store")
        shutil.copytree(p.folder / "older" / "store", p.host_folder("broker") / "store")

        # It stays up and says what is wrong and what to do; stopped, it is brought back.
        p.start("broker")
        words = recovery_words(p)
        for said in ("behind its mark", "havenline-broker epoch", "newest copy"):
            assert said in words, words
        opening = take_from_duty(p)
        running = begin_epoch(p, opening)
        assert running.returncode != 0 and "Stop the broker" in running.stderr, running
        p.stop("broker")
        told = must_begin(p, opening)
        assert "behind its mark" in told
        assert "had begun already" in must_begin_again(p, opening)

        # A grant of before waits until its sender has come back: the school alone gets nothing.
        p.stop("host.police")
        p.start("broker")
        assert p.operator_status()["recovery"] is False
        p.start(school)
        p.wait_for(lambda: p.status(school)["session"] == "up", 40, "the school")
        assert not p.notices(school)
        p.start("host.police")
        p.wait_for(lambda: p.notices(school), 40, "what waited")
        traffic.settle()
        traffic.check(except_alarms=("receipt-chain",))
        verified(p, p.folder / "audit.checkpoint")


def must_begin_again(p, opening):
    done = begin_epoch(p, opening)
    assert done.returncode == 0, done
    return done.stderr


# --- an epoch that ended


def test_a_broker_of_an_epoch_that_ended_is_served_by_nobody_and_says_so():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        p.stop("broker")
        keep_aside(p, "ended")
        must_begin(p, take_from_duty(p))
        p.start("broker")
        p.wait_for(lambda: all_back(p) and all(p.status(host)["verified-entries"] >= 3 for host in p.hosts),
                   40, "every agent to have met the new epoch")
        p.wait_for(lambda: p.operator_status()["entries"] >= 5, what="both to have come back")
        p.stop("broker")
        # Store and mark of before, together, and the log's files, which would tell at once; the keys are what they are.
        for part in ("store", "mark", "log-files"):
            shutil.rmtree(p.host_folder("broker") / part)
            shutil.copytree(p.folder / "ended" / part, p.host_folder("broker") / part)
        p.start("broker")
        p.wait_for(lambda: "an agency holds a signed head of epoch 2" in recovery_words(p), 40, "the broker to hear")
        # Told once, it is not forgotten by a restart.
        p.stop("broker")
        for host in p.hosts:
            p.stop(host)
        p.start("broker")
        assert p.operator_status()["recovery"] is True
        p.start("host.police")
        p.wait_for(lambda: [a for a in p.alarms(POLICE) if a["kind"] == "broker-equivocates"], 40, "the alarm")


# --- each damage, with the real programs


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 8
    path.write_bytes(content)


def newest_log(broker):
    return max((broker / "store").glob("*.log"), key=lambda path: path.stat().st_size)


def cut_the_log(broker):
    path = newest_log(broker)
    path.write_bytes(path.read_bytes()[:-1])


DAMAGES = {
    "a log cut by a byte": (cut_the_log, "behind its mark"),
    "a flipped bit in the log": (lambda broker: flip_a_bit(newest_log(broker)), "damaged"),
    "a deleted log": (lambda broker: newest_log(broker).unlink(), ""),
    "a lost mark": (lambda broker: shutil.rmtree(broker / "mark"), "there is no mark"),
    "a torn mark": (lambda broker: [flip_a_bit(broker / "mark" / f"mark-{x}") for x in "ab"], "can be read as a mark"),
}


@pytest.fixture(name="night", scope="module")
def a_night():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        traffic = Traffic(p)
        for _ in range(3):
            traffic.send()
        traffic.settle()
        # What the broker wrote last is something that it accepted.
        p.kill(p.schools[0])
        last = p.send(p.notice(p.schools[0]))
        p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == last)["state"] == "kept", what="custody")
        for name in ("broker", "host.police"):
            p.kill(name)
        keep_aside(p, "killed")
        take_from_duty(p)
        yield p


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_said_with_the_way_back_and_the_way_back_is_walked(night, damage):
    do, found = DAMAGES[damage]
    broker = night.host_folder("broker")
    shutil.rmtree(broker)
    shutil.copytree(night.folder / "killed", broker)
    take_from_duty(night)
    do(broker)
    with contextlib.suppress(FileNotFoundError):
        night.log_file("broker").unlink()
    daemon = night.start("broker", wait=False)
    ready = daemon.wait_ready()
    words = night.log("broker")
    assert ("broker.recovery" if ready else "broker.not-started") in words
    assert found in words and "havenline-broker epoch" in words, words
    if ready:
        assert night.operator_status()["recovery"] is True
        night.stop("broker")
    else:
        assert wait_until_ended(daemon) == DATA
        night.daemons.pop("broker")
    before = {path.name for path in broker.iterdir()}
    told = must_begin(night, night.home / "duty" / "opening-2.note", *documents(night))
    for aside in {path.name for path in broker.iterdir()} - before:
        assert aside in told, "what was moved aside is named"
    night.start("broker")
    assert night.operator_status()["recovery"] is False
    night.stop("broker")


def test_one_torn_slot_of_the_mark_is_said_and_everything_is_served(night):
    broker = night.host_folder("broker")
    shutil.rmtree(broker)
    shutil.copytree(night.folder / "killed", broker)
    flip_a_bit(broker / "mark" / "mark-a")
    night.start("broker")
    assert "mark.damaged" in night.log("broker")
    assert night.operator_status()["recovery"] is False
    night.stop("broker")


# --- a later opening, made and signed


def test_the_next_opening_is_prepared_signed_and_checked(night):
    into = night.folder / "duty-3"
    made = subprocess.run([BUILD / "bin" / "havenline-broker", "prepare-epoch", "--epoch", "3", "--config",
                           night.config("broker"), "--into", into], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made
    assert (into / "log-3.key").stat().st_mode & 0o777 == 0o600
    note = into / "opening-3.note"
    directory = night.document("directory.note")
    unsigned = night.tool("opening", "check", into / "opening-3.toml", "--directory", directory)
    assert unsigned.code == DATA, unsigned
    night.must_tool("opening", "sign", into / "opening-3.toml", "--key", night.governance_key(), "--out", note)
    checked = night.must_tool("opening", "check", note, "--directory", directory, "--json").json()
    assert checked["usable"] is True and checked["epoch"] == 3
    assert "epoch 3 of rotherham" in night.must_tool("opening", "show", note).out


def test_init_makes_the_first_way_back(night):
    duty = night.home / "duty"
    assert sorted(path.name for path in duty.iterdir()) == ["log-2.key", "opening-2.note"]
    assert not list((night.folder / "killed" / "keys").glob("log-2.key")), "not on the broker's machine"
    assert pathlib.Path(duty / "log-2.key").stat().st_mode & 0o777 == 0o600
