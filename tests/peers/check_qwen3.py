"""A checkpoint of a Qwen3-shaped lydian policy, loaded by transformers, gives lydian's log-probs for every token of the vocabulary.

Usage: check_qwen3.py PROGRAM, the path of qwen3_checkpoint.
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM

LIMIT = 1e-5

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], folder], check=True)
    model, loading = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    with open(f"{folder}/tokens.json") as file:
        rows = json.load(file)

assert type(model).__name__ == "Qwen3ForCausalLM", type(model).__name__
assert not any(loading.values()), loading
worst = compared = 0
with torch.inference_mode():
    for row in rows:
        theirs = model.eval()(torch.tensor([row["ids"]])).logits[0, :-1].log_softmax(-1)
        ours = torch.tensor(row["log_probs"]).view_as(theirs)
        worst = max(worst, (ours - theirs).abs().max().item())
        compared += ours.numel()
print(f"{compared} log-probs of {len(rows)} rows; largest difference {worst:.1e}, limit {LIMIT:.0e}")
sys.exit(not (compared and worst <= LIMIT))
