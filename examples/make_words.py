#!/usr/bin/env python3
"""Writes the tasks of reverse.cpp: words of drawn letters, to be written backwards, with a demonstration each.

    python3 make_words.py > words.jsonl
"""
import json
import random

random.seed(1)
words = set()
while len(words) < 1000:
    words.add("".join(random.choice("abcdefgh") for _ in range(random.randint(2, 8))))
for word in sorted(words):
    # The thinking numbers the letters, so that writing them backwards is looking them up.
    thinking = "".join(f"{letter}{place}" for place, letter in enumerate(word, 1))
    print(json.dumps({"prompt": word + "=", "ground_truth": word[::-1], "category": f"{len(word)} letters", "demonstration": {"thinking": thinking, "answer": word[::-1]}}))
