# SPDX-License-Identifier: Apache-2.0
"""A window: its verdict, its criteria, how much of it was seen, its incidents, its days."""

from builder import (CRITERION, VERDICT, dashboard, now, query, row, series, stat, state, state_map, steps,
                     timeline, value_map, variable)

W = '@host, window=~"$window"'
START, END = (f"max by (window) (holdfast_window_{one}_timestamp_seconds{{{W}}})"
              for one in ("start", "end"))
INCIDENT = {"no incident": "green", "warning": "orange", "blind": "purple", "critical": "red"}


def verdict():
    return state("holdfast_window_verdict", "verdict", VERDICT, "window", W)


def answer():
    return row(
        "The answer",
        stat("Verdict", "go: at the end, every criterion met. no_go: evidence against. inconclusive: "
             "evidence is missing. What nobody saw never counts towards go.",
             now(verdict(), "{{window}}"), mappings=state_map(VERDICT), w=5),
        stat("Criteria failed", "How many of its criteria are broken.",
             now(f'sum by (window) (holdfast_window_criterion{{{W}, state="failed"}})', "{{window}}"),
             unit="short", thresholds=steps(("green", None), ("red", 1)), w=3),
        stat("Least coverage", "How much of its time the check was seen that was seen least.",
             now(f"min by (window) (holdfast_window_coverage_ratio{{{W}}})", "{{window}}"),
             unit="percentunit", decimals=2, w=4),
        stat("Gone by", "Share of its length that is over.",
             now(f"clamp((time() - {START}) / ({END} - {START}), 0, 1)", "{{window}}"),
             unit="percentunit", w=4),
        stat("Began", "When the attempt that runs now began.",
             now(f"1000 * {START}", "{{window}}"), unit="dateTimeFromNow", w=4),
        stat("Ends", "When it ends or ended.", now(f"1000 * {END}", "{{window}}"),
             unit="dateTimeFromNow", w=4),
        timeline("Verdict over time", "One line a window.", query(verdict(), "{{window}}"),
                 mappings=state_map(VERDICT), w=12, h=6),
        timeline("Criteria over time", "open: not decided yet, or kept so far.",
                 query(state("holdfast_window_criterion", "state", CRITERION, "window, criterion", W),
                       "{{criterion}}, {{window}}"), mappings=state_map(CRITERION), w=12, h=6))


def evidence():
    code = " + ".join(f'{n} * max by (check) (holdfast_incident_open{{@check, severity="{one}"}})'
                      for n, one in ((1, "warning"), (2, "unknown"), (4, "critical")))
    named = list(INCIDENT.items())
    # An incident has one severity; should two ever overlap, the worse one names the sum.
    sums = {0: named[0], 1: named[1], 2: named[2], 3: named[2], 4: named[3], 5: named[3], 6: named[3],
            7: named[3]}
    replayed = "holdfast_history_replayed_until_timestamp_seconds{@host}"
    return row(
        "Evidence",
        series("Coverage", "How much of its time each check of the window was seen.",
               query(f"max by (window, check) (holdfast_window_coverage_ratio{{{W}}})",
                     "{{check}}, {{window}}"), unit="percentunit", low=None, high=1, w=10),
        timeline("Incidents", "Confirmed and open, by check.", query(code, "{{check}}"),
                 mappings=value_map(sums), w=10),
        stat("Replayed until", "Evidence from before was replayed and never seen. Only a demonstration has "
             "such: everywhere else all that stands here was seen.",
             now(f"1000 * {replayed} or on () vector(0)", "replayed"), unit="dateTimeFromNow", w=4, h=8,
             mappings=value_map({0: ("nothing was replayed", "text")})))


def days():
    """A day each, ending where it is drawn: bars by the calendar would leave today out until it is
    over. A subquery by the minute: what was not scraped is not counted."""
    def spent(severity):
        return query(f"""sum by (check) (60 * sum_over_time(
            holdfast_incident_open{{@check, severity="{severity}"}}[1d:1m]))""",
                     f"{{{{check}}}}, {severity}")
    return row(
        "Days",
        series("Time in incidents in a day", "Confirmed time of each check in the 24 hours before each "
               "point; windows have budgets for it.",
               spent("critical"), spent("warning"), spent("unknown"), unit="s"),
        timeline("Use in a day", "Whether a check saw use in the 24 hours before each point; a window may "
                 "require it on every day.",
                 query("max by (check) (max_over_time(holdfast_usage_seen{@check}[1d]))", "{{check}}"),
                 mappings=value_map({0: ("not seen", "red"), 1: ("in use", "blue")}), w=12))


def make():
    window = variable("window", "Window", "holdfast_window_verdict", "window", many=True, where="@host")
    return dashboard("holdfast-window", "Window",
                     "Whether the move holds, and on what evidence. The report (`holdfast report --window "
                     "NAME`) is what counts; this is where to look closer.",
                     answer(), evidence(), days(), variables=[window], span="now-7d", step="5m")
