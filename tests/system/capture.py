"""Envelopes caught between the broker and the wire, and others made from them.

The broker of test-bin writes its frames to HAVENLINE_TAP_FILE after CURVE decryption; what is made anew here is
made from docs/protocol.md 8 with Cap'n Proto's own tool and libsodium.
"""

import hashlib
import json
import os
import shutil

from governance import sign
from harness import POLICE
from rawlink import capnp, decode_all, key_file, kind_of, plain, read_tap


def joined(*fields):
    """Fields as docs/protocol.md 1 joins them."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def submitted(tap):
    """Every envelope that a broker with HAVENLINE_TAP_FILE was offered, in the order in which they came."""
    frames = decode_all(read_tap(tap)) if tap.exists() else []
    return [bytes(item["bytes"]) for frame in frames if kind_of(frame) == "submit"
            for item in frame["submit"]["items"]]


def fresh_envelope(p, school):
    """An envelope that the police sealed and this broker has never seen; afterwards only the broker runs.

    It is caught by a broker whose folder is then put back to before.
    """
    p.wait_settled()
    for name in ("broker", *p.hosts):
        if p.running(name):
            p.stop(name)
    folder, copy = p.host_folder("broker"), p.folder / "broker-before"
    shutil.copytree(folder, copy)
    tap = p.folder / "tap"
    p.start("broker", env={"HAVENLINE_TAP_FILE": tap})
    p.start("host.police")
    origin = bytes.fromhex(p.send(p.notice(school)))
    envelope = p.wait_for(lambda: [each for each in submitted(tap) if origin in each], what="the submission")[0]
    p.kill("host.police")
    p.kill("broker")
    shutil.rmtree(folder)
    copy.rename(folder)
    p.start("broker")
    return envelope


def delivery_to(envelope, agency, release=b""):
    """(digest of its grant, Delivery) as a broker would make it for one recipient, but for the log's proof: zeros.

    `release` is the broker's word that comes with it.
    """
    whole = json.loads(capnp("binary:json", "envelope.capnp", "Envelope", envelope))
    for grant in whole["grants"]:
        clear = json.loads(capnp("binary:json", "envelope.capnp", "ClearPart", bytes(grant["clearPart"])))
        if clear["recipient"] == agency:
            break
    else:
        raise LookupError(f"no grant for {agency}")
    opened = {key: [each for each in whole[key] if each["name"] in clear["openings"]] for key in ("sections", "sealed")}
    delivery = {**opened, "header": whole["header"], "signature": whole["signature"], "claims": whole["claims"],
                "grant": grant, "release": release,
                "proof": {"position": {"epoch": "1", "index": "0"}, "salt": bytes(32), "part": b"", "digests": []}}
    digest = hashlib.sha256(joined(b"havenline/1/grant-digest", *(bytes(grant[key]) for key in (
        "clearPart", "enc", "ciphertext")))).digest()
    return digest, capnp("json:binary", "envelope.capnp", "Delivery", json.dumps(plain(delivery)).encode())


def resigned(p, envelope, edit, fresh_id=False):
    """The message once more, changed and validly signed by the police.

    edit(p, whole, header) changes the envelope or its header in place, after which the header is encoded and
    signed, unless it changed the signature. fresh_id gives the message an id of its own.
    """
    whole = json.loads(capnp("binary:json", "envelope.capnp", "Envelope", envelope))
    header = json.loads(capnp("binary:json", "envelope.capnp", "Header", bytes(whole["header"])))
    if fresh_id:
        header["id"] = list(bytes(header["id"][:6]) + b"\x70" + os.urandom(1) + b"\x80" + os.urandom(7))
        header["origin"] = header["id"]
    signature_before = whole["signature"]["signature"]
    edit(p, whole, header)
    text = capnp("json:binary", "envelope.capnp", "Header", json.dumps(plain(header)).encode())
    seed = key_file(p.host_folder(POLICE) / "keys" / "agency-1" / "envelope.key")
    root = hashlib.sha256(b"\0" + text).digest()
    _, signature = sign(seed, joined(b"havenline/1/envelope", (1).to_bytes(8, "big"), root))
    whole["header"] = text
    if whole["signature"]["signature"] == signature_before:
        whole["signature"]["signature"] = signature
    return capnp("json:binary", "envelope.capnp", "Envelope", json.dumps(plain(whole)).encode())


def with_another_header(p, envelope):
    """The same message once more under another, validly signed header: it names another checkpoint."""
    def edit(_p, _whole, header):
        header["checkpoint"] = {"epoch": "1", "size": "1", "root": list(bytes(range(32)))}
    return resigned(p, envelope, edit)
