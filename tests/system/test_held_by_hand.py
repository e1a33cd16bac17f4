"""A dangerous case that somebody sends by hand waits for another person, as a dangerous row of the drop folder does:
nobody is told before, whoever sent it cannot release it, and no crash lets it go by itself or twice.
"""

import json

import pytest
from harness import POLICE, Partnership

SCHOOL = "school.106890"
TEMPORARY, DATA = 75, 65
MINUTE = 60 * 1000


@pytest.fixture(name="p")
def partnership():
    with Partnership(schools=1, council=False, people=("keyadult", "deputy", "clerk")) as p:
        config = p.config(POLICE)
        config.write_text(config.read_text().replace("[port]\n",
                                                     '[port]\nsupervisors = ["keyadult", "deputy"]\n', 1))
        p.start("broker")
        p.start(POLICE, clock=True)
        p.start(SCHOOL, clock=True)
        p.wait_settled()
        yield p


def dangerous(p, **more):
    return {**p.notice(SCHOOL), "flags": ["covert-operation"], **more}


def hold(p, body, login="deputy"):
    status, answer = p.api(POLICE, "POST", "/v1/send", body, login=login)
    assert status == 202, answer
    return answer["held"]


def held(p, login="keyadult"):
    return p.must_api(POLICE, "GET", "/v1/held", login=login)["held"]


def row_alarms(p):
    return [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == "row-held" and alarm["open"]]


def test_nobody_is_told_before_another_person_released_it(p):
    number = hold(p, dangerous(p))
    assert p.sent() == [] and len(row_alarms(p)) == 1
    waiting, = held(p)
    assert (waiting["flags"], waiting["sent-by"]) == (["covert-operation"], "deputy")
    assert waiting["to"] == [{"agency": SCHOOL, "role": "school"}]
    assert {section["name"] for section in waiting["sections"]} >= {"childName", "circumstances"}

    status, answer = p.api(POLICE, "POST", f"/v1/held/{number}/release", login="deputy")
    assert status == 422 and "another person must release it" in answer["error"]
    status, answer = p.api(POLICE, "POST", f"/v1/held/{number}/release", login="clerk")
    assert status == 404, "only supervisors decide"
    assert p.must_api(POLICE, "GET", "/v1/held", login="clerk")["held"] == []
    assert p.sent() == [] and p.notices(SCHOOL) == []

    released = p.must_api(POLICE, "POST", f"/v1/held/{number}/release")
    assert released["released-by"] == "keyadult"
    p.wait_for(lambda: [n["origin"] for n in p.notices(SCHOOL)] == [released["origin"]], what="the notice")
    assert p.must_api(POLICE, "POST", f"/v1/held/{number}/release")["origin"] == released["origin"]
    assert len(p.sent()) == 1 and held(p) == [] and row_alarms(p) == []
    status, _ = p.api(POLICE, "POST", f"/v1/held/{number}/reject")
    assert status == 422


def test_what_a_field_raises_is_held_and_the_commands_say_so(p):
    path = p.folder / "case.json"
    path.write_text(json.dumps({**p.notice(SCHOOL)["sections"], "childBirth": "2001-01-01"}))

    def at(login):
        return ["--config", p.config(POLICE), "--token", p.token(POLICE, login)]
    sent = p.tool("send", "encompass-notice", *at("clerk"), "--to", SCHOOL, "--file", path)
    assert sent.code == TEMPORARY and "held as 1 for a supervisor (turned-18): nobody has been told" in sent.out
    listed = p.must_tool("held", "list", *at("deputy")).out
    assert "held 1: turned-18" in listed and "sent by clerk" in listed and "2001-01-01" in listed
    assert p.must_tool("held", "reject", *at("deputy"), 1).out == "rejected: nobody is told\n"
    assert p.must_tool("held", "list", *at("deputy")).out == "nothing is held\n"
    misspelt = p.tool("send", "encompass-notice", *at("clerk"), "--to", SCHOOL, "--flag", "covert", "--file", path)
    assert misspelt.code == DATA and p.sent() == []


def test_no_reference_is_a_way_around_the_second_person(p):
    body = dangerous(p, reference="case-1")
    number = hold(p, body)
    assert hold(p, body) == number, "the same again is the same"
    harmless = {key: value for key, value in body.items() if key != "flags"}
    assert hold(p, harmless) == number, "it waits, whatever is said of it now"
    other = {**harmless, "sections": {**body["sections"], "circumstances": "Something else."}}
    status, answer = p.api(POLICE, "POST", "/v1/send", other, login="deputy")
    assert status == 422 and "this one was not taken" in answer["error"]
    assert len(held(p)) == 1 and p.sent() == []
    origin = p.must_api(POLICE, "POST", f"/v1/held/{number}/release")["origin"]
    assert p.must_api(POLICE, "POST", "/v1/send", body, login="deputy")["origin"] == origin
    rejected = hold(p, dangerous(p, reference="case-2"))
    p.must_api(POLICE, "POST", f"/v1/held/{rejected}/reject")
    status, answer = p.api(POLICE, "POST", "/v1/send", dangerous(p, reference="case-2"), login="deputy")
    assert status == 422 and "keyadult rejected" in answer["error"] and len(p.sent()) == 1


def test_it_survives_a_crash_and_is_alarmed_again_when_it_waits_too_long(p):
    number = hold(p, dangerous(p))
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    assert [each["held"] for each in held(p)] == [number] and len(row_alarms(p)) == 1
    p.set_clock(61 * MINUTE)
    p.wait_for(lambda: len(row_alarms(p)) == 2, what="the second alarm")
    assert held(p)[0]["late"] is True
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    assert len(row_alarms(p)) == 2
    p.must_api(POLICE, "POST", f"/v1/held/{number}/release")
    assert row_alarms(p) == []


@pytest.mark.parametrize("place, waits", [("held.before-hold", 0), ("held.after-hold", 1)])
def test_a_crash_while_it_is_taken_leaves_one_that_waits_or_none_and_the_same_reference_again_is_one(p, place, waits):
    body = dangerous(p, reference="CASE-7")
    p.kill(POLICE)
    p.start(POLICE, clock=True, fault=f"{place}:1")
    with pytest.raises(Exception):
        p.api(POLICE, "POST", "/v1/send", body, login="deputy")
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    p.wait_settled()
    assert len(held(p)) == len(row_alarms(p)) == waits and p.sent() == []
    hold(p, body)
    assert len(held(p)) == len(row_alarms(p)) == 1 and p.sent() == []


@pytest.mark.parametrize("place, goes", [("held.before-release", False), ("held.after-release", True),
                                         ("outbox.after-take", True), ("held.before-released", True),
                                         ("held.after-released", True)])
def test_a_crash_while_it_is_released_lets_it_go_once_or_not_at_all(p, place, goes):
    number = hold(p, dangerous(p))
    p.kill(POLICE)
    p.start(POLICE, clock=True, fault=f"{place}:1")
    with pytest.raises(Exception):
        p.must_api(POLICE, "POST", f"/v1/held/{number}/release")
    p.kill(POLICE)
    p.start(POLICE, clock=True)
    p.wait_settled()
    assert [each["held"] for each in held(p)] == ([] if goes else [number])
    assert len(p.sent()) == (1 if goes else 0)
    origin = p.must_api(POLICE, "POST", f"/v1/held/{number}/release")["origin"]
    assert [message["origin"] for message in p.sent()] == [origin]
    p.wait_for(lambda: [n["origin"] for n in p.notices(SCHOOL)] == [origin], what="the notice, once")
