"""An exchange that nobody has heard of takes one schema file and policy rows, and nothing else.

The programs of build/release/test-bin know tests/exchange/garden_visit.capnp besides those that ship; it is listed by
the same CMake function as they are. No line of C++ knows it.
"""

import json

import pytest

from harness import COUNCIL, POLICE, Partnership, reference_policy

ROWS = '''
[exchange.garden-visit]
title = "a visit to a garden"
version = 1
slots = 8
consent = "required"
sections = ["exclusions", "gardener", "weather", "beds", "secret", "consent"]
unshared = ["secret"]

[[exchange.garden-visit.claim]]
name = "weather"
source = "weather"
values = ["unknown", "dry", "wet"]
words = "the weather: {}"

[[exchange.garden-visit.claim]]
name = "consent"
source = "consent"
values = ["not-asked", "given", "refused", "unsafe-to-ask", "cannot-consent"]

[[share]]
rule = "GAR-1"
exchange = "garden-visit"
from = ["police"]
to = ["housing"]
when = { weather = ["dry"], consent = ["given"] }
sections = ["gardener", "weather", "beds", "consent"]
basis = "ukgdpr-6-1-a"
purpose = "house-safely"
acknowledge = "one-working-day"
visible-when-withheld = ["secret"]
why = "Somebody must water."

[[require]]
rule = "GAR-2"
exchange = "garden-visit"
from = ["police"]
to = ["early-help"]
when = { consent = ["given"] }
sections = ["gardener", "weather", "consent"]
basis = "ukgdpr-6-1-a"
purpose = "house-safely"
why = "Somebody must decide whether early help is told."
'''
VISIT = {"gardener": {"given": "Jessie", "family": "Testcase"}, "weather": "dry",
         "beds": [{"plant": "beans", "count": 12}, {"plant": "marrows"}], "secret": "under the pot", "consent": "given"}


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, council=False, policy=reference_policy("rotherham") + ROWS, test_build=True,
                     more=[(COUNCIL, "Rotherham Council (test)", ["housing", "early-help"], "host.council")]) as p:
        p.start_all(test_build=True)
        yield p


def at(p, host):
    return ["--config", p.config(host), "--token", p.token(host)]


def test_a_made_up_exchange_goes_from_its_sender_to_its_recipients_desk(p):
    path = p.folder / "visit.json"
    path.write_text(json.dumps(VISIT))
    said = p.must_tool("send", "garden-visit", *at(p, POLICE), "--to", "housing", "--decided-against", "early-help",
                       "--file", path, test_build=True).out
    assert "to council.rotherham as housing: sent, to be acknowledged by" in said
    p.wait_for(lambda: p.notices(COUNCIL), what="the visit")
    assert "Is this our garden?" in p.must_tool("desk", "who", *at(p, COUNCIL), "1", test_build=True).out
    shown = p.must_tool("desk", "open", *at(p, COUNCIL), "1", test_build=True).out
    assert "Visit to a garden from South Yorkshire Police" in shown
    for words in ("Gardener:\n    Given names: Jessie", "Weather: Dry", "Plant: beans\n      How many: 12",
                  "Not shown to this role: Where the key lies"):
        assert words in shown, shown
    assert "under the pot" not in shown
    p.must_tool("desk", "acknowledge", *at(p, COUNCIL), "1", test_build=True)
    p.wait_for(lambda: p.sent()[0]["ended"], what="the end of it")


def test_what_policy_says_of_it_is_held_to(p):
    body = {"exchange": "garden-visit", "to": [{"role": "housing"}], "sections": {**VISIT, "weather": "wet"},
            "decided-against": ["early-help"]}
    assert p.must_api(POLICE, "POST", "/v1/send", body)["recipients"][0]["progress"] == "impossible"
    body["sections"]["weather"] = "snow"
    assert "weather must be one of: unknown, dry, wet" in p.api(POLICE, "POST", "/v1/send", body)[1]["error"]


def test_where_consent_is_needed_policy_compels_a_decision_and_keeps_it_on_record(p):
    body = {"exchange": "garden-visit", "to": [{"role": "housing"}], "sections": VISIT}
    status, answer = p.api(POLICE, "POST", "/v1/send", body)
    assert status == 422 and "early-help must be told, or a decision not to must be recorded (rule GAR-2)" in answer[
        "error"]
    origin = p.send({**body, "decided-against": ["early-help"]})
    sent = p.wait_for(lambda: next(m for m in p.sent() if m["origin"] == origin and m["state"] == "kept"), what="it")
    assert sent["decided-against"] == ["early-help"]
    assert not [alarm for alarm in p.alarms(POLICE) if alarm["kind"] == "debt"], "a decision is no debt"
    told = p.must_api(POLICE, "POST", "/v1/send", {**body, "to": [{"role": "early-help"}]})
    assert told["recipients"][0]["progress"] == "sent" and "decided-against" not in told


def test_programs_that_do_not_have_its_file_do_not_know_it(p):
    outcome = p.tool("policy", "check", p.document("policy.note"))
    assert outcome.code != 0 and "garden-visit" in outcome.out + outcome.err
    assert p.tool("policy", "check", p.document("policy.note"), test_build=True).code == 0
