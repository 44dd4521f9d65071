#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over sources that changed since it last passed on them, the latest changes first, until the time is up.

    scripts/check_tidy.py [--seconds N] [--torch] [BUILD_FOLDER]      BUILD_FOLDER (build) needs compile_commands.json
      --seconds N   begins no further source after N seconds (150); 0: goes on to the end
      --torch       also sources that include torch, a minute each

A source counts as changed when its own text, that of a header of ours that it includes, .clang-tidy or the version of clang-tidy did; passes are remembered in
$LYDIAN_DEPS/tidy. A machine that remembers none, as for a fresh clone, so checks what was committed last (and what is not committed yet), as far as the time
goes, and the next run goes on from there. Exit code 1 where there are findings; what the time left out is counted, and is no failure.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
TORCH_SIDE = ("src/ops", "src/policy", "src/objective", "src/dist", "src/train", "src/cli")
OURS = ("src", "envs")


def closure(source):
    """The source and all headers of ours that it includes, directly or not."""
    seen, todo = set(), [source]
    while todo:
        file = todo.pop()
        if file in seen:
            continue
        seen.add(file)
        for name in INCLUDE.findall(file.read_text()):
            for folder in (ROOT / "include", ROOT / "src", file.parent):
                if (folder / name).is_file():
                    todo.append((folder / name).resolve())
                    break
    return sorted(seen)


def digest(files, salt):
    key = hashlib.sha256(salt)
    for file in files:
        key.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return key.hexdigest()


def git(*words):
    result = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    return result.stdout.splitlines() if result.returncode == 0 else []


def change_times():
    """When each file of the repository was last committed; what is not committed counts as of now. Empty where git does not know."""
    times, commit = {}, 0
    for line in git("log", "--format=:%ct", "--name-only"):
        if line.startswith(":"):
            commit = int(line[1:])
        elif line:
            times.setdefault(line, commit)
    for line in git("status", "--porcelain", "--untracked-files=all"):
        times[line[3:]] = time.time()
    return times


def changed_sources(commands, with_torch, passes, salt):
    """(source, digest) of those that have not passed, the latest own change first, then the latest change of a header."""
    times = change_times()
    found = []
    for source in {Path(command["file"]).resolve() for command in commands}:
        if not source.is_relative_to(ROOT):
            continue
        name = source.relative_to(ROOT).as_posix()
        if not name.startswith(tuple(folder + "/" for folder in OURS)) or (name.startswith(TORCH_SIDE) and not with_torch):
            continue
        files = closure(source)
        key = digest(files, salt)
        newest = max(times.get(file.relative_to(ROOT).as_posix(), 0) for file in files)
        found.append((-times.get(name, 0), -newest, name, source, key))
    return len(found), [(source, key) for *_, source, key in sorted(found) if not (passes / key).exists()]


def tidy(source, build):
    result = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(source)], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--torch", action="store_true")
    arguments = parser.parse_args()
    start = time.monotonic()
    build = ROOT / arguments.build
    passes = Path(os.environ.get("LYDIAN_DEPS", Path.home() / ".cache/lydian")) / "tidy"
    passes.mkdir(parents=True, exist_ok=True)
    salt = (ROOT / ".clang-tidy").read_bytes() + subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    total, changed = changed_sources(json.loads((build / "compile_commands.json").read_text()), arguments.torch, passes, salt)

    def check(item):
        source, key = item
        if arguments.seconds > 0 and time.monotonic() - start > arguments.seconds:
            return None
        status, output = tidy(source, build)
        if status == 0:
            (passes / key).touch()
        return status, output

    failed, left = 0, 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for result in pool.map(check, changed):
            left += result is None
            if result is not None and result[0] != 0:
                failed += 1
                print(result[1])
    print(f"clang-tidy: {len(changed)} of {total} sources changed, {left} of them left for the next run, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
