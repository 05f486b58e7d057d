// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checks/support/text/utf8.h"
#include "tests/unit/exporter/commands/check_runs.h"
#include "tests/unit/exporter/report/sources.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

TEST_CASE("a day with an outage that is over is a warning that names the check and the duration") {
  const Report report = make_day_report(usual_source());
  CHECK(report.verdict == "warning");
  CHECK(report.exit_code == 1);
  CHECK(report.why == "All checks are ok now, but timeweb had incidents in the last 24 hours.");
  const auto& timeweb = report.checks.at(0);
  CHECK(timeweb.result.critical == 4min);
  CHECK(timeweb.result.coverage == doctest::Approx(1));
  CHECK(timeweb.incidents.size() == 1);
}

TEST_CASE("a check that is critical now makes the day critical") {
  const Report report = make_day_report(hostile_source());
  CHECK(report.verdict == "critical");
  CHECK(report.exit_code == 2);
  CHECK(report.checks.at(2).status == Status::critical);
}

TEST_CASE("a day without data is never ok") {
  const Report blind = make_day_report(no_data_source());
  CHECK(blind.verdict == "unknown");
  CHECK(blind.exit_code == 3);
  CHECK_FALSE(blind.knows_upcoming);
  ReportSource nothing;
  nothing.now = report_now();
  CHECK(make_day_report(nothing).exit_code == 3);
}

TEST_CASE("a day without incidents is ok and needs no action") {
  ReportSource source = usual_source();
  source.evidence.checks.erase(source.evidence.checks.begin());
  source.evidence.maintenance.clear();
  const Report report = make_day_report(source);
  CHECK(report.verdict == "ok");
  CHECK(report.exit_code == 0);
  CHECK(report.why == "All 3 checks have been ok for 24 hours.");
}

TEST_CASE("changes and upcoming events are sentences with numbers") {
  const Report report = make_day_report(usual_source());
  const auto has = [](const std::vector<std::string>& sentences, std::string_view part) {
    return std::ranges::any_of(
        sentences, [&](const auto& text) { return text.find(part) != std::string::npos; });
  };
  CHECK(has(report.changed, "latency 100 ms / 500 ms"));
  CHECK(has(report.changed, "timeweb is slower: p95 35.3 ms (the day before: 24.8 ms)."));
  CHECK(has(report.changed, "timeweb: 1 incident (the day before: 0)."));
  CHECK(has(report.upcoming, "timeweb: the leaf certificate will expire on 24 Nov 2026 05:00"));
  CHECK(has(report.upcoming, "sessions: 12 keys will expire within 24 hours."));
  CHECK(has(report.notices, "9 pre-keys are left."));
}

TEST_CASE(
    "a day counts as a window does: host downtime is critical time of what runs on the host") {
  ReportSource source = usual_source();
  const WallTime down = report_now() - std::chrono::hours(3);
  const WallTime up = down + std::chrono::hours(1);
  source.evidence.gaps = {{{down, up}, GapCause::host_down}};
  for (CheckEvidence& check : source.evidence.checks) {
    check.spans.push_back({{up, check.spans.back().span.end}, Status::ok, Status::ok});
    check.spans[check.spans.size() - 2].span.end = down;
  }
  const Report report = make_day_report(source);
  const CheckResult& database = report.checks[0].result;
  const CheckResult& services = report.checks[2].result;
  CHECK(services.critical == std::chrono::hours(1));
  CHECK(services.no_data == std::chrono::hours(1));
  CHECK(database.critical == std::chrono::minutes(4));
  CHECK(database.no_data == std::chrono::hours(1));
}

TEST_CASE("a window's report has the judge's verdict and its exit code") {
  ReportSource source = usual_source();
  CHECK_FALSE(make_window_report(source, "other"));
  const auto code = [&](Verdict verdict) {
    source.windows[0].verdict = verdict;
    return make_window_report(source, "phase-0")->exit_code;
  };
  CHECK(code(Verdict::go) == 0);
  CHECK(code(Verdict::in_progress) == 1);
  CHECK(code(Verdict::pending) == 1);
  CHECK(code(Verdict::no_go) == 2);
  CHECK(code(Verdict::inconclusive) == 3);
  CHECK(make_window_report(source, "phase-0")->title == "Stability window phase-0, day 3 of 7");
}

TEST_CASE("a window that has not begun has a report") {
  ReportSource source = usual_source();
  WindowResult& window = source.windows[0];
  window.verdict = Verdict::pending;
  window.span = {report_now() + 1h, report_now() + 48h};
  window.day = 0;
  const Report report = *make_window_report(source, "phase-0");
  CHECK(report.checks.empty());
  CHECK(render_report_text(report, false).find("pending") != std::string::npos);
}

TEST_CASE("reports in all formats match the golden files") {
  const Report day = make_day_report(usual_source());
  const Report window = *make_window_report(usual_source(), "phase-0");
  check_golden("report/day.txt", render_report_text(day, false));
  check_golden("report/window.txt", render_report_text(window, false));
  check_golden("report/day.md", render_report_markdown(day));
  check_golden("report/window.md", render_report_markdown(window));
  check_golden("report/day.html", render_report_html(day));
  check_golden("report/window.html", render_report_html(window));
  check_golden("report/hostile.html", render_report_html(make_day_report(hostile_source())));
  check_golden("report/day.json", render_report_json(day));
  check_golden("report/window.json", render_report_json(window));
}

TEST_CASE("a finding of 10,000 characters and a thousand incidents leave a report readable") {
  const Report report = make_day_report(hostile_source());
  const auto& services = report.checks.at(2);
  CHECK(services.incidents.size() == kMaxReportIncidents);
  CHECK(services.incidents_left_out == 981);
  CHECK(services.findings_left_out == 21);
  for (const std::string& text : {render_report_text(report, false), render_report_markdown(report),
                                  render_report_html(report), render_report_json(report)}) {
    CHECK(is_utf8(text));
    CHECK(text.size() < 120'000);
    CHECK(text.find("981") != std::string::npos);
    CHECK(std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  }
  CHECK(render_report_text(report, false).find("981 more incidents not shown.") !=
        std::string::npos);
  CHECK(render_report_html(report).find("<script") == std::string::npos);
  CHECK(nlohmann::json::parse(render_report_json(report))["checks"][2]["incidents_left_out"] ==
        981);
  const std::string markdown = render_report_markdown(report);
  CHECK(markdown.find("<script") == std::string::npos);
  CHECK(markdown.find("[l](") == std::string::npos);
}
