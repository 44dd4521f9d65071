#!/usr/bin/env python3
"""Checks what docs/design.md sections 2 and 6 say of folders: who may include whom, what public headers may hold, sizes, names and words.

    scripts/check_layers.py [FOLDER]      the repository to check (default: the one this file is in)

Prints one line a finding, `file:line: sentence`, and exits 1 when there is one.
"""
import re
import sys
from pathlib import Path

# The ladder: a folder may include itself and what is named here, nothing else. Of core/, kernels/ may see the two headers named below.
LADDER = {
    "core": "",
    "data": "core",
    "text": "data core",
    "sandbox": "core",
    "verify": "sandbox data core",
    "advantage": "data core",
    "report": "data core",
    "envs": "verify sandbox data core",
    "kernels": "",
    "model": "kernels core",
    "rollout": "model text data core",
    "episode": "rollout model verify text data core",
    "eval": "episode rollout model verify text data core",
    "testing": "rollout model kernels verify data core",
    "ops": "kernels core",
    "policy": "ops model kernels core",
    "objective": "ops data core",
    "dist": "core",
}
ABOVE_TORCH_LINE = {"core", "data", "text", "sandbox", "verify", "advantage", "report", "envs", "kernels", "model", "rollout", "episode", "eval", "testing"}
LADDER["train"] = " ".join(LADDER)
LADDER["cli"] = " ".join(LADDER)
# Environments and examples are written as an outsider would write them: from public headers and their own folder. Of src/ the one reader of JSON is left to them.
WRITTEN_FROM_OUTSIDE = {"envs", "examples"}
PRIVATE_BUT_FOR_ALL = {"core/json_text.h"}
KERNELS_ALSO_SEE = {"lydian/core/token.h", "lydian/core/error.h"}
# What a kernel's source may include besides kernels' own headers: a function of the standard library compiled with AVX-512 must never reach another machine.
KERNEL_SOURCE_SYSTEM_HEADERS = {"cstdint", "cstddef", "cstring", "immintrin.h"}

# What the umbrella header leaves out: what belongs to components that a build may lack, the kernels, and GoogleTest's.
INCLUDED_SINGLY = re.compile(r"lydian/(kernels|sandbox|testing)/|lydian/(verify|envs)/(math|code|tool_use|program)_")

HEADER_LINES, SOURCE_LINES = 250, 500
SOURCE_FOLDERS = ("include", "src", "envs", "examples", "bench", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\b(placeholder|not implemented|unimplemented)\b", re.IGNORECASE)
# A home folder has no place in the documents; the rest is advertising.
DOC_WORDS = re.compile(
    r"/root/|\bblazing|\bcutting[- ]edge|\bstate[- ]of[- ]the[- ]art\b|\bseamless|"
    r"\bworld[- ]class\b|\bunleash|\bgame[- ]chang|\bcoming soon\b|\bwork in progress\b|\beffortless", re.IGNORECASE)


def layer_of(path):
    """The layer that a file belongs to, or None (umbrella header, tests, examples)."""
    parts = path.parts
    if parts[0] == "envs":
        return "envs"
    if parts[:2] == ("include", "lydian") and len(parts) > 3:
        return parts[2]
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    return None


def included_layer(include, root):
    """The layer of an included file, or None where it is none of ours."""
    name = include.removeprefix("lydian/")
    if "/" not in name:
        return None
    layer = name.split("/")[0]
    ours = (root / "include/lydian" / name).exists() or (root / "src" / name).exists() or include.startswith("lydian/")
    return layer if ours and layer in LADDER else None


def check_includes(path, lines, root, report):
    layer = layer_of(path)
    if layer and layer not in LADDER:
        report(path, 1, f"the folder {layer}/ is not in the ladder of docs/design.md section 2")
        return
    public = path.parts[0] == "include"
    kernel_source = layer == "kernels" and path.name.endswith("_cpu.cpp")
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        include = match[1]
        if path.suffix == ".h" and include.startswith("torch/torch.h"):
            report(path, number, "a header includes torch/torch.h; ATen/core/Tensor.h at most")
        if public and re.match(r"(nlohmann|spdlog|fmt|Eigen)/", include):
            report(path, number, f"a public header includes {include}")
        if include.startswith(("src/", "../")):
            report(path, number, f"includes {include}: name a file from src/ or include/ on")
        if path.parts[0] in WRITTEN_FROM_OUTSIDE and (root / "src" / include).exists() and include not in PRIVATE_BUT_FOR_ALL:
            report(path, number, f"{path.parts[0]}/ includes {include}, which no outsider can: public headers and the folder's own only")
        if layer is None:
            continue
        if layer in ABOVE_TORCH_LINE and re.match(r"(torch|ATen|c10)/", include):
            report(path, number, f"{layer}/ stands above the torch line and includes {include}")
        if layer in ABOVE_TORCH_LINE - {"testing"} and re.match(r"(gtest|gmock)/", include):
            report(path, number, f"{layer}/ includes {include}")
        target = included_layer(include, root)
        if target and target != layer and target not in LADDER[layer].split() and not (layer == "kernels" and include in KERNELS_ALSO_SEE):
            report(path, number, f"{layer}/ may not include {target}/ ({include})")
        if kernel_source and line.lstrip("# ").startswith("include") and "<" in line and "/" not in include and include not in KERNEL_SOURCE_SYSTEM_HEADERS:
            report(path, number, f"a kernel's source includes <{include}>; intrinsics and integer headers only")


def check_umbrella(root, report):
    """lydian.h gives every public header, directly or by another, but those of what is included singly."""
    def includes_of(header):
        return [name for name in (match[1] for match in map(INCLUDE.match, (root / "include" / header).read_text().splitlines()) if match) if name.startswith("lydian/")]

    given, waiting = set(), ["lydian/lydian.h"]
    while waiting:
        header = waiting.pop()
        if header not in given:
            given.add(header)
            waiting += includes_of(header)
    for header in sorted((root / "include").rglob("*.h")):
        name = header.relative_to(root / "include").as_posix()
        if name not in given and not INCLUDED_SINGLY.match(name):
            report(Path("include/lydian/lydian.h"), 1, f"does not give {name}")


def check_size(path, lines, report):
    limit = HEADER_LINES if path.suffix == ".h" else SOURCE_LINES
    if len(lines) > limit:
        report(path, limit, f"{len(lines)} lines; at most {limit}: split it by purpose")


def check_words(path, lines, report):
    for number, line in enumerate(lines, 1):
        match = UNFINISHED.search(line)
        if match:
            report(path, number, f"unfinished work: {match[0]}")
        match = DOC_WORDS.search(line)
        if match:
            report(path, number, f"a word that has no place here: {match[0]}")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    findings = []

    def report(path, number, sentence):
        findings.append(f"{path}:{number}: {sentence}")

    count = 0
    for folder in SOURCE_FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root)
            if file.is_dir() or "__pycache__" in path.parts:
                continue
            if path.suffix in (".h", ".cpp", ".inc"):
                lines = file.read_text().splitlines()
                count += 1
                check_includes(path, lines, root, report)
                check_size(path, lines, report)
                check_words(path, lines, report)
            if EMPTY_NAMES & {part.split(".")[0] for part in path.parts}:
                report(path, 1, "a name that says nothing: utils, helpers, common, misc")
    for file in sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")]):
        if "docs/decisions" not in file.as_posix() and file.name != "design.md":
            count += 1
            check_words(file.relative_to(root), file.read_text().splitlines(), report)
    check_umbrella(root, report)
    print("\n".join(findings) if findings else f"{count} files keep to the layers")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
