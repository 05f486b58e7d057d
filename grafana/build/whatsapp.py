# SPDX-License-Identifier: Apache-2.0
"""Checks of kind whatsapp: are the sessions whole, and is it still the same identity."""

from builder import (cells, column, dashboard, limits, now, query, row, series, stat, steps, table,
                     timeline, value_map)
from shared import failures, findings, status, statuses

KEYS = "sum by (session, key_type) (holdfast_whatsapp_keys{@check})"
BASELINE = "sum by (session, key_type) (holdfast_whatsapp_baseline_keys{@check})"
IDENTITY = ("identity_changed|not_paired|credentials_missing|session_missing|pre_key_id_fell|"
            "pre_keys_beyond|last_pre_key_missing|app_state_key_missing|auth_records|view")


def answer():
    return row(
        "The answer",
        status("whatsapp"),
        stat("Keys that are there", "Of those there would be had none vanished; pre-keys are used up by "
             "design and do not count.",
             now("min by (session) (session:holdfast_whatsapp_keys:ratio{@check})", "{{session}}"),
             unit="percentunit"),
        stat("Identity", "Whether a finding about credentials or identity stands.",
             now(f'count(holdfast_finding{{@check, finding=~"whatsapp_({IDENTITY})"}}) or vector(0)',
                 "identity"),
             mappings=value_map({0: ("the same", "green")}), unit="short",
             thresholds=steps(("green", None), ("red", 1))),
        stat("Auth records", "Sessions that have credentials, and sessions seen.",
             now("holdfast_whatsapp_auth_records{@check}", "records"),
             now("holdfast_whatsapp_sessions{@check}", "sessions"), unit="short"),
        stat("Last write", "How long ago something of a session was written, by the server's clock.",
             now("time() - max by (session) (holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                 "{{session}}"), unit="s"),
        stat("Expired keys", "Keys that have expired and still lie in the table.",
             now("sum by (session) (holdfast_whatsapp_expired_keys{@check})", "{{session}}"),
             unit="short"),
        findings("whatsapp"), statuses("whatsapp", w=12))


def keys():
    return row(
        "Keys",
        series("Live keys by type", "Parts of all keys of a session that have not expired.",
               query(KEYS, "{{key_type}}, {{session}}"), unit="short", stacked=True),
        table("Live keys and the baseline", "Baseline: the high water of 24 hours, less what has expired. "
              "What is missing has vanished.",
              cells(KEYS), cells(BASELINE), cells(f"{BASELINE} - {KEYS}"), merge=True, sort="Missing",
              columns={"session": "Session", "key_type": "Type", "Value #A": "Live",
                       "Value #B": "Baseline", "Value #C": "Missing"},
              overrides=[column("Live", custom_width=80), column("Baseline", custom_width=90),
                         column("Missing", custom_width=90, thresholds=steps(("green", None), ("red", 1)),
                                custom_cellOptions={"type": "color-text"})]),
        series("Keys that are there", "Of those there would be had none vanished, pre-keys left out. The "
               "limit `drop` of the configuration is about what is missing from 100 %.",
               query("session:holdfast_whatsapp_keys:ratio{@check}", "{{session}}"), unit="percentunit",
               low=None, high=1),
        series("Expired and expiring", "Expired keys that still lie in the table, and live ones that expire "
               "within 24 hours.",
               query("sum by (session) (holdfast_whatsapp_expired_keys{@check})", "expired, {{session}}"),
               query("sum by (session) (holdfast_whatsapp_expiring_keys{@check})",
                     "expiring, {{session}}"),
               limits("whatsapp_expired_keys"), unit="short"),
        series("Since the last write", "How long ago something of the session was written.",
               query("time() - max by (session) (holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                     "{{session}}"), unit="s"),
        series("Largest key", "As stored; one that grows without end was once a sign of a fault.",
               query("max by (session) (holdfast_whatsapp_largest_key_bytes{@check})", "{{session}}"),
               limits("whatsapp_largest_key_bytes"), unit="bytes"))


def identity():
    return row(
        "Credentials and identity",
        timeline("Findings over time", "Each finding of these checks while it stands; the first line "
                 "tells how many stand.",
                 query('count(holdfast_finding{@check, kind="whatsapp"}) or vector(0)', "findings"),
                 query('max by (finding) (holdfast_finding{@check, kind="whatsapp"})', "{{finding}}"),
                 mappings=value_map({0: ("none", "green"), 1: ("1", "orange")}), w=24, h=7),
        failures("whatsapp", w=24))


def make():
    return dashboard("holdfast-whatsapp", "WhatsApp sessions",
                     "Whether the sessions kept in the database are whole: credentials, keys by type, what "
                     "expired and what vanished. No key is ever read.",
                     answer(), keys(), identity(), kind="whatsapp")
