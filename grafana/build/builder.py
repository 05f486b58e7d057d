# SPDX-License-Identifier: Apache-2.0
"""Shared by all dashboards: queries, panels, rows and dashboards as Grafana's classic JSON. Plain
functions that return new dictionaries, without I/O.

In queries, `@check` expands to the labels of the selected host and checks, `@host` to those of the host.
"""

import copy

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
HOST = 'job=~"$job", instance=~"$instance"'
CHECK = HOST + ', check=~"$check"'
# Grafana 11 and later accept 41.
SCHEMA_VERSION = 41

STATUS = {"ok": "green", "warning": "orange", "critical": "red", "unknown": "purple"}
VERDICT = {"pending": "text", "in_progress": "blue", "go": "green", "no_go": "red",
           "inconclusive": "purple"}
CRITERION = {"open": "blue", "met": "green", "failed": "red"}
PROCESS = {"online": "green", "launching": "blue", "stopping": "orange", "stopped": "orange",
           "waiting_restart": "orange", "errored": "red", "missing": "red", "unknown": "purple"}
SEVERITY = {"info": "blue", "warning": "orange", "critical": "red", "unknown": "purple"}


def fill(expr):
    return " ".join(expr.split()).replace("@check", CHECK).replace("@host", HOST)


def query(expr, legend="", **more):
    """A query over time; `legend` takes {{label}}."""
    return {"expr": fill(expr), "legendFormat": legend, "range": True, "instant": False, **more}


def now(expr, legend="", **more):
    """A query at the end of the time range only."""
    return query(expr, legend, **{"range": False, "instant": True, **more})


def cells(expr):
    """A query whose labels become the columns of a table."""
    return now(expr, format="table")


def state(metric, label, states, by, where="@check"):
    """One number per series: the position, from 1, of the state that is 1. For `state_map`."""
    terms = [f'{i} * max by ({by}) ({metric}{{{where}, {label}="{name}"}})'
             for i, name in enumerate(states, 1)]
    return " + ".join(terms)


def value_map(texts):
    """{number: (text, colour)} as value mappings: text, and not only colours."""
    options = {str(n): {"text": text, "color": colour, "index": i}
               for i, (n, (text, colour)) in enumerate(texts.items())}
    return [{"type": "value", "options": options}]


def state_map(states):
    return value_map({i: (name, colour) for i, (name, colour) in enumerate(states.items(), 1)})


def word_map(words):
    """The same for texts in table cells."""
    options = {word: {"text": word, "color": colour, "index": i}
               for i, (word, colour) in enumerate(words.items())}
    return [{"type": "value", "options": options}]


def steps(*pairs):
    """Thresholds: (colour, lower bound); the first has no lower bound."""
    return {"mode": "absolute",
            "steps": [{"color": colour, "value": value} for colour, value in pairs]}


YES = value_map({0: ("no", "red"), 1: ("yes", "green")})
ZERO_IS_GOOD = steps(("green", None), ("red", 1))
PLAIN = steps(("text", None))

REDUCE = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def panel(kind, title, description, targets, w, h, options, defaults, overrides=(), **more):
    numbered = [{"refId": "ABCDEFGH"[i], "datasource": DATASOURCE, "editorMode": "code", **one}
                for i, one in enumerate(targets)]
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE,
            "gridPos": {"w": w, "h": h, "x": 0, "y": 0}, "targets": numbered, "options": options,
            "fieldConfig": {"defaults": defaults, "overrides": list(overrides)}, **more}


def stat(title, description, *targets, unit=None, thresholds=PLAIN, mappings=(), w=4, h=4, link=None,
         decimals=None, spark=False, text="auto"):
    """A single value with a text for each state, or a unit."""
    defaults = {"color": {"mode": "thresholds"}, "thresholds": thresholds, "mappings": list(mappings)}
    if unit:
        defaults["unit"] = unit
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {"reduceOptions": REDUCE, "colorMode": "value", "graphMode": "area" if spark else "none",
               "justifyMode": "auto", "orientation": "auto", "textMode": text, "wideLayout": True}
    links = [{"title": "Details", "url": f"/d/{link}?${{__url_time_range}}&${{instance:queryparam}}",
              "targetBlank": False}] if link else []
    return panel("stat", title, description, targets, w, h, options, defaults, links=links)


def regex(pattern, **properties):
    """An override for the series whose names match; `custom_x` means `custom.x`."""
    return {"matcher": {"id": "byRegexp", "options": pattern},
            "properties": [{"id": name.replace("custom_", "custom."), "value": value}
                           for name, value in properties.items()]}


def column(name, **properties):
    one = regex(name, **properties)
    one["matcher"]["id"] = "byName"
    return one


def fixed(colour):
    return {"mode": "fixed", "fixedColor": colour}


DASHED = {"fill": "dash", "dash": [10, 10]}
LIMIT_LINES = [regex(f"/^{severity} limit/", color=fixed(colour), custom_lineStyle=DASHED,
                     custom_fillOpacity=0, custom_stacking={"mode": "none", "group": "limit"})
               for severity, colour in (("warning", "orange"), ("critical", "red"))]


def limits(metric):
    """Lines of the configured limits, recognized by their name."""
    return query(f'max by (check, severity) (holdfast_check_limit{{@check, limit="{metric}"}})',
                 "{{severity}} limit of {{check}}")


def series(title, description, *targets, unit, w=12, h=8, stacked=False, bars=False, low=0, high=None,
           overrides=()):
    """Lines over time. Stacked only if the lines are parts of one total."""
    custom = {"drawStyle": "bars" if bars else "line", "lineInterpolation": "linear", "lineWidth": 1,
              "fillOpacity": 70 if bars else 25 if stacked else 5, "gradientMode": "none",
              "showPoints": "auto", "spanNulls": False, "axisPlacement": "auto",
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "thresholdsStyle": {"mode": "off"}}
    defaults = {"unit": unit, "custom": custom, "color": {"mode": "palette-classic"}, "mappings": []}
    if low is not None:
        defaults["min"] = low
    if high is not None:
        defaults["max"] = high
    options = {"legend": {"displayMode": "table", "placement": "bottom", "showLegend": True,
                          "calcs": ["mean", "max", "lastNotNull"], "sortBy": "Max", "sortDesc": True},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, description, targets, w, h, options, defaults,
                 [*copy.deepcopy(LIMIT_LINES), *overrides])


def timeline(title, description, *targets, mappings, w=24, h=8):
    """The state of each series over time."""
    defaults = {"color": {"mode": "thresholds"}, "thresholds": PLAIN, "mappings": mappings,
                "custom": {"lineWidth": 0, "fillOpacity": 80}}
    options = {"mergeValues": True, "showValue": "auto", "alignValue": "left", "rowHeight": 0.85,
               "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
               "tooltip": {"mode": "single", "sort": "none"}}
    return panel("state-timeline", title, description, targets, w, h, options, defaults)


def heatmap(title, description, metric, w=12, h=8):
    """The distribution of a histogram over time."""
    expr = f"sum by (le) (increase({metric}_bucket{{@check}}[$__rate_interval]))"
    options = {"calculate": False, "cellGap": 1, "cellValues": {"unit": "short"},
               "color": {"mode": "scheme", "scheme": "Oranges", "fill": "dark-orange", "exponent": 0.5,
                         "steps": 64, "reverse": False, "scale": "exponential"},
               "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9},
               "legend": {"show": True}, "rowsFrame": {"layout": "auto"},
               "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": False},
               "yAxis": {"axisPlacement": "left", "reverse": False, "unit": "s"}}
    defaults = {"custom": {"hideFrom": {"legend": False, "tooltip": False, "viz": False},
                           "scaleDistribution": {"type": "linear"}}}
    return panel("heatmap", title, description, [query(expr, "{{le}}", format="heatmap")], w, h,
                 options, defaults)


def table(title, description, *targets, columns, drop=(), overrides=(), join=None, merge=False,
          w=12, h=8, sort=None):
    """A table. `columns` is {field: heading} in order; fields in `drop` are omitted."""
    transformations = [{"id": "joinByField", "options": {"byField": join, "mode": "outer"}}] if join else []
    if merge:
        transformations.append({"id": "merge", "options": {}})
    if len(targets) == 1 and "Value" in columns:
        columns = {**columns, "Value #A": columns["Value"]}  # Some versions name a single one so.
    exclude = {name: True for name in ("Time", "Time 1", "Time 2", "Time 3", "Time 4", "__name__",
                                       "job", "instance", *drop) if name not in columns}
    transformations.append({"id": "organize", "options": {
        "excludeByName": exclude, "renameByName": {a: b for a, b in columns.items() if a != b},
        "indexByName": {name: i for i, name in enumerate(columns)}}})
    options = {"showHeader": True, "cellHeight": "sm"}
    if sort:
        options["sortBy"] = [{"displayName": sort, "desc": True}]
    defaults = {"color": {"mode": "thresholds"}, "thresholds": PLAIN, "mappings": [],
                "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}}
    return panel("table", title, description, targets, w, h, options, defaults, overrides,
                 transformations=transformations)


def coloured(name, words):
    """A column with coloured text."""
    return column(name, mappings=word_map(words), custom_cellOptions={"type": "color-text"})


def percentiles(title, description, metric, least=20, by="check", w=12, step="2m", limit=None):
    """p50 and p95, drawn only over spans with at least `least` samples: fewer samples make no
    percentile. `step` keeps the spans long enough: $__rate_interval is four times a query's own
    minimum step (but not a panel's)."""
    where = "@host" if by == "instance" else "@check"
    targets = [query(f"""
        histogram_quantile({q}, sum by ({by}, le) (rate({metric}_bucket{{{where}}}[$__rate_interval])))
        and on ({by})
        sum by ({by}) (increase({metric}_count{{{where}}}[$__rate_interval])) >= {least}""",
                     f"{name}, {{{{{by}}}}}") for q, name in ((0.5, "p50"), (0.95, "p95"))]
    for one in targets:
        one["interval"] = step
    if limit:
        targets.append(limits(limit))
    return series(title, f"{description} Only spans with {least} samples or more are drawn.", *targets,
                  unit="s", w=w)


def variable(name, label, metric, expr_label, *, many=False, where=""):
    expr = fill(f"label_values({metric}{{{where}}}, {expr_label})" if where
                else f"label_values({metric}, {expr_label})")
    one = {"name": name, "label": label, "type": "query", "datasource": DATASOURCE, "definition": expr,
           "query": {"query": expr, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
           "refresh": 2, "sort": 1, "regex": "", "hide": 0, "includeAll": many, "multi": many,
           "options": [], "current": {}}
    if many:
        one["allValue"] = ".+"
        one["current"] = {"text": ["All"], "value": ["$__all"]}
    return one


def annotation(name, expr, title, colour, step):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": colour,
            "expr": fill(expr).replace("$step", step), "step": step, "titleFormat": title}


def annotations(step):
    """Start and end of windows, verdicts and incidents, even if shorter than a step."""
    starts, ends = (f"holdfast_window_{one}_timestamp_seconds{{@host}}" for one in ("start", "end"))
    verdict, incident = "holdfast_window_verdict{@host}", "holdfast_incident_open{@check}"
    builtin = {"builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": True,
               "hide": True, "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts",
               "type": "dashboard"}
    return {"list": [
        builtin,
        annotation("Window start", f"{starts} <= time() and {starts} > time() - {seconds(step)}",
                   "Window {{window}} starts", "blue", step),
        annotation("Window end", f"{ends} <= time() and {ends} > time() - {seconds(step)}",
                   "Window {{window}} ends", "blue", step),
        annotation("Verdict change", f"{verdict} == 1 unless {verdict} offset $step == 1",
                   "Window {{window}}: {{verdict}}", "purple", step),
        annotation("Incident opened",
                   f"max_over_time({incident}[$step]) == 1 unless {incident} offset $step == 1",
                   "{{check}}: {{severity}}", "red", step),
        annotation("Incident closed", f"{incident} == 0 and max_over_time({incident}[$step]) == 1",
                   "{{check}}: {{severity}} closed", "green", step)]}


def seconds(step):
    return int(step[:-1]) * {"s": 1, "m": 60, "h": 3600}[step[-1]]


def row(title, *panels, collapsed=False):
    return {"title": title, "panels": copy.deepcopy(list(panels)), "collapsed": collapsed}


def place(rows):
    """Lays out rows and panels from left to right and top to bottom, numbered from 1."""
    out, y, number = [], 0, 0
    for one in rows:
        number += 1
        head = {"id": number, "type": "row", "title": one["title"], "collapsed": one["collapsed"],
                "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []}
        out.append(head)
        x, y, tall = 0, y + 1, 0
        for each in one["panels"]:
            number += 1
            box = each["gridPos"]
            if x + box["w"] > 24:
                x, y, tall = 0, y + tall, 0
            (head["panels"] if one["collapsed"] else out).append(
                {"id": number, **each, "gridPos": {**box, "x": x, "y": y}})
            x, tall = x + box["w"], max(tall, box["h"])
        y = y + (0 if one["collapsed"] else tall)
    return out


def dashboard(uid, title, description, *rows, kind=None, variables=(), span="now-6h", step="1m"):
    """A dashboard; `kind` limits the variable `check` to checks of that kind."""
    source = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus",
              "refresh": 1, "regex": "", "hide": 0, "includeAll": False, "multi": False, "options": [],
              "current": {}}
    info = "holdfast_check_info"
    where = f'@host, kind="{kind}"' if kind else "@host"
    common = [source, variable("job", "Job", "holdfast_build_info", "job"),
              variable("instance", "Host", "holdfast_build_info", "instance", where='job=~"$job"'),
              variable("check", "Check", info, "check", many=True, where=where)]
    link = {"title": "Holdfast", "type": "dashboards", "tags": ["holdfast"], "asDropdown": True,
            "icon": "external link", "includeVars": True, "keepTime": True, "targetBlank": False,
            "tooltip": "", "url": ""}
    return {"uid": uid, "id": None, "title": f"Holdfast / {title}", "description": description,
            "tags": ["holdfast"], "schemaVersion": SCHEMA_VERSION, "version": 1, "editable": False,
            "graphTooltip": 1, "refresh": "30s", "timezone": "browser", "weekStart": "",
            "time": {"from": span, "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0,
            "links": [link], "annotations": annotations(step),
            "templating": {"list": [*common, *variables]}, "panels": place(rows)}
