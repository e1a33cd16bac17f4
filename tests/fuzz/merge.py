#!/usr/bin/env python3
"""Chooses what of everything that fuzzing has grown is worth keeping: the few inputs of one target that together
reach every place in the code that any of them reaches.

  merge.py PROGRAM CORPUS BYTES_MAX FOLDER...

Replaces in CORPUS what an earlier run chose (named by hash); what a person put there, by a name of its own, stays."""

import hashlib
import heapq
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HASH = re.compile(r"[0-9a-f]{40}\.bin")
# libFuzzer tells how often as well as whether a place was reached: eight numbers for each place.
NUMBERS_PER_PLACE = 8
CORPUS_BYTES_MAX = 48 << 10  # Of one target: all of them are in every clone.
FILE_COST = 256              # What another file costs, in bytes of a longer one.


def reached(program, folders, bytes_max):
    """For each input the places that it reaches, as libFuzzer's merge writes them down on its way."""
    with tempfile.TemporaryDirectory() as scratch:
        control = pathlib.Path(scratch) / "control"
        empty = pathlib.Path(scratch) / "out"
        empty.mkdir()
        done = subprocess.run([program, "-set_cover_merge=1", f"-merge_control_file={control}",
                               f"-max_len={bytes_max}", str(empty), *folders], capture_output=True, text=True,
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}, check=False)
        if done.returncode != 0 or not control.exists():
            sys.exit(f"merge.py: {program} could not merge:\n{done.stderr[-2000:]}")
        lines = control.read_text().splitlines()
    count = int(lines[0])
    files = lines[2:2 + count]
    places = {}
    for line in lines[2 + count:]:
        words = line.split()
        if words[0] == "FT":
            places[files[int(words[1])]] = {int(word) // NUMBERS_PER_PLACE for word in words[2:]}
    return places


def chosen(places):
    """Greedy: again and again what adds most for its bytes, until nothing adds or there is no room."""
    sizes = {path: pathlib.Path(path).stat().st_size for path in places}
    covered = set()
    picked = []
    room = CORPUS_BYTES_MAX

    def worth(path):
        return len(places[path] - covered) / (sizes[path] + FILE_COST)
    # What an input adds only falls: whoever is still the first when reckoned anew is the best.
    waiting = [(-worth(path), path) for path in places]
    heapq.heapify(waiting)
    while waiting:
        _, path = heapq.heappop(waiting)
        now = worth(path)
        if now == 0 or sizes[path] > room:
            continue
        if waiting and -now > waiting[0][0]:
            heapq.heappush(waiting, (-now, path))
            continue
        room -= sizes[path]
        covered |= places[path]
        picked.append(path)
    return picked


def main():
    program, corpus, bytes_max, *folders = sys.argv[1:]
    corpus = pathlib.Path(corpus)
    corpus.mkdir(parents=True, exist_ok=True)
    by_hand = {path for path in corpus.iterdir() if not HASH.fullmatch(path.name)}
    contents = [pathlib.Path(path).read_bytes()
                for path in chosen(reached(program, [str(corpus), *folders], bytes_max))]
    for path in corpus.iterdir():
        if path not in by_hand:
            path.unlink()
    kept = {path.read_bytes() for path in by_hand}
    for content in contents:
        if content not in kept:
            (corpus / (hashlib.sha1(content).hexdigest() + ".bin")).write_bytes(content)
    files = list(corpus.iterdir())
    print(f"{corpus.name}: {len(files)} inputs, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main()
