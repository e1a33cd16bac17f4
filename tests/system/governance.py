"""Governance in a test's hand: signs directories, policies and suspensions, and publishes them.

Signed notes are made here from docs/protocol.md 15 with libsodium alone, so that no code of ours stands
between the test and the broker.
"""

import base64
import ctypes
import hashlib

from harness import PARTNERSHIP, HarnessError
from rawlink import Operator, key_file

_sodium = ctypes.CDLL("libsodium.so.23")


def sign(seed, text):
    """(public key, signature) of Ed25519 with this seed."""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    assert _sodium.crypto_sign_seed_keypair(public, secret, seed) == 0
    signature = ctypes.create_string_buffer(64)
    assert _sodium.crypto_sign_detached(signature, None, text, ctypes.c_ulonglong(len(text)), secret) == 0
    return public.raw, signature.raw


def signature_holds(public, text, signature):
    """Whether this Ed25519 signature of `text` holds."""
    return _sodium.crypto_sign_verify_detached(signature, text, ctypes.c_ulonglong(len(text)), public) == 0


def sign_note(p, text, number=1):
    """The note of `text`, signed by one governance key."""
    path = p.governance_key(number)
    name = path.with_name(path.name + ".name").read_text().strip()
    public, signature = sign(key_file(path), text.encode())
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"{text}\n— {name} {base64.b64encode(key_id + signature).decode()}\n"


def next_version(p, name, edit):
    """The text after governance/<name>.toml: `edit` changes it, version and previous are set; kept there."""
    path = p.document(f"{name}.toml")
    text = path.read_text()
    hash_before = hashlib.sha256(text.encode()).hexdigest()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("previous =")]
    at = next(i for i, line in enumerate(lines) if line.startswith("version ="))
    version = int(lines[at].split("=")[1]) + 1
    lines[at] = f'version = {version}\nprevious = "{hash_before}"\n'
    after = edit("".join(lines))
    if after == "".join(lines):
        raise HarnessError(f"the edit changed nothing in {path}")
    path.write_text(after)
    return after, version


def publish(p, kind, note):
    """Publishes a note of kind "directory", "policy" or "suspension"; the broker's answer."""
    with Operator(p) as link:
        link.send({"document": {"reference": "9", "pieces": [{"kind": kind, "index": "0",
                                                              "bytes": note.encode()}]}})
        answer = link.wait("answer")
    if answer is None:
        raise HarnessError(f"the broker did not answer a {kind}")
    return answer["items"][0]["answer"]


def must_publish(p, kind, note):
    answer = publish(p, kind, note)
    if "accepted" not in answer:
        raise HarnessError(f"the broker did not take a {kind}: {answer}")


def publish_next(p, name, edit):
    """Publishes the next version of the directory or policy; its number."""
    text, version = next_version(p, name, edit)
    must_publish(p, name, sign_note(p, text))
    return version


def suspension(p, agency, number=1, state="suspended"):
    """The note that suspends an agency, or lifts that."""
    return sign_note(p, f'document = "suspension"\npartnership = "{PARTNERSHIP}"\nagency = "{agency}"\n'
                        f'number = {number}\nstate = "{state}"\n')
