"""The drop folder as a force's records system and its staff meet it: files in, notices, receipts, rows that wait."""

import contextlib
import csv
import datetime
import http.client
import io
import os
import random
import re
import shutil
import tempfile
import time

import pytest

from harness import POLICE, Partnership
from intake_files import COLUMNS, Drop, REGISTER, file_text, row, rows_of

SUPERVISOR = "sergeant"
SCHOOL_A, SCHOOL_B, SCHOOL_C = "school.106890", "school.106891", "school.106892"


@contextlib.contextmanager
def police(**more):
    """A partnership whose police have a drop folder; its people are keyadult, deputy and a supervisor."""
    folder = tempfile.mkdtemp(prefix="havenline-drop-")
    try:
        drop = Drop(folder, **more)
        with Partnership(schools=3, intake=drop.table, people=("keyadult", "deputy", SUPERVISOR)) as p:
            p.drop = drop
            p.start_all()
            yield p
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def p():
    """One partnership for the tests that only drop files: each has incidents of its own."""
    with police(supervisors=[SUPERVISOR]) as partnership:
        yield partnership


@pytest.fixture(scope="module")
def slow():
    """One whose records system writes under the file's own name, so that a file must be still for a while."""
    with police(slow=True) as partnership:
        yield partnership


def drop_and_wait(p, name, content, place="SENT", seconds=30):
    """Drops a file and returns its receipt."""
    before = len(p.drop.receipts(name, place))
    p.drop.put(name, content)
    return p.wait_for(lambda: p.drop.receipts(name, place)[before:], seconds,
                      f"the receipt of {name} in {place}")[-1]


def with_origin(p, school, origin):
    """What the school's desk opens of the notice with that origin: {section: value}."""
    notice = p.wait_for(lambda: next((each for each in p.notices(school) if each["origin"] == origin), None),
                        what=f"{origin} at {school}")
    opened = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
    return {section["name"]: section["value"] for section in opened["sections"]}


def all_origins(p):
    """Every origin on every school's desk, as often as it is there."""
    return sorted(each["origin"] for school in p.schools for each in p.notices(school))


def arrived_origins(p):
    """The same, once all that was sent so far has arrived: what is there later and was not before is new."""
    p.wait_for(lambda: all(each["progress"] not in ("unsent", "sent") for message in p.sent()
                           for each in message["recipients"]), what="what was sent to arrive")
    return all_origins(p)


def quarantined(p):
    return p.must_api(POLICE, "GET", "/v1/intake/quarantined")["quarantined"]


def held(p):
    return p.must_api(POLICE, "GET", "/v1/intake/held", login=SUPERVISOR)["held"]


def open_alarms(p, kind):
    return [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == kind and alarm["open"]]


# --- good rows


@pytest.mark.short
def test_siblings_on_separate_rows_reach_two_schools(p):
    receipt = drop_and_wait(p, "night-1.csv", file_text([row(1, 11, "106890"), row(1, 12, "106891")]))
    assert rows_of(receipt) == {2: "notices", 3: "notices"}
    first = with_origin(p, SCHOOL_A, receipt["notices"][0]["origin"])
    second = with_origin(p, SCHOOL_B, receipt["notices"][1]["origin"])
    assert first["childName"]["family"] == "TESTCASE-11"
    assert second["childName"]["family"] == "TESTCASE-12"
    assert first["reference"] == second["reference"]
    assert first["establishment"] == {"urn": "106890", "name": "Oak Hill Primary School"}
    assert first["handling"]["doNotApproachParents"] is True
    assert "childAddress" not in first
    assert p.drop.names("IN") == []
    status = p.must_api(POLICE, "GET", "/v1/intake")
    assert status["running"] and status["register"]["establishments"] == len(REGISTER)
    assert status["files"][0] | {"name": "night-1.csv", "state": "sent", "notices": 2} == status["files"][0]
    assert status["flags-not-recorded"] == ["exempt"]
    sent = {each["origin"] for each in p.sent()}
    assert {each["origin"] for each in receipt["notices"]} <= sent


@pytest.mark.parametrize("number, encoding, line_end, surname", [
    (1, "utf-8-sig", "\r\n", "ÉTESTCASE-ŁÓDŹ"), (2, "utf-8", "\n", "ÉTESTCASE-ŁÓDŹ"),
    (3, "cp1252", "\r\n", "O’TESTCASE-ÉŸ")])
def test_names_arrive_whole_from_every_encoding(p, number, encoding, line_end, surname):
    rows = [row(20 + number, 20 + number, CHILD_SURNAME=surname, CIRCUMSTANCES='Said "stop";\r\ntwo lines, one comma.')]
    receipt = drop_and_wait(p, f"encoding-{number}.csv", file_text(rows, line_end=line_end).encode(encoding))
    assert rows_of(receipt) == {2: "notices"}
    content = with_origin(p, SCHOOL_A, receipt["notices"][0]["origin"])
    assert content["childName"]["family"] == surname
    assert content["circumstances"].replace("\r\n", "\n") == 'Said "stop";\ntwo lines, one comma.'


def utc(*when):
    return int(datetime.datetime(*when, tzinfo=datetime.timezone.utc).timestamp() * 1000)


def test_local_times_are_read_as_that_night_had_them(p):
    times = [("01/07/2026", "23:40"), ("29/03/2026", "01:30"), ("25/10/2026", "01:30"), ("07/02/2026", "00:00:30")]
    rows = [row(40 + i, 40 + i, INCIDENT_DATE=day, INCIDENT_TIME=at) for i, (day, at) in enumerate(times)]
    receipt = drop_and_wait(p, "times.csv", file_text(rows))
    found = [with_origin(p, SCHOOL_A, each["origin"])["incidentTime"] for each in receipt["notices"]]
    assert [each["utc"] for each in found] == [utc(2026, 7, 1, 22, 40), utc(2026, 3, 29, 1, 0),
                                               utc(2026, 10, 25, 0, 30), utc(2026, 2, 7, 0, 0, 30)]
    assert [each["local"] for each in found] == ["2026-07-01 23:40", "2026-03-29 01:30", "2026-10-25 01:30",
                                                 "2026-02-07 00:00"]
    assert [bool(each.get("nonexistent")) for each in found] == [False, True, False, False]
    assert [bool(each.get("ambiguous")) for each in found] == [False, False, True, False]
    notes = {each["row"]: each["note"] for each in receipt["notes"]}
    assert "went forward" in notes[3] and "went back" in notes[4] and set(notes) == {3, 4}


def test_a_closed_schools_pupil_is_told_to_the_school_that_follows(p):
    receipt = drop_and_wait(p, "successor.csv", file_text([row(50, 50, "900101")]))
    assert rows_of(receipt) == {2: "notices"}
    assert "900101 is closed; the notice goes to 106891" in receipt["notes"][0]["note"]
    content = with_origin(p, SCHOOL_B, receipt["notices"][0]["origin"])
    assert content["establishment"] == {"urn": "106891", "name": "Mill Lane Academy"}
    again = drop_and_wait(p, "successor-2.csv", file_text([row(50, 50, "106891", CIRCUMSTANCES="More.")]), seconds=30)
    assert rows_of(again) == {2: "quarantined"}  # Known under its own number as well.


# --- the same again


@pytest.mark.short
def test_what_comes_twice_goes_once(p):
    rows = [row(60, 60), row(60, 61, "106892")]
    first = drop_and_wait(p, "twice-1.csv", file_text(rows))
    before = arrived_origins(p)
    second = drop_and_wait(p, "twice-2.csv", file_text(rows))
    assert second["same-as"] == "twice-1.csv" and second["sha256"] == first["sha256"]
    assert rows_of(second) == {2: "duplicates", 3: "duplicates"}
    assert second["duplicates"] == first["notices"]  # The same rows have the same origins.
    third = drop_and_wait(p, "twice-1.csv.again.csv", file_text([*rows, row(60, 62), row(60, 60)]))
    assert rows_of(third) == {2: "duplicates", 3: "duplicates", 4: "notices", 5: "duplicates"}
    assert "same-as" not in third
    p.wait_for(lambda: all_origins(p) == sorted([*before, third["notices"][0]["origin"]]))


def test_the_same_name_again_overwrites_nothing(p):
    nights = [file_text([row(70, 70)]), file_text([row(71, 71)])]
    for night in nights:
        assert rows_of(drop_and_wait(p, "nightly.csv", night)) == {2: "notices"}
    names = [name for name in p.drop.names("SENT") if re.fullmatch(r"nightly(\.\d+)?\.csv", name)]
    assert [p.drop.path("SENT", name).read_bytes() for name in names] == [
        night.encode() for night in reversed(nights)]


def test_a_row_that_says_something_else_waits_for_a_person(p):
    drop_and_wait(p, "correction-1.csv", file_text([row(80, 80)]))
    receipt = drop_and_wait(p, "correction-2.csv", file_text([row(80, 80, CHILD_DOB="04/03/2016")]))
    assert rows_of(receipt) == {2: "quarantined"}
    assert "a correction needs a person" in receipt["quarantined"][0]["reason"]


# --- files that are not whole


@pytest.mark.short
def test_a_half_written_file_is_not_taken_until_it_is_complete(slow):
    content = file_text([row(90, i) for i in range(900, 940)]).encode()
    path = slow.drop.path("IN", "slow.csv")
    with open(path, "wb", buffering=0) as file:
        for i in range(12):
            file.write(content[i * len(content) // 12:(i + 1) * len(content) // 12])
            time.sleep(0.5)  # Six seconds: three times as long as a file must be still.
            assert path.exists(), "taken while it was written"
    receipt = slow.wait_for(lambda: slow.drop.receipt("slow.csv"))
    assert receipt["rows"] == 40 and set(rows_of(receipt).values()) == {"notices"}


@pytest.mark.parametrize("number, cut", [(1, b'TESTCASE-102"'), (2, b'"TESTCASE-102')])
def test_a_file_cut_short_is_told_apart_and_its_whole_rows_go(p, number, cut):
    content = file_text([row(100 + number, 101), row(100 + number, 102)]).encode()
    name = f"cut-{number}.csv"
    receipt = drop_and_wait(p, name, content[:content.index(cut) + len(cut)], place="FAILED")
    assert rows_of(receipt) == {2: "notices", 3: "quarantined"}
    assert "cut short" in receipt["failed"]
    assert any(name in alarm["words"] for alarm in open_alarms(p, "file-failed"))
    mended = drop_and_wait(p, name, content)
    assert rows_of(mended) == {2: "duplicates", 3: "notices"}
    assert not any(name in alarm["words"] for alarm in open_alarms(p, "file-failed"))


def test_what_went_on_growing_after_it_was_taken_is_taken_again(slow):
    content = file_text([row(110, 110), row(110, 111)]).encode()
    at = content.index(b"\r\n", content.index(b"TESTCASE-110")) + 2
    path = slow.drop.path("IN", "stalled.csv")
    with open(path, "wb", buffering=0) as file:
        file.write(content[:at])
        slow.wait_for(lambda: slow.drop.receipt("stalled.csv"))  # The copy stalls for longer than a file must be …
        file.write(content[at:])                                 # … still, and goes on in the file that was moved.
    again = slow.wait_for(lambda: [each for each in slow.drop.receipts("stalled.csv") if each["rows"] == 2], 30)[0]
    assert rows_of(again) == {2: "duplicates", 3: "notices"}


# --- rows that cannot go


BAD = [  # (cells, column of the file, words of the reason)
    ({"SCHOOL_URN": "123456"}, "SCHOOL_URN", "no establishment of the register has this URN"),
    ({"SCHOOL_URN": "900103"}, "SCHOOL_URN", "900103 is not open and has no known successor"),
    ({"SCHOOL_URN": "900109"}, None, "the school 900109 has not joined"),
    ({"SCHOOL_URN": "UNKNOWN"}, "SCHOOL_URN", "no school is given"),
    ({"SCHOOL_URN": "", "SCHOOL_NAME": "No Such School"}, "SCHOOL_NAME", "no establishment of the register"),
    ({"OCCURRENCE_NO": ""}, "OCCURRENCE_NO", "is empty: without it the same notice could go twice"),
    ({"CHILD_NOMINAL": ""}, "CHILD_NOMINAL", "is empty"),
    ({"CHILD_SURNAME": " "}, "CHILD_SURNAME", "is empty, and is needed"),
    ({"CHILD_DOB": "31/02/2015"}, "CHILD_DOB", "no such day"),
    ({"CHILD_DOB": "04/03/2031"}, "CHILD_DOB", "lies in the future"),
    ({"CHILD_PRESENT": "PERHAPS"}, "CHILD_PRESENT", "a code that the mapping file does not list"),
    ({"INCIDENT_DATE": "2026-11-20"}, "INCIDENT_DATE", "dd/mm/yyyy"),
    ({"INCIDENT_TIME": "25:00"}, "INCIDENT_TIME", "hh:mm"),
    ({"INCIDENT_DATE": "01/01/2020"}, "INCIDENT_DATE", "over 400 days old"),
    ({"DO_NOT_DISCLOSE_TO": "Pat Testcase"}, "DO_NOT_DISCLOSE_TO", "exclusions cannot be sent yet"),
]


@pytest.mark.short
def test_bad_rows_wait_with_row_column_and_reason_while_good_rows_go(p):
    rows = [row(120, 120)]
    rows += [row(121 + i, 1200 + i, **cells) for i, (cells, _, _) in enumerate(BAD)]
    rows += [row(120, 121)]
    receipt = drop_and_wait(p, "bad.csv", file_text(rows))
    outcome = rows_of(receipt)
    assert outcome.pop(2) == "notices" and outcome.pop(len(rows) + 1) == "notices"
    assert set(outcome.values()) == {"quarantined"}
    shown = {each["row"]: each for each in quarantined(p) if each["file"] == "bad.csv"}
    alarms = open_alarms(p, "row-quarantined")
    for i, (cells, column, words) in enumerate(BAD):
        said = receipt["quarantined"][i]
        assert said["row"] == i + 3
        assert said["column"] == (COLUMNS.index(column) + 1 if column else 0), said
        assert words in said["reason"], said
        assert shown[i + 3]["reason"] == said["reason"] and shown[i + 3]["number"] == said["number"]
        assert any(f"line {i + 3} of bad.csv" in alarm["words"] for alarm in alarms)
        for cell in cells.values():  # Nothing of what a row says leaves the row.
            assert not cell.strip() or cell == "900109" or cell == "900103" or cell not in said["reason"], said
    log = p.log(POLICE)
    assert "TESTCASE" not in log and "SY/2026" not in log and "106890" not in log


@pytest.mark.short
def test_a_quarantined_row_goes_once_it_is_mended(p):
    rows = [row(150, 150), row(150, 151, "123456", CIRCUMSTANCES="=1+1"), row(150, 152, CHILD_DOB="soon")]
    receipt = drop_and_wait(p, "mend.csv", file_text(rows))
    name = receipt["quarantine-file"]
    text = p.drop.path("FAILED", name).read_text(encoding="utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0] == [*COLUMNS, "havenline-quarantine"] and len(table) == 3
    assert table[1][COLUMNS.index("CIRCUMSTANCES")] == "'=1+1"  # No spreadsheet runs it.
    table[1][COLUMNS.index("SCHOOL_URN")] = "106892"
    mended = io.StringIO()
    csv.writer(mended).writerows(table)
    again = drop_and_wait(p, name, mended.getvalue())
    assert rows_of(again) == {2: "notices", 3: "quarantined"}
    assert with_origin(p, SCHOOL_C, again["notices"][0]["origin"])["circumstances"] == "=1+1"
    before, after = receipt["quarantined"], again["quarantined"]
    assert after[0]["number"] == before[1]["number"]  # The same row is the same entry.
    open_numbers = [each["number"] for each in quarantined(p)]
    assert before[0]["number"] not in open_numbers and before[1]["number"] in open_numbers
    subjects = [alarm["subject"] for alarm in open_alarms(p, "row-quarantined")]
    assert f"quarantined row {before[0]['number']}" not in subjects
    number = before[1]["number"]
    taken = p.must_api(POLICE, "POST", f"/v1/intake/quarantined/{number}/take-on")
    assert taken == {"number": number, "taken-on-by": "keyadult"}
    assert number not in [each["number"] for each in quarantined(p)]
    assert p.api(POLICE, "POST", "/v1/intake/quarantined/999999/take-on")[0] == 404
    assert p.api(POLICE, "POST", "/v1/intake/quarantined/1x/take-on")[0] == 404


@pytest.mark.short
def test_a_later_export_with_the_row_mended_ends_its_alarm_and_no_other(p):
    bad = [row(156, 156, "123456"), row(156, 157, "123456"), row(156, 158, CHILD_DOB="soon")]
    numbers = [each["number"] for each in drop_and_wait(p, "export-1.csv", file_text(bad))["quarantined"]]
    good = [row(156, 156, "106892"), row(156, 158)]
    assert rows_of(drop_and_wait(p, "export-2.csv", file_text(good))) == {2: "notices", 3: "notices"}
    still_open = {each["number"] for each in quarantined(p)} & set(numbers)
    assert still_open == {numbers[1]}
    subjects = {alarm["subject"] for alarm in open_alarms(p, "row-quarantined")}
    assert {f"quarantined row {number}" for number in numbers} & subjects == {f"quarantined row {numbers[1]}"}


def confirm_and_die(p, path, fault):
    p.stop(POLICE)
    daemon = p.start(POLICE, fault=f"{fault}:1")
    with contextlib.suppress(OSError, http.client.HTTPException):
        p.api(POLICE, "POST", path)
    p.wait_for(lambda: not daemon.running(), 30, f"{fault} to be reached")
    p.kill(POLICE)
    p.start(POLICE)


def test_a_register_without_an_open_school_waits_for_a_person():
    with police() as p:
        confirm = "/v1/intake/register/{}/confirm"
        assert p.api(POLICE, "POST", confirm.format(4))[0] == 422  # None waits.
        p.stop(POLICE)
        without_open = [[*school[:5], "2", *school[6:]] for school in REGISTER]
        p.drop.write_register(without_open)
        p.start(POLICE)
        status = p.must_api(POLICE, "GET", "/v1/intake")
        assert not status["running"] and status["register-in-doubt"] == {"open": 0, "open-before": 4}
        assert any("no open establishment at all" in alarm["words"] for alarm in open_alarms(p, "documents"))
        assert p.api(POLICE, "POST", confirm.format(4))[0] == 422  # Another number than the one that waits.
        confirm_and_die(p, confirm.format(0), "intake.before-confirm")
        assert "register-in-doubt" in p.must_api(POLICE, "GET", "/v1/intake")
        assert p.must_api(POLICE, "POST", confirm.format(0)) == {"open": 0, "confirmed-by": "keyadult"}
        p.wait_for(lambda: p.must_api(POLICE, "GET", "/v1/intake")["running"])
        assert open_alarms(p, "documents") == []
        receipt = drop_and_wait(p, "night.csv", file_text([row(1, 1)]))
        assert "106890 is not open" in receipt["quarantined"][0]["reason"]

        for schools in (REGISTER, without_open):  # A whole one again, and once more the other.
            p.stop(POLICE)
            p.drop.write_register(schools)
            p.start(POLICE)
        confirm_and_die(p, confirm.format(0), "intake.after-confirm")
        p.wait_for(lambda: p.must_api(POLICE, "GET", "/v1/intake")["running"])


# --- dangerous rows


DANGER = [({"ADULT_OCCUPATION": "Primary school teacher"}, "works-in-education"),
          ({"ADULT_OCCUPATION": "Police constable"}, "works-in-police"),
          ({"COVERT_FLAG": "Y"}, "covert-operation"),
          ({"COVERT_FLAG": "?"}, "covert-operation"),  # What nobody listed as clear is no proof of safety.
          ({"RELOCATED": "REFUGE"}, "relocated"),
          ({"CHILD_DOB": "01/01/2005"}, "turned-18"),
          ({"CHILD_DOB": ""}, "turned-18")]


@pytest.mark.short
def test_a_dangerous_row_waits_for_a_supervisor(p):
    rows = [row(160 + i, 160 + i, "106892", **cells) for i, (cells, _) in enumerate(DANGER)]
    before = arrived_origins(p)
    receipt = drop_and_wait(p, "danger.csv", file_text(rows))
    assert set(rows_of(receipt).values()) == {"held"}
    assert [each["flags"] for each in receipt["held"]] == [[flag] for _, flag in DANGER]
    assert len(open_alarms(p, "row-held")) == len(DANGER)
    waiting = {each["row"]: each for each in held(p) if each["file"] == "danger.csv"}
    assert sorted(waiting) == list(range(2, len(DANGER) + 2))
    names = {section["name"] for section in waiting[2]["sections"]}
    assert {"childName", "circumstances", "establishment"} <= names

    number = waiting[2]["number"]
    for path in (f"/v1/intake/held/{number}/release", f"/v1/intake/held/{number}/reject"):
        assert p.api(POLICE, "POST", path, login="keyadult")[0] == 403
    assert p.api(POLICE, "GET", "/v1/intake/held", login="keyadult")[0] == 403
    assert all_origins(p) == before  # Nobody has been told.

    released = p.must_api(POLICE, "POST", f"/v1/intake/held/{number}/release", login=SUPERVISOR)
    assert released["released-by"] == SUPERVISOR
    content = with_origin(p, SCHOOL_C, released["origin"])
    assert content["childName"]["family"] == "TESTCASE-160"
    again = p.must_api(POLICE, "POST", f"/v1/intake/held/{number}/release", login=SUPERVISOR)
    assert again["origin"] == released["origin"]
    assert p.api(POLICE, "POST", f"/v1/intake/held/{number}/reject", login=SUPERVISOR)[0] == 422

    rejected = waiting[3]["number"]
    p.must_api(POLICE, "POST", f"/v1/intake/held/{rejected}/reject", login=SUPERVISOR)
    assert p.api(POLICE, "POST", f"/v1/intake/held/{rejected}/release", login=SUPERVISOR)[0] == 422
    assert p.api(POLICE, "POST", "/v1/intake/held/999999/release", login=SUPERVISOR)[0] == 404
    assert len(open_alarms(p, "row-held")) == len(DANGER) - 2

    # The same rows again, whatever was decided, make nothing new.
    second = drop_and_wait(p, "danger-2.csv", file_text(rows))
    assert set(rows_of(second).values()) == {"duplicates"}
    assert all_origins(p) == sorted([*before, released["origin"]])


# --- hostile and broken files


def test_files_that_cannot_be_read_are_failures_with_a_reason(p):
    whole = file_text([row(180, 180)])
    cases = {
        "another-report.csv": ("NAME,AGE\r\nJessie,9\r\n", "lacks: "),
        "no-header.csv": (whole.split("\r\n", 1)[1], "have the same name"),
        "utf16.csv": (whole.encode("utf-16"), "cannot be read as CSV"),
        "large.csv": (whole.encode() + b" " * (60 << 20), "larger than 8 MiB"),
        "columns.csv": (whole.encode() + b"," * 10_000 + b"\r\n", None),
        "zeros.csv": (whole.encode().replace(b"JESSIE", b"JES\0SIE"), None),
    }
    for name, (content, words) in cases.items():
        receipt = drop_and_wait(p, name, content, place="FAILED" if words else "SENT")
        if words:
            assert words in receipt["failed"], receipt
            assert receipt["rows"] == 0
            assert "Jessie" not in receipt["failed"] and "TESTCASE" not in receipt["failed"]
    assert rows_of(p.drop.receipt("columns.csv")) == {2: "notices", 3: "quarantined"}
    assert rows_of(p.drop.receipt("zeros.csv")) == {2: "quarantined"}


def test_what_is_no_plain_file_is_left_alone(p):
    inside = p.drop.path("IN", "")
    secret = p.drop.folder / "secret.csv"
    secret.write_text(file_text([row(190, 190)]))
    (inside / "link.csv").symlink_to(secret)
    (inside / "folder.csv").mkdir()
    os.mkfifo(inside / "pipe.csv")
    (inside / "two\nlines.csv").write_text(file_text([row(191, 191)]))
    (inside / "note.txt").write_text("no report")
    (inside / ".hidden.csv").write_text(file_text([row(192, 192)]))
    (inside / "~$open.csv").write_text(file_text([row(193, 193)]))
    before = sorted(os.listdir(inside))
    # They hold up nothing.
    assert rows_of(drop_and_wait(p, "beside.csv", file_text([row(194, 194)]))) == {2: "notices"}
    time.sleep(1.5)  # Longer than between two looks.
    assert sorted(os.listdir(inside)) == before and secret.exists()
    for name in before:
        path = inside / name
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


# --- killed in the middle


def mixed_rows(first, count):
    """(rows, what becomes of each, whose school): good, repeated, bad and dangerous ones."""
    rows, outcomes = [], []
    for i in range(count):
        number = first + i
        kind = ("notices", "notices", "notices", "quarantined", "notices", "held", "duplicates")[i % 7]
        if kind == "duplicates":
            rows.append(rows[-2])  # The last notice of the same seven.
        else:
            cells = {"quarantined": {"CHILD_DOB": "soon"}, "held": {"COVERT_FLAG": "Y"}}.get(kind, {})
            rows.append(row(number, number, f"{106890 + number % 3}", **cells))
        outcomes.append(kind)
    return rows, outcomes


def check_every_row_once(p, receipt, rows, outcomes):
    """No row lost, none sent twice: in the receipt, in the outbox and on the desks."""
    found = rows_of(receipt)
    assert [found[i + 2] for i in range(len(rows))] == outcomes
    origins = [each["origin"] for each in receipt["notices"]]
    assert len(set(origins)) == len(origins)
    surname_of = {origin: rows[each["row"] - 2][COLUMNS.index("CHILD_SURNAME")]
                  for origin, each in zip(origins, receipt["notices"])}
    on_desks = p.wait_for(lambda: (desks := all_origins(p)) and set(origins) <= set(desks) and desks, 60,
                          "every notice on a desk")
    assert len(on_desks) == len(set(on_desks)), "presented twice"
    for origin in (origins[0], origins[-1]):
        school = next(school for school in p.schools if any(e["origin"] == origin for e in p.notices(school)))
        assert with_origin(p, school, origin)["childName"]["family"] == surname_of[origin]
    assert sorted(each["origin"] for each in p.sent()) == on_desks, "the outbox has what no desk has, or twice"


def test_the_agent_killed_at_random_in_a_large_file_loses_and_doubles_nothing(p):
    seed = int(os.environ.get("HAVENLINE_SEED", random.randrange(1 << 32)))
    print(f"HAVENLINE_SEED={seed}")
    chance = random.Random(seed)
    rows, outcomes = mixed_rows(200_000, 700)
    p.drop.put("large-night.csv", file_text(rows))
    p.wait_for(lambda: p.must_api(POLICE, "GET", "/v1/intake")["files"][0]["name"] == "large-night.csv")
    kills = 0
    while not p.drop.receipt("large-night.csv") and kills < 40:
        time.sleep(chance.uniform(0, 0.4))
        p.kill(POLICE)
        kills += 1
        p.start(POLICE)
    print(f"killed {kills} times")
    assert kills >= 3, "the file was over before it could be killed: make it larger"
    receipt = p.wait_for(lambda: p.drop.receipt("large-night.csv"), 60)
    check_every_row_once(p, receipt, rows, outcomes)


FAULTS = ["intake.before-file", "intake.after-file", "intake.before-intents", "intake.after-intents",
          "outbox.before-take", "outbox.after-take", "intake.before-outcomes", "intake.after-outcomes",
          "intake.before-decided", "intake.after-decided", "intake.before-receipt", "intake.after-receipt",
          "intake.before-move", "intake.after-move", "intake.before-done", "intake.after-done"]


def test_the_agent_killed_at_every_commit_of_a_file_loses_and_doubles_nothing(p):
    for i, fault in enumerate(FAULTS):
        rows, outcomes = mixed_rows(300_000 + 100 * i, 7)
        name = f"fault-{i}.csv"
        p.stop(POLICE)
        daemon = p.start(POLICE, fault=f"{fault}:1")
        p.drop.put(name, file_text(rows))
        p.wait_for(lambda: not daemon.running(), 30, f"{fault} to be reached")
        p.kill(POLICE)
        p.start(POLICE)
        receipt = p.wait_for(lambda: p.drop.receipt(name), 30, f"the receipt of {name} after {fault}")
        check_every_row_once(p, receipt, rows, outcomes)
        assert len(p.drop.receipts(name)) == 1, fault
    p.stop(POLICE)
    p.start(POLICE)


def test_a_release_killed_at_every_commit_is_sent_once(p):
    for i, fault in enumerate(["intake.before-release", "intake.after-release", "intake.before-released",
                               "intake.after-released"]):
        receipt = drop_and_wait(p, f"release-{i}.csv", file_text([row(400 + i, 400 + i, COVERT_FLAG="Y")]))
        number = receipt["held"][0]["number"]
        p.stop(POLICE)
        daemon = p.start(POLICE, fault=f"{fault}:1")
        before = arrived_origins(p)
        with contextlib.suppress(OSError):
            p.api(POLICE, "POST", f"/v1/intake/held/{number}/release", login=SUPERVISOR)
        p.wait_for(lambda: not daemon.running(), 30, f"{fault} to be reached")
        p.kill(POLICE)
        p.start(POLICE)
        if fault == "intake.before-release":  # It was never released, and says so.
            assert number in [each["number"] for each in held(p)]
            p.must_api(POLICE, "POST", f"/v1/intake/held/{number}/release", login=SUPERVISOR)
        assert number not in [each["number"] for each in held(p)]
        p.wait_for(lambda: len(all_origins(p)) == len(before) + 1)
        time.sleep(0.5)
        assert len(all_origins(p)) == len(before) + 1
    p.stop(POLICE)
    p.start(POLICE)


def test_a_decision_killed_at_its_commit_stands_or_was_never_made(p):
    for i, fault in enumerate(["intake.before-reject", "intake.after-reject", "intake.before-take-on",
                               "intake.after-take-on"]):
        of_held, made = "reject" in fault, "after" in fault
        cells = {"COVERT_FLAG": "Y"} if of_held else {"CHILD_DOB": "soon"}
        receipt = drop_and_wait(p, f"decision-{i}.csv", file_text([row(410 + i, 410 + i, **cells)]))
        number = receipt["held" if of_held else "quarantined"][0]["number"]
        path = f"/v1/intake/held/{number}/reject" if of_held else f"/v1/intake/quarantined/{number}/take-on"
        p.stop(POLICE)
        daemon = p.start(POLICE, fault=f"{fault}:1")
        with contextlib.suppress(OSError, http.client.HTTPException):
            p.api(POLICE, "POST", path, login=SUPERVISOR)
        p.wait_for(lambda: not daemon.running(), 30, f"{fault} to be reached")
        p.kill(POLICE)
        p.start(POLICE)
        waiting = [each["number"] for each in (held(p) if of_held else quarantined(p))]
        assert (number in waiting) != made, fault
        if not made:
            p.must_api(POLICE, "POST", path, login=SUPERVISOR)
            assert number not in [each["number"] for each in (held(p) if of_held else quarantined(p))]
    p.stop(POLICE)
    p.start(POLICE)
