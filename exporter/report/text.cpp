// SPDX-License-Identifier: Apache-2.0
// A report as plain text for a terminal.

#include <algorithm>

#include "checks/support/text/columns.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

constexpr std::size_t kTimelineColumns = 72;
constexpr std::size_t kStateColumns = 9;

class TextReport {
 public:
  TextReport(const Report& report, bool colours) : report_(report), colours_(colours) {}

  std::string render() {
    head();
    sentences("CHANGES SINCE THE DAY BEFORE", report_.changed, kNoChanges);
    sentences("NEXT 24 HOURS", report_.upcoming, report_.knows_upcoming ? kNoEvents : kNotChecked);
    if (!report_.notices.empty()) sentences("NOTICES", report_.notices, "");
    windows("WINDOWS", report_.windows);
    criteria();
    checks();
    windows("EARLIER ATTEMPTS", report_.earlier);
    if (!report_.notes.empty()) sentences("NOTES", report_.notes, "");
    return std::move(out_);
  }

 private:
  std::string coloured(const std::string& text, Status tone) const {
    return holdfast::coloured(text, tone, colours_);
  }
  void line(const std::string& text) { out_ += text + "\n"; }
  void list(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) line("    - " + text);
  }
  void finding(const Finding& finding, const std::string& indent = "") {
    line(indent + coloured(std::string(name_of(finding.severity)), status_of(finding.severity)) +
         ": " + shown(finding.text));
  }
  void title(const std::string& text) { out_ += "\n" + text + "\n"; }

  void head() {
    line("Holdfast: " + report_.title);
    line(render_span(report_.range, report_.zone) + ", generated on " +
         render_full(report_.made_at, report_.zone));
    if (report_.replayed_until) line(render_replayed(*report_.replayed_until, report_.zone));
    for (const Finding& each : report_.history_findings) finding(each);
    line("");
    line("VERDICT  " + coloured(render_word(report_.verdict), report_.tone));
    line("WHY      " + shown(report_.why));
    line("NEXT     " + shown(report_.what_next));
  }

  void sentences(const std::string& name, const std::vector<std::string>& texts,
                 std::string_view none) {
    title(name);
    for (const std::string& text : texts) line("  " + text);
    if (texts.empty()) line("  " + std::string(none));
  }

  void windows(const std::string& name, const std::vector<WindowResult>& windows) {
    if (windows.empty()) return;
    title(name);
    for (const WindowResult& window : windows) {
      line("  " +
           coloured(pad_right(render_word(name_of(window.verdict)), 12), tone_of(window.verdict)) +
           "  " + shown_name(window.name) + ", " + render_when(window, report_.zone));
      if (!window.why.empty()) line("                " + shown(window.why));
    }
  }

  void criteria() {
    if (report_.criteria.empty()) return;
    std::size_t name = 9;
    std::size_t wanted = 6;  // The width of "TARGET".
    for (const CriterionResult& criterion : report_.criteria) {
      name = std::max(name, title_of(criterion).size());
      wanted = std::max(wanted, std::min<std::size_t>(width_of(shown(criterion.wanted)), 40));
    }
    title("CRITERIA");
    line("  " + pad_right("STATE", kStateColumns) + pad_right("CRITERION", name + 2) +
         pad_right("TARGET", wanted + 2) + "ACTUAL");
    for (const CriterionResult& criterion : report_.criteria) {
      line("  " +
           coloured(pad_right(std::string(word_of(criterion.state)), kStateColumns),
                    tone_of(criterion.state)) +
           pad_right(std::string(title_of(criterion)), name + 2) +
           pad_right(shown(criterion.wanted), wanted + 2) + shown(criterion.found));
      list(render_incidents(criterion.by, criterion.by_left_out, report_));
    }
  }

  void checks() {
    title("CHECKS");
    if (report_.checks.empty()) line("  " + std::string(kNoChecks));
    for (const ReportCheck& check : report_.checks) {
      std::string head =
          coloured(pad_right(std::string(name_of(check.status)), kStateColumns + 1), check.status) +
          shown_name(check.result.check) + " (" + shown_name(check.result.kind) + ")";
      if (check.since) head += ", since " + render_time(*check.since, report_.zone);
      line("  " + head);
      line("    |" + timeline(check.timeline) + "|");
      line("    " + render_result(check.result));
      for (const Finding& each : check.findings) finding(each, "    ");
      if (check.findings_left_out > 0)
        line("    " + render_left_out(check.findings_left_out, "more finding"));
      list(render_incidents(check.incidents, check.incidents_left_out, report_));
    }
    line("");
    line("  _ ok   w warning   # critical   ? unknown   m maintenance   . no data");
  }

  /// Each column shows the worst of its cells.
  static std::string timeline(const StatusTimeline& timeline) {
    static constexpr std::string_view kSigns = "_.m?w#";  // In the order of CellState.
    std::string out(kTimelineColumns, '.');
    for (std::size_t column = 0; column < kTimelineColumns && timeline.cells > 0; ++column) {
      const std::size_t first = column * timeline.cells / kTimelineColumns;
      const std::size_t last =
          std::max(first + 1, (column + 1) * timeline.cells / kTimelineColumns);
      CellState worst = state_at(timeline, first);
      for (std::size_t cell = first + 1; cell < last; ++cell)
        worst = std::max(worst, state_at(timeline, cell));
      out[column] = kSigns[static_cast<std::size_t>(worst)];
    }
    return out;
  }

  const Report& report_;
  const bool colours_;
  std::string out_;
};

}  // namespace

std::string render_report_text(const Report& report, bool colours) {
  return TextReport(report, colours).render();
}

}  // namespace holdfast
