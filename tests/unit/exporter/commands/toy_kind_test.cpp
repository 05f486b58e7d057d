// SPDX-License-Identifier: Apache-2.0
// A kind that exists in this file only, from its config to every page: what the exporter shows of a
// kind comes from the kind's own tables.
#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "exporter/commands/describe.h"
#include "exporter/config/sections.h"
#include "exporter/metrics/exposition.h"
#include "exporter/report/report.h"
#include "exporter/web/status_json.h"
#include "exporter/web/status_page.h"
#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

const Kind& lighthouse_kind();

class Lighthouse : public Check {
 public:
  explicit Lighthouse(const CheckConfig& config)
      : name_(config.options.get<std::string>("lamp")),
        brightness_(config.options.get<Limit>("brightness")) {}

  Reading run(Run&) override {
    constexpr double kSeen = 3;
    Reading out;
    out.samples.push_back({&lighthouse_kind().metric("lighthouse_brightness"), {name_}, kSeen});
    if (brightness_.judge(kSeen) == Status::critical)
      out.find("lighthouse_dim", Severity::critical, name_, "The lamp is at 3, the limit is 5.");
    return out;
  }

 private:
  std::string name_;
  Limit brightness_;
};

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>&) {
  return std::make_unique<Lighthouse>(config);
}

const Kind& lighthouse_kind() {
  static const Kind kind{
      .name = "lighthouse",
      .summary = "The lamp of a lighthouse.",
      .options =
          {{.name = "lamp", .target = OptionType::text, .help = "Its name.", .required = true},
           {.name = "brightness",
            .target = OptionType::limit,
            .help = "How bright it must be.",
            .fallback = "{warning: 8, critical: 5}",
            .unit = Unit::count,
            .side = Limit::Side::lower,
            .limits = "lighthouse_brightness"}},
      .metrics = {{"lighthouse_brightness", MetricType::gauge, "Brightness.", {"lamp"}}},
      .findings = {{"lighthouse_dim", "The lamp is dimmer than its limit."}},
      .reasons = {Reason::timed_out},
      .make = make};
  return kind;
}

Kinds toy_kinds() {
  static const std::array<const Kind*, 1> kinds{&lighthouse_kind()};
  return kinds;
}

const Kind* find_toy(std::string_view name) {
  return name == lighthouse_kind().name ? &lighthouse_kind() : nullptr;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The configured check after one run, in a status store.
struct Site {
  Site() {
    ConfigOutcome read =
        parse_config("checks: [{name: north, kind: lighthouse, lamp: main, confirm: 1}]",
                     "toy.yaml", testing::environment_of({}), toy_kinds());
    REQUIRE(read.config);
    config = *std::move(read.config);
    store->configure(config);
    const CheckConfig& check = config.checks.at(0);
    std::vector<OptionError> none;
    const auto made = lighthouse_kind().make(check, none);
    outcome = run_once(*made, check, Memory{}, seams.dependencies(clock));
    static_cast<void>(store->publish("north", outcome));
  }

  test::StepClock clock;
  test::NoSeams seams;
  Config config;
  std::unique_ptr<StatusStore> store = make_status_store(clock, find_toy);
  Outcome outcome;
};

}  // namespace

TEST_CASE("a kind of this test alone is read from the config, with its own errors") {
  const ConfigOutcome wrong = parse_config("checks: [{name: north, kind: lighthouse, lampp: main}]",
                                           "toy.yaml", testing::environment_of({}), toy_kinds());
  REQUIRE(wrong.errors.size() == 2);
  CHECK(wrong.errors[0].text == "lamp is required");
  CHECK(wrong.errors[1].text == "unknown option of kind lighthouse; did you mean lamp?");
}

TEST_CASE("a kind of this test alone is in the status store, the exposition and the pages") {
  const Site site;
  const auto view = site.store->view("north");
  REQUIRE(view);
  CHECK(view->kind == "lighthouse");
  CHECK(view->confirmed == Status::critical);

  const auto exposition = make_exposition(*site.store, [] { return SchedulerFacts{}; });
  const std::string page = *exposition->page(PageFormat::text, false);
  CHECK(has(page, "holdfast_lighthouse_brightness{check=\"north\",lamp=\"main\"} 3\n"));
  CHECK(has(page, "finding=\"lighthouse_dim\""));
  CHECK(has(page, "limit=\"lighthouse_brightness\",severity=\"critical\"} 5\n"));

  const ReportSource overview{};
  CHECK(has(render_status_page({site.store->view(), overview, true}), "The lamp is at 3"));

  const auto json = nlohmann::json::parse(render_status_json(site.store->view(), {}, {}));
  CHECK(json["checks"][0]["kind"] == "lighthouse");
  CHECK(json["checks"][0]["findings"][0]["code"] == "lighthouse_dim");
}

TEST_CASE("a kind of this test alone is in the report") {
  const Site site;
  ReportSource source;
  source.now = site.clock.now().wall;
  const WallTime day_ago = source.now - 24h;
  source.evidence.range = {day_ago, source.now};
  CheckEvidence evidence;
  evidence.check = "north";
  evidence.kind = "lighthouse";
  evidence.spans = {{{day_ago, source.now}, Status::critical, Status::critical}};
  source.evidence.checks = {evidence};
  CheckNow now{.check = "north"};
  now.findings = site.outcome.reading.findings;
  source.now_checks = {now};
  const Report report = make_day_report(source);
  CHECK(report.verdict == "critical");
  CHECK(has(render_report_text(report, false), "The lamp is at 3, the limit is 5."));
}

TEST_CASE("a kind of this test alone is in the reference") {
  CHECK(has(describe_text(toy_kinds()), "lighthouse: The lamp of a lighthouse."));
  const std::string page = describe_markdown(toy_kinds());
  CHECK(has(page, "### lighthouse\n"));
  CHECK(has(page, "| `brightness` | lower limit, counts | `{warning: 8, critical: 5}` |"));
  CHECK(has(page, "| `lighthouse_dim` | The lamp is dimmer than its limit. |"));
  const auto json = nlohmann::json::parse(describe_json(toy_kinds()));
  CHECK(json["kinds"][0]["metrics"][0]["name"] == "holdfast_lighthouse_brightness");
}
