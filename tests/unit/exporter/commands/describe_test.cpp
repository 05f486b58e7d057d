// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/describe.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "exporter/commands/commands.h"
#include "exporter/config/sections.h"
#include "exporter/metrics/exposition.h"
#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/exporter/fakes.h"
#include "tests/unit/source_dir.h"

using namespace holdfast;
using namespace holdfast::testing;

TEST_CASE("docs/reference.md is what describe says") {
  const std::string text = describe_markdown(all_kinds());
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(holdfast::test::source_dir() + "/docs/reference.md") << text;
    return;
  }
  // Not CHECK(a == b): it would print both pages.
  const bool is_current = text == read_source_file("docs/reference.md");
  CHECK_MESSAGE(is_current, "run the unit tests once with UPDATE_GOLDEN=1");
}

TEST_CASE("every reason and every kind stands in the reference") {
  const std::string text = describe_markdown(all_kinds());
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    CHECK(text.find("| `" + std::string(name_of(reason)) + "` | " +
                    std::string(name_of(status_of(reason))) + " |") != std::string::npos);
  }
  for (const Kind* kind : all_kinds()) {
    CHECK(text.find("### " + std::string(kind->name) + "\n") != std::string::npos);
    CHECK(describe_text(all_kinds()).find(std::string(kind->name) + ": ") != std::string::npos);
  }
  CHECK(nlohmann::json::parse(describe_json(all_kinds()))["kinds"].size() == all_kinds().size());
}

TEST_CASE("describe prints the named kinds, and suggests the nearest one for an unknown name") {
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{out, err};
  CHECK(run_describe({"pool"}, "text", terminal) == kExitOk);
  CHECK(out.str().starts_with("pool: "));
  CHECK(out.str().find("\npostgres: ") == std::string::npos);
  CHECK(run_describe({"pool", "pm2"}, "markdown", terminal) == kExitOk);
  CHECK(out.str().find("### pool\n") < out.str().find("### pm2\n"));
  CHECK(out.str().find("# Reference") == std::string::npos);
  CHECK(err.str().empty());
  CHECK(run_describe({"pol"}, "text", terminal) == kExitMisuse);
  CHECK(err.str() == "holdfast: unknown kind \"pol\"; did you mean pool?\n");
}

TEST_CASE("every default in every kind's table is one its own reader takes") {
  for (const Kind* kind : all_kinds()) {
    for (const OptionSpec& spec : kind->options) {
      CAPTURE(kind->name);
      CAPTURE(spec.name);
      CHECK_NOTHROW(static_cast<void>(fallback_of(spec)));
      CHECK(!spec.help.empty());
      CHECK((spec.type() == OptionType::choice) <= !spec.choices.empty());
    }
  }
}

TEST_CASE("no kind takes an option that every check has already") {
  const std::set<std::string_view> common{"name",    "kind",    "interval",
                                          "timeout", "confirm", "retry_interval"};
  for (const Kind* kind : all_kinds())
    for (const OptionSpec& spec : kind->options) CHECK(!common.contains(spec.name));
}

TEST_CASE("every metric on the daemon's page stands in the reference") {
  test::StepClock clock;
  const auto store = make_status_store(clock, test::find_fake);
  Config config;
  config.checks = {test::fake_check("one")};
  store->configure(config);
  const auto outcome = test::outcome_of(test::failing(Reason::timed_out), clock);
  static_cast<void>(store->publish("one", outcome));
  WindowResult window;
  window.name = "week";
  window.criteria.emplace_back().criterion = "coverage";
  window.checks.emplace_back().check = "one";
  const auto windows = std::make_shared<const std::vector<WindowResult>>(1, window);
  const auto exposition = make_exposition(
      *store, [] { return SchedulerFacts{}; }, [&] { return windows; });
  std::istringstream page(*exposition->page(PageFormat::text, false));
  const std::string reference = describe_markdown(all_kinds());
  std::size_t seen = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("# TYPE holdfast_")) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    if (name.starts_with("holdfast_fake_")) continue;
    ++seen;
    CAPTURE(name);
    CHECK(reference.find("`" + name + "`") != std::string::npos);
  }
  CHECK(seen > 10);
}
