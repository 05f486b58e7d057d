# SPDX-License-Identifier: Apache-2.0
"""A window: verdict, criteria, coverage, incidents and days."""

from builder import (CRITERION, VERDICT, dashboard, now, query, row, series, stat, state, state_map, steps,
                     timeline, value_map, variable)

W = '@host, window=~"$window"'
START, END = (f"max by (window) (holdfast_window_{one}_timestamp_seconds{{{W}}})"
              for one in ("start", "end"))
INCIDENT = {"no incident": "green", "warning": "orange", "no data": "purple", "critical": "red"}


def verdict():
    return state("holdfast_window_verdict", "verdict", VERDICT, "window", W)


def summary():
    return row(
        "Summary",
        stat("Verdict", "go: all criteria met at the end. no_go: criteria violated. inconclusive: "
                        "evidence is missing. Missing data never counts towards go.",
             now(verdict(), "{{window}}"), mappings=state_map(VERDICT), w=5),
        stat("Failed criteria", "Number of failed criteria.",
             now(f'sum by (window) (holdfast_window_criterion{{{W}, state="failed"}})', "{{window}}"),
             unit="short", thresholds=steps(("green", None), ("red", 1)), w=3),
        stat("Lowest coverage", "Coverage of the check with the lowest coverage.",
             now(f"min by (window) (holdfast_window_coverage_ratio{{{W}}})", "{{window}}"),
             unit="percentunit", decimals=2, w=4),
        stat("Elapsed", "Elapsed share of the window's length.",
             now(f"clamp((time() - {START}) / ({END} - {START}), 0, 1)", "{{window}}"),
             unit="percentunit", w=4),
        stat("Started", "Start of the current attempt.",
             now(f"1000 * {START}", "{{window}}"), unit="dateTimeFromNow", w=4),
        stat("Ends", "End of the window.", now(f"1000 * {END}", "{{window}}"),
             unit="dateTimeFromNow", w=4),
        timeline("Verdict over time", "One line per window.", query(verdict(), "{{window}}"),
                 mappings=state_map(VERDICT), w=12, h=6),
        timeline("Criteria over time", "open: not decided yet, or within limits so far.",
                 query(state("holdfast_window_criterion", "state", CRITERION, "window, criterion", W),
                       "{{criterion}}, {{window}}"), mappings=state_map(CRITERION), w=12, h=6))


def evidence():
    code = " + ".join(f'{n} * max by (check) (holdfast_incident_open{{@check, severity="{one}"}})'
                      for n, one in ((1, "warning"), (2, "unknown"), (4, "critical")))
    named = list(INCIDENT.items())
    # An incident has one severity; if two overlap, the worse one wins.
    sums = {0: named[0], 1: named[1], 2: named[2], 3: named[2], 4: named[3], 5: named[3], 6: named[3],
            7: named[3]}
    replayed = "holdfast_history_replayed_until_timestamp_seconds{@host}"
    return row(
        "Evidence",
        series("Coverage", "Coverage by check.",
               query(f"max by (window, check) (holdfast_window_coverage_ratio{{{W}}})",
                     "{{check}}, {{window}}"), unit="percentunit", low=None, high=1, w=10),
        timeline("Incidents", "Confirmed open incidents by check.", query(code, "{{check}}"),
                 mappings=value_map(sums), w=10),
        stat("Simulated until", "Evidence before this time is simulated, not measured. Only the demo "
                               "has such evidence.",
             now(f"1000 * {replayed} or on () vector(0)", "simulated"), unit="dateTimeFromNow", w=4, h=8,
             mappings=value_map({0: ("nothing simulated", "text")})))


def days():
    """24 hours before each point: bars by calendar day would omit today. A subquery by the minute:
    what was not scraped is not counted."""
    def spent(severity):
        return query(f"""sum by (check) (60 * sum_over_time(
            holdfast_incident_open{{@check, severity="{severity}"}}[1d:1m]))""",
                     f"{{{{check}}}}, {severity}")
    return row(
        "Days",
        series("Incident time in 24 hours", "Confirmed time by check in the 24 hours before each "
                                            "point; windows limit it.",
               spent("critical"), spent("warning"), spent("unknown"), unit="s"),
        timeline("Activity in 24 hours", "Whether a check saw activity in the 24 hours before each "
                                         "point; a window may require it on every day.",
                 query("max by (check) (max_over_time(holdfast_usage_seen{@check}[1d]))", "{{check}}"),
                 mappings=value_map({0: ("no activity", "red"), 1: ("in use", "blue")}), w=12))


def make():
    window = variable("window", "Window", "holdfast_window_verdict", "window", many=True, where="@host")
    return dashboard("holdfast-window", "Window",
                     "Whether the migration is stable, and the evidence. The report (`holdfast report "
                     "--window NAME`) is authoritative; this dashboard gives the details.",
                     summary(), evidence(), days(), variables=[window], span="now-7d", step="5m")
