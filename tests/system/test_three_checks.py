"""Sender, broker and recipient each hold to policy (C2), and sender and broker to whom must be told (C3).

Each is tested with the checks of the others planted away: compose-overshares, decide-allows, open-allows,
outbox-leaves-out.
"""

import contextlib

import pytest

from harness import COUNCIL, POLICE, POLICY, Partnership

TO_COUNCIL = {"agency": COUNCIL, "role": "childrens-services"}
# Sections that no school is told, in each of the notices.
SECRET = {"location": "12 Sample Street, ZZ99 3VZ", "childAddress": "12 Sample Street, ZZ99 3VZ"}


def not_urgent_and_compelling():
    """What is graded high must go to children's services, and none of it is urgent."""
    before, _, after = POLICY.read_text().replace("urgent = true", "urgent = false", 1).partition(
        '[[share]]\nrule = "ENC-4"')
    return f'{before}[[require]]\nrule = "ENC-4"{after}'


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, policy=not_urgent_and_compelling()) as p:
        p.start_all()
        yield p


@contextlib.contextmanager
def only(p, honest):
    """Everybody's check but one is planted away."""
    plants = {"police": ("compose-overshares", "outbox-leaves-out"), "broker": ("decide-allows",),
              "school": ("open-allows",)}
    places = {"police": POLICE, "broker": "broker", "school": p.schools[0]}
    for who, place in places.items():
        p.stop(place)
        p.start(place, plant=() if who == honest else plants[who], test_build=True)
    p.wait_settled()
    yield p.schools[0]


def message_of(p, origin):
    return next(message for message in p.sent() if message["origin"] == origin)


def notice_of(p, school, origin):
    return next((notice for notice in p.notices(school) if notice["origin"] == origin), None)


def test_the_sender_alone_seals_to_a_school_what_policy_says_and_no_more(p):
    with only(p, "police") as school:
        origin = p.send(p.notice(school, sections=SECRET))
        notice = p.wait_for(lambda: notice_of(p, school, origin), what="the notice")
        shown = p.must_api(school, "POST", f"/v1/notices/{notice['notice']}/open")
        names = {section["name"] for section in shown["sections"]}
        assert "circumstances" in names and not names & {"location", "childAddress", "adults", "identifiers"}


def test_the_broker_alone_refuses_what_shares_too_much(p):
    with only(p, "broker") as school:
        origin = p.send(p.notice(school, sections=SECRET))
        p.wait_for(lambda: message_of(p, origin)["state"] == "refused", what="the refusal")
        assert message_of(p, origin)["refused"] == "policy-denies"
        assert notice_of(p, school, origin) is None


def test_the_recipient_alone_opens_nothing_of_what_shares_too_much_and_says_so(p):
    with only(p, "school") as school:
        origin = p.send(p.notice(school, sections=SECRET))
        notice = p.wait_for(lambda: notice_of(p, school, origin), what="the notice")
        assert notice["state"] == "unreadable"
        status, body = p.api(school, "POST", f"/v1/notices/{notice['notice']}/open")
        assert status == 422 and "Sample" not in str(body)
        p.wait_for(lambda: "unreadable" in message_of(p, origin)["recipients"][0]["receipts"],
                   what="the sender to know")


def test_the_sender_alone_refuses_what_leaves_out_whom_policy_says_must_be_told(p):
    with only(p, "police") as school:
        body = p.notice(school, sections={"risk": {"grade": "high"}})
        before = len(p.sent())
        status, answer = p.api(POLICE, "POST", "/v1/send", body)
        assert status == 422 and answer["error"] == "policy: childrens-services must be told too (rule ENC-4)"
        assert len(p.sent()) == before, "it was not taken"
        body["to"].append(TO_COUNCIL)
        p.send(body)


def test_the_broker_alone_refuses_what_leaves_out_whom_policy_says_must_be_told(p):
    p.stop(POLICE)
    p.start(POLICE, plant=("outbox-leaves-out",))
    p.stop("broker")
    p.start("broker")
    p.wait_settled()
    school = p.schools[0]
    origin = p.send(p.notice(school, sections={"risk": {"grade": "high"}}))
    p.wait_for(lambda: message_of(p, origin)["state"] == "refused", what="the refusal")
    assert message_of(p, origin)["refused"] == "required-missing" and notice_of(p, school, origin) is None
