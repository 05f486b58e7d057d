# SPDX-License-Identifier: Apache-2.0
"""Panels used on several dashboards."""

from builder import (SEVERITY, STATUS, cells, coloured, column, now, query, series, stat, state,
                     state_map, table, timeline)

# A row shown when there are no findings, so that an empty table does not look broken.
NOTHING = 'label_replace(vector(0), "finding", "none", "", "")'


def status(kind=None, **more):
    where = f'@check, kind="{kind}"' if kind else "@check"
    return stat("Status", "Status of the last reading of each check, not yet confirmed.",
                now(state("holdfast_check_status", "status", STATUS, "check", where), "{{check}}"),
                mappings=state_map(STATUS), **more)


def statuses(kind=None, **more):
    where = f'@check, kind="{kind}"' if kind else "@check"
    return timeline("Status over time", "Status of each check over time. A gap means Holdfast was not "
                                        "scraped.",
                    query(state("holdfast_check_status", "status", STATUS, "check", where), "{{check}}"),
                    mappings=state_map(STATUS), **more)


def findings(kind=None, w=12, h=8):
    """Active findings and their start: when a finding last appeared after a minute without it, or
    the start of the time range if it was active before."""
    where = f'@check, kind="{kind}"' if kind else "@check"
    found = f"holdfast_finding{{{where}}}"
    began = (f"max_over_time(timestamp({found} unless {found} offset 1m)[$__range:1m]) "
             f"or min_over_time(timestamp({found})[$__range:1m]) "
             # Younger than the subquery's last whole minute.
             f"or timestamp({found})")
    expr = f"1000 * (({began}) and {found}) or on () {NOTHING}"
    return table("Findings",
                 "Active findings, confirmed or not. Since: when it last appeared, or the start of the "
                 "time range if earlier.",
                 cells(expr), w=w, h=h, drop=("kind",), sort="Since",
                 columns={"severity": "Severity", "check": "Check", "finding": "Finding",
                          "subject": "Subject", "Value": "Since"},
                 overrides=[coloured("Severity", SEVERITY), column("Severity", custom_width=85),
                            column("Check", custom_width=100),
                            column("Since", custom_width=150, unit="dateTimeFromNow",
                                   mappings=[{"type": "value", "options": {
                                       "0": {"text": "-", "index": 0}}}])])


def failures(kind, w=12):
    """Failed runs by reason: zero for every possible reason, so that the panel is never empty; the
    legend is sorted by frequency."""
    return series("Failed runs by reason", "Incomplete runs by reason. The reference explains each "
                                           "reason.",
                  query(f"""sum by (reason) (increase(holdfast_check_failures_total{{@check}}[$__rate_interval])
                        * on (job, instance, check) group_left ()
                        holdfast_check_info{{@check, kind="{kind}"}})""", "{{reason}}"),
                  unit="short", bars=True, w=w)


def up(metric, title, description, **more):
    return stat(title, description, now(f"min by (check) ({metric}{{@check}})", "{{check}}"),
                mappings=[{"type": "value", "options": {
                    "0": {"text": "down", "color": "red", "index": 0},
                    "1": {"text": "up", "color": "green", "index": 1}}}], **more)
