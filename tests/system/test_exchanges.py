"""Every exchange of the Rotherham policy, through real daemons: from its sender's agent to each recipient's desk.

The examples are tests/exchange/<exchange>.<variant>.json: the sender's role, and the sections as `havenline send` takes
them. For each of them `havenline policy explain` says what every role of the partnership is to be told; what arrived at
the desks is compared with that, section by section and value by value.
"""

import json
import tomllib

import pytest

from harness import ROOT, Partnership, reference_policy

EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "tests" / "exchange").glob("*.json"))}
POLICY = tomllib.loads(reference_policy("rotherham"))

# Who holds which role; each role is held by one agency. All but the school and the force are here.
MORE = [
    ("health.testham", "Testham Hospital (test)", ["health"], "host.health"),
    ("health.mind", "Mental health service (test)", ["mental-health"], "host.health"),
    ("health.recovery", "Recovery service (test)", ["drug-and-alcohol"], "host.health"),
    ("council.rotherham", "Rotherham Council (test)",
     ["childrens-services", "home-education", "early-help", "adult-social-care", "housing", "outreach",
      "youth-offending", "marac-coordinator", "matac-coordinator"], "host.council"),
    ("service.advocates", "Advocates (test)", ["idva", "isva"], "host.council"),
    ("service.support", "Support service (test)", ["support-service", "partner-support"], "host.council"),
    ("service.programme", "Programme (test)", ["perpetrator-programme"], "host.council"),
    ("service.locks", "Locks (test)", ["security-works"], "host.council"),
    ("landlord.testham", "Homes of Testham (test)", ["landlord"], "host.council"),
    ("probation.south-yorkshire", "Probation (test)", ["probation"], "host.council"),
]


def claims_of(exchange, sections):
    """Each claim's value as the agent makes it: of the field that it is made of, else the first."""
    claims = {}
    for claim in POLICY["exchange"][exchange].get("claim", []):
        value = sections
        for key in claim["source"].split("."):
            value = value.get(key) if isinstance(value, dict) else None
        claims[claim["name"]] = value or claim["values"][0]
    return claims


def stated(value):
    """Without what says nothing, which does not travel."""
    if isinstance(value, dict):
        return {key: stated(member) for key, member in value.items()
                if stated(member) not in (None, "", 0, False, {}, [], "unknown", "not-asked")}
    return [stated(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, council=False, policy=reference_policy("rotherham"), more=MORE, everyone=True,
                     desks={"host.council": {"deputy": ["council.rotherham:housing", "service.programme"]}}) as p:
        p.start_all()
        yield p


@pytest.fixture(name="holder", scope="module")
def holders(p):
    holder = {role: name for name, _, roles, _ in MORE for role in roles}
    return {**holder, "police": "police.south-yorkshire", "school": p.schools[0]}


def explain(p, name, sender):
    exchange, example = name.split(".")[0], EXAMPLES[name]
    claims = [f"--claim={key}={value}" for key, value in claims_of(exchange, example["sections"]).items()]
    return p.must_tool("policy", "explain", ROOT / "policy" / "partnerships" / "rotherham", exchange, "--from",
                       example["from"], "--sender", sender, *claims, "--json").json()["roles"]


@pytest.fixture(name="sent", scope="module")
def sent_examples(p, holder):
    """Each example, sent to all whom policy lets be told something: its origin, and what each role is to be told."""
    sent = {}
    for name, example in EXAMPLES.items():
        sender = holder[example["from"]]
        told = {row["to"]: row for row in explain(p, name, sender) if row["told"]}
        body = {"from": sender, "role": example["from"], "exchange": name.split(".")[0],
                "sections": example["sections"],
                "to": [{"role": role, "agency": holder[role]} for role in told]}
        sent[name] = (p.send(body, sender), told)
    return sent


def on_desks(p, holder, origin):
    """role -> notice, wherever this message stands."""
    return {notice["role"]: (agency, notice) for agency in set(holder.values())
            for notice in p.notices(agency) if notice["origin"] == origin}


def test_there_is_a_full_and_a_minimal_example_of_every_exchange():
    for exchange in POLICY["exchange"]:
        assert {f"{exchange}.full", f"{exchange}.minimal"} <= set(EXAMPLES)
        sections = set(POLICY["exchange"][exchange]["sections"]) - {"exclusions"}
        assert set(EXAMPLES[f"{exchange}.full"]["sections"]) == sections, exchange


def test_every_rule_that_shares_is_met_by_an_example(sent):
    met = {rule for _, told in sent.values() for row in told.values() for rule in row["rule"].split("+")}
    here = {profile["name"] for profile in POLICY["profile"] if "police.south-yorkshire" in profile["senders"]}
    assert {rule["rule"] for kind in ("share", "require") for rule in POLICY[kind]
            if here & set(rule.get("profile", here))} == met


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_role_sees_exactly_its_sections(p, holder, sent, name):
    origin, told = sent[name]
    arrived = p.wait_for(lambda: (found := on_desks(p, holder, origin)).keys() == told.keys() and found,
                         what=f"{name} at {sorted(told)}")
    for role, (agency, notice) in arrived.items():
        opened = p.must_api(agency, "POST", f"/v1/notices/{notice['notice']}/open")
        shown = {section["name"]: section["value"] for section in opened["sections"]}
        expected = {section: EXAMPLES[name]["sections"].get(section) for section in told[role]["told"]
                    if section != "exclusions"}
        assert stated(shown) == stated(expected) and shown.keys() == expected.keys(), role
        assert opened["why"]["rule"] == told[role]["rule"] and not opened["warnings"]
        assert p.must_api(agency, "POST", f"/v1/notices/{notice['notice']}/acknowledge")["state"] == "acknowledged"
    sender = holder[EXAMPLES[name]["from"]]
    p.wait_for(lambda: next(m for m in p.sent(sender) if m["origin"] == origin)["ended"], what="the end of it")


def test_a_midwifes_referral_reaches_whom_policy_says_must_be_told_with_two_words_and_a_file(p):
    """As she would type it: neither agency, role nor recipients are named."""
    path = p.folder / "case.json"
    path.write_text(json.dumps(EXAMPLES["dash-referral.full"]["sections"]))
    at = ["--config", p.config("host.health"), "--token", p.token("host.health")]
    words = p.must_tool("send", "dash-referral", *at, "--from", "health.testham", "--file", path).out
    assert "to service.advocates as idva" in words and "to council.rotherham as marac-coordinator" in words
    assert words.count("\n") == 3, words


def test_what_nobody_must_be_told_of_is_not_sent_anywhere_by_itself(p):
    path = p.folder / "low.json"
    path.write_text(json.dumps(EXAMPLES["dash-referral.medium"]["sections"]))
    at = ["--config", p.config("host.health"), "--token", p.token("host.health"), "--from", "health.testham"]
    outcome = p.tool("send", "dash-referral", *at, "--file", path)
    assert outcome.code == 65 and "childrens-services, support-service" in outcome.err
    assert p.must_tool("send", "dash-referral", *at, "--to", "support-service", "--file", path, "--json").json()[
        "recipients"][0]["agency"] == "service.support"


@pytest.mark.parametrize("sections, words", [
    ({"victimNmae": {}}, "sections.victimNmae is not known; did you mean victimName?"),
    ({"perpetrators": [{}, {"name": {"famly": "x"}}]}, "perpetrators[2].name.famly is not known; did you mean family?"),
    ({"risk": {"Robin Testcase": 1}}, "risk has a field whose name is none"),
    ({"consent": {"state": "maybe"}}, "consent.state must be one of: not-asked, given, refused, unsafe-to-ask"),
])
def test_a_field_that_is_not_known_is_refused_with_its_path_and_without_what_it_held(p, sections, words):
    status, body = p.api("health.testham", "POST", "/v1/send",
                         {"from": "health.testham", "exchange": "dash-referral", "sections": sections})
    assert status == 422 and words in body["error"] and "Robin" not in body["error"]


def test_a_reference_of_another_message_is_refused_and_nothing_is_lost_in_silence(p):
    body = {"from": "health.testham", "exchange": "dash-referral", "reference": "CASE-1",
            "sections": EXAMPLES["dash-referral.full"]["sections"]}
    origin = p.send(body, "health.testham")
    assert p.send(body, "health.testham") == origin
    other = {**body, "exchange": "marac-referral", "sections": EXAMPLES["marac-referral.full"]["sections"]}
    status, answer = p.api("health.testham", "POST", "/v1/send", other)
    assert status == 422 and f"that of another message, {origin}" in answer["error"]
    assert p.send({**body, "from": "health.mind"}, "health.testham") != origin, "each agency of a host has its own"


def test_where_somebody_fled_to_is_never_sent_to_whoever_is_near(p):
    body = {"from": "council.rotherham", "role": "marac-coordinator", "exchange": "marac-transfer",
            "sections": EXAMPLES["marac-transfer.full"]["sections"]}
    for to in ([], [{"role": "idva"}], [{"role": "marac-coordinator"}]):
        status, answer = p.api("council.rotherham", "POST", "/v1/send", {**body, "to": to} if to else body)
        assert status == 422 and "name the agency, as role@agency" in answer["error"]


def test_minutes_at_full_size_go_through_and_what_is_larger_is_refused_with_advice(p, holder):
    items = [{"number": str(n), "kind": "information", "originator": "Police", "text": "x" * 4000} for n in range(60)]
    example = EXAMPLES["marac-minutes.full"]
    classes = [name for name in example["sections"] if name.startswith("items")]
    told = {row["to"]: row["told"] for row in explain(p, "marac-minutes.full", "council.rotherham") if row["told"]}
    body = {"from": "council.rotherham", "role": "marac-coordinator", "exchange": "marac-minutes",
            "to": [{"role": role, "agency": holder[role]} for role in told],
            "sections": {**example["sections"], **{name: items for name in classes}}}
    assert len(classes) == 7 and len(json.dumps(body)) > 1 << 20
    origin = p.send(body, "council.rotherham")
    arrived = p.wait_for(lambda: (found := on_desks(p, holder, origin)).keys() == told.keys() and found, 60,
                         "the minutes at every desk")
    shown = set()
    for role, (agency, notice) in arrived.items():
        opened = p.must_api(agency, "POST", f"/v1/notices/{notice['notice']}/open")
        lengths = {section["name"]: len(section["value"]) for section in opened["sections"]
                   if section["name"] in classes}
        assert lengths == {name: 60 for name in told[role] if name in classes}, role
        shown |= set(lengths)
    assert shown == set(classes)
    body["sections"]["apologies"] = ["x" * (6 << 20)]
    status, answer = p.api("council.rotherham", "POST", "/v1/send", body)
    assert status == 413 and answer["error"] == "body-too-large" and "send two messages" in answer["what"]


def test_whom_a_never_forbids_is_refused_at_once_with_the_rule(p):
    body = {"from": "council.rotherham", "role": "marac-coordinator", "exchange": "marac-minutes",
            "to": [{"role": "perpetrator-programme", "agency": "service.programme"}],
            "sections": EXAMPLES["marac-minutes.minimal"]["sections"]}
    before = len(p.sent("council.rotherham"))
    status, answer = p.api("council.rotherham", "POST", "/v1/send", body)
    assert status == 422 and "perpetrator-programme is never told of this case" in answer["error"]
    assert "rule MMIN-11 forbids it" in answer["error"] and len(p.sent("council.rotherham")) == before


def test_a_reference_has_a_limit(p):
    body = {"from": "health.testham", "exchange": "dash-referral", "reference": "r" * 201,
            "sections": EXAMPLES["dash-referral.full"]["sections"]}
    status, answer = p.api("health.testham", "POST", "/v1/send", body)
    assert status == 422 and '"reference" must be at most 200 bytes long' in answer["error"]
    assert p.send({**body, "reference": "r" * 200}, "health.testham")


@pytest.mark.parametrize("change, words", [
    ({"sections": {"risk": {"grade": "high"}}}, "must have one of victimName, victimBirth"),
    ({"sections": {"victimName": {"given": ""}}}, "must have one of victimName, victimBirth"),
    ({"role": "police"}, "does not say that health.testham is police"),
    ({"decided-against": ["idva"]}, "policy wants no decision about that role"),
])
def test_what_helps_nobody_or_was_meant_otherwise_is_not_taken(p, change, words):
    body = {"from": "health.testham", "exchange": "dash-referral", **EXAMPLES["dash-referral.full"], **change}
    body["from"] = "health.testham"
    status, answer = p.api("health.testham", "POST", "/v1/send", body)
    assert status == 422 and words in answer["error"], answer


def test_a_login_for_some_desks_of_a_host_sees_and_does_nothing_at_the_others(p, sent):
    assert sent
    everything = p.must_api("host.council", "GET", "/v1/notices")["notices"]
    own = p.must_api("host.council", "GET", "/v1/notices", login="deputy")["notices"]
    mine = {("council.rotherham", "housing"), ("service.programme", "perpetrator-programme")}
    assert own and {(notice["agency"], notice["role"]) for notice in own} == mine
    other = next(notice for notice in everything if notice["role"] == "idva")
    for act in ("who", "open", "acknowledge", "not-ours"):
        status, body = p.api("host.council", "POST", f"/v1/notices/{other['notice']}/{act}", login="deputy")
        assert status == 404 and body["error"] == f"there is no notice {other['notice']}", act
    assert p.api("host.council", "POST", f"/v1/notices/{own[0]['notice']}/who", login="deputy")[0] == 200
    # Nor does it send for them, or see what they sent.
    body = {"from": "service.advocates", "exchange": "marac-referral", "sections": EXAMPLES["marac-referral.full"][
        "sections"]}
    status, answer = p.api("host.council", "POST", "/v1/send", body, login="deputy")
    assert status == 422 and "this token is for other desks" in answer["error"]
    status, answer = p.api("host.council", "POST", "/v1/keys/roll", {"agency": "service.advocates"}, login="deputy")
    assert status == 422 and "this token is for other desks" in answer["error"]
    froms = {message["from"] for message in p.must_api("host.council", "GET", "/v1/sent", login="deputy")["sent"]}
    assert froms == {"council.rotherham", "service.programme"}, "all that these two agencies sent, and nothing else"
    status = p.must_api("host.council", "GET", "/v1/status", login="deputy")
    assert status["agencies"] == ["council.rotherham", "service.programme"]


def test_on_a_host_of_several_desks_a_login_that_names_none_stops_the_agent_with_the_line(p):
    tokens = p.host_folder("host.council") / "tokens.txt"
    before = tokens.read_text()
    assert "\nkeyadult " in before and " council.rotherham " in before, "init names the desks"
    p.stop("host.council")
    lines = before.splitlines()
    number = next(i for i, line in enumerate(lines) if line.startswith("deputy "))
    lines[number] = " ".join(lines[number].split()[:2])
    tokens.write_text("\n".join(lines) + "\n")
    daemon = p.start("host.council", wait=False)
    assert not daemon.wait_ready()
    p.daemons.pop("host.council").end(15)
    assert f"tokens.txt:{number + 1}: this host has several desks" in p.log("host.council")
    assert "council.rotherham" not in p.log("host.council"), "the log names no agency"
    tokens.write_text(before)
    p.start("host.council")


def test_a_list_does_not_say_of_what_kind_a_concealed_message_is_before_somebody_asked(p, sent):
    assert sent
    concealed = {name for name, exchange in POLICY["exchange"].items() if exchange.get("concealed")}
    listed = {notice["exchange"] for notice in p.must_api("host.council", "GET", "/v1/notices")["notices"]}
    assert concealed and not listed & concealed and "concealed" in listed
