#!/usr/bin/env bash
# Writes the committed digest of the tiny training run anew. Changing it changes a promise: say why in CHANGELOG.md.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --build build --target golden_training
build/bin/golden_training > tests/golden/training_sha256.txt
cat tests/golden/training_sha256.txt
