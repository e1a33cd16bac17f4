"""The log as files: a real broker writes them beside its work, they are checked without it, by ours and by code that
nobody here wrote, and nothing that happens to their folder reaches the broker (design.md 9; A2, A3, D8).

The other verifier is tests/interop/tiles, in Go with golang.org/x/mod/sumdb; where Go is not at hand those tests are
skipped, and tests/run says so.
"""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BUILD, ROOT, Partnership  # noqa: E402
from test_tool_audit import SCHOOL, checkpointed, publish_policy  # noqa: E402

VALID, TAMPERED, UNVERIFIABLE = 0, 3, 4
WIDTH = 256
MODULES = pathlib.Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")


def folder(p):
    return p.home / "broker" / "log-files"


def published(p):
    """How many entries the checkpoint in the folder is of."""
    path = folder(p) / "1" / "checkpoint"
    return int(path.read_text().split("\n")[1]) if path.exists() else 0


def up_to_date(p):
    """Once the folder says what the store does: how many entries."""
    return p.wait_for(lambda: published(p) == checkpointed(p) and published(p), what="the log's files")


def verify(p, *options, where=None, state=None):
    state = state or p.folder / f"state-{time.monotonic_ns()}"
    return p.tool("audit", "verify", "--operator", p.operator, "--files", where or folder(p), "--state", state,
                  "--json", *options)


def log_files(p, *options):
    command = [BUILD / "bin" / "havenline-broker", "log-files", "--config", p.config("broker"), *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


def contents(path):
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def running():
    """A log of more than a tile, by real traffic; and a checkpoint of before that was over."""
    with Partnership(schools=2, school_hosts=1, council=False) as p:
        p.start_all()
        early = p.wait_for(lambda: published(p) >= 3 and (folder(p) / "1" / "checkpoint").read_text(), what="a start")
        (p.folder / "earlier").write_text(early)
        while checkpointed(p) <= WIDTH + 10:
            for _ in range(20):
                p.send(p.notice(SCHOOL))
        p.wait_for(lambda: all(m["state"] == "kept" for m in p.sent()), what="custody")
        publish_policy(p, 40)
        up_to_date(p)
        yield p


@pytest.mark.short
def test_the_files_are_valid_without_the_broker(running):
    up_to_date(running)
    found = verify(running)
    assert found.code == VALID, found
    told = found.json()
    assert (told["verdict"], told["epoch"], told["documents"]) == ("valid", 1, 4)
    assert told["entries-verified"] == told["size"] > WIDTH
    assert not list((folder(running) / "1" / "tile").rglob("000.p/*")) or told["size"] < 2 * WIDTH


def test_everybody_may_read_the_log_and_its_group_the_documents(running):
    for path in folder(running).rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        private = "documents" in path.parts
        expected = (0o750 if private else 0o755) if path.is_dir() else (0o640 if private else 0o644)
        assert mode == expected, (path, oct(mode))
    text = b"".join(content for name, content in contents(folder(running)).items() if "documents" not in name)
    for word in (SCHOOL.encode(), b"police.south-yorkshire", b"encompass"):
        assert word not in text


def test_an_incremental_run_looks_only_at_what_is_new(running, tmp_path):
    state = tmp_path / "state"
    first = verify(running, state=state)
    again = verify(running, "--resume", state=state)
    assert (first.code, again.code) == (VALID, VALID), (first, again)
    assert again.json()["entries-before"] == WIDTH * (again.json()["size"] // WIDTH)
    assert again.json()["seen-before"]["size"] == first.json()["size"]


def test_a_changed_byte_is_tampered_and_a_missing_file_is_not(running, tmp_path):
    copy = tmp_path / "log"
    shutil.copytree(folder(running), copy)
    bundle = copy / "1" / "tile" / "entries" / "000"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    found = verify(running, where=copy)
    assert found.code == TAMPERED and found.json()["verdict"] == "tampered", found
    place = found.json()["tampered"][0]
    assert place["file"] == "1/tile/entries/000" and 0 < place["index"] < WIDTH
    words = running.tool("audit", "verify", "--operator", running.operator, "--files", copy, "--state", tmp_path / "s")
    assert "does NOT hold" in words.out and f"1/tile/entries/000, entry {place['index']}" in words.out

    bundle.unlink()
    found = verify(running, where=copy)
    assert found.code == UNVERIFIABLE and found.json()["tampered"] == [], found
    assert found.json()["missing"][0]["file"] == "1/tile/entries/000"
    words = running.tool("audit", "verify", "--operator", running.operator, "--files", copy, "--state", tmp_path / "s")
    assert "could NOT be verified" in words.out and "accuses nobody" in words.out


def test_log_files_looks_at_every_byte_beside_a_running_broker(running):
    up_to_date(running)
    sound = log_files(running)
    assert sound.returncode == 0 and "every file is as the store says" in sound.stderr, sound
    tile = folder(running) / "1" / "tile" / "0" / "000"
    whole = tile.read_bytes()
    tile.write_bytes(b"\0" + whole[1:])
    try:
        found = log_files(running)
        assert found.returncode == 1 and "1/tile/0/000" in found.stderr, found
        assert tile.read_bytes() != whole
        refused = log_files(running, "--rebuild")
        assert refused.returncode != 0 and "Stop the broker" in refused.stderr, refused
    finally:
        tile.write_bytes(whole)


# --- what happens to the folder


def test_a_folder_that_cannot_be_written_stops_nobody_and_is_caught_up_with():
    with Partnership(schools=1, council=False) as p:
        folder(p).write_text("in the way\n")  # Also for root no folder.
        p.start_all()
        p.wait_for(lambda: "log-files.not-written" in p.log("broker"), what="the alarm")
        p.send(p.notice(p.schools[0]))
        p.wait_for(lambda: p.notices(p.schools[0]), what="the notice")
        assert p.operator_status()["log-files"]["failing"] is True
        assert p.operator_status()["recovery"] is False
        folder(p).unlink()
        p.wait_for(lambda: p.operator_status()["log-files"]["failing"] is False, 70, "the folder to be written")
        up_to_date(p)
        assert verify(p).code == VALID
        assert p.log("broker").count("log-files.not-written") == 1
        assert "log-files.written" in p.log("broker")


def test_a_disk_that_is_full_stops_nobody(tmp_path):
    with Partnership(schools=1, council=False) as p:
        folder(p).mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", folder(p)], check=False,
                                 capture_output=True)
        if mounted.returncode != 0:
            pytest.skip("a file system of its own takes root with CAP_SYS_ADMIN")
        try:
            p.start_all()
            p.wait_for(lambda: "log-files.not-written" in p.log("broker"), what="the alarm")
            p.send(p.notice(p.schools[0]))
            p.wait_for(lambda: p.notices(p.schools[0]), what="the notice")
            assert p.operator_status()["log-files"]["failing"] is True
            p.stop("broker")
        finally:
            subprocess.run(["umount", folder(p)], check=True)


def test_a_start_mends_and_a_rebuild_writes_every_byte_again():
    with Partnership(schools=1, council=False) as p:
        p.start_all()
        p.send(p.notice(p.schools[0]))
        up_to_date(p)
        p.stop("broker")
        sound = contents(folder(p))
        tile = next(path for path in (folder(p) / "1" / "tile" / "entries").rglob("*") if path.is_file()
                    and path.name == str(published(p)))
        tile.unlink()
        p.start("broker")
        p.wait_for(lambda: "log-files.mended" in p.log("broker"), what="the file")
        assert tile.exists()
        p.stop("broker")
        # Of the same size, in what no start reads whole.
        document = sorted((folder(p) / "documents").iterdir())[0]
        document.write_bytes(bytes(len(document.read_bytes())))
        done = log_files(p, "--rebuild")
        assert done.returncode == 0 and document.name in done.stderr, done
        now = contents(folder(p))
        assert all(now[name] == content for name, content in sound.items() if "documents" in name)
        assert verify(p).code == VALID
        # And from nothing.
        shutil.rmtree(folder(p))
        p.start("broker")
        up_to_date(p)
        assert verify(p).code == VALID


def test_files_ahead_of_a_store_and_mark_put_back_are_noticed_at_the_start():
    with Partnership(schools=1, council=False) as p:
        p.start("broker")
        up_to_date(p)
        p.stop("broker")
        for part in ("store", "mark"):
            shutil.copytree(p.home / "broker" / part, p.folder / part)
        p.start("broker")
        publish_policy(p, 40)
        assert up_to_date(p) == 4
        p.stop("broker")
        for part in ("store", "mark"):
            shutil.rmtree(p.home / "broker" / part)
            shutil.copytree(p.folder / part, p.home / "broker" / part)
        before = contents(folder(p))
        p.start("broker")
        assert p.operator_status()["recovery"] is True
        assert "the log's files show a signed head of epoch 1 size 4" in p.log("broker")
        p.stop("broker")
        assert contents(folder(p)) == before
        # Nor is a new log founded where the files show that there was one.
        for part in ("store", "mark"):
            shutil.rmtree(p.home / "broker" / part)
        daemon = p.start("broker", wait=False)
        assert daemon.wait_ready() is False and daemon.process.returncode == 65
        assert "shows that there was a log" in p.log("broker")


# --- in another language, by other people


@pytest.fixture(scope="module")
def verifier(tmp_path_factory):
    if shutil.which("go") is None or not MODULES.is_dir():
        pytest.skip("INTEROP ABSENT: the verifier of tests/interop/tiles was not run: install golang-go and "
                    "golang-golang-x-mod-dev")
    scratch = tmp_path_factory.mktemp("go")
    program = scratch / "verify"
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOPROXY": "off",
           "GOCACHE": str(scratch / "cache"), "HOME": str(scratch)}
    built = subprocess.run(["go", "build", "-o", program, ROOT / "tests" / "interop" / "tiles" / "verify.go"],
                           env=env, capture_output=True, text=True, check=False, timeout=600)
    assert built.returncode == 0, built.stderr
    return program


def log_key(p):
    text = p.document("directory.toml").read_text()
    return next(word for word in text.replace("'", '"').split('"') if word.startswith("rotherham/log/1+"))


def go(verifier, p, where, *earlier, key=None):
    return subprocess.run([verifier, where / "1", key or log_key(p), *earlier], capture_output=True, text=True,
                          check=False, timeout=120)


def test_go_verifies_checkpoint_tiles_entries_and_proofs(running, verifier):
    size = up_to_date(running)
    done = go(verifier, running, folder(running), running.folder / "earlier")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["origin"], found["size"]) == ("rotherham/log/1", size)
    assert 3 <= found["earlier"][0] < size
    assert found["files"] >= 5  # Two tiles and two bundles, and one above.


def test_go_refuses_every_file_with_a_changed_byte_and_another_key(running, verifier, tmp_path):
    up_to_date(running)
    copy = tmp_path / "log"
    shutil.copytree(folder(running), copy)
    assert go(verifier, running, copy).returncode == 0
    size = published_in(copy)
    needed = [copy / "1" / "checkpoint", *(path for path in (copy / "1" / "tile").rglob("*") if path.is_file()
                                           and is_needed(path.relative_to(copy / "1").as_posix(), size))]
    assert len(needed) >= 6
    for path in needed:
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:])
        assert go(verifier, running, copy).returncode == 1, path
        path.write_bytes(whole)
    assert go(verifier, running, copy).returncode == 0
    changed = log_key(running)[:-4] + "AAAA"
    assert go(verifier, running, copy, key=changed).returncode == 1


def published_in(copy):
    return int((copy / "1" / "checkpoint").read_text().split("\n")[1])


def is_needed(name, size):
    """Not a partial tile of an earlier checkpoint."""
    if ".p/" not in name:
        return True
    level = name.split("/")[1]
    hashes = size if level == "entries" else size >> (8 * int(level))
    return int(name.split("/")[-1]) == hashes % WIDTH
