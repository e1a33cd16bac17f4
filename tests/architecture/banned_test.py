#!/usr/bin/env python3
"""What our libraries offer and we must not use, in exactly the versions we build on: most of it fails silently.
Prints each use with the reason; exits 1 if there is any.

  banned_test.py ROOT

Whoever needs one of these anyway finds here what to do first, and changes the line below with the code."""

import pathlib
import re
import subprocess
import sys

# In the programs and the libraries they are made of; tests may show what a library gets wrong.
CODE = [
    (r"#include <capnp/(serialize-async|rpc|ez-rpc|capability)",
     "Cap'n Proto 0.9.2's asynchronous readers overflow on a segment count of 0xFFFFFFFF; read bounded copies"),
    (r"#include <kj/(async|compat/)",
     "KJ's event loop, HTTP and RPC are open to whoever sends, and nothing here needs them"),
    (r"#include <capnp/compat/json",
     "its JSON is lax: duplicate keys, quoted numbers and bytes that are not UTF-8 pass; use schema/text"),
    (r"\bInputStreamMessageReader\b|\bPackedFdMessageReader\b|\bStreamFdMessageReader\b",
     "limits neither segments nor size before it allocates; use wire::ParseMessage"),
    (r"\bEVP_Cipher\s*\(", "does not tell what was authenticated; EVP_DecryptUpdate and a checked _Final_ex"),
    (r"\bEVP_DigestVerify\w*\b|\bED25519_verify\b",
     "OpenSSL 3.0 takes forgeries under Ed25519 keys of small order; seal::Verify does not"),
    (r"\b(std::)?memcmp\s*\(", "ends at the first difference, which tells a secret; Equal() or EqualInConstantTime()"),
    (r"->(SyncWAL|Resume)\s*\(",
     "a sync that failed once may report success the next time with the data gone: stop instead"),
    (r"#include <rocksdb/utilities/(transaction|optimistic|write_batch_with_index)",
     "one writer and one batch for everything that waits; transactions order the log otherwise"),
    (r"#include <rocksdb/utilities/(checkpoint|backup)",
     "a hard-linked log in a Checkpoint is not fully synced: FlushWAL(true) before, verify after; a backup is "
     "restored by explicit number, since \"latest\" is broken after a deletion"),
    (r"\b(disableWAL|RepairDB|DestroyDB)\b", "loses what was promised, silently"),
    (r"\bNewEncryptedEnv\b|\bROT13\b", "RocksDB's encryption has no integrity; rows are sealed one by one"),
    (r"\brouter_handover\b|\bZMQ_ROUTER_HANDOVER\b", "whoever knows a routing id would get what is sent to it"),
    (r"\bsockopt::routing_id\b|\bZMQ_ROUTING_ID\b|\bZMQ_IDENTITY\b",
     "while the first of one routing id hangs half open the second is ignored: set none"),
    (r"\bLIBXML_NOENT\b|\bXML_PARSE_(NOENT|HUGE|DTDLOAD)\b", "reads files and networks that a document names"),
    (r"\bstd::(rand|random_device|mt19937\w*)\b", "not for keys, ids or jitter; seal::RandomSource"),
]

BUILD = [
    (r"CapnProto::(capnp-rpc|capnp-json|kj-http|kj-async|kj-tls)", "see the includes above: not even linked"),
    (r"RocksDB::rocksdb\b(?!-shared)", "the static library misses Debian's fixes until we build again"),
    (r"-Wno-(restrict|maybe-uninitialized|error|stringop\w*)",
     "g++ 12's false warnings are silenced by name and line where they come up, never for all"),
    (r"-f(no-stack-protector|no-exceptions|fast-math|strict-flex-arrays=3|hardened)|-ffast-math",
     "takes away what we rely on, or does not exist in g++ 12"),
    (r"-fcf-protection", "CET markings do not survive linking here: do not claim them"),
]


def tracked(root, *patterns):
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        check=True, capture_output=True, text=True)
    return [line for line in sorted(listed.stdout.splitlines()) if (root / line).is_file()]


def uses(root, files, rules):
    compiled = [(re.compile(pattern), why) for pattern, why in rules]
    for path in files:
        for number, line in enumerate((root / path).read_text().splitlines(), 1):
            words = line.split("//")[0] if path.endswith((".h", ".cc")) else line.split("#")[0]
            for pattern, why in compiled:
                if pattern.search(words):
                    yield f"{path}:{number}: {pattern.search(words).group(0)}: {why}"


def main():
    root = pathlib.Path(sys.argv[1])
    code = [path for path in tracked(root, "*.h", "*.cc") if not path.startswith("tests/")]
    build = tracked(root, "*CMakeLists.txt", "*.cmake", "CMakePresets.json")
    assert len(code) > 100 and len(build) > 10, "this test must see the code it judges"
    found = [*uses(root, code, CODE), *uses(root, build, BUILD)]
    print("\n".join(found) or f"none of {len(CODE) + len(BUILD)} banned things is used")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
