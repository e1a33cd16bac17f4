"""The tool at a desk and at a sender, against real daemons: desk, send, sent, alarms, status, store."""

import json
import pathlib
import stat
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import POLICE, Partnership  # noqa: E402

OK, FAILED, USAGE, DATA, UNAVAILABLE = 0, 1, 64, 65, 69

FIRST, SECOND = "school.106890", "school.106891"


@pytest.fixture(scope="module")
def running():
    with Partnership(schools=2, school_hosts=1, council=False) as partnership:
        partnership.start_all()
        yield partnership


def at(p, name, login="keyadult"):
    return ["--config", p.config(name), "--token", p.token(name, login)]


def send(p, tmp_path, body):
    """Hands a notice over with `havenline send`; its origin."""
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(body))
    return p.must_tool("send", *at(p, POLICE), "--file", path, "--json").json()["origin"]


def desk_list(p, *options):
    return p.must_tool("desk", "list", *at(p, FIRST), *options, "--json").json()["notices"]


def arrived(p, origin):
    """The number on the desk of the notice with this origin."""
    return p.wait_for(lambda: [n["notice"] for n in desk_list(p) if n["origin"] == origin],
                      what="the notice on the desk")[0]


def progress(p, origin):
    sent = p.must_tool("sent", *at(p, POLICE), "--json").json()["sent"]
    return next(m["recipients"][0]["progress"] for m in sent if m["origin"] == origin)


def rows(p, name, *options):
    return p.must_tool("store", "export", "--config", p.config(name), *options).lines()


# --- a notice on its whole way


@pytest.mark.short
def test_a_notice_goes_from_send_to_acknowledged_by_commands_alone(running, tmp_path):
    origin = send(running, tmp_path, running.notice(FIRST, given="Jessie"))
    number = arrived(running, origin)

    listed = running.must_tool("desk", "list", *at(running, FIRST), "--agency", FIRST, "--waiting").out
    assert "South Yorkshire Police (test) (police.south-yorkshire)" in listed and "  new  " in listed
    assert "Jessie" not in listed and "Testcase" not in listed

    asked = running.must_tool("desk", "who", *at(running, FIRST), number).out
    assert "Is this our pupil?" in asked and "Jessie" in asked and "2015-03-04" in asked
    assert "Shouting" not in asked

    opened = running.must_tool("desk", "open", *at(running, FIRST), number).out
    assert "Shouting heard by a neighbour" in opened
    assert "You see this because school.106890 holds the role school" in opened
    assert "Not shown to this role:" not in opened, "policy lets nothing show of what is withheld"
    running.wait_for(lambda: progress(running, origin) == "opened", what="the receipt")

    said = running.must_tool("desk", "acknowledge", *at(running, FIRST), number, "--json").json()
    assert said["state"] == "acknowledged"
    running.wait_for(lambda: progress(running, origin) == "acknowledged", what="the receipt")
    sent = running.must_tool("sent", *at(running, POLICE)).out
    assert origin in sent and "acknowledged" in sent
    assert origin not in running.must_tool("sent", *at(running, POLICE), "--open").out
    assert number not in [n["notice"] for n in desk_list(running, "--waiting")]


def test_not_ours_alarms_the_sender_who_takes_it_on(running, tmp_path):
    origin = send(running, tmp_path, running.notice(FIRST, given="Robin"))
    number = arrived(running, origin)
    assert "is not-ours" in running.must_tool("desk", "not-ours", *at(running, FIRST), number).out
    alarm = running.wait_for(
        lambda: [a for a in running.must_tool("alarms", *at(running, POLICE), "--open", "--json").json()["alarms"]
                 if a["kind"] == "not-ours" and origin in a["subject"]], what="the alarm")[0]
    taken = running.must_tool("alarms", *at(running, POLICE), "--take-on", alarm["alarm"], "--json").json()
    assert (taken["open"], taken["taken-by"]) == (False, "keyadult")
    assert f"alarm {alarm['alarm']}, not-ours" in running.must_tool("alarms", *at(running, POLICE)).out

    said = running.must_tool("sent", *at(running, POLICE), "--take-on", origin, "--agency", FIRST, "--role", "school",
                             "--told-by-voice").out
    assert said == "recorded: told by voice\n"
    assert progress(running, origin) == "told-by-voice"


def test_a_reference_sent_twice_is_one_message(running, tmp_path):
    body = running.notice(SECOND, reference="twice")
    assert send(running, tmp_path, body) == send(running, tmp_path, body)


def test_send_reads_stdin(running):
    outcome = running.must_tool("send", *at(running, POLICE), "--file", "-",
                                stdin=json.dumps(running.notice(SECOND)))
    assert "is the agent's to deliver" in outcome.out


def test_the_list_of_one_agency_holds_no_other_of_the_same_host(running, tmp_path):
    origin = send(running, tmp_path, running.notice(SECOND))
    arrived(running, origin)
    assert {n["agency"] for n in desk_list(running, "--agency", SECOND)} == {SECOND}
    assert origin not in [n["origin"] for n in desk_list(running, "--agency", FIRST)]


# --- what is wrong, and what to do


def test_what_the_agent_refuses_is_65_in_its_words(running, tmp_path):
    path = tmp_path / "body.json"
    for body, words in [('{"from": "police.south-yorkshire"', "body.json:1:"), ("[]", "one JSON object"),
                        (json.dumps({**running.notice(FIRST), "exchange": "dash"}), "no exchange of that name")]:
        path.write_text(body)
        outcome = running.tool("send", *at(running, POLICE), "--file", path)
        assert (outcome.code, outcome.out) == (DATA, ""), body
        assert words in outcome.err
        assert "Jessie" not in outcome.err
    missing = running.tool("desk", "open", *at(running, FIRST), 999)
    assert missing.code == DATA and "there is no notice 999" in missing.err


def test_a_token_must_be_a_persons_own_and_private(running, tmp_path):
    stranger = tmp_path / "token"
    stranger.write_text("0" * 64 + "\n")
    stranger.chmod(stat.S_IRUSR | stat.S_IWUSR)
    outcome = running.tool("desk", "list", "--config", running.config(FIRST), "--token", stranger)
    assert outcome.code == DATA and "not one of a person at this desk" in outcome.err
    assert "0000" not in outcome.err
    stranger.chmod(0o644)
    outcome = running.tool("desk", "list", "--config", running.config(FIRST), "--token", stranger)
    assert outcome.code == DATA and "chmod" in outcome.err
    whole = running.host_folder(FIRST) / "tokens.txt"
    outcome = running.tool("desk", "list", "--config", running.config(FIRST), "--token", whole)
    assert outcome.code == DATA and "one person's token and nothing else" in outcome.err


def test_options_that_need_each_other_say_so(running):
    for line, words in [(["sent", *at(running, POLICE), "--take-on", "0" * 32], "--agency and --role"),
                        (["sent", *at(running, POLICE), "--agency", FIRST], "go with --take-on"),
                        (["status", "--config", running.config(FIRST)], "needs --token"),
                        (["store", "export", "--config", running.config(FIRST), "--rows", "inbox,letters"],
                         "--rows takes")]:
        outcome = running.tool(*line)
        assert (outcome.code, outcome.out) == (DATA, ""), line
        assert words in outcome.err


def test_an_agent_that_does_not_run_is_69(running):
    with Partnership(schools=1, council=False) as p:
        outcome = p.tool("desk", "list", *at(p, FIRST))
        assert (outcome.code, outcome.out) == (UNAVAILABLE, "")
        assert "is not running" in outcome.err


# --- status


def test_status_of_an_agent_and_of_the_broker(running):
    agent = running.must_tool("status", *at(running, FIRST), "--json").json()
    assert agent["session"] == "up" and agent["agencies"] == [FIRST, SECOND]
    broker = running.must_tool("status", "--operator", running.operator, "--json").json()
    assert broker["recovery"] is False and broker["entries"] >= 3
    words = running.must_tool("status", "--operator", running.operator).out
    assert "  entries  " in words and "recovery" in words


# --- store export


def test_store_export_gives_the_agents_rows_while_it_runs(running, tmp_path):
    origin = send(running, tmp_path, running.notice(FIRST, given="Casey"))
    arrived(running, origin)
    school = running.must_tool("store", "export", "--config", running.config(FIRST))
    assert "holds people's data" in school.err
    exported = school.lines()
    assert all(set(row) >= {"table", "key", "row"} for row in exported)
    inbox = [row for row in exported if row["table"] == "inbox" and row["row"]["origin"] == origin]
    assert len(inbox) == 1 and inbox[0]["row"]["agency"] == FIRST
    content = [row for row in exported if row["table"] == "payload" and row["key"] == "in/" + inbox[0]["key"]]
    assert content[0]["content"]["childName"] == {"given": "Casey", "family": "Testcase"}
    outbox = [row["row"] for row in rows(running, POLICE, "--rows", "outbox")]
    assert {row["origin"] for row in outbox} == {m["origin"] for m in running.sent()}


def test_store_export_never_holds_a_private_key(running):
    exported = rows(running, FIRST)
    assert exported and "keys" not in {row["table"] for row in exported}
    outcome = running.tool("store", "export", "--config", running.config(FIRST), "--rows", "keys")
    assert (outcome.code, outcome.out) == (DATA, "")
    assert "never exported" in outcome.err


def test_store_export_of_a_stopped_agent_holds_what_it_synced():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        origin = p.send(p.notice(FIRST))
        p.wait_for(lambda: p.notices(FIRST), what="the notice")
        p.kill(FIRST)
        assert [row["row"]["origin"] for row in rows(p, FIRST, "--rows", "inbox")] == [origin]
        assert rows(p, FIRST, "--rows", "alarms") == []


def test_store_export_with_another_store_key_says_so():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        key = p.host_folder(FIRST) / "keys" / "store.key"
        key.write_text((p.host_folder(POLICE) / "keys" / "store.key").read_text())
        outcome = p.tool("store", "export", "--config", p.config(FIRST))
        assert (outcome.code, outcome.out) == (DATA, "")
        assert "does not decrypt" in outcome.err
