"""`havenline policy replay` and `policy isa` with real programs: what a force's agent decided, held to another version
of the policy when all content is gone; and who can technically read what, by the documents in force."""

import json

import pytest

from harness import COUNCIL, POLICE, POLICY, Partnership

SCHOOL = "school.106890"


@pytest.fixture(name="told", scope="module")
def partnership_that_told():
    """A notice graded medium to a school, which acknowledged it; one graded high to the school and the council."""
    with Partnership(schools=1) as p:
        p.start_all()
        p.send(p.notice(SCHOOL, reference="SY/2026/000123"))
        number = p.wait_for(lambda: p.notices(SCHOOL), what="the notice")[0]["notice"]
        for act in ("who", "open", "acknowledge"):
            p.must_api(SCHOOL, "POST", f"/v1/notices/{number}/{act}")
        p.wait_for(lambda: all(m["ended"] for m in p.sent()), what="the end")
        p.send(p.notice(SCHOOL, given="Robin", sections={"risk": {"grade": "high"}},
                        to=[{"agency": COUNCIL, "role": "childrens-services"}]))
        p.wait_for(lambda: p.notices(COUNCIL), what="the notice at the council")
        yield p


@pytest.fixture(name="later", scope="module")
def a_later_version(told):
    """Schools are no longer told the risk; children's services must be told of medium too."""
    text = POLICY.read_text().replace('"risk",\n            "origin"]', '"origin"]', 1)
    text = text.replace('[[share]]\nrule = "ENC-4"', '[[require]]\nrule = "ENC-4"')
    text = text.replace('when = { risk = ["high"] }', 'when = { risk = ["medium", "high"] }')
    path = told.folder / "later.toml"
    path.write_text(text)
    return path


@pytest.mark.short
def test_each_decision_that_an_agent_recorded_is_judged_by_the_later_version(told, later):
    answer = told.must_tool("policy", "replay", told.config(POLICE), later, "--json").json()
    results = {(each["to"], each["claims"]["risk"]): each for each in answer["decisions"]}
    assert set(results) == {("school", "medium"), ("school", "high"), ("childrens-services", "high")}
    for risk in ("medium", "high"):
        loses = results["school", risk]
        assert loses["result"] == "loses" and loses["loses"] == ["risk"] and loses["gains"] == []
        assert loses["before"]["rule"] == loses["after"]["rule"] == "ENC-1" and loses["before"]["version"] == 1
    assert results["childrens-services", "high"]["result"] == "same"
    # The one graded medium was not told to children's services, who must now be told.
    assert [(owed["to"], owed["rule"]) for owed in answer["owed"]] == [("childrens-services", "ENC-4")]
    assert answer["owed"][0]["message"] == results["school", "medium"]["message"]
    assert answer["summary"] == {"decisions": 3, "same": 1, "gains": 0, "loses": 2, "gains-and-loses": 0,
                                 "not-judged": 0, "other-terms": 0, "owed": 1, "without-claims": 0,
                                 "terms-not-compared": 3}


@pytest.mark.short
def test_the_policy_in_force_decides_as_it_decided(told):
    answer = told.must_tool("policy", "replay", told.config(POLICE), told.document("policy.note"), "--json").json()
    assert {each["result"] for each in answer["decisions"]} == {"same"} and not answer["owed"]


def test_what_leaves_the_agent_has_nothing_of_a_person_and_no_school_in_it(told, later):
    lines = told.must_tool("store", "decisions", "--config", told.config(POLICE)).out
    assert [json.loads(line)["exchange"] for line in lines.splitlines()] == ["encompass-notice"] * 2
    path = told.folder / "decisions.jsonl"
    path.write_text(lines)
    words = told.must_tool("policy", "replay", path, later).out
    assert "3 decisions: 1 the same, 0 gain, 2 lose" in words and "  loses   risk\n" in words
    for text in (lines, words):
        for private in ("Jessie", "Robin", "Testcase", "106890", "Oak Hill", "SY/2026", "Shouting", "2015-03-04"):
            assert private not in text


def test_what_is_no_record_is_refused(told, later):
    path = told.folder / "bad.jsonl"
    path.write_text('{"message": "x"}\n')
    outcome = told.tool("policy", "replay", path, later)
    assert outcome.code == 65 and "bad.jsonl:1:" in outcome.err and not outcome.out


@pytest.mark.short
def test_the_agreement_says_who_can_technically_read_what(told):
    page = told.folder / "isa.html"
    answer = told.must_tool("policy", "isa", told.document("policy.note"), "--directory",
                            told.document("directory.note"), "--out", page, "--json").json()
    flow = next(each for each in answer["flows"] if each["to"] == "school")
    assert flow["agencies"] == [SCHOOL]
    assert flow["readable-at"] == [{"host": "host.schools-1", "operated-by": "Desk 1 (test)"}]
    assert "circumstances" in flow["sections"] and "childAddress" not in flow["sections"]
    html = page.read_text()
    assert "Desk 1 (test) (host.schools-1)" in html and "Domestic Abuse Act 2021 s49A" in html
    assert "<script" not in html and "default-src &#39;none&#39;" not in html and "default-src 'none'" in html
