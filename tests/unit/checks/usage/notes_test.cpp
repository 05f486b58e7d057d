// SPDX-License-Identifier: Apache-2.0
// Kind `usage`: notes and samples that do not depend on the role.
#include <doctest/doctest.h>

#include "tests/unit/checks/usage/watch.h"

using namespace holdfast;
using namespace holdfast::testing;

TEST_CASE("the first ten tables that were written are listed") {
  Watch watch;
  watch.facts.tables.clear();
  for (int i = 0; i < 11; ++i) watch.facts.tables.push_back({.name = "t" + std::to_string(i)});
  watch.run();
  for (usage::Table& table : watch.facts.tables) table.deleted += 2;
  const Reading reading = watch.run();
  CHECK(has_note(reading, "t9: 0 inserted, 0 updated, 2 deleted since the last run"));
  CHECK_FALSE(has_note(reading, "t10: "));
}

TEST_CASE("groups of sessions beyond the bound are counted, and those with equal labels summed") {
  Watch watch;
  watch.facts.sessions = {sessions("shop", 2), sessions("shop", 3)};
  watch.facts.sessions_left_out = 7;
  const Reading reading = watch.run();
  CHECK(has_note(reading, "12 other sessions: shop (user app, 10.0.0.5)"));
  CHECK(sample_of(reading, "usage_sessions", {"shop", "app", "10.0.0.5"}) == 5.0);
}

TEST_CASE("statements by user and the start of the baseline are samples") {
  Watch watch;
  watch.facts.statements = {{"app", 12}, {"backup", 3}};
  const Reading first = watch.run();
  CHECK(sample_of(first, "usage_statements_total", {"app"}) == 12.0);
  CHECK(sample_of(first, "usage_statements_total", {"backup"}) == 3.0);
  const double began = epoch_seconds(watch.at);
  CHECK(sample_of(first, "usage_baseline_timestamp_seconds") == began);
  CHECK(sample_of(watch.run(), "usage_baseline_timestamp_seconds") == began);
}
