"""A night as CSV, XML, JSON and by the port: the same notices, however it comes, and whatever is wrong with it."""

import contextlib
import http.client
import json
import random
import urllib.parse

import pytest

from harness import POLICE
from intake_files import file_text, json_text, row, rows_of, xml_text
from test_intake import all_origins, arrived_origins, drop_and_wait, open_alarms, police, quarantined, with_origin

SCHOOLS = ["106890", "106891", "106892"]
TYPES = {"csv": "text/csv", "xml": "application/xml", "json": "application/json"}
WRITE = {"csv": file_text, "xml": xml_text, "json": json_text}


@pytest.fixture(scope="module")
def p():
    """One partnership for all tests: each has incidents of its own."""
    with police() as partnership:
        yield partnership


def post(p, content, media_type, login="keyadult", token=None):
    """(status, answer) of a report that is posted to the police agent's port."""
    url = urllib.parse.urlsplit(p.url(POLICE))
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    token = p.token(POLICE, login).read_text().strip() if token is None else token
    body = content if isinstance(content, bytes) else content.encode()
    try:
        connection.request("POST", "/v1/intake", body,
                           {"Authorization": f"Bearer {token}", "Content-Type": media_type})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def night(incident, **cells):
    """Three children of one incident, one for each school, with texts that each format writes otherwise."""
    texts = {"CIRCUMSTANCES": 'Said "stop" & <left>;\r\ntwo lines, one comma, \'=1+1.', "CHILD_FORENAMES": "ÉLODIE",
             "CHILD_UPN": "B801200005001", "ADDRESS_1": "1 Test Street", "POSTCODE": "ZZ99 1ZZ", **cells}
    return [row(incident, 10 * incident + i, urn, CHILD_SURNAME=f"TESTCASE-{i}", **texts)
            for i, urn in enumerate(SCHOOLS)]


def opened(p, receipt):
    """What each school's desk shows of the receipt's notices, but for the incident's own number."""
    shown = [with_origin(p, f"school.{urn}", each["origin"]) for urn, each in zip(SCHOOLS, receipt["notices"])]
    for content in shown:
        assert content["reference"].pop("incident").startswith("SY/2026/")
    return shown


@pytest.mark.short
def test_the_same_night_in_every_format_gives_the_same_notices(p):
    receipts = {}
    for i, (way, suffix) in enumerate((("drop", "csv"), ("drop", "xml"), ("drop", "json"), ("post", "json"),
                                       ("post", "xml"), ("post", "csv"))):
        rows = night(500 + i)
        if way == "drop":
            receipt = drop_and_wait(p, f"same.{suffix}", WRITE[suffix](rows))
        else:
            status, receipt = post(p, WRITE[suffix](rows), TYPES[suffix])
            assert status == 200
        assert set(rows_of(receipt).values()) == {"notices"} and receipt["rows"] == 3, receipt
        receipts[way, suffix] = (rows, receipt)
    first, *others = [opened(p, receipt) for _, receipt in receipts.values()]
    assert first[0]["childName"] == {"given": "ÉLODIE", "family": "TESTCASE-0"}
    assert "'=1+1" in first[0]["circumstances"] and "<left>" in first[0]["circumstances"]
    for other in others:
        assert other == first

    # Whichever came first: in any other it is a duplicate with the same origins.
    before = arrived_origins(p)
    for (way, suffix), (rows, receipt) in receipts.items():
        for other, write in WRITE.items():
            status, again = post(p, write(rows), TYPES[other])
            assert status == 200 and again["duplicates"], (way, suffix, other, again)
            assert ([each["origin"] for each in again["duplicates"]]
                    == [each["origin"] for each in receipt["notices"]])
    assert all_origins(p) == before


@pytest.mark.short
def test_rows_to_mend_come_back_in_the_format_in_which_they_came(p):
    for i, suffix in enumerate(("xml", "json")):
        rows = night(520 + i)
        rows[1][4] = "123456"
        receipt = drop_and_wait(p, f"mend-formats.{suffix}", WRITE[suffix](rows))
        assert sorted(rows_of(receipt).values()) == ["notices", "notices", "quarantined"]
        said = receipt["quarantined"][0]
        assert said["field"] == "SCHOOL_URN" and 'child 2, field "SCHOOL_URN": no establishment' in said["reason"]
        assert said["number"] in [each["number"] for each in quarantined(p)]
        name = receipt["quarantine-file"]
        assert name == f"mend-formats.{suffix}.quarantine.{suffix}"
        text = p.drop.path("FAILED", name).read_text()
        assert "TESTCASE-1" in text and "TESTCASE-0" not in text and said["reason"].split('"')[0] in text
        again = drop_and_wait(p, name, text.replace("123456", "106891"))
        assert set(rows_of(again).values()) == {"notices"} and again["rows"] == 1
        content = with_origin(p, "school.106891", again["notices"][0]["origin"])
        assert content["circumstances"].startswith('Said "stop" & <left>;\r\ntwo')
        assert said["number"] not in [each["number"] for each in quarantined(p)]
        subjects = [alarm["subject"] for alarm in open_alarms(p, "row-quarantined")]
        assert f"quarantined row {said['number']}" not in subjects


def test_what_is_posted_is_answered_row_by_row(p):
    rows = [*night(530), row(530, 5309, COVERT_FLAG="Y"), row(530, 5308, "123456")]
    status, answer = post(p, file_text(rows), "text/csv; charset=utf-8")
    assert status == 200
    # A row is named by its first line, and the texts of the first three have two each.
    assert rows_of(answer) == {2: "notices", 4: "notices", 6: "notices", 8: "held", 9: "quarantined"}
    assert answer["held"][0]["flags"] == ["covert-operation"]
    assert p.drop.path("FAILED", answer["quarantine-file"]).exists()
    assert post(p, "x", "text/plain")[0] == 415
    assert post(p, file_text(rows), "text/csv", token="no-such-token-of-anybody-at-all-here")[0] == 401
    status, answer = post(p, "[" + json_text(night(531))[1:-1] + ', {"OCCURRENCE_NO": }]', "application/json")
    assert status == 422 and len(answer["notices"]) == 3 and "incident 2, line" in answer["failed"]
    status, answer = post(p, '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "application/xml")
    assert status == 422 and answer["rows"] == 0 and "DOCTYPE" in answer["failed"]
    assert post(p, b" " * (7 << 20), "text/csv")[0] == 413
    log = p.log(POLICE)
    assert "TESTCASE" not in log and "SY/2026" not in log


def test_a_post_cut_off_by_a_kill_is_posted_again_and_goes_once(p):
    for i, fault in enumerate(["intake.before-posted", "intake.after-posted", "intake.after-intents",
                               "outbox.after-take", "intake.after-outcomes", "intake.before-posted-done",
                               "intake.after-posted-done"]):
        p.stop(POLICE)
        daemon = p.start(POLICE, fault=f"{fault}:1")
        before = arrived_origins(p)
        body = json_text(night(540 + i))
        with contextlib.suppress(OSError, http.client.HTTPException):
            post(p, body, "application/json")
        p.wait_for(lambda: not daemon.running(), 30, f"{fault} to be reached")
        p.kill(POLICE)
        p.start(POLICE)
        status, answer = post(p, body, "application/json")
        assert status == 200 and len(answer["notices"]) + len(answer["duplicates"]) == 3, (fault, answer)
        gone = sorted(each["origin"] for kind in ("notices", "duplicates") for each in answer[kind])
        p.wait_for(lambda: all_origins(p) == sorted([*before, *gone]), 30, f"three notices after {fault}")
    p.stop(POLICE)
    p.start(POLICE)


def broken(content, suffix, chance):
    """The same file, cut, with bits flipped, or with bytes that are no text."""
    data = bytearray(content.encode())
    way = chance.randrange(4)
    at = chance.randrange(1, len(data))
    if way == 0:
        del data[at:]
    elif way == 1:
        data[at] ^= 1 << chance.randrange(8)
    elif way == 2:
        data[at:at] = b"\xc3\x28\xff"
    else:
        data = bytearray(content.replace("CHILD_DOB", "CHILD_DBO", 1).encode())
    return bytes(data)


def test_broken_files_never_stop_the_agent_and_each_has_its_receipt(p):
    chance = random.Random(20261122)
    rows = night(560)
    known = {suffix: set() for suffix in WRITE}
    for suffix, write in WRITE.items():
        for i in range(10):
            name = f"broken-{i}.{suffix}"
            known[suffix].add(name)
            p.drop.put(name, broken(write(rows), suffix, chance))
    names = set().union(*known.values())

    def receipts():
        found = [receipt for name in names for place in ("SENT", "FAILED") for receipt in p.drop.receipts(name, place)]
        return found if len(found) == len(names) else None
    for receipt in p.wait_for(receipts, 60, "a receipt for each broken file"):
        rows_of(receipt)
        if receipt["rows"] < 3:
            assert receipt.get("failed") or receipt["quarantined"], receipt
        assert "TESTCASE" not in json.dumps(receipt)
    assert p.must_api(POLICE, "GET", "/v1/intake")["running"]
    good = drop_and_wait(p, "after-broken.xml", xml_text(night(561)))
    assert set(rows_of(good).values()) == {"notices"}
    assert "TESTCASE" not in p.log(POLICE)


@pytest.mark.short
def test_a_dry_run_says_what_would_become_of_each_row_and_does_nothing(p):
    rows = [*night(570), row(570, 5709, COVERT_FLAG="Y"), row(570, 5708, CHILD_DOB="soon")]
    paths = [p.drop.folder / f"dry.{suffix}" for suffix in ("csv", "json")]
    paths[0].write_text(file_text(rows), newline="")
    paths[1].write_text(json_text(rows), newline="")
    config = str(p.config(POLICE))
    before, held_before = arrived_origins(p), len(open_alarms(p, "row-held"))
    outcome = p.tool("import", "--dry-run", "--config", config, "--json", *map(str, paths))
    assert outcome.code == 1, outcome.err
    first, second = outcome.json()["files"]
    assert sorted(rows_of(first).values()) == ["held", "notices", "notices", "notices", "quarantined"]
    assert len(second["duplicates"]) == 4 and len(second["quarantined"]) == 1  # The same again.
    words = p.tool("import", "--dry-run", "--config", config, str(paths[1])).out
    assert "3 would go" in words and "1 would be quarantined" in words and 'field "CHILD_DOB"' in words
    good = p.drop.folder / "good.xml"
    good.write_text(xml_text(night(571)))
    assert p.tool("import", "--dry-run", "--config", config, str(good)).code == 0
    assert p.tool("import", "--config", config, str(good)).code == 64
    assert p.tool("import", "--dry-run", "--config", config, str(good) + ".txt").code == 65
    assert all_origins(p) == before and len(open_alarms(p, "row-held")) == held_before
