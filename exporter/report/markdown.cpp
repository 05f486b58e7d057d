// SPDX-License-Identifier: Apache-2.0
// A report as Markdown. External text is escaped: it ends no table, opens no tag, makes no link.
#include <string_view>

#include "checks/support/text/escape.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

std::string list_of(const std::vector<std::string>& sentences, std::string_view none) {
  std::string out;
  for (const std::string& text : sentences) out += "- " + escape_markdown(text) + "\n";
  return sentences.empty() ? std::string(none) + "\n" : out;
}

std::string markdown_criteria(const Report& report) {
  if (report.criteria.empty()) return {};
  std::string out =
      "\n## Criteria\n\n| state | criterion | target | actual | incidents |\n| --- | --- | --- | "
      "--- | --- "
      "|\n";
  for (const CriterionResult& criterion : report.criteria) {
    std::string by;
    for (const auto& text : render_incidents(criterion.by, criterion.by_left_out, report))
      by += (by.empty() ? "" : "<br>") + escape_markdown(text);
    out += "| " + std::string(word_of(criterion.state)) + " | " + std::string(title_of(criterion)) +
           " | " + escape_markdown(shown(criterion.wanted)) + " | " +
           escape_markdown(shown(criterion.found)) + " | " + by + " |\n";
  }
  return out;
}

std::string markdown_windows(const Report& report, const std::string& title,
                             const std::vector<WindowResult>& windows) {
  if (windows.empty()) return {};
  std::string out = "\n## " + title + "\n\n";
  for (const WindowResult& window : windows) {
    out += "- **" + escape_markdown(render_word(name_of(window.verdict))) + "** " +
           escape_markdown(shown_name(window.name)) + ", " + render_when(window, report.zone);
    if (!window.why.empty()) out += ": " + escape_markdown(shown(window.why));
    out += "\n";
  }
  return out;
}

std::string checks_of(const Report& report) {
  std::string out =
      "\n## Checks\n\n| status | check | kind | result |\n| --- | --- | --- | --- |\n";
  for (const ReportCheck& check : report.checks)
    out += "| " + std::string(name_of(check.status)) + " | " +
           escape_markdown(shown_name(check.result.check)) + " | " +
           escape_markdown(shown_name(check.result.kind)) + " | " + render_result(check.result) +
           " |\n";
  for (const ReportCheck& check : report.checks) {
    std::string lines;
    for (const Finding& finding : check.findings)
      lines += "- " + std::string(name_of(finding.severity)) + ": " +
               escape_markdown(shown(finding.text)) + "\n";
    if (check.findings_left_out > 0)
      lines += "- " + render_left_out(check.findings_left_out, "more finding") + "\n";
    for (const auto& text : render_incidents(check.incidents, check.incidents_left_out, report))
      lines += "- " + escape_markdown(text) + "\n";
    if (!lines.empty())
      out += "\n### " + escape_markdown(shown_name(check.result.check)) + "\n\n" + lines;
  }
  return out;
}

}  // namespace

std::string render_report_markdown(const Report& report) {
  std::string out = "# Holdfast: " + escape_markdown(report.title) + "\n\n";
  out += render_span(report.range, report.zone) + ", generated on " +
         escape_markdown(render_full(report.made_at, report.zone)) + "\n\n";
  if (report.replayed_until)
    out += "*" + escape_markdown(render_replayed(*report.replayed_until, report.zone)) + "*\n\n";
  for (const Finding& finding : report.history_findings)
    out += "**" + std::string(name_of(finding.severity)) +
           "**: " + escape_markdown(shown(finding.text)) + "\n\n";
  out += "**Verdict: " + escape_markdown(render_word(report.verdict)) + "**\n\n";
  out += "**Why:** " + escape_markdown(shown(report.why)) + "\n\n";
  out += "**Next step:** " + escape_markdown(shown(report.what_next)) + "\n";
  out += "\n## Changes since the day before\n\n" + list_of(report.changed, kNoChanges);
  out += "\n## Next 24 hours\n\n" +
         list_of(report.upcoming, report.knows_upcoming ? kNoEvents : kNotChecked);
  if (!report.notices.empty()) out += "\n## Notices\n\n" + list_of(report.notices, "");
  out += markdown_windows(report, "Windows", report.windows);
  out += markdown_criteria(report);
  out += checks_of(report);
  out += markdown_windows(report, "Earlier attempts", report.earlier);
  if (!report.notes.empty()) out += "\n## Notes\n\n" + list_of(report.notes, "");
  return out;
}

}  // namespace holdfast
