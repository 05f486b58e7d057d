// SPDX-License-Identifier: Apache-2.0
// The only file of web/ that includes nlohmann/json.
#include "exporter/web/status_json.h"

#include <nlohmann/json.hpp>

#include "checks/support/text/columns.h"
#include "checks/support/text/time_text.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

/// Texts of other programs may be long, and clients may not truncate them.
constexpr std::size_t kMaxTextColumns = 1000;

std::string api_text(std::string_view text) { return printable(text, kMaxTextColumns); }

template <class Items, class Render>
void put_list(Json& to, const std::string& name, const Items& items, const Render& render) {
  auto list = Json::array();
  for (const auto& item : items) {
    if (list.size() == kMaxShownEntries) break;
    list.push_back(render(item));
  }
  const auto left_out = items.size() - list.size();
  to[name] = std::move(list);
  if (left_out > 0) to[name + "_left_out"] = left_out;
}

Json render(const Finding& finding) {
  return {{"code", finding.code},
          {"severity", name_of(finding.severity)},
          {"subject", api_text(finding.subject)},
          {"text", api_text(finding.text)}};
}

Json render(const Incident& incident) {
  Json out{{"severity", name_of(incident.severity)}, {"since", render_instant(incident.since)}};
  put_list(out, "findings", incident.findings, [](const auto& finding) { return render(finding); });
  return out;
}

Json render(const Error& error) {
  return {
      {"reason", name_of(error.reason)},
      {"phase", error.phase},
      {"text", error.text.empty() ? std::string(sentence_of(error.reason)) : api_text(error.text)}};
}

Json render_optional(const std::optional<Now>& at) {
  return at ? Json(render_instant(at->wall)) : Json(nullptr);
}

Json render(const CheckView& view) {
  Json out{{"name", api_text(view.name)},
           {"kind", view.kind},
           {"database", api_text(view.database)},
           {"status", name_of(view.confirmed)},
           {"raw_status", name_of(view.raw)},
           {"since", render_instant(view.since)},
           {"success", view.success},
           {"fresh", view.fresh},
           {"interval_seconds", seconds(view.interval)},
           {"last_run", render_optional(view.last_run)},
           {"last_success", render_optional(view.last_success)},
           {"duration_seconds", seconds(view.took)},
           {"runs", view.runs},
           {"failure", view.failure ? render(*view.failure) : Json(nullptr)}};
  const auto text = [](const std::string& line) { return Json(api_text(line)); };
  put_list(out, "findings", view.findings, [](const auto& finding) { return render(finding); });
  put_list(out, "incidents", view.incidents, [](const auto& incident) { return render(incident); });
  put_list(out, "not_judged", view.not_judged, text);
  put_list(out, "notes", view.notes, text);
  return out;
}

Json render(const CriterionResult& criterion) {
  return {{"criterion", criterion.criterion},
          {"check", api_text(criterion.check)},
          {"state", name_of(criterion.state)},
          {"is_evidence_against", criterion.is_evidence_against},
          {"wanted", api_text(criterion.wanted)},
          {"found", api_text(criterion.found)}};
}

Json render(const WindowResult& window) {
  Json out{{"name", api_text(window.name)},
           {"verdict", name_of(window.verdict)},
           {"start", render_instant(window.span.begin)},
           {"end", render_instant(window.span.end)},
           {"judged_at", render_instant(window.judged_at)},
           {"day", window.day},
           {"days", window.days},
           {"why", api_text(window.why)},
           {"what_next", api_text(window.what_next)},
           {"earliest_end",
            window.earliest_end ? Json(render_instant(*window.earliest_end)) : Json(nullptr)},
           {"earlier_attempts", window.earlier.size() + window.earlier_left_out}};
  put_list(out, "criteria", window.criteria, [](const auto& one) { return render(one); });
  return out;
}

}  // namespace

std::string render_status_json(const std::vector<CheckView>& checks,
                               const std::vector<WindowResult>& windows,
                               std::chrono::system_clock::time_point started,
                               std::optional<WallTime> replayed_until,
                               const std::vector<Finding>& history) {
  Json out{{"version", version()}, {"started", render_instant(started)}};
  auto list = Json::array();
  for (const auto& view : checks) list.push_back(render(view));
  out["checks"] = std::move(list);
  put_list(out, "windows", windows, [](const auto& window) { return render(window); });
  put_list(out, "history_findings", history, [](const auto& finding) { return render(finding); });
  if (replayed_until) out["replayed_until"] = render_instant(*replayed_until);
  // Invalid UTF-8 was escaped already; `replace` only prevents an exception.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace holdfast
