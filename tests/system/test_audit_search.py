"""An auditor asks the log who was told, who looked, who was refused: real daemons, and a host that is no party.

What it may read policy's [[audit]] says, and that it looked is an entry before it reads.
"""

import pytest
from governance import must_publish, suspension
from harness import POLICE, POLICY, Partnership

AUDITOR = "audit.rotherham"
MORE = [(AUDITOR, "Auditor of the partnership (test)", ["auditor"], "host.council"),
        ("audit.lead", "Cleared auditor (test)", ["lead-auditor"], "host.council")]
AUDIT = """
[[audit]]
rule = "AUD-1"
by = ["auditor"]
exchanges = ["*"]
why = "Somebody outside the case looks at what was shared and who read it."

[[audit]]
rule = "AUD-2"
by = ["lead-auditor"]
exchanges = ["encompass-notice"]
why = "What is concealed is looked at by one who is named for it."
"""
MARKS = ["Jessie", "Testcase", "Shouting", "01632", "Oak Hill", "SY/2026"]


def policy(concealed=False):
    roles = '[roles]\nauditor = "Auditor"\nlead-auditor = "Cleared auditor"\n'
    text = POLICY.read_text().replace("[roles]\n", roles, 1)
    if concealed:
        text = text.replace("urgent = true\n", "concealed = true\n", 1)
    return text + AUDIT


class Asking:
    def __init__(self, p):
        self.p = p

    def search(self, *options, agency=AUDITOR, host="host.council", login="keyadult"):
        return self.p.tool("audit", "search", "--config", self.p.config(host), "--token", self.p.token(host, login),
                           "--agency", agency, *options, "--json")

    def facts(self, *options, **how):
        outcome = self.search(*options, **how)
        assert outcome.code == 0, outcome.err
        answer = outcome.json()
        assert not answer["problems"] and not answer["more"]
        return answer["facts"]


@pytest.fixture(name="asking", scope="module")
def one_night():
    """One notice is opened and acknowledged, one is not theirs, one is to a school that is suspended meanwhile."""
    with Partnership(schools=3, school_hosts=3, council=False, policy=policy(), more=MORE) as p:
        p.start_all()
        first, second, third = p.schools
        p.origins = {school: p.send(p.notice(school)) for school in (first, second)}
        for school, acts in ((first, ("open", "acknowledge")), (second, ("who", "not-ours"))):
            notice = p.wait_for(lambda school=school: p.notices(school), what="the notice")[0]["notice"]
            for act in acts:
                p.must_api(school, "POST", f"/v1/notices/{notice}/{act}")
        p.stop(third)
        p.origins[third] = p.send(p.notice(third))
        p.wait_for(lambda: all(message["state"] == "kept" for message in p.sent()), what="all three in the log")
        must_publish(p, "suspension", suspension(p, third))
        wanted = {"undeliverable", "receipt-acknowledged", "receipt-not-ours"}
        p.wait_for(lambda: wanted <= {fact["what"] for fact in Asking(p).facts()}, 60, "all of it in the log")
        yield Asking(p)


def test_who_looked_at_what_of_this_message_and_when(asking):
    p = asking.p
    school = p.schools[0]
    facts = asking.facts("--reason", "complaint", "--message", p.origins[school])
    acts = [(fact["act"], fact["what"]) for fact in facts]
    for each in (("collect", "accepted"), ("disclose", "accepted"), ("consult", "receipt-opened"),
                 ("disclose", "receipt-acknowledged")):
        assert acts.count(each) == 1, (each, acts)
    given = next(fact for fact in facts if fact["act"] == "disclose" and fact["what"] == "accepted")
    assert given["to"] == school and given["role"] == "school" and given["from"] == POLICE
    assert "childName" in given["released"] and "adults" in given["withheld"] and given["rule"] and given["basis"]
    opened = next(fact for fact in facts if fact["what"] == "receipt-opened")
    assert opened["person"] and opened["signed-at"] <= opened["at"] and opened["from"] == POLICE
    by_person = asking.facts("--person", opened["person"])
    assert {fact["what"] for fact in by_person} == {"receipt-opened", "receipt-acknowledged"}
    assert {fact["to"] for fact in by_person} == {school}


@pytest.mark.parametrize("options, expected", [
    (["--act", "refuse", "--what", "receipt"], {"receipt-not-ours"}),
    (["--code", "recipient-suspended"], {"undeliverable"}),
    (["--what", "receipt-opened"], {"receipt-opened"}),
    (["--section", "adults"], {"accepted"}),
    (["--what", "statement"], {"statement"}),
    (["--what", "suspension"], {"suspension"}),
    (["--what", "policy"], {"policy"}),
    (["--until", "2020-01-01", "--act", "disclose"], set()),
])
def test_each_question_is_answered_by_what_happened(asking, options, expected):
    assert {fact["what"] for fact in asking.facts(*options)} == expected


def test_what_happened_at_one_school_is_found_by_its_name_and_nothing_of_another(asking):
    school = asking.p.schools[1]
    facts = asking.facts("--party", school)
    assert {"accepted", "receipt-stored", "receipt-not-ours"} <= {fact["what"] for fact in facts}
    assert all(school in (fact.get("from"), fact.get("to")) for fact in facts)


def test_that_somebody_looked_is_an_entry_before_the_answer_and_is_found_by_the_next_who_looks(asking):
    before = asking.facts("--what", "looked")
    asking.facts("--reason", "subject-request", "--party", asking.p.schools[0])
    after = asking.p.wait_for(lambda: (found := asking.facts("--what", "looked")) and
                              any(fact["code"] == "subject-request" for fact in found) and found,
                              what="the look under a checkpoint")
    assert len(after) > len(before)
    look = next(fact for fact in after if fact["code"] == "subject-request")
    assert look["act"] == "consult" and look["from"] == AUDITOR and look["rule"] == "AUD-1" and look["person"]
    assert look["person"] == before[0]["person"], "the same person: the same pseudonym"


def test_no_answer_holds_anything_of_the_content(asking):
    outcome = asking.search()
    assert outcome.code == 0 and outcome.json()["facts"]
    assert not [mark for mark in MARKS if mark in outcome.out]
    words = asking.p.must_tool("audit", "search", "--config", asking.p.config("host.council"), "--token",
                               asking.p.token("host.council"), "--agency", AUDITOR, "--act", "consult").out
    assert "receipt-opened" in words and "is proved under the signed checkpoint" in words


def test_whoever_no_rule_names_reads_nothing_and_leaves_the_log_as_it_was(asking):
    entries = asking.p.operator_status()["entries"]
    outcome = asking.search(agency=POLICE, host=POLICE)
    assert outcome.code == 65 and "no [[audit]] rule of the policy in force lets police look" in outcome.err
    assert not outcome.out
    asking.p.wait_for(lambda: asking.p.operator_status()["entries"] == entries + 1, what="its entry: it was invalid")
    invalid = asking.p.wait_for(lambda: asking.facts("--what", "invalid"), what="it under a checkpoint")
    assert invalid[-1]["code"] == "not-entitled"


def test_a_token_of_nobody_and_an_agency_of_another_host_are_refused_here(asking, tmp_path):
    p = asking.p
    token = tmp_path / "token"
    token.write_text("x" * 40)
    token.chmod(0o600)
    outcome = p.tool("audit", "search", "--config", p.config("host.council"), "--token", token, "--agency", AUDITOR)
    assert outcome.code == 65 and "has that token" in outcome.err
    assert asking.search(agency=POLICE).code == 65
    assert asking.search("--as", "school").code == 65
    assert asking.search("--message", "xyz").code == 65
    assert asking.search("--since", "yesterday").code == 65


def test_a_concealed_exchange_is_there_for_the_role_that_is_named_with_it_alone():
    with Partnership(schools=1, council=False, policy=policy(concealed=True), more=MORE) as p:
        p.start_all()
        origin = p.send(p.notice(p.schools[0]))
        notice = p.wait_for(lambda: p.notices(p.schools[0]), what="the notice")[0]["notice"]
        p.must_api(p.schools[0], "POST", f"/v1/notices/{notice}/open")
        asking = Asking(p)
        found = p.wait_for(lambda: (facts := asking.facts("--message", origin, agency="audit.lead")) and any(
            fact["what"] == "receipt-opened" for fact in facts) and facts, what="it in the cleared one's answer")
        assert {fact.get("exchange") for fact in found} == {"encompass-notice", None}
        assert not asking.facts("--message", origin)
        everything = asking.facts()
        assert {fact["what"] for fact in everything} <= {"statement", "looked", "void", "opening",
                                                               "directory", "policy"}
