// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/status_page.h"

#include <algorithm>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

/// More hide the other checks; the API has all of them.
constexpr std::size_t kMaxShownFindings = 10;

std::string note(const std::string& text) {
  return "<span class=\"note\">" + escape_html(text) + "</span>";
}

std::string time_tag(WallTime at, const std::string& zone) {
  return "<time datetime=\"" + render_utc(at) + "\">" + escape_html(render_time(at, zone)) +
         "</time>";
}

std::vector<Status> statuses_of(const std::vector<CheckView>& checks) {
  std::vector<Status> out;
  for (const CheckView& view : checks) out.push_back(view.confirmed);
  return out;
}

std::string findings_of(const CheckView& view) {
  std::vector<Finding> findings = view.findings;
  std::ranges::stable_sort(findings, std::greater{}, &Finding::severity);
  const std::size_t count = std::min(findings.size(), kMaxShownFindings);
  if (count > 0) return finding_list({findings.data(), count}, findings.size() - count);
  if (view.runs == 0) return note("Not run yet.");
  if (!view.fresh) return note("No data: the last reading is too old.");
  return note("No findings.");
}

std::string status_of_view(const CheckView& view) {
  std::string out = status_badge(view.confirmed, name_of(view.confirmed));
  if (view.raw != view.confirmed)
    out += "<br>" + note("last run: " + std::string(name_of(view.raw)) + ", not confirmed yet");
  return out;
}

/// The last 24 hours of one check, or a note that there is no history.
std::string pictures_of(const ReportCheck* check, const std::string& name,
                        const std::string& zone) {
  if (check == nullptr) return note("No history yet.");
  return timeline_picture(check->timeline, name + ", 24 hours", zone) +
         latency_line(check->latency, check->timeline.range, name);
}

std::string checks_of(const StatusFacts& facts) {
  const ReportSource& overview = facts.overview;
  const auto known = make_checks(overview, overview.evidence.range, {});
  std::string rows;
  for (const CheckView& view : facts.checks) {
    const auto check = std::ranges::find(known, view.name,
                                         [](const ReportCheck& each) { return each.result.check; });
    rows += "<tr><th scope=\"row\">" + escape_html(shown_name(view.name)) + "<div class=\"note\">" +
            escape_html(view.kind) + "</div></th><td>" + status_of_view(view) + "</td><td>" +
            time_tag(view.since, overview.zone) + "</td><td class=\"words\">" + findings_of(view) +
            "</td><td class=\"picture\">" +
            pictures_of(check == known.end() ? nullptr : &*check, shown_name(view.name),
                        overview.zone) +
            "</td></tr>\n";
  }
  const std::string zone = overview.zone.empty() ? "local time" : overview.zone;
  return html_table(" class=\"stack\"",
                    {"Check", "Status", "Since (" + zone + ")", "Findings", "Last 24 hours"},
                    rows) +
         "\n" + timeline_legend();
}

std::string criteria_of(const WindowResult& window) {
  std::string items;
  for (const CriterionResult& criterion : window.criteria)
    items += "<li>" + status_badge(tone_of(criterion.state), word_of(criterion.state)) + " <b>" +
             escape_html(title_of(criterion)) + "</b>: " + escape_html(shown(criterion.found)) +
             (criterion.found.empty() ? "" : "; ") +
             "target: " + escape_html(shown(criterion.wanted)) + "</li>\n";
  return items.empty() ? items : "<ul>\n" + items + "</ul>\n";
}

std::string windows_of(const ReportSource& overview) {
  std::string out;
  for (const WindowResult& window : overview.windows) {
    out += "<article>\n<header><h3>" + escape_html(shown_name(window.name)) + "</h3>" +
           status_badge(tone_of(window.verdict), render_word(name_of(window.verdict))) +
           note(render_when(window, overview.zone)) + "</header>\n<p>" +
           escape_html(shown(window.why)) + "</p>\n<p><b>Next step:</b> " +
           escape_html(shown(window.what_next)) + "</p>\n" + criteria_of(window) + "</article>\n";
  }
  return out;
}

/// A notice where a timeline or a window includes replayed data.
std::string replayed_of(const ReportSource& overview) {
  const auto& until = overview.evidence.replayed_until;
  if (!until) return {};
  const auto reaches = [&](const Span& span) { return span.begin < *until; };
  if (!reaches(overview.evidence.range) &&
      std::ranges::none_of(overview.windows, reaches, &WindowResult::span))
    return {};
  return "<p><b>" + escape_html(render_replayed(*until, overview.zone)) + "</b></p>\n";
}

}  // namespace

std::string render_status_page(const StatusFacts& facts) {
  const ReportSource& overview = facts.overview;
  const std::string windows = windows_of(overview);
  const auto statuses = statuses_of(facts.checks);
  const Status worst = statuses.empty() ? Status::unknown : std::ranges::max(statuses);
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Holdfast: " +
      std::string(name_of(worst)) +
      "</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n"
      "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">\n"
      "<script src=\"status.js\" defer></script></head>\n<body>\n"
      "<a class=\"skip\" href=\"#checks\">Skip to checks</a>\n<header>\n<h1>Holdfast</h1>\n"
      "<p id=\"summary\" role=\"status\" aria-live=\"polite\">" +
      status_badge(worst, render_statuses(statuses)) +
      (facts.ready ? "" : " Not every check has run yet.") +
      "</p>\n<p id=\"connection\" class=\"note\" role=\"status\" aria-live=\"polite\"></p>\n"
      "</header>\n<main>\n";
  out += "<section id=\"windows\">\n" + replayed_of(overview) +
         finding_list(
             history_findings(overview.evidence.problems, overview.evidence.range, overview.zone));
  if (!windows.empty()) out += "<h2>Windows</h2>\n" + windows;
  out += "</section>\n<section id=\"checks\" tabindex=\"-1\">\n<h2>Checks</h2>\n" +
         checks_of(facts) + "</section>\n</main>\n<footer>\n<nav aria-label=\"For programs\">" +
         "<a href=\"metrics\">Metrics</a> for Prometheus, <a href=\"api/v1/status\">status</a> " +
         "as JSON, <a href=\"-/healthy\">health</a></nav>\n<p class=\"note\">Holdfast " +
         escape_html(version()) + "</p>\n</footer>\n</body></html>\n";
  return out;
}

}  // namespace holdfast
