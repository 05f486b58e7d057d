// SPDX-License-Identifier: Apache-2.0
// Needs promtool (package prometheus) and python3-prometheus-client, which tests/run installs.
#include "exporter/metrics/exposition.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <sstream>

#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct ToolResult {
  int exit_code = -1;
  std::string output;
};

// Runs a command with `input` on its standard input.
ToolResult run_tool(const std::string& command, const std::string& input) {
  std::string path = "/tmp/holdfast-page-XXXXXX";
  const int file = ::mkstemp(path.data());
  REQUIRE(file >= 0);
  REQUIRE(::write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  ::close(file);
  ToolResult result;
  FILE* pipe = ::popen((command + " < " + path + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), got);
  }
  result.exit_code = WEXITSTATUS(::pclose(pipe));
  ::unlink(path.c_str());
  return result;
}

std::vector<std::string> lines_of(const std::string& page) {
  std::vector<std::string> out;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// The samples of a page by name and labels, as sorted lines; process_* apart, since it moves.
std::string samples_of(const std::string& parser, const std::string& page) {
  const std::string script =
      "import sys; from prometheus_client." + parser +
      " import text_string_to_metric_families as parse\n"
      "rows = []\n"
      "for family in parse(sys.stdin.read()):\n"
      "  for s in family.samples:\n"
      "    if not s.name.startswith('process_'):\n"
      "      rows.append((s.name, sorted(s.labels.items()), float(s.value)))\n"
      "assert rows, 'no samples'\n"
      "print('\\n'.join(sorted(map(repr, rows))))\n";
  const ToolResult result = run_tool("/usr/bin/python3 -c \"" + script + "\"", page);
  CAPTURE(result.output);
  REQUIRE(result.exit_code == 0);
  return result.output;
}

WindowResult window_of(Verdict verdict) {
  WindowResult out;
  out.name = "phase-0";
  out.verdict = verdict;
  out.criteria.resize(2);
  out.criteria[0] = {.criterion = "critical", .state = CriterionState::failed};
  out.criteria[1] = {.criterion = "coverage", .state = CriterionState::met};
  out.checks.resize(1);
  out.checks[0].check = "quiet";
  out.checks[0].coverage = 0.975;
  return out;
}

struct Site {
  StepClock clock;
  std::shared_ptr<const std::vector<WindowResult>> windows =
      std::make_shared<const std::vector<WindowResult>>(1, window_of(Verdict::in_progress));
  std::unique_ptr<StatusStore> store = make_status_store(clock, find_fake);
  std::unique_ptr<Exposition> exposition = make_exposition(
      *store,
      [] {
        SchedulerFacts facts;
        facts.lateness = HistogramValue({0.001, 0.01, 1});
        facts.lateness.observe(0.002);
        return facts;
      },
      [this] { return windows; });

  Site() {
    Config config;
    config.checks = {fake_check("quiet"), fake_check("loud \"one\"\\")};
    Limit limit;
    limit.warning = 0.1;
    limit.critical = 0.5;
    config.checks[0].options.set("speed", limit);
    store->configure(config);
    store->publish("quiet", outcome_of(noisy(), clock));
  }
  static Reading noisy() {
    Reading reading = finding(Severity::warning);
    reading.findings.push_back(reading.findings[0]);  // Said twice, shown once.
    reading.findings.push_back({"fake_fact", Severity::critical, "a\nb\"c\\", "text"});
    const auto add = [&](std::string_view metric, double value, SampleKind kind,
                         std::vector<std::string> labels = {}) {
      reading.samples.push_back({&fake_kind().metric(metric), std::move(labels), value, kind});
    };
    add("fake_up", 1, SampleKind::set);
    add("fake_speed_seconds", 0.1 + 0.2, SampleKind::set);
    add("fake_things", 1e300, SampleKind::set, {"le=\"1\""});
    add("fake_things", -0.5, SampleKind::set, {"line\nbreak"});
    add("fake_things", 1.0 / 3, SampleKind::set, {"\xC3\xA9\xFF"});
    add("fake_events_total", 3, SampleKind::add);
    add("fake_wait_seconds", 0.05, SampleKind::observe);
    add("fake_wait_seconds", 100, SampleKind::observe);
    return reading;
  }
  [[nodiscard]] std::string page(PageFormat format) const {
    return *exposition->page(format, false);
  }
};

}  // namespace

TEST_CASE("promtool finds nothing to say about the text page") {
  const Site site;
  const ToolResult result = run_tool("promtool check metrics", site.page(PageFormat::text));
  CAPTURE(result.output);
  CHECK(result.exit_code == 0);
  CHECK(result.output.empty());
}

TEST_CASE("a strict parser accepts the OpenMetrics page") {
  const Site site;
  const std::string page = site.page(PageFormat::openmetrics);
  CHECK(page.ends_with("\n# EOF\n"));
  CHECK(page.find("_created") == std::string::npos);
  CHECK(samples_of("openmetrics.parser", page).find("fake_events_total") != std::string::npos);
}

TEST_CASE("both pages give identical series and values") {
  const Site site;
  CHECK(samples_of("parser", site.page(PageFormat::text)) ==
        samples_of("openmetrics.parser", site.page(PageFormat::openmetrics)));
}

TEST_CASE("bucket bounds print alike in both formats") {
  const Site site;
  for (const auto format : {PageFormat::text, PageFormat::openmetrics}) {
    const std::string page = site.page(format);
    CHECK(page.find("_bucket{check=\"quiet\",le=\"1.0\"}") != std::string::npos);
    CHECK(page.find("_bucket{check=\"quiet\",le=\"0.1\"}") != std::string::npos);
    CHECK(page.find("le=\"1\"}") == std::string::npos);
    CHECK(page.find("colour=\"le=\\\"1\\\"\"") != std::string::npos);  // A value is left alone.
  }
}

TEST_CASE("no sample occurs twice on a page, and families are sorted") {
  const Site site;
  std::set<std::string> seen;
  std::vector<std::string> families;
  for (const std::string& line : lines_of(site.page(PageFormat::text))) {
    if (line.starts_with("# TYPE ")) families.push_back(line);
    if (line.starts_with('#')) continue;
    CAPTURE(line);
    CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
  }
  const auto self = std::ranges::find_if(
      families, [](const auto& f) { return f.starts_with("# TYPE holdfast_build_info"); });
  CHECK(std::is_sorted(families.begin(), self));
  CHECK(std::set<std::string>(families.begin(), families.end()).size() == families.size());
}

TEST_CASE("every metric of the design is on the page, also before the first run") {
  const Site site;
  const std::string page = site.page(PageFormat::text);
  const std::string loud = R"(check="loud \"one\"\\")";
  for (const std::string& want : {
           "holdfast_check_status{" + loud + ",kind=\"fake\",status=\"unknown\"} 1",
           "holdfast_check_status{" + loud + ",kind=\"fake\",status=\"ok\"} 0",
           "holdfast_check_success{" + loud + "} 0",
           "holdfast_check_fresh{" + loud + "} 0",
           "holdfast_check_last_run_timestamp_seconds{" + loud + "} 0",
           "holdfast_check_interval_seconds{" + loud + "} 15",
           "holdfast_check_info{" + loud + ",kind=\"fake\",database=\"\"} 1",
           "holdfast_check_failures_total{" + loud + ",reason=\"refused\"} 0",
           "holdfast_check_failures_total{" + loud + ",reason=\"internal\"} 0",
           "holdfast_incident_open{" + loud + ",severity=\"critical\"} 0",
           "holdfast_fake_up{" + loud + "} 0",
           std::string("holdfast_check_success{check=\"quiet\"} 1"),
           std::string("holdfast_check_last_run_timestamp_seconds{check=\"quiet\"} 1700000000"),
           std::string("holdfast_incident_open{check=\"quiet\",severity=\"critical\"} 1"),
           std::string("holdfast_incident_open{check=\"quiet\",severity=\"warning\"} 0"),
           std::string("holdfast_finding{check=\"quiet\",kind=\"fake\",finding=\"fake_fact\","
                       "severity=\"critical\",subject=\"a b\\\"c\\\\\"} 1"),
           std::string("holdfast_check_runs_total{check=\"quiet\"} 1"),
           std::string("holdfast_check_missed_runs_total{check=\"quiet\"} 0"),
           std::string("holdfast_check_duration_seconds_count{check=\"quiet\"} 1"),
           std::string("holdfast_labels_dropped{check=\"quiet\"} 0"),
           std::string("holdfast_check_limit{check=\"quiet\",limit=\"fake_speed_seconds\","
                       "severity=\"warning\"} 0.1"),
           std::string("holdfast_config_last_reload_successful 1"),
           std::string("holdfast_scheduler_lateness_seconds_count 1"),
       }) {
    CAPTURE(want);
    CHECK(page.find("\n" + want) != std::string::npos);
  }
  for (const char* metric :
       {"holdfast_build_info{version=", "process_cpu_seconds_total", "process_open_fds",
        "process_max_fds", "process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_start_time_seconds", "holdfast_scheduler_runs_in_flight"}) {
    CAPTURE(metric);
    CHECK(page.find("\n" + std::string(metric)) != std::string::npos);
  }
}

TEST_CASE("a page is rendered once per generation, and again when the status store changes") {
  Site site;
  const auto first = site.exposition->page(PageFormat::text, false);
  site.store->publish("quiet", outcome_of(failing(Reason::refused), site.clock));
  const auto second = site.exposition->page(PageFormat::text, false);
  CHECK(first != second);
  CHECK(second->find("reason=\"refused\"} 1") != std::string::npos);
  CHECK(second->find("fake_fact") == std::string::npos);
  site.clock.step(1h);
  CHECK(site.page(PageFormat::text).find("holdfast_check_fresh{check=\"quiet\"} 0") !=
        std::string::npos);
  site.exposition->set_self({false, 5});
  CHECK(site.page(PageFormat::text).find("holdfast_config_last_reload_successful 0") !=
        std::string::npos);
}

TEST_CASE("the gzip page is the page") {
  const Site site;
  const auto zipped = site.exposition->page(PageFormat::text, true);
  const ToolResult result = run_tool("gzip -dc", *zipped);
  CHECK(result.exit_code == 0);
  CHECK(result.output.starts_with("# HELP holdfast_check_"));
  CHECK(result.output.size() > zipped->size());
}

TEST_CASE("a probe's page has the check alone, and whether it succeeded") {
  const Site site;
  for (const auto format : {PageFormat::text, PageFormat::openmetrics}) {
    const std::string page = site.exposition->probe_page("quiet", format, true, 250ms);
    CHECK(page.find("probe_success 1\n") != std::string::npos);
    CHECK(page.find("probe_duration_seconds 0.25\n") != std::string::npos);
    CHECK(page.find("check=\"quiet\"") != std::string::npos);
    CHECK(page.find("loud") == std::string::npos);
  }
  const auto page = site.exposition->probe_page("quiet", PageFormat::text, false, 1s);
  CHECK(run_tool("promtool check metrics", page).output.empty());
}

TEST_CASE("the Accept header decides the format") {
  struct Row {
    const char* accept;
    PageFormat want;
  };
  const std::vector<Row> rows{
      {"", PageFormat::text},
      {"*/*", PageFormat::text},
      {"text/plain", PageFormat::text},
      {"application/openmetrics-text", PageFormat::openmetrics},
      // Prometheus 2.42's own.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       PageFormat::openmetrics},
      // Prometheus 3's.
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
       "text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
       PageFormat::openmetrics},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", PageFormat::text},
      {"application/openmetrics-text;q=0.3, text/plain;q=0.9", PageFormat::text},
      {"Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9 , text/plain ; q=0.1",
       PageFormat::openmetrics},
      {"application/openmetrics-text;version=2.0.0", PageFormat::text},
      {"application/openmetrics-text;q=0", PageFormat::text},
      {"application/openmetrics-text;q=abc", PageFormat::text},
      {"text/html,application/xhtml+xml,*/*;q=0.8", PageFormat::text},
      {",;,;;=,q=", PageFormat::text},
  };
  for (const Row& row : rows) {
    CAPTURE(row.accept);
    CHECK(negotiate_format(row.accept) == row.want);
  }
}

TEST_CASE("gzip is sent only to who takes it") {
  CHECK(accepts_gzip("gzip"));
  CHECK(accepts_gzip("deflate, gzip;q=0.5"));
  CHECK(accepts_gzip("*"));
  CHECK_FALSE(accepts_gzip(""));
  CHECK_FALSE(accepts_gzip("identity"));
  CHECK_FALSE(accepts_gzip("gzip;q=0"));
  CHECK_FALSE(accepts_gzip("*;q=0"));
  CHECK_FALSE(accepts_gzip("br, *;q=1, gzip;q=0"));
}

TEST_CASE("the metrics of all kinds are named as Prometheus wants and clash with nothing") {
  static const std::set<std::string_view> kForeign{"instance", "job",   "type",    "env",
                                                   "le",       "check", "__name__"};
  std::set<std::string> families;
  for (const Kind* kind : all_kinds()) {
    for (const MetricSpec& spec : kind->metrics) {
      CAPTURE(spec.name);
      const bool is_total = spec.name.ends_with("_total");
      CHECK(is_total == (spec.type == MetricType::counter));
      CHECK_FALSE(spec.help.empty());
      for (const std::string_view label : spec.labels) CHECK_FALSE(kForeign.contains(label));
      // As OpenMetrics calls the family; a gauge `x` beside a counter `x_total` is refused.
      std::string name(spec.name);
      if (is_total) name.resize(name.size() - 6);
      CHECK(families.insert(name).second);
      CHECK(std::ranges::is_sorted(spec.buckets));
    }
  }
}

TEST_CASE("a limit in a panel is a limit on a metric its kind has, named once") {
  for (const Kind* kind : all_kinds()) {
    std::set<std::string_view> limited;
    for (const OptionSpec& option : kind->options) {
      if (option.limits.empty()) continue;
      CAPTURE(kind->name);
      CAPTURE(option.name);
      CHECK(option.type() == OptionType::limit);
      CHECK_NOTHROW((void)kind->metric(option.limits));
      CHECK(limited.insert(option.limits).second);
    }
  }
}

TEST_CASE("a window has one series for each verdict and for each state of a criterion") {
  Site site;
  std::string page = site.page(PageFormat::text);
  CHECK(page.find("holdfast_window_verdict{window=\"phase-0\",verdict=\"in_progress\"} 1\n") !=
        std::string::npos);
  CHECK(page.find("holdfast_window_verdict{window=\"phase-0\",verdict=\"no_go\"} 0\n") !=
        std::string::npos);
  CHECK(page.find("holdfast_window_criterion{window=\"phase-0\",criterion=\"critical\","
                  "state=\"failed\"} 1\n") != std::string::npos);
  CHECK(page.find("holdfast_window_coverage_ratio{window=\"phase-0\",check=\"quiet\"} 0.975\n") !=
        std::string::npos);
  // Evaluated without a change of the status store: the page is rendered again.
  site.windows = std::make_shared<const std::vector<WindowResult>>(1, window_of(Verdict::no_go));
  page = site.page(PageFormat::text);
  CHECK(page.find("holdfast_window_verdict{window=\"phase-0\",verdict=\"no_go\"} 1\n") !=
        std::string::npos);
  site.windows = std::make_shared<const std::vector<WindowResult>>();
  CHECK(site.page(PageFormat::text).find("holdfast_window") == std::string::npos);
}
