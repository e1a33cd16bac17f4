"""What a recipient is handed of two messages that differ only in what it may not see: the same, but for what it reads.

For each exchange and each role that policy tells something: the full example to everybody, and one in which every
section that this role may not see is empty and as few others as policy lets be are told. Both go through real daemons;
the broker of test-bin writes down what it puts on the line to the recipient's host.
"""

import pytest
from harness import Partnership, reference_policy
from rawlink import convert_all, decode_all, kind_of, read_tap
from test_exchanges import EXAMPLES, MORE, POLICY, explain

RECEIPT_BYTES_MAX = 1500  # Shorter than any delivery: what else a broker hands on is a receipt or a void.
DECIDES = {exchange: {claim["source"].split(".")[0] for claim in row.get("claim", [])}
           for exchange, row in POLICY["exchange"].items()}


@pytest.fixture(name="p", scope="module")
def partnership():
    with Partnership(schools=1, council=False, policy=reference_policy("rotherham"), more=MORE, everyone=True) as p:
        p.start("broker", env={"HAVENLINE_TAP_FILE": p.folder / "tap"})
        for host in p.hosts:
            p.start(host)
        p.wait_settled()
        yield p


def send(p, exchange, sections, roles, holder):
    """The origin of the message; what the exchange asks for at the least is put back if it was emptied."""
    full = EXAMPLES[f"{exchange}.full"]
    sender = holder[full["from"]]
    body = {"from": sender, "role": full["from"], "exchange": exchange, "sections": sections,
            "to": [{"role": role, "agency": holder[role]} for role in roles]}
    status, answer = p.api(sender, "POST", "/v1/send", body)
    if status == 422 and "must have one of " in answer["error"]:
        names = answer["error"].split("must have one of ")[1].split(";")[0].replace(" or ", ", ").split(", ")
        back = {name: full["sections"][name] for name in names if name in full["sections"]}
        return p.send({**body, "sections": {**sections, **back}}, sender)
    assert status == 200, (exchange, roles, answer)
    return answer["origin"]


def all_of(kind, messages):
    return convert_all("envelope.capnp", kind, map(bytes, messages))


def handed_out(p):
    """(origin, role) -> what the broker put on the line: the length of the Delivery, and what it says."""
    items = [bytes(item["bytes"]) for frame in decode_all(read_tap(p.folder / "tap")) if kind_of(frame) == "deliver"
             for item in frame["deliver"]["items"]]
    items = [item for item in items if len(item) > RECEIPT_BYTES_MAX]
    deliveries = all_of("Delivery", items)
    headers = all_of("Header", [delivery["header"] for delivery in deliveries])
    clears = all_of("ClearPart", [delivery["grant"]["clearPart"] for delivery in deliveries])
    return {(bytes(header["origin"]).hex(), clear["role"]): (len(item), delivery, header, clear)
            for item, delivery, header, clear in zip(items, deliveries, headers, clears, strict=True)}


def shape(length, delivery, header, clear):
    """All that can be seen without a key, but for what is random, a time, a number or a position."""
    return {
        "length": length,
        "header": len(delivery["header"]),
        "digests": {key: len(header[key]) for key in ("sections", "claims", "grants", "brokersPart", "threadMark")},
        "named": {key: header[key] for key in ("suite", "exchange", "version", "sender", "role", "key", "policy",
                                               "directory")},
        "clear": {key: value for key, value in clear.items() if key not in ("number", "salt", "acknowledgeBy")},
        "grant": (len(delivery["grant"]["enc"]), len(delivery["grant"]["ciphertext"])),
        "openings": [(each["name"], each["size"]) for each in delivery["sections"]],
        "sealed": [(each["name"], len(each["sealed"])) for each in delivery["sealed"]],
        "claims": [(each["name"], each["value"]) for each in delivery["claims"]],
        "proof": (len(delivery["proof"]["part"]), len(delivery["proof"]["digests"])),
        "signature": (delivery["signature"]["size"], len(delivery["signature"]["path"])),
    }


def test_what_a_role_may_not_see_does_not_show_in_what_the_broker_hands_it(p):
    holder = {role: name for name, _, roles, _ in MORE for role in roles}
    holder |= {"police": "police.south-yorkshire", "school": p.schools[0]}
    pairs = []
    for exchange in POLICY["exchange"]:
        full = EXAMPLES[f"{exchange}.full"]
        told = {row["to"]: row for row in explain(p, f"{exchange}.full", holder[full["from"]]) if row["told"]}
        everybody = send(p, exchange, full["sections"], told, holder)
        must = {role for role, row in told.items() if row["required"]}
        for role, row in told.items():
            kept = {*row["told"], *DECIDES[exchange]}
            sections = {name: value for name, value in full["sections"].items() if name in kept}
            pairs.append((exchange, role, everybody, send(p, exchange, sections, must | {role}, holder)))
    wanted = {(origin, role) for _, role, *origins in pairs for origin in origins}
    p.wait_for(lambda: wanted <= {(notice["origin"], notice["role"]) for agency in set(holder.values())
                                  for notice in p.notices(agency)}, 60, "every message on every desk")
    handed = handed_out(p)
    differing = [(exchange, role) for exchange, role, full, other in pairs
                 if shape(*handed[full, role]) != shape(*handed[other, role])]
    assert not differing
    lesser = sum(bytes(handed[full, role][1]["header"]) != bytes(handed[other, role][1]["header"])
                 for _, role, full, other in pairs)
    assert len(pairs) > 100 and lesser == len(pairs), "they are different messages"
