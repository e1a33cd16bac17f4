"""Notices on their way, and what must hold of them once everything has settled.

    traffic = Traffic(p)
    traffic.send(school)           # tried again, under the same reference, until it is answered 200
    traffic.work_desks()           # opens and acknowledges what is on the desks
    traffic.settle()               # waits until every sender has every receipt
    traffic.check()                # everything that was answered 200 was presented exactly once

With start() both go on in threads of their own until stop(): load for kills.
"""

import collections
import http.client
import threading
import time

from harness import POLICE, HarnessError

# What asking a daemon raises that is between two lives.
TROUBLE = (OSError, ValueError, http.client.HTTPException, HarnessError)

# Alarms that would say that something was lost, presented twice or forged. Those that call for a person's
# telephone (due-soon, late, broker-silent) may be raised by a test's own doing.
NEVER_RAISED = {"gap", "receipt-chain", "broker-equivocates", "other-payload", "claims-differ", "unreadable",
                "refused", "no-recipient", "documents"}


class Traffic:
    def __init__(self, p, schools=None, pause=0.02):
        self.p = p
        self.schools = schools or p.schools
        self.pause = pause  # Between two sends of the load.
        self.sent = {}      # Origin: (school, incident), of what was answered 200.
        self.number = 0
        self.stopping = threading.Event()
        self.threads = []

    # --- doing

    def try_to_send(self, school, incident, **options):
        """One attempt; the origin or None."""
        body = self.p.notice(school, reference=incident, **options)
        body["sections"]["reference"]["incident"] = incident
        try:
            status, answer = self.p.api(POLICE, "POST", "/v1/send", body)
        except TROUBLE:
            return None
        if status != 200:
            return None
        known = self.sent.setdefault(answer["origin"], (school, incident))
        assert known == (school, incident), f"one origin for {known[1]} and {incident}"
        return answer["origin"]

    def next_incident(self):
        self.number += 1
        return f"SY/2026/{self.number:06}"

    def send(self, school=None, seconds=30, **options):
        """Sends one notice, again and again until it is answered; its origin."""
        incident = self.next_incident()
        school = school or self.schools[self.number % len(self.schools)]
        return self.p.wait_for(lambda: self.try_to_send(school, incident, **options), seconds, "a send's answer")

    def work_desk(self, host):
        """Opens and acknowledges everything on one host's desk, as far as it goes. How many it acknowledged."""
        done = 0
        try:
            for notice in self.p.must_api(host, "GET", "/v1/notices")["notices"]:
                path = f"/v1/notices/{notice['notice']}"
                if notice["state"] == "new":
                    self.p.must_api(host, "POST", path + "/open")
                if notice["state"] in ("new", "opened"):
                    self.p.must_api(host, "POST", path + "/acknowledge")
                    done += 1
        except TROUBLE:
            pass
        return done

    def desk_hosts(self):
        return sorted({self.p.host(school) for school in self.schools})

    def work_desks(self):
        return sum(self.work_desk(host) for host in self.desk_hosts())

    # --- load

    def start(self):
        self.stopping.clear()
        self.threads = [threading.Thread(target=self._send_on, daemon=True)]
        self.threads += [threading.Thread(target=self._work_on, args=(host,), daemon=True)
                         for host in self.desk_hosts()]
        for thread in self.threads:
            thread.start()

    def _send_on(self):
        while not self.stopping.is_set():
            incident = self.next_incident()
            school = self.schools[self.number % len(self.schools)]
            while self.try_to_send(school, incident) is None and not self.stopping.wait(0.02):
                pass
            self.stopping.wait(self.pause)

    def _work_on(self, host):
        while not self.stopping.is_set():
            if self.work_desk(host) == 0:
                self.stopping.wait(0.05)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            if thread.is_alive():
                raise HarnessError("a thread of the load does not end")
        self.threads = []

    # --- what must hold

    def settle(self, seconds=60):
        """Works the desks until the police hold a person's answer to everything that was answered 200."""
        def settled():
            self.work_desks()
            sent = {message["origin"]: message for message in self.p.sent()}
            waiting = [origin for origin in self.sent if not sent[origin]["ended"]]
            if waiting:
                raise HarnessError(f"{len(waiting)} not ended, the first {sent[waiting[0]]}")
            return True
        self.p.wait_for(settled, seconds, "every send to be acknowledged")

    def presented(self):
        """[(school, origin, incident as the desk shows it)] of all desks."""
        shown = []
        for host in self.desk_hosts():
            for notice in self.p.must_api(host, "GET", "/v1/notices")["notices"]:
                if notice["state"] not in ("new", "opened", "acknowledged"):
                    continue  # It cannot be shown.
                opened = self.p.must_api(host, "POST", f"/v1/notices/{notice['notice']}/open")
                sections = {section["name"]: section["value"] for section in opened["sections"]}
                shown.append((notice["agency"], notice["origin"], sections["reference"]["incident"]))
        return shown

    def check(self, except_alarms=()):
        """Nothing lost, nothing twice, nothing strange; of everything up to now."""
        shown = self.presented()
        expected = {(school, origin, incident) for origin, (school, incident) in self.sent.items()}
        missing = expected - set(shown)
        assert not missing, f"answered 200 and never presented: {sorted(missing)[:5]} of {len(missing)}"
        for what, values in (("origin", [row[:2] for row in shown]), ("incident", [row[2] for row in shown])):
            twice = [value for value, count in collections.Counter(values).items() if count > 1]
            assert not twice, f"presented twice, by {what}: {twice[:5]} of {len(twice)}"
        # Not answered, since the caller died of it, is allowed to have gone; but then it is known as sent.
        sent = {message["origin"]: message for message in self.p.sent()}
        assert {row[1] for row in shown} <= set(sent), "presented, and unknown to its sender"
        for origin in self.sent:
            assert sent[origin]["ended"], sent[origin]
            for recipient in sent[origin]["recipients"]:
                assert recipient["progress"] == "acknowledged", sent[origin]
                assert {"stored", "opened", "acknowledged"} <= set(recipient["receipts"]), sent[origin]
        for host in {"host.police", *self.desk_hosts()}:
            raised = [alarm for alarm in self.p.alarms(host)
                      if alarm["kind"] in NEVER_RAISED - set(except_alarms)]
            assert not raised, f"{host} raised {raised[:3]}"


def wait_until_ended(daemon, seconds=30):
    """Waits for a daemon to end by itself; its return code."""
    deadline = time.monotonic() + seconds
    while daemon.running():
        if time.monotonic() > deadline:
            raise HarnessError(f"{daemon.name} did not end by itself within {seconds} s")
        time.sleep(0.02)
    return daemon.process.returncode
