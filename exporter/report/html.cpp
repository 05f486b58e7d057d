// SPDX-License-Identifier: Apache-2.0
// A report as one self-contained HTML page.
#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

/// Tables whose cells are below each other on a narrow screen.
constexpr std::string_view kStack = " class=\"stack\"";

std::string section(const std::string& title, const std::string& body) {
  return "<section>\n<h2>" + escape_html(title) + "</h2>\n" + body + "</section>\n";
}

std::string replayed_of(const Report& report) {
  if (!report.replayed_until) return {};
  return "<p><b>" + escape_html(render_replayed(*report.replayed_until, report.zone)) +
         "</b></p>\n";
}

std::string head_of(const Report& report) {
  const std::string times = render_span(report.range, report.zone) + ", generated on " +
                            render_full(report.made_at, report.zone);
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         // Nothing in the file may run or load, whatever text it quotes.
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>" +
         escape_html(render_word(report.verdict) + ": " + report.title) + "</title>\n<style>" +
         std::string(page_style()) +
         "</style></head>\n<body>\n<header>\n<h1>Holdfast: " + escape_html(report.title) +
         "</h1>\n<p class=\"note\">" + escape_html(times) + "</p>\n" + replayed_of(report) +
         finding_list(report.history_findings) + "</header>\n<main>\n";
}

std::string verdict_of(const Report& report) {
  return "<section class=\"verdict is-" + std::string(name_of(report.tone)) +
         "\">\n<h2>Verdict: " + status_badge(report.tone, render_word(report.verdict)) +
         "</h2>\n<p><b>Why:</b> " + escape_html(shown(report.why)) + "</p>\n<p><b>Next step:</b> " +
         escape_html(shown(report.what_next)) + "</p>\n</section>\n";
}

std::string html_windows(const Report& report, const std::string& title,
                         const std::vector<WindowResult>& windows) {
  if (windows.empty()) return {};
  std::string rows;
  for (const WindowResult& window : windows)
    rows += "<tr><th scope=\"row\">" + escape_html(shown_name(window.name)) + "</th><td>" +
            status_badge(tone_of(window.verdict), render_word(name_of(window.verdict))) +
            "</td><td>" + escape_html(render_when(window, report.zone)) +
            "</td><td class=\"words\">" + escape_html(shown(window.why)) + "</td></tr>\n";
  return section(title, html_table(kStack, {"window", "verdict", "when", "why"}, rows) + "\n");
}

std::string html_criteria(const Report& report) {
  if (report.criteria.empty()) return {};
  std::string rows;
  for (const CriterionResult& criterion : report.criteria) {
    const auto by = render_incidents(criterion.by, criterion.by_left_out, report);
    rows += "<tr><th scope=\"row\">" + std::string(title_of(criterion)) + "</th><td>" +
            status_badge(tone_of(criterion.state), word_of(criterion.state)) +
            "</td><td data-label=\"target\">" + escape_html(shown(criterion.wanted)) +
            "</td><td class=\"words\" data-label=\"actual\">" +
            escape_html(shown(criterion.found)) + (by.empty() ? "" : html_list(by, "")) +
            "</td></tr>\n";
  }
  return section(
      "Criteria",
      html_table(kStack, {"criterion", "state", "target", "actual, with incidents"}, rows) + "\n");
}

std::string check_of(const Report& report, const ReportCheck& check) {
  const std::string name = shown_name(check.result.check);
  const auto incidents = render_incidents(check.incidents, check.incidents_left_out, report);
  std::string out = "<article>\n<header><h3>" + escape_html(name) + "</h3>" +
                    status_badge(check.status, name_of(check.status)) + "<span class=\"note\">" +
                    escape_html(shown_name(check.result.kind));
  if (check.since) out += ", since " + escape_html(render_time(*check.since, report.zone));
  out += "</span></header>\n" + timeline_figure(check.timeline, name, report.zone) +
         "<p class=\"note\">" + escape_html(render_result(check.result)) + "</p>\n" +
         finding_list(check.findings, check.findings_left_out);
  if (!incidents.empty())
    out += "<details open><summary>Incidents of " + escape_html(name) + "</summary>\n" +
           html_list(incidents, "") + "</details>\n";
  out += latency_figure(check.latency, report.range, name, report.zone);
  for (const ReportBars& number : check.numbers) out += bar_table(number, name);
  return out + "</article>\n";
}

}  // namespace

std::string render_report_html(const Report& report) {
  std::string out = head_of(report) + verdict_of(report);
  out += section("Changes since the day before", html_list(report.changed, kNoChanges));
  out += section("Next 24 hours",
                 html_list(report.upcoming, report.knows_upcoming ? kNoEvents : kNotChecked));
  if (!report.notices.empty()) out += section("Notices", html_list(report.notices, ""));
  out += html_windows(report, "Windows", report.windows);
  out += html_criteria(report);
  std::string checks;
  for (const ReportCheck& check : report.checks) checks += check_of(report, check);
  if (checks.empty()) checks = "<p class=\"note\">" + std::string(kNoChecks) + "</p>\n";
  out += section("Checks", timeline_legend() + checks);
  out += html_windows(report, "Earlier attempts", report.earlier);
  if (!report.notes.empty()) out += section("Notes", html_list(report.notes, ""));
  out += "</main>\n<footer><p class=\"note\">Holdfast " + escape_html(version()) +
         "</p></footer>\n</body></html>\n";
  return out;
}

}  // namespace holdfast
