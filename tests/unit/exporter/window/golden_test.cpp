// SPDX-License-Identifier: Apache-2.0
// Weeks computed by hand, one for each rule of the judgement: tests/golden/windows. The expected
// values were computed on paper and are explained there; nothing regenerates them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "exporter/config/sections.h"
#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/exporter/window/week.h"
#include "tests/unit/source_dir.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kFolder = "tests/golden/windows/";

const YamlNode& child(const YamlNode& node, std::string_view key) {
  const YamlNode* found = node.find(key);
  INFO("key " << std::string(key) << " in line " << node.line);
  REQUIRE(found != nullptr);
  return *found;
}

std::string text_of(const YamlNode& node, std::string_view key, const std::string& otherwise = {}) {
  const YamlNode* found = node.find(key);
  return found == nullptr ? otherwise : found->text;
}

Duration time_of(const YamlNode& node, std::string_view key, const std::string& otherwise = {}) {
  const Parsed<Duration> out = parse_duration(text_of(node, key, otherwise));
  INFO("a duration for " << std::string(key) << " in line " << node.line);
  REQUIRE(out.value.has_value());
  return *out.value;
}

Status status_of(const std::string& name) {
  if (name == "warning") return Status::warning;
  if (name == "critical") return Status::critical;
  if (name == "unknown") return Status::unknown;
  REQUIRE((name == "ok" || name == "info"));
  return Status::ok;
}

PlayedCheck read_check(const YamlNode& node) {
  PlayedCheck out;
  out.name = text_of(node, "name");
  out.kind = text_of(node, "kind", "postgres");
  out.interval = time_of(node, "interval");
  out.timeout = time_of(node, "timeout");
  out.begins = time_of(node, "begins", "0s");
  if (node.find("latency") != nullptr) out.latency = seconds(time_of(node, "latency"));
  if (const YamlNode* use = node.find("use"))
    for (const YamlNode& mark : use->items) out.use.push_back(*parse_duration(mark.text).value);
  return out;
}

void read_happening(const YamlNode& node, Week& week) {
  if (node.find("clock") != nullptr) {
    week.clock = ClockStep{time_of(node, "at"), -time_of(node, "clock")};
    return;
  }
  if (const YamlNode* scope = node.find("limit")) {
    week.changes.push_back({kStart + time_of(node, "at"), scope->text, text_of(node, "before"),
                            text_of(node, "after")});
    return;
  }
  const Duration from = time_of(node, "from");
  const Stretch when{from, from + time_of(node, "for")};
  if (const YamlNode* cause = node.find("gap")) {
    week.absences.push_back(
        {when, cause->text == "host_down" ? GapCause::host_down : GapCause::stopped});
  } else if (const YamlNode* reason = node.find("maintenance")) {
    week.maintenance.push_back({1,
                                {kStart + when.from, kStart + when.until},
                                kStart + time_of(node, "declared"),
                                reason->text,
                                "root"});
  } else {
    week.happenings.push_back({text_of(node, "check"), when, status_of(text_of(node, "is")),
                               text_of(node, "text", "Something is wrong.")});
  }
}

struct Golden {
  YamlNode root;
  WindowConfig window;
  Week week;
};

Golden read_golden(const std::string& path) {
  YamlOutcome yaml = parse_yaml(read_source_file(path), path);
  REQUIRE(yaml.root);
  Golden out{*std::move(yaml.root), {}, {}};
  std::vector<std::string> names;
  for (const YamlNode& check : child(out.root, "checks").items) {
    out.week.checks.push_back(read_check(check));
    names.push_back(out.week.checks.back().name);
  }
  if (const YamlNode* happens = out.root.find("happens"))
    for (const YamlNode& one : happens->items) read_happening(one, out.week);
  ConfigErrors errors(path);
  YamlNode windows;
  windows.type = YamlNode::Type::list;
  windows.items.push_back(child(out.root, "window"));
  const std::vector<WindowConfig> read = read_windows(windows, names, errors);
  for (const ConfigError& error : errors.take()) FAIL_CHECK(render_config_error(error));
  REQUIRE(read.size() == 1);
  out.window = read[0];
  CHECK(configured_start(out.window) == kStart);
  return out;
}

WindowResult judge_golden(const Golden& golden, Duration now) {
  return judge_window(golden.window, kStart, play(golden.week, now), wall_at(golden.week, now));
}

void compare_check(const YamlNode& wanted, const CheckResult& found) {
  CAPTURE(found.check);
  const Parsed<double> coverage = parse_ratio(text_of(wanted, "coverage"));
  REQUIRE(coverage.value);
  // Written to four digits of a percent.
  CHECK(found.coverage * 100 == doctest::Approx(*coverage.value * 100).epsilon(5e-7));
  const std::vector<std::pair<const char*, Duration>> times{{"critical", found.critical},
                                                            {"warning", found.warning},
                                                            {"unknown", found.unknown_time},
                                                            {"no_data", found.no_data},
                                                            {"maintenance", found.maintenance}};
  for (const auto& [name, time] : times) {
    if (wanted.find(name) == nullptr) continue;
    CAPTURE(name);
    CHECK(render_value(seconds(time), Unit::none) ==
          render_value(seconds(time_of(wanted, name)), Unit::none));
    CHECK(time == time_of(wanted, name));
  }
  if (wanted.find("days_with_use") != nullptr)
    CHECK(std::to_string(found.days_with_use) == text_of(wanted, "days_with_use"));
}

void compare(const YamlNode& wanted, const WindowResult& found) {
  CHECK(std::string(name_of(found.verdict)) == text_of(wanted, "verdict"));
  CHECK(found.why == text_of(wanted, "why", found.why));
  CHECK(found.what_next == text_of(wanted, "what_next", found.what_next));
  CHECK(found.earliest_end.has_value() == (wanted.find("earliest_end") != nullptr));
  if (found.earliest_end && wanted.find("earliest_end") != nullptr)
    CHECK(*found.earliest_end - kStart == time_of(wanted, "earliest_end"));
  if (wanted.find("day") != nullptr) CHECK(std::to_string(found.day) == text_of(wanted, "day"));
  CHECK(found.span.begin - kStart == time_of(wanted, "begins", "0s"));
  CHECK(std::to_string(found.earlier.size()) == text_of(wanted, "earlier", "0"));
  const YamlNode& criteria = child(wanted, "criteria");
  CHECK(found.criteria.size() == criteria.entries.size());
  for (const CriterionResult& one : found.criteria) {
    CAPTURE(one.criterion);
    CHECK(std::string(name_of(one.state)) == text_of(criteria, one.criterion));
  }
  const YamlNode& checks = child(wanted, "checks");
  CHECK(found.checks.size() == checks.entries.size());
  for (const CheckResult& check : found.checks) compare_check(child(checks, check.check), check);
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  const std::filesystem::path folder = holdfast::test::source_dir() + "/" + kFolder;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("weeks computed by hand have the expected verdict and numbers") {
  const std::vector<std::string> names = golden_names();
  CHECK(names.size() >= 12);
  for (const std::string& name : names) {
    CAPTURE(name);
    const Golden golden = read_golden(kFolder + name);
    compare(child(golden.root, "expect"), judge_golden(golden, time_of(golden.root, "now")));
    const YamlNode* verdicts = golden.root.find("verdicts");
    if (verdicts == nullptr) continue;
    for (const YamlEntry& entry : verdicts->entries) {
      CAPTURE(entry.key);
      const WindowResult then = judge_golden(golden, *parse_duration(entry.key).value);
      CHECK(std::string(name_of(then.verdict)) == entry.value.text);
    }
  }
}
