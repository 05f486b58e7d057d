// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/words.h"

#include <algorithm>
#include <array>

#include "checks/base/local_time.h"
#include "checks/support/text/columns.h"
#include "checks/support/text/time_text.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxName = 64;
/// The daemon updates its liveness mark every five seconds.
constexpr Duration kSilentAfter = std::chrono::minutes(2);

// Days without a leading zero or space: "3 Dec 14:05".
std::string format(WallTime at, const std::string& zone, const char* pattern) {
  const WallTime local(local_time_at(at, zone).time_since_epoch());
  const std::string out = format_time(local, pattern);
  return out.starts_with(' ') ? out.substr(1) : out;  // "%e" pads with a space.
}

}  // namespace

std::string render_statuses(const std::vector<Status>& statuses) {
  std::string out;
  for (const Status status : {Status::critical, Status::unknown, Status::warning, Status::ok}) {
    const auto count = std::ranges::count(statuses, status);
    if (count == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(status));
  }
  return out.empty() ? "no checks" : out;
}

std::string render_time(WallTime at, const std::string& zone) {
  return format(at, zone, "%e %b %H:%M");
}

std::string render_full(WallTime at, const std::string& zone) {
  return format(at, zone, "%e %b %Y %H:%M") + (zone.empty() ? "" : " (" + zone + ")");
}

std::string render_span(Span span, const std::string& zone) {
  const auto day_of = [&](WallTime at) { return format(at, zone, "%F"); };
  return render_time(span.begin, zone) + " to " +
         format(span.end, zone, day_of(span.begin) == day_of(span.end) ? "%H:%M" : "%e %b %H:%M");
}

std::string render_when(const WindowResult& window, const std::string& zone) {
  return "day " + std::to_string(window.day) + " of " + std::to_string(window.days) + ", " +
         render_span(window.span, zone);
}

std::string render_utc(WallTime at) { return format_time(at, "%Y-%m-%dT%H:%M:%SZ"); }

std::string render_replayed(WallTime until, const std::string& zone) {
  return "Demonstration: all data before " + render_full(until, zone) + " is simulated.";
}

std::vector<Finding> history_findings(const HistoryProblems& problems, Span range,
                                      const std::string& zone) {
  std::vector<Finding> out;
  const auto add = [&out](std::string_view code, const std::string& text) {
    out.push_back({.code = std::string(code), .severity = Severity::warning, .text = text});
  };
  if (!problems.current.empty()) {
    add(kHistoryNotKept, "History problem: " + problems.current +
                             ". Current data may be missing from windows and reports.");
  } else if (problems.last_alive && range.end - *problems.last_alive > kSilentAfter) {
    add(kHistorySilent, "Nothing has been written to the history since " +
                            render_full(*problems.last_alive, zone) +
                            ": the daemon is not running, or cannot write.");
  }
  if (problems.set_aside_at && *problems.set_aside_at > range.begin) {
    add(kHistorySetAside, "A damaged history file was moved aside on " +
                              render_full(*problems.set_aside_at, zone) + " as " +
                              problems.set_aside_as + ": data stored only there is missing here.");
  }
  return out;
}

std::string shown(std::string_view text) { return printable(text, kMaxReportSentence); }

std::string shown_name(std::string_view text) { return printable(text, kMaxName); }

std::string render_word(std::string_view word) {
  std::string out(word);
  if (out == "no_go") return "no-go";
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string render_state(Status status) {
  return status == Status::warning ? "in warning state" : std::string(name_of(status));
}

std::string render_incident(const IncidentRecord& incident, WallTime now, const std::string& zone) {
  const Span span{incident.since, incident.until.value_or(now)};
  std::string out = shown_name(incident.check) + (incident.until ? " was " : " has been ") +
                    render_state(status_of(incident.severity)) +
                    (incident.until ? " from " + render_span(span, zone)
                                    : " since " + render_time(span.begin, zone)) +
                    " (" + render_duration(span.length()) + ")";
  if (incident.findings.empty()) return out + ".";
  const auto worst = std::ranges::max_element(incident.findings, {}, &Finding::severity);
  out += ": " + shown(worst->text);
  if (!out.ends_with('.')) out += ".";
  const std::size_t more = incident.findings_left_out + incident.findings.size() - 1;
  return more > 0 ? out + " " + render_left_out(more, "more finding") : out;
}

std::vector<std::string> render_incidents(const std::vector<IncidentRecord>& incidents,
                                          std::size_t left_out, const Report& report) {
  std::vector<std::string> out;
  for (const IncidentRecord& incident : incidents)
    out.push_back(render_incident(incident, report.made_at, report.zone));
  if (left_out > 0) out.push_back(render_left_out(left_out, "more incident"));
  return out;
}

std::string render_result(const CheckResult& result) {
  std::string out = "coverage " + render_share(result.coverage) + ", critical " +
                    render_duration(result.critical) + ", warning " +
                    render_duration(result.warning);
  const auto add = [&out](std::string_view name, Duration time) {
    if (time > Duration{}) out += ", " + std::string(name) + " " + render_duration(time);
  };
  add("unknown", result.unknown_time);
  add("no data", result.no_data);
  add("maintenance", result.maintenance);
  if (result.days_with_use > 0)
    out += ", activity on " + render_count(static_cast<double>(result.days_with_use), "day");
  const auto p50 = result.latency.quantile(0.5);
  const auto p95 = result.latency.quantile(0.95);
  if (p50 && p95)
    out += ", latency p50 " + render_value(*p50, Unit::seconds) + ", p95 " +
           render_value(*p95, Unit::seconds);
  return out;
}

std::string coloured(const std::string& text, Status status, bool colours) {
  if (!colours) return text;
  static constexpr std::array<const char*, 4> kColours{"\x1b[32m", "\x1b[33m", "\x1b[35m",
                                                       "\x1b[31m"};
  return kColours.at(static_cast<std::size_t>(status)) + text + "\x1b[0m";
}

Status tone_of(CriterionState state) {
  if (state == CriterionState::open) return Status::unknown;
  return state == CriterionState::met ? Status::ok : Status::critical;
}

Status tone_of(Verdict verdict) {
  static constexpr std::array kTones{Status::unknown, Status::unknown, Status::ok, Status::critical,
                                     Status::warning};
  return kTones.at(static_cast<std::size_t>(verdict));
}

std::string render_left_out(std::size_t count, std::string_view noun) {
  return render_count(static_cast<double>(count), noun) + " not shown.";
}

}  // namespace holdfast
