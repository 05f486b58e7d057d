// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/report/sources.h"

namespace holdfast::testing {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDay = 24h;

WallTime before_now(Duration span) {
  return report_now() - std::chrono::duration_cast<WallTime::duration>(span);
}

/// One reading after the other, ok, from `span` before now on.
std::vector<StatusSpan> steps_of(Duration from, Duration to, Status status) {
  return {{{before_now(from), before_now(to)}, status, status}};
}

CheckEvidence check_of(std::string name, std::string kind) {
  CheckEvidence out{.check = std::move(name), .kind = std::move(kind)};
  out.spans = steps_of(2 * kDay, 30h, Status::ok);
  out.spans.push_back(steps_of(29h, -15s, Status::ok).front());  // No data in between.
  return out;
}

CheckEvidence timeweb() {
  CheckEvidence out = check_of("timeweb", "postgres");
  out.spans.back().span.end = before_now(13h);
  out.spans.push_back({{before_now(13h), before_now(13h - 10s)}, Status::critical, Status::ok});
  out.spans.push_back(
      {{before_now(13h - 10s), before_now(13h - 4min)}, Status::critical, Status::critical});
  out.spans.push_back({{before_now(13h - 4min), before_now(-15s)}, Status::ok, Status::ok});
  IncidentRecord outage{.check = "timeweb", .severity = Severity::critical};
  outage.since = before_now(13h);
  outage.until = before_now(13h - 4min);
  outage.findings = {{"postgres_refused", Severity::critical, "",
                      "Timeweb refused the connection in 5 runs in a row."}};
  // As in the history: a record for each severity.
  out.incidents = {outage, outage};
  out.incidents.front().severity = Severity::warning;
  for (int hour = 48; hour > 0; --hour) {
    LatencySlice slice{{before_now(1h * hour), before_now(1h * (hour - 1))}, {}};
    // The second day is slower.
    for (int i = 0; i < 240; ++i)
      slice.values.observe((hour > 24 ? 0.021 : 0.032) + 0.0001 * (i % 40));
    out.latency.push_back(slice);
  }
  return out;
}

/// A judged window, so that the report is consistent.
WindowResult phase(const Evidence& evidence) {
  WindowConfig window{.name = "phase-0", .start = "now", .length = 7 * kDay};
  window.go_when.critical = 10min;
  window.go_when.coverage = 0.99;
  window.go_when.require = {"in-use"};
  for (const CheckEvidence& check : evidence.checks) window.checks.push_back(check.check);
  return judge_window(window, evidence.range.begin, evidence, report_now());
}

}  // namespace

WallTime report_now() { return std::chrono::system_clock::from_time_t(1'795'424'400); }

ReportSource usual_source() {
  ReportSource out;
  out.now = report_now();
  out.zone = "UTC";
  out.evidence.range = {before_now(2 * kDay), report_now()};
  out.evidence.checks = {timeweb(), check_of("sessions", "whatsapp"), check_of("services", "pm2"),
                         check_of("in-use", "usage")};
  for (int hour = 47; hour > 0; hour -= 3)
    out.evidence.checks[3].use.push_back(before_now(1h * hour));
  out.evidence.changes = {
      {before_now(20h), "check timeweb", "latency 100 ms / 500 ms", "latency 150 ms / 500 ms"}};
  out.evidence.gaps = {{{before_now(30h), before_now(29h)}, GapCause::stopped}};
  out.evidence.maintenance = {
      {1, {before_now(6h), before_now(6h - 15min)}, before_now(6h), "A deploy.", "root"}};
  out.windows = {phase(out.evidence)};
  const auto sample = [](const char* metric, std::vector<std::string> labels, double value) {
    const std::string_view name(metric);
    const Kind* kind = find_kind(name.substr(0, name.find('_')));
    return Sample{&kind->metric(name), std::move(labels), value};
  };
  out.now_checks = {{"timeweb",
                     find_kind("postgres"),
                     {},
                     {sample("postgres_certificate_not_after_timestamp_seconds", {"leaf"},
                             1'795'424'400 + 20 * 3600)}},
                    {"sessions",
                     find_kind("whatsapp"),
                     {{"whatsapp_prekeys_low", Severity::info, "", "9 pre-keys are left."}},
                     {sample("whatsapp_expiring_keys", {"company"}, 12),
                      sample("whatsapp_keys", {"company", "pre-key"}, 612),
                      sample("whatsapp_keys", {"company", "session"}, 104)}},
                    {"services", find_kind("pm2"), {}, {}}};
  return out;
}

ReportSource hostile_source() {
  ReportSource out = usual_source();
  CheckEvidence& services = out.evidence.checks[2];
  const std::string nasty =
      "<script>alert(1)</script> | `x` **b** [l](http://e.example) \"q\" & \x1b[31m\r\n\xff "
      "\xe2\x80\xae";
  IncidentRecord flap{.check = "services", .severity = Severity::warning};
  for (int i = 1000; i > 0; --i) {
    flap.since = before_now(80s * i);
    flap.until = before_now(80s * i - 20s);
    flap.findings = {{"pm2_restarts", Severity::warning, nasty, nasty + "restarts too often."}};
    services.incidents.push_back(flap);
  }
  IncidentRecord open{.check = "services", .severity = Severity::critical};
  open.since = before_now(2h);
  open.findings = {{"pm2_process_stopped", Severity::critical, "<script>alert(1)</script>",
                    nasty + std::string(10'000, 'n')}};
  services.incidents.push_back(open);
  services.spans = steps_of(2 * kDay, 2h, Status::ok);
  services.spans.push_back(
      {{before_now(2h), before_now(-15s)}, Status::critical, Status::critical});
  out.now_checks[2].findings = open.findings;
  for (int i = 0; i < 40; ++i)
    out.now_checks[2].findings.push_back(
        {"pm2_process_stopped", Severity::warning, nasty, nasty + std::to_string(i)});
  out.windows[0].why = nasty;
  return out;
}

ReportSource no_data_source() {
  ReportSource out = usual_source();
  for (CheckEvidence& check : out.evidence.checks) {
    check.spans = steps_of(2 * kDay, 13h, Status::ok);
    check.incidents.clear();
  }
  out.evidence.gaps = {{{before_now(13h), before_now(1h)}, GapCause::killed}};
  out.now_checks.clear();
  return out;
}

}  // namespace holdfast::testing
