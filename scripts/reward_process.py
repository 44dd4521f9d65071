#!/usr/bin/env python3
"""Makes a reward function written for verl or TRL a verifier of lydian: the child process of an ExternalVerifier.

    scripts/reward_process.py --verl FILE.py[:FUNCTION]     compute_score(data_source, solution_str, ground_truth, extra_info)
    scripts/reward_process.py --trl FILE.py:FUNCTION        f(prompts, completions, **kwargs), asked for one completion at a time
      --answer-only     the function sees what follows the thinking; else <think>…</think> stands before it

FILE.py may also be the name of a module. What the function prints goes to standard error. What it raises, and None, is a fault: nobody's answer.

The row that a task was made from comes back: verl's data_source and extra_info, and for TRL every column, each as a list of one. Of both, what the row held as
text is text, and objects and lists are what they were; other values (numbers, true, false) are text. TRL's function also gets the gold as `ground_truth`,
`solution` and `answer`, unless the row has columns of these names.
"""
import argparse
import importlib
import importlib.util
import inspect
import json
import math
import os
import sys


def load(place, default):
    """The function that FILE.py:FUNCTION or MODULE:FUNCTION names."""
    name, _, function = place.partition(":")
    if name.endswith(".py"):
        spec = importlib.util.spec_from_file_location("reward_function", name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(name)
    return getattr(module, function or default)


def columns_of(task):
    columns = {}
    for name, text in task["metadata"].items():
        columns[name] = json.loads(text) if text[:1] in ("{", "[") and is_json(text) else text
    return columns


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def response_of(completion, answer_only):
    thinking = completion["thinking"]
    return completion["answer"] if answer_only or not thinking else f"<think>{thinking}</think>{completion['answer']}"


def finite(value):
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"the reward is {number}")
    return number


def verl_reply(function, task, response):
    columns = columns_of(task)
    score = function(data_source=columns.get("data_source", task["category"]), solution_str=response, ground_truth=task["ground_truth"], extra_info=columns.get("extra_info", {}))
    if not isinstance(score, dict):
        return {"reward": finite(score)}
    parts = {name: finite(value) for name, value in score.items() if name != "score" and isinstance(value, (bool, int, float))}
    return {"reward": finite(score["score"]), "parts": parts}


def trl_reply(function, task, response):
    prompt = task["prompt"]
    conversational = isinstance(prompt, list)
    columns = {name: task["ground_truth"] for name in ("ground_truth", "solution", "answer")}
    columns.update(columns_of(task))
    columns.pop("prompt", None)
    takes = inspect.signature(function).parameters
    if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in takes.values()):
        columns = {name: value for name, value in columns.items() if name in takes}
    completion = [{"role": "assistant", "content": response}] if conversational else response
    reward = function(prompts=[prompt], completions=[completion], **{name: [value] for name, value in columns.items()})[0]
    if reward is None:
        return {"error": "the function gave None, which means that it cannot judge this completion"}
    return {"reward": finite(reward)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--verl", metavar="FILE.py[:FUNCTION]")
    which.add_argument("--trl", metavar="FILE.py:FUNCTION")
    parser.add_argument("--answer-only", action="store_true")
    arguments = parser.parse_args()

    # Replies have a descriptor of their own, so that nothing that is printed gets between them.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(reply):
        replies.write(json.dumps(reply) + "\n")
        replies.flush()

    function = load(arguments.verl, "compute_score") if arguments.verl else load(arguments.trl, "reward")
    answer = verl_reply if arguments.verl else trl_reply
    say({"ready": True})
    for line in sys.stdin.buffer:
        item = json.loads(line)
        try:
            reply = answer(function, item["task"], response_of(item["completion"], arguments.answer_only))
        except Exception as error:  # Whatever somebody's function raises says nothing about the completion.
            reply = {"error": f"{type(error).__name__}: {error}"}
        say({"id": item["id"], **reply})


if __name__ == "__main__":
    main()
