"""`havenline-broker doctor`: each thing that keeps a broker from serving is found, named and given its remedy; a sound
one has nothing said against it; and nothing is changed by looking, also beside the running broker.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess

import pytest
from harness import BUILD, Partnership
from traffic import Traffic

DOCTOR = [BUILD / "bin" / "havenline-broker", "doctor"]


class Patient:
    """A broker's folder of its own, whose store has entries; nothing runs on it."""

    def __init__(self, folder, port):
        self.folder = folder
        self.config = folder / "broker.toml"
        self.port = port

    def edit(self, old, new):
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new))

    def ask(self, *options):
        done = subprocess.run([*DOCTOR, "--config", self.config, "--json", *options], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.stderr == ""
        answer = json.loads(done.stdout)
        assert done.returncode == (1 if answer["failures"] else 0)
        return answer

    def failures(self, *options):
        return [each for each in self.ask(*options)["checks"] if each["is"] == "failure"]

    def only_failure(self, check, *words):
        failures = self.failures()
        assert [each["check"] for each in failures] == [check], failures
        said = failures[0]["what"] + " / " + failures[0]["remedy"]
        assert all(word in said for word in words), said


def digest(folder):
    """Every name, mode, time and byte below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        state = path.lstat()
        found.update(f"{path} {state.st_mode} {state.st_mtime_ns} {state.st_uid}".encode())
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module", name="p")
def partnership():
    with Partnership(schools=1, council=False) as p:
        p.start("broker")
        p.stop("broker")
        shutil.copytree(p.host_folder("broker"), p.folder / "early")
        p.start_all()
        traffic = Traffic(p)
        traffic.send()
        traffic.settle()
        for host in p.hosts:
            p.stop(host)
        # From here on the mark knows of every entry.
        p.wait_for(lambda: p.operator_status()["checkpoint"] == p.operator_status()["entries"], what="a checkpoint")
        p.stop("broker")
        shutil.copytree(p.host_folder("broker"), p.folder / "late")
        yield p


@pytest.fixture(name="patient")
def sick(p, tmp_path):
    folder = tmp_path / "broker"
    shutil.copytree(p.folder / "late", folder)
    return Patient(folder, p.broker_port)


def test_a_sound_broker_has_nothing_said_against_it_and_looking_changes_nothing(patient):
    before = digest(patient.folder)
    assert patient.failures() == []
    assert digest(patient.folder) == before
    checks = {each["check"] for each in patient.ask()["checks"]}
    assert {"configuration", "folders", "keys", "store", "mark", "disk", "clock", "port", "limits"} <= checks


def test_before_the_first_start_nothing_is_wrong(p, patient):
    shutil.rmtree(patient.folder / "store")
    shutil.rmtree(patient.folder / "mark")
    assert patient.failures() == []
    (patient.folder / "directory.note").unlink()
    assert {each["check"] for each in patient.failures()} == {"documents"}


@pytest.mark.short
def test_it_looks_beside_a_running_broker_and_disturbs_nothing(p):
    beside = Patient(p.host_folder("broker"), p.broker_port)
    p.start("broker")
    answer = beside.ask("--connect", f"tcp://127.0.0.1:{p.broker_port}")
    assert answer["failures"] == 0, answer
    said = {each["check"]: each["what"] for each in answer["checks"]}
    assert "held by the running broker" in said["port"]
    assert "greets" in said["reach"]
    assert p.running("broker") and p.operator_status()["recovery"] is False
    assert p.stop("broker") == 0


def test_words_for_people_say_what_to_do(patient):
    os.chmod(patient.folder / "keys" / "curve.key", 0o644)
    done = subprocess.run([*DOCTOR, "--config", patient.config], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("failure  keys: ")
    assert "what to do: chmod " in done.stdout and "1 failures" in done.stdout


def test_an_unknown_key_is_named_with_its_line_and_what_was_meant(patient):
    patient.edit("[keys]", "reserv-mebibytes = 1\n[keys]")
    patient.only_failure("configuration", "reserv-mebibytes", "reserve-mebibytes", ":")


def test_a_mark_inside_the_store_is_refused(patient):
    patient.edit('mark = "mark"', 'mark = "store/mark"')
    assert "configuration" in {each["check"] for each in patient.failures()}


@pytest.mark.parametrize("name", ["curve.key", "log.key"])
def test_a_key_that_others_may_read_is_found(patient, name):
    os.chmod(patient.folder / "keys" / name, 0o640)
    patient.only_failure("keys", name, "chmod")


@pytest.mark.parametrize("name", ["curve.key", "log.key"])
def test_a_key_that_is_missing_is_found(patient, name):
    (patient.folder / "keys" / name).unlink()
    patient.only_failure("keys", name)


def test_a_key_of_another_user_is_found(patient):
    os.chown(patient.folder / "keys" / "log.key", 12345, 12345)
    patient.only_failure("keys", "12345", "chown")


def test_a_garbled_key_is_found(patient):
    path = patient.folder / "keys" / "curve.key"
    path.write_text(path.read_text()[:-10] + "\n")
    patient.only_failure("keys", "curve.key")


def test_another_brokers_keys_are_told_from_this_ones(patient):
    keys = patient.folder / "keys"
    with Partnership(schools=1, council=False) as other:
        theirs = other.host_folder("broker") / "keys"
        for name, words in (("curve.key", "directory in force"), ("log.key", "opening of epoch 1")):
            ours = (keys / name).read_text()
            shutil.copy(theirs / name, keys / name)
            patient.only_failure("keys", words)
            (keys / name).write_text(ours)


@pytest.mark.parametrize("folder", ["store", "mark"])
def test_a_folder_that_others_reach_is_found(patient, folder):
    os.chmod(patient.folder / folder, 0o755)
    patient.only_failure("folders", folder, "chmod")


def test_an_older_store_that_was_put_back_is_found(p, patient):
    shutil.rmtree(patient.folder / "store")
    shutil.copytree(p.folder / "early" / "store", patient.folder / "store")
    patient.only_failure("mark", "behind its mark", "older copy", "havenline-broker epoch")


def test_a_lost_store_is_found(patient):
    shutil.rmtree(patient.folder / "store")
    patient.only_failure("store", "it is lost", "havenline-broker epoch")


def store_log(patient):
    """The log file of the store that holds the last run's entries; a newer one may be empty."""
    return max((patient.folder / "store").glob("*.log"), key=lambda path: path.stat().st_size)


def entries(answer):
    return [each["what"] for each in answer["checks"] if each["check"] == "store" and each["is"] == "ok"]


def is_found_or_lost_no_entry(patient, whole):
    """The last batch may be one that took delivered rows away and made no entry: losing it loses nothing."""
    answer = patient.ask()
    wrong = [each for each in answer["checks"] if each["is"] == "failure"]
    if not wrong:
        assert entries(answer) == whole
        return False
    assert {each["check"] for each in wrong} <= {"store", "mark"}
    assert all("havenline-broker epoch" in each["remedy"] for each in wrong), wrong
    return True


def test_a_log_file_that_was_cut_short_or_deleted_is_found(patient):
    log = store_log(patient)
    whole, sound = log.read_bytes(), entries(patient.ask())
    assert sound
    for cut in (1, 10, 1000, 4000):
        log.write_bytes(whole[:-cut])
        is_found_or_lost_no_entry(patient, sound)
    log.write_bytes(whole[:len(whole) // 2])
    assert is_found_or_lost_no_entry(patient, sound)
    log.unlink()
    assert is_found_or_lost_no_entry(patient, sound)


def test_flipped_bits_of_a_log_file_are_found(patient):
    log = store_log(patient)
    whole, sound = log.read_bytes(), entries(patient.ask())
    for i in range(8):
        at = len(whole) * (2 * i + 1) // 16
        log.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << i)]) + whole[at + 1:])
        assert is_found_or_lost_no_entry(patient, sound), at


def test_a_lost_mark_is_found(patient):
    shutil.rmtree(patient.folder / "mark")
    patient.only_failure("mark", "there is no mark", "havenline-broker epoch")


def test_one_torn_half_of_the_mark_is_no_failure_and_two_are(patient):
    (patient.folder / "mark" / "mark-a").write_bytes(b"torn" * 128)
    answer = patient.ask()
    torn = [each for each in answer["checks"] if each["check"] == "mark" and each["is"] == "warning"]
    assert len(torn) == 1 and "mark-a" in torn[0]["what"]
    behind = [each for each in answer["checks"] if each["is"] == "failure"]
    assert behind == []
    (patient.folder / "mark" / "mark-b").write_bytes(b"torn" * 128)
    patient.only_failure("mark", "neither", "havenline-broker epoch")


def test_a_reserve_that_the_disk_does_not_have_is_found(patient):
    patient.edit("[keys]", "reserve-mebibytes = 1048576\n[keys]")
    patient.only_failure("disk", "reserve", "make room")


def test_a_clock_behind_the_mark_is_found(patient):
    later = 4102444800  # 2100.
    os.utime(patient.folder / "mark" / "mark-a", (later, later))
    patient.only_failure("clock", "went back")


def test_a_port_that_another_program_has_is_found(patient):
    with socket.create_server(("127.0.0.1", patient.port)):
        patient.only_failure("port", "another program", "ss -ltnp")


def test_an_address_that_the_machine_has_not_is_found(patient):
    patient.edit("127.0.0.1", "192.0.2.1")
    patient.only_failure("port", "no address")


def test_a_port_where_nobody_or_somebody_else_answers_is_told_from_a_broker(patient):
    reach = ["--connect", f"tcp://127.0.0.1:{patient.port}"]
    assert [each["check"] for each in patient.failures(*reach)] == ["reach"]
    with socket.create_server(("127.0.0.1", patient.port)) as other:
        other.settimeout(10)
        failed = [each for each in patient.failures(*reach) if each["check"] == "reach"]
        assert "no ZeroMQ peer greets" in failed[0]["what"]


def test_a_store_whose_list_of_files_is_gone_is_found(patient):
    next((patient.folder / "store").glob("MANIFEST-*")).unlink()
    patient.only_failure("store", "cannot open")
