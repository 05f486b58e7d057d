# SPDX-License-Identifier: Apache-2.0
"""Checks of kind whatsapp: are the sessions complete, and is the identity unchanged."""

from builder import (cells, column, dashboard, limits, now, query, row, series, stat, steps, table,
                     timeline, value_map)
from shared import failures, findings, status, statuses

KEYS = "sum by (session, key_type) (holdfast_whatsapp_keys{@check})"
BASELINE = "sum by (session, key_type) (holdfast_whatsapp_baseline_keys{@check})"
IDENTITY = ("identity_changed|not_paired|credentials_missing|session_missing|pre_key_id_fell|"
            "pre_keys_beyond|last_pre_key_missing|app_state_key_missing|auth_records|view")


def summary():
    return row(
        "Summary",
        status("whatsapp"),
        stat("Session keys present", "Share of the baseline; pre-keys are consumed by design and not "
                                     "counted.",
             now("min by (session) (session:holdfast_whatsapp_keys:ratio{@check})", "{{session}}"),
             unit="percentunit"),
        stat("Identity", "Whether a finding about credentials or identity is active.",
             now(f'count(holdfast_finding{{@check, finding=~"whatsapp_({IDENTITY})"}}) or vector(0)',
                 "identity"),
             mappings=value_map({0: ("unchanged", "green")}), unit="short",
             thresholds=steps(("green", None), ("red", 1))),
        stat("Auth records", "Sessions that have credentials, and sessions seen.",
             now("holdfast_whatsapp_auth_records{@check}", "records"),
             now("holdfast_whatsapp_sessions{@check}", "sessions"), unit="short"),
        stat("Last write", "Time since the last write of a session, by the server's clock.",
             now("time() - max by (session) (holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                 "{{session}}"), unit="s"),
        stat("Expired keys", "Expired keys still in the table.",
             now("sum by (session) (holdfast_whatsapp_expired_keys{@check})", "{{session}}"),
             unit="short"),
        findings("whatsapp"), statuses("whatsapp", w=12))


def keys():
    return row(
        "Keys",
        series("Live keys by type", "Unexpired keys of a session by type.",
               query(KEYS, "{{key_type}}, {{session}}"), unit="short", stacked=True),
        table("Live keys and the baseline", "Baseline: the 24-hour high-water mark minus expired keys. "
                                            "Missing: baseline minus live.",
              cells(KEYS), cells(BASELINE), cells(f"{BASELINE} - {KEYS}"), merge=True, sort="Missing",
              columns={"session": "Session", "key_type": "Type", "Value #A": "Live",
                       "Value #B": "Baseline", "Value #C": "Missing"},
              overrides=[column("Live", custom_width=80), column("Baseline", custom_width=90),
                         column("Missing", custom_width=90, thresholds=steps(("green", None), ("red",
                                1)),
                                custom_cellOptions={"type": "color-text"})]),
        series("Session keys present", "Share of the baseline, without pre-keys. The limit `drop` in "
                                       "the configuration applies to what is missing from 100 %.",
               query("session:holdfast_whatsapp_keys:ratio{@check}", "{{session}}"), unit="percentunit",
               low=None, high=1),
        series("Expired and expiring", "Expired keys still in the table, and live keys that expire "
                                       "within 24 hours.",
               query("sum by (session) (holdfast_whatsapp_expired_keys{@check})", "expired, "
                                                                                  "{{session}}"),
               query("sum by (session) (holdfast_whatsapp_expiring_keys{@check})",
                     "expiring, {{session}}"),
               limits("whatsapp_expired_keys"), unit="short"),
        series("Time since the last write", "Time since the last write by session.",
               query("time() - max by (session) "
                     "(holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                     "{{session}}"), unit="s"),
        series("Largest key", "Stored size; unbounded growth indicates a bug in the service.",
               query("max by (session) (holdfast_whatsapp_largest_key_bytes{@check})", "{{session}}"),
               limits("whatsapp_largest_key_bytes"), unit="bytes"))


def identity():
    return row(
        "Credentials and identity",
        timeline("Findings over time", "Active findings of these checks; the first line is their "
                                       "number.",
                 query('count(holdfast_finding{@check, kind="whatsapp"}) or vector(0)', "findings"),
                 query('max by (finding) (holdfast_finding{@check, kind="whatsapp"})', "{{finding}}"),
                 mappings=value_map({0: ("none", "green"), 1: ("1", "orange")}), w=24, h=7),
        failures("whatsapp", w=24))


def make():
    return dashboard("holdfast-whatsapp", "WhatsApp sessions",
                     "Whether the sessions stored in the database are complete: credentials, keys by "
                     "type, expired and lost keys. No key is ever read.",
                     summary(), keys(), identity(), kind="whatsapp")
