"""Reward functions as verl and TRL have them, for the test of scripts/reward_process.py."""


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    print("printing disturbs nothing")
    if solution_str == "raise":
        raise RuntimeError("no such table")
    if solution_str == "nan":
        return float("nan")
    if solution_str == "dict":
        return {"score": 0.25, "acc": True, "pred": "x"}
    return float(data_source == "own" and extra_info.get("index") == 3 and solution_str == "<think>so</think>" + ground_truth)


def exact(prompts, completions, solution, **kwargs):
    if kwargs["level"] == ["none"]:
        return [None]
    contents = [completion[0]["content"] if isinstance(completion, list) else completion for completion in completions]
    return [2.0 if content == gold else 0.0 for content, gold in zip(contents, solution)]


def narrow(prompts, completions):
    return [float(len(prompts[0]) + len(completions[0]))]
