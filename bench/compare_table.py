"""One Markdown table from the JSON lines of bench/compare.sh; what was not measured is left out. Usage: compare_table.py FILE"""
import json
import statistics
import sys
from collections import defaultdict

# Workload, lydian's row, and the column in which each peer's script stands.
WORKLOADS = [
    ("sampling `tiny-2l`, B = 16", "sampling tiny-2l B=16", "tiny-2l"),
    ("sampling `small`, B = 64", "sampling small B=64", "small"),
    ("training `small`", "training small B=64", "small"),
    ("GRPO step, `tiny-2l`", "grpo tiny-2l", "tiny-2l"),
    ("GRPO step, `small`", "grpo small", "small"),
]
PEERS = {"sampling": ("torch_decode", "hf_generate"), "training": ("torch_train",), "grpo": ("trl_grpo",)}
COLUMNS = {("torch_decode", "eager"): 0, ("torch_train", "eager"): 0, ("torch_decode", "compile"): 1, ("torch_train", "compile"): 1,
           ("hf_generate", None): 2, ("trl_grpo", None): 2}


def medians(lines):
    """{(script, shape, mode, threads): (median value, median share or None)} over all turns together."""
    values, shares = defaultdict(list), defaultdict(list)
    for line in lines:
        key = line["script"], line["shape"], line.get("mode"), line["threads"]
        values[key] += line["values"]
        shares[key] += line.get("shares", [])
    return {key: (statistics.median(v), statistics.median(shares[key]) if shares[key] else None) for key, v in values.items()}


def show(value, unit):
    if value is None:
        return "–"
    return f"{1e3 * value:,.0f} ms" if unit == "s/step" else f"{value / 1e3:,.1f} k/s"


def table(found):
    count = max(threads for *_, threads in found)
    yield f"| {count} thread{'s' * (count > 1)} | lydian | share of the FMA ceiling | torch, eager | torch.compile | transformers, TRL | lydian is faster by |"
    yield "|---|---|---|---|---|---|---|"
    for title, own, shape in WORKLOADS:
        kind = own.split()[0]
        unit = "s/step" if kind == "grpo" else "tokens/s"
        if (own, shape, None, count) not in found:
            continue
        ours, share = found[own, shape, None, count]
        cells = [None] * 3
        for (script, mode), column in COLUMNS.items():
            if script in PEERS[kind] and (script, shape, mode, count) in found:
                cells[column] = found[script, shape, mode, count][0]
        ratios = [f"{peer / ours if kind == 'grpo' else ours / peer:.1f}×" for peer in cells if peer]
        yield f"| {title} | {show(ours, unit)} | {100 * share:.0f} % | {' | '.join(show(c, unit) for c in cells)} | {', '.join(ratios)} |"


def threads(found):
    for title, own, shape in WORKLOADS[1:3]:
        if not {(own, shape, None, 1), (own, shape, None, 2)} <= found.keys():
            continue
        (one, share), (two, both) = found[own, shape, None, 1], found[own, shape, None, 2]
        yield f"Two threads over one, {title}: {two / one:.2f} times, {both / share:.2f} of the ratio of their FMA ceilings."


with open(sys.argv[1]) as file:
    results = medians(json.loads(line) for line in file)
print("\n".join([*table(results), "", *threads(results)]))
