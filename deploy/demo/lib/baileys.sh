# SPDX-License-Identifier: Apache-2.0
# The WhatsApp state of the demo: made once by the real library, kept in $STATE, loaded into the
# database when there is none in it.
# shellcheck shell=bash

make_state() {
  [[ ! -s $STATE/state.sql ]] || return 0
  "$NODE" "$demo/baileys/make-state.mjs" --packages "$TOOLS/node_modules" --session "$SESSION" \
    --total 728 --out "$STATE" 2>>"$DIR/log/baileys.log" ||
    { show_log baileys && die "Baileys could not make the WhatsApp state"; }
}

# Ages are spread as in a site that has been used for days; nothing expires within two days. A site
# left off for so long that keys have expired meanwhile gets fresh ages at its next start.
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
