// SPDX-License-Identifier: Apache-2.0
// A report as JSON. Fields are only ever added.
#include <cmath>
#include <nlohmann/json.hpp>

#include "exporter/report/delivery.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

/// To the microsecond, so that the output is the same on every machine.
double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json time_of(const std::optional<WallTime>& at) {
  return at ? Json(render_utc(*at)) : Json(nullptr);
}

Json sentences_of(const std::vector<std::string>& sentences) {
  Json out = Json::array();
  for (const std::string& text : sentences) out.push_back(shown(text));
  return out;
}

}  // namespace

// The library finds these by their argument, also for the items of a list.

static void to_json(Json& out, const Span& span) {
  out = {{"begin", render_utc(span.begin)}, {"end", render_utc(span.end)}};
}

static void to_json(Json& out, const Finding& finding) {
  out = {{"code", finding.code},
         {"severity", name_of(finding.severity)},
         {"subject", shown_name(finding.subject)},
         {"text", shown(finding.text)}};
}

static void to_json(Json& out, const IncidentRecord& incident) {
  out = {{"check", shown_name(incident.check)}, {"severity", name_of(incident.severity)},
         {"since", render_utc(incident.since)}, {"until", time_of(incident.until)},
         {"findings", incident.findings},       {"findings_left_out", incident.findings_left_out}};
}

static void to_json(Json& out, const CriterionResult& criterion) {
  out = {{"criterion", criterion.criterion},
         {"check", shown_name(criterion.check)},
         {"state", name_of(criterion.state)},
         {"is_evidence_against", criterion.is_evidence_against},
         {"wanted", shown(criterion.wanted)},
         {"found", shown(criterion.found)},
         {"by", criterion.by},
         {"by_left_out", criterion.by_left_out}};
}

static void to_json(Json& out, const Distribution& values) {
  if (values.count() == 0) return;  // Null.
  out = {{"count", values.count()},
         {"p50", rounded(values.quantile(0.5).value_or(0))},
         {"p95", rounded(values.quantile(0.95).value_or(0))},
         {"p99", rounded(values.quantile(0.99).value_or(0))}};
}

static void to_json(Json& out, const LatencyPoint& point) {
  out = point.span;
  out.update(
      {{"p50", rounded(point.p50)}, {"p95", rounded(point.p95)}, {"p99", rounded(point.p99)}});
}

static void to_json(Json& out, const ReportCheck& check) {
  const CheckResult& result = check.result;
  out = {{"name", shown_name(result.check)},
         {"kind", shown_name(result.kind)},
         {"status", name_of(check.status)},
         {"since", time_of(check.since)},
         {"coverage_ratio", result.coverage},
         {"critical_seconds", seconds(result.critical)},
         {"warning_seconds", seconds(result.warning)},
         {"unknown_seconds", seconds(result.unknown_time)},
         {"no_data_seconds", seconds(result.no_data)},
         {"maintenance_seconds", seconds(result.maintenance)},
         {"days_with_use", result.days_with_use},
         {"latency_seconds", result.latency},
         {"findings", check.findings},
         {"findings_left_out", check.findings_left_out},
         {"incidents", check.incidents},
         {"incidents_left_out", check.incidents_left_out},
         {"latency_over_time", check.latency}};
}

static void to_json(Json& out, const WindowResult& window) {
  out = {{"name", shown_name(window.name)},
         {"verdict", name_of(window.verdict)},
         {"range", window.span},
         {"day", window.day},
         {"days", window.days},
         {"why", shown(window.why)},
         {"what_next", shown(window.what_next)},
         {"earliest_end", time_of(window.earliest_end)},
         {"criteria", window.criteria}};
}

std::string render_report_json(const Report& report) {
  Json out{{"kind", report.kind == ReportKind::day ? "day" : "window"},
           {"name", shown_name(report.name)},
           {"title", shown(report.title)},
           {"verdict", report.verdict},
           {"exit_code", report.exit_code},
           {"why", shown(report.why)},
           {"what_next", shown(report.what_next)},
           {"range", report.range},
           {"generated_at", render_utc(report.made_at)},
           {"replayed_until", time_of(report.replayed_until)},
           {"history_findings", report.history_findings},
           {"timezone", report.zone},
           {"changed", sentences_of(report.changed)},
           {"upcoming", report.knows_upcoming ? sentences_of(report.upcoming) : Json(nullptr)},
           {"notices", sentences_of(report.notices)},
           {"criteria", report.criteria},
           {"checks", report.checks},
           {"windows", report.windows},
           {"earlier", report.earlier},
           {"notes", sentences_of(report.notes)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string telegram_message(const std::string& chat, const std::string& text) {
  std::string shorter = text;
  if (shorter.size() > kMaxTelegramBytes) {
    shorter.resize(kMaxTelegramBytes);
    // Cut at a line end: Telegram refuses a cut character.
    shorter.resize(shorter.rfind('\n') == std::string::npos ? 0 : shorter.rfind('\n') + 1);
    shorter += "The rest is not shown; 'holdfast report' prints all of it.\n";
  }
  // No parse_mode: the text is not markup.
  const Json out{{"chat_id", chat}, {"text", shorter}, {"disable_web_page_preview", true}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace holdfast
