"""Witnesses with the programs as they are installed: the log is final while a quorum is there, notices flow without
one, and a witness whose store was put back is retired until governance names its new key.
"""

import shutil

import pytest
from harness import COUNCIL, POLICE, Partnership


@pytest.fixture(name="p")
def partnership():
    schools = ["school.106890", "school.106891"]
    with Partnership(schools=3, school_hosts=3, witnesses=[*schools, COUNCIL], quorum=2) as p:
        p.start_all()
        yield p


def is_final(p):
    """The newest head is final, and the force's agent knows."""
    status = p.operator_status()
    return (status["witnesses"]["final"] == status["checkpoint"] == status["entries"]
            == p.status(POLICE)["witnesses"].get("final"))


def flows(p, school):
    origin = p.send(p.notice(school))
    p.wait_for(lambda: any(n["origin"] == origin for n in p.notices(school)), what="the notice")


@pytest.mark.short
def test_the_log_is_final_with_a_quorum_and_notices_flow_without_one(p):
    p.wait_for(lambda: is_final(p), what="a final head")
    status = p.operator_status()["witnesses"]
    assert (status["listed"], status["quorum"], status["late"]) == (3, 2, False)
    assert set(status["each"]) == {"school.106890", "school.106891", COUNCIL}
    other = p.schools[2]
    p.stop("school.106890")
    flows(p, other)
    p.wait_for(lambda: is_final(p), what="two of three to be enough")
    p.stop(COUNCIL)
    before = p.operator_status()["witnesses"]["final"]
    flows(p, other)
    p.wait_for(lambda: p.operator_status()["witnesses"]["each"]["school.106891"]["entries"] > before,
               what="the one that is left to cosign")
    assert p.operator_status()["witnesses"]["final"] == before
    p.start(COUNCIL)
    p.wait_for(lambda: is_final(p), what="what was accepted meanwhile to be final")
    assert not [a for a in p.alarms(COUNCIL) if a["kind"] == "witness"]


def replace_key(p, agency):
    """As docs/operations.md has it."""
    folder = p.host_folder(agency) / "keys" / "agency-1"
    (folder / "witness.key").rename(folder / "witness.key.retired")
    entry, text, note = (p.folder / name for name in ("new.witness.toml", "directory.toml", "directory.note"))
    p.must_tool("witness", "key", "--partnership", "rotherham", "--agency", agency, "--keys", folder, "--out", entry)
    p.must_tool("witness", "enter", "--directory", p.document("directory.note"), "--entry", entry, "--out", text)
    p.must_tool("directory", "sign", text, "--key", p.governance_key(), "--out", note)
    p.must_tool("directory", "publish", note, "--operator", p.operator)


def test_a_witness_whose_store_was_put_back_is_retired_and_its_new_key_cosigns(p):
    p.wait_for(lambda: is_final(p), what="a final head")
    folder = p.host_folder(COUNCIL)
    p.stop(COUNCIL)
    shutil.copytree(folder / "store", p.folder / "copy")
    p.start(COUNCIL)
    flows(p, p.schools[2])
    p.wait_for(lambda: is_final(p) and p.status(COUNCIL)["witnesses"]["own"][COUNCIL]["entries"]
               == p.operator_status()["entries"], what="the council to cosign the newest")
    p.stop(COUNCIL)
    shutil.rmtree(folder / "store")
    shutil.copytree(p.folder / "copy", folder / "store")
    p.start(COUNCIL)
    p.wait_for(lambda: any(a["kind"] == "witness" and a["open"] and "replace the key" in a["words"]
                           for a in p.alarms(COUNCIL)), what="the alarm")
    assert p.status(COUNCIL)["witnesses"]["own"][COUNCIL]["retired"]
    p.stop(COUNCIL)
    replace_key(p, COUNCIL)
    p.start(COUNCIL)
    p.stop("school.106890")
    flows(p, p.schools[2])
    p.wait_for(lambda: is_final(p), what="the new key to make the quorum")
    p.wait_for(lambda: not any(a["kind"] == "witness" and a["open"] for a in p.alarms(COUNCIL)), what="no alarm")
