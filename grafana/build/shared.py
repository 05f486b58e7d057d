# SPDX-License-Identifier: Apache-2.0
"""Panels that stand on several dashboards."""

from builder import (SEVERITY, STATUS, cells, coloured, column, now, query, series, stat, state,
                     state_map, table, timeline)

# The row that says so where nothing is found, so that an empty table is not taken for a broken one.
NOTHING = 'label_replace(vector(0), "finding", "nothing", "", "")'


def status(kind=None, **more):
    where = f'@check, kind="{kind}"' if kind else "@check"
    return stat("Status", "What the last reading of each check says, before it is confirmed.",
                now(state("holdfast_check_status", "status", STATUS, "check", where), "{{check}}"),
                mappings=state_map(STATUS), **more)


def statuses(kind=None, **more):
    where = f'@check, kind="{kind}"' if kind else "@check"
    return timeline("Status over time", "The last reading of each check. A gap is time in which "
                    "Holdfast was not scraped.",
                    query(state("holdfast_check_status", "status", STATUS, "check", where), "{{check}}"),
                    mappings=state_map(STATUS), **more)


def findings(kind=None, w=12, h=8):
    """What is wrong, and since when: when the finding last appeared after a minute without it, or,
    where it never did within the shown time, the shown time's first minute."""
    where = f'@check, kind="{kind}"' if kind else "@check"
    found = f"holdfast_finding{{{where}}}"
    began = (f"max_over_time(timestamp({found} unless {found} offset 1m)[$__range:1m]) "
             f"or min_over_time(timestamp({found})[$__range:1m]) "
             # Younger than the subquery's last whole minute.
             f"or timestamp({found})")
    expr = f"1000 * (({began}) and {found}) or on () {NOTHING}"
    return table("What is wrong, and since when",
                 "Findings that stand, confirmed or not. Since: when one appeared last, or the beginning of "
                 "the shown time if it stood already.",
                 cells(expr), w=w, h=h, drop=("kind",), sort="Since",
                 columns={"severity": "Severity", "check": "Check", "finding": "Finding",
                          "subject": "Subject", "Value": "Since"},
                 overrides=[coloured("Severity", SEVERITY), column("Severity", custom_width=85),
                            column("Check", custom_width=100),
                            column("Since", custom_width=150, unit="dateTimeFromNow",
                                   mappings=[{"type": "value", "options": {
                                       "0": {"text": "-", "index": 0}}}])])


def failures(kind, w=12):
    """Runs that failed, by reason: nought for every reason that can be, so that the panel is
    never empty; the legend is sorted by what happened most."""
    return series("Runs that failed, by reason",
                  "How many runs were not complete, and why. The reference explains each reason.",
                  query(f"""sum by (reason) (increase(holdfast_check_failures_total{{@check}}[$__rate_interval])
                        * on (job, instance, check) group_left ()
                        holdfast_check_info{{@check, kind="{kind}"}})""", "{{reason}}"),
                  unit="short", bars=True, w=w)


def up(metric, title, description, **more):
    return stat(title, description, now(f"min by (check) ({metric}{{@check}})", "{{check}}"),
                mappings=[{"type": "value", "options": {
                    "0": {"text": "down", "color": "red", "index": 0},
                    "1": {"text": "up", "color": "green", "index": 1}}}], **more)
