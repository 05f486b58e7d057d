# SPDX-License-Identifier: Apache-2.0
# All modules of the demo site, for its commands.
# shellcheck shell=bash

for part in common process node certificates postgres pgbouncer pm2 prometheus holdfast baileys \
  faults; do
  # shellcheck source=/dev/null
  source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
