#!/usr/bin/env python3
"""Compiles the code in README.md and docs/, reads their JSON, and checks the commands that they show.

    scripts/check_docs.py [--build FOLDER] [FILE...]       default: build, README.md and docs/**/*.md

A ```cpp fragment must compile. A comment on the line before it says how it is to be taken:
    <!-- fragment: declarations -->   stands after `#include <lydian/lydian.h>` and `using namespace lydian`
    <!-- fragment: statements -->     stands in a function, after the same
    <!-- fragment: sketch -->         shows intent and is not compiled; docs/design.md only
A ```bash fragment after `<!-- check: flags -->` is read: each program of it must be in the repository (or build/bin/lydian), and each --option in the program's help.
What costs nothing is run and must succeed: --help, --version, --print-config, env list, show and check.
A ```json fragment must be JSON: a configuration is resolved by `lydian train --print-config` (with CHAIN in the place of environments that are not shipped); after
`<!-- check: tasks -->` every line may have the keys of a task only.
A bash fragment without that comment and a fragment of another language are findings, since nobody would notice when they stop being true; text has no language. docs/stable_symbols.md must name every public header.
"""
import argparse
import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"^<!--\s*(fragment|check):\s*(\S+)\s*-->\s*$")
FENCE = re.compile(r"^\s*(?:```|~~~)\s*(.*?)\s*$")
CHEAP = re.compile(r"^(--version|help|env (list|show|check))\b|--help\b|--print-config\b")
TASK_KEYS = {"id", "prompt", "ground_truth", "category", "metadata", "demonstration"}
PRELUDE = "#include <lydian/lydian.h>\nusing namespace lydian;\n"


def fragments(file):
    """Yields (line number, language, mark, text) of every fenced block."""
    mark, language, start, block = None, None, 0, []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if language is None:
            found = MARK.match(line)
            if FENCE.match(line):
                language, start, block = FENCE.match(line)[1], number, []
            elif found:
                mark = found[2]
            elif line.strip():
                mark = None
        elif FENCE.match(line):
            yield start, language, mark, "\n".join(block)
            mark = language = None
        else:
            block.append(line)


def torch_folder(build):
    cache = (build / "CMakeCache.txt").read_text()
    found = re.search(r"^LIBTORCH_ROOT:PATH=(.+)$", cache, re.MULTILINE)
    return found[1] if found else None


def compile_fragment(name, start, mark, text, build):
    line = f'#line {start + 1} "{name}"\n'
    if mark == "declarations":
        source = PRELUDE + line + text + "\n"
    elif mark == "statements":
        source = PRELUDE + "[[maybe_unused]] static void fragment() {\n" + line + text + "\n}\n"
    else:
        source = line + text + "\n"
    folder = build / "documents"
    folder.mkdir(exist_ok=True)
    file = folder / f"{re.sub(r'[^A-Za-z0-9]', '_', name)}_{start}.cpp"
    if not file.exists() or file.read_text() != source:
        file.write_text(source)
    launcher = ["ccache"] if subprocess.run(["which", "ccache"], capture_output=True).returncode == 0 else []
    command = [*launcher, os.environ.get("CXX", "g++"), "-std=c++20", "-O0", "-Wall", "-Wextra", "-Wno-unused", "-Wno-missing-field-initializers", "-Werror", "-I", str(ROOT / "include")]
    torch = torch_folder(build)
    if torch:
        command += ["-isystem", f"{torch}/include", "-isystem", f"{torch}/include/torch/csrc/api/include"]
    result = subprocess.run([*command, "-c", str(file), "-o", str(file.with_suffix(".o"))], capture_output=True, text=True)
    return "" if result.returncode == 0 else f"{name}:{start}: this fragment does not compile\n{result.stderr}"


@functools.lru_cache(maxsize=None)
def help_of(program, subcommand):
    result = subprocess.run([str(program), *([subcommand] if subcommand else []), "--help"], capture_output=True, text=True)
    return result.stdout + result.stderr + "--help --version" if result.returncode == 0 else ""


def program_text(words, build):
    """What a program says of its options, and None for programs that are not ours."""
    program = ROOT / words[0]
    if words[0] == "build/bin/lydian":
        if not (build / "bin/lydian").exists():
            return ""
        return help_of(build / "bin/lydian", words[1] if len(words) > 1 and re.match(r"[a-z]+$", words[1]) else None)
    if words[0].startswith(("scripts/", "bench/", "tests/", "build/")):
        return program.read_text(errors="replace") if program.exists() else ""
    return None


def run_program(words, build):
    """What a call of the program says where it fails; empty where it succeeds, or where the program is not built."""
    if not (build / "bin/lydian").exists():
        return ""
    result = subprocess.run([str(build / "bin/lydian"), *words], capture_output=True, text=True, cwd=ROOT, timeout=120)
    return "" if result.returncode == 0 else f"lydian {' '.join(words)}: exit code {result.returncode}: {result.stderr or result.stdout}".strip()


def check_commands(name, start, text, build):
    findings = []
    for offset, line in enumerate(text.replace("\\\n", " ").splitlines(), 1):
        words = shlex.split(line, comments=True)
        while words and re.match(r"[A-Z_]+=", words[0]):
            words = words[1:]
        if not words:
            continue
        help_text = program_text(words, build)
        if help_text == "":
            findings.append(f"{name}:{start + offset}: no such program or subcommand: {' '.join(words[:2])}")
        elif help_text is not None:
            for option in (word.split("=")[0] for word in words if word.startswith("--")):
                if not re.search(re.escape(option) + r"(?![\w-])", help_text):
                    findings.append(f"{name}:{start + offset}: {words[0]} has no option {option}")
        if words[0] == "build/bin/lydian" and CHEAP.search(" ".join(words[1:])):
            failure = run_program(words[1:], build)
            if failure:
                findings.append(f"{name}:{start + offset}: {failure}")
    return "\n".join(findings)


def check_configuration(configuration, build):
    def shipped(environment):
        return environment if run_program(["env", "show", environment.get("type", "")], build) == "" else {"type": "chain"}

    if "environment" in configuration:
        configuration["environment"] = shipped(configuration["environment"])
    for key, environment in configuration.get("environments", {}).items():
        configuration["environments"][key] = shipped({"type": key, **environment})
    if not {"sft", "grpo", "sweep", "report"} & configuration.keys():
        configuration["report"] = {}  # Fragments may show an environment alone; a run has a stage.
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(configuration, file)
        file.flush()
        return run_program(["train", file.name, "--print-config"], build)


def check_json(name, start, mark, text, build):
    """A fragment is one JSON text (comments from // on are left out), or one a line."""
    without_comments = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*', lambda found: found[1] or "", text)
    try:
        values = [(start + 1, json.loads(without_comments))]
    except json.JSONDecodeError:
        try:
            values = [(start + number, json.loads(line)) for number, line in enumerate(without_comments.splitlines(), 1) if line.strip()]
        except json.JSONDecodeError as error:
            return f"{name}:{start}: this is no JSON: {error}"
    findings = []
    for line, value in values:
        if not isinstance(value, dict):
            continue
        if "environment" in value or "environments" in value:
            failure = check_configuration(value, build)
            if failure:
                findings.append(f"{name}:{line}: {failure}")
        elif mark == "tasks" and not value.keys() <= TASK_KEYS:
            findings.append(f"{name}:{line}: a task has no {', '.join(sorted(value.keys() - TASK_KEYS))}")
    return "\n".join(findings)


def unnamed_headers(name, page):
    headers = sorted(header.relative_to(ROOT / "include/lydian").as_posix() for header in (ROOT / "include/lydian").rglob("*.h"))
    return [f"{name}:1: names no {header}" for header in headers if f"`{header}`" not in page and f"`lydian/{header}`" not in page]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    build = (ROOT / options.build).resolve()
    files = [Path(file).resolve() for file in options.files] or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    jobs, sketches = [], 0
    findings = []
    for file in files:
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
        for start, language, mark, text in fragments(file):
            if language == "cpp" and mark == "sketch":
                sketches += 1
                if name != "docs/design.md":
                    findings.append(f"{name}:{start}: only docs/design.md may show a sketch")
            elif language == "cpp":
                jobs.append((compile_fragment, (name, start, mark, text, build)))
            elif language == "bash" and mark == "flags":
                jobs.append((check_commands, (name, start, text, build)))
            elif language == "json":
                jobs.append((check_json, (name, start, mark, text, build)))
            elif language == "bash":
                findings.append(f"{name}:{start}: a bash fragment without <!-- check: flags --> before it is not checked")
            elif language:
                findings.append(f"{name}:{start}: a fragment of {language} is not checked; cpp, bash and json are, and text has no language")
        if name == "docs/stable_symbols.md":
            findings += unnamed_headers(name, file.read_text())
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        findings += [finding for finding in pool.map(lambda job: job[0](*job[1]), jobs) if finding]
    print("\n".join(findings + [f"documents: {len(jobs)} fragments checked, {sketches} sketches, {len(findings)} findings"]))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
