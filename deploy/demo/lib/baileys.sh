# SPDX-License-Identifier: Apache-2.0
# The WhatsApp state of the demo: generated once by the real library, stored in $STATE, loaded into an
# empty database.
# shellcheck shell=bash

make_state() {
  [[ ! -s $STATE/state.sql ]] || return 0
  "$NODE" "$demo/baileys/make-state.mjs" --packages "$TOOLS/node_modules" --session "$SESSION" \
    --total 728 --out "$STATE" 2>>"$DIR/log/baileys.log" ||
    { show_log baileys && die "Baileys failed to generate the WhatsApp state"; }
}

# Timestamps are spread as in a site that has been used for days; nothing expires within two days. If
# keys have expired while the site was stopped, the next start sets new timestamps.
load_state() {
  local loaded
  loaded=$(admin_sql -c 'SELECT count(*) FROM whatsapp_keys')
  if ((loaded == 0)); then
    make_state
    admin_sql -1 -f "$STATE/state.sql" >/dev/null
  fi
  admin_sql <<'EOF'
UPDATE whatsapp_keys SET
  updated_at = now() - random() * interval '3 days',
  expires_at = now() + CASE WHEN key_type IN ('pre-key', 'session', 'lid-mapping')
    THEN interval '2 days' + random() * interval '5 days'
    ELSE interval '4 days' + random() * interval '10 days' END
WHERE (SELECT count(*) FROM whatsapp_keys
       WHERE expires_at IS NULL OR expires_at < now() + interval '1 day') > 0;
ANALYZE;
EOF
}
