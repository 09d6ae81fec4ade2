#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# unpack_samples.sh FOLDER: the sample mail as plain messages. What a virus scanner on a developer's machine
# would remove is stored encoded in samples/ and decoded here.
set -euo pipefail
samples=$(dirname "${BASH_SOURCE[0]}")/samples
mkdir -p "$1"
for file in "$samples"/*.eml; do cp "$file" "$1"; done
for file in "$samples"/*.eml.b64; do base64 -d "$file" > "$1/$(basename "$file" .b64)"; done
