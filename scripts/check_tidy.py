#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over the sources above the torch line that changed since it last passed on them.

    scripts/check_tidy.py [BUILD_FOLDER]      default: build; it needs compile_commands.json

A source counts as changed when its own text, that of a header of ours that it includes, .clang-tidy or the version of clang-tidy did; passes are remembered in
$LYDIAN_DEPS/tidy. Sources that include torch are left out: clang-tidy takes a minute over each.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
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


def digest(source, salt):
    key = hashlib.sha256(salt)
    for file in closure(source):
        key.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return key.hexdigest()


def tidy(source, build):
    result = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(source)], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def main():
    build = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "build")
    passes = Path(os.environ.get("LYDIAN_DEPS", Path.home() / ".cache/lydian")) / "tidy"
    passes.mkdir(parents=True, exist_ok=True)
    salt = (ROOT / ".clang-tidy").read_bytes() + subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    commands = json.loads((build / "compile_commands.json").read_text())
    sources = {Path(command["file"]).resolve() for command in commands}
    sources = sorted(s for s in sources if s.is_relative_to(ROOT) and s.relative_to(ROOT).parts[0] in OURS
                     and not s.relative_to(ROOT).as_posix().startswith(TORCH_SIDE))
    changed = [(source, digest(source, salt)) for source in sources]
    changed = [(source, key) for source, key in changed if not (passes / key).exists()]
    failed = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for (source, key), (status, output) in zip(changed, pool.map(lambda item: tidy(item[0], build), changed)):
            if status == 0:
                (passes / key).touch()
            else:
                failed += 1
                print(output)
    print(f"clang-tidy: {len(changed)} of {len(sources)} sources changed, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
