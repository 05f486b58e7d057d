// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/status_json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kStart{std::chrono::seconds(1'762'448'160)};  // 2025-11-06T16:56:00Z

WindowResult some_window() {
  WindowResult window;
  window.name = "phase-0";
  window.verdict = Verdict::inconclusive;
  window.span = {kStart, kStart + 7 * 24h};
  window.judged_at = kStart + 49h;
  window.day = 3;
  window.days = 7;
  window.why = "Of services only 80 % was seen.";
  window.what_next = "Let it run.";
  window.earliest_end = kStart + 9 * 24h;
  CriterionResult coverage;
  coverage.criterion = "coverage";
  coverage.check = "services\x01";
  coverage.state = CriterionState::failed;
  coverage.wanted = "at least 99 %";
  coverage.found = "80 % (services)";
  window.criteria = {coverage};
  window.earlier.resize(2);
  window.earlier_left_out = 3;
  return window;
}

}  // namespace

TEST_CASE("the status document has each window with its verdict and criteria") {
  const auto all = nlohmann::json::parse(render_status_json({}, {some_window()}, kStart));
  REQUIRE(all["windows"].size() == 1);
  const auto& window = all["windows"][0];
  CHECK(window["name"] == "phase-0");
  CHECK(window["verdict"] == "inconclusive");
  CHECK(window["start"] == "2025-11-06T16:56:00.000Z");
  CHECK(window["end"] == "2025-11-13T16:56:00.000Z");
  CHECK(window["judged_at"] == "2025-11-08T17:56:00.000Z");
  CHECK(window["earliest_end"] == "2025-11-15T16:56:00.000Z");
  CHECK(window["day"] == 3);
  CHECK(window["days"] == 7);
  CHECK(window["earlier_attempts"] == 5);
  REQUIRE(window["criteria"].size() == 1);
  CHECK(window["criteria"][0]["criterion"] == "coverage");
  CHECK(window["criteria"][0]["state"] == "failed");
  CHECK(window["criteria"][0]["is_evidence_against"] == false);
  CHECK(window["criteria"][0]["found"] == "80 % (services)");
  CHECK(window["criteria"][0]["check"].get<std::string>().find('\x01') == std::string::npos);
  CHECK_FALSE(all.contains("replayed_until"));
}

TEST_CASE("at most a hundred windows are listed, and how many were left out") {
  const std::vector<WindowResult> windows(130, some_window());
  const auto all = nlohmann::json::parse(render_status_json({}, windows, kStart));
  CHECK(all["windows"].size() == kMaxShownEntries);
  CHECK(all["windows_left_out"] == 30);
}

TEST_CASE("the status document of a demonstration says up to when it was replayed") {
  const auto all = nlohmann::json::parse(render_status_json({}, {}, kStart, kStart + 48h));
  CHECK(all["replayed_until"] == "2025-11-08T16:56:00.000Z");
  CHECK(all["windows"].empty());
}
