// SPDX-License-Identifier: Apache-2.0
// Resets, restarts and failovers are neither silence nor writes; an invalid memory does no harm.
#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "checks/usage/rate.h"
#include "checks/usage/text.h"
#include "tests/unit/checks/usage/watch.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;
using usage::Facts;
using usage::Rate;

namespace {

struct Change {
  std::string note;
  std::function<void(Facts&)> happen;
};

std::vector<Change> changes() {
  return {
      {"The server was restarted", [](Facts& f) { f.counting.started += 1000; }},
      {"The server's statistics were reset", [](Facts& f) { f.counting.reset = 1'762'400'000; }},
      {"the server became a standby", [](Facts& f) { f.counting.in_recovery = true; }},
      {"the server is on a new timeline", [](Facts& f) { f.counting.server.back() = '2'; }},
      {"Another server answers", [](Facts& f) { f.counting.server = "7999999999999999999:1"; }},
      {"Another server answers", [](Facts& f) { f.counting.server.front() = '6'; }},
  };
}

}  // namespace

TEST_CASE("a reset, a restart or a failover is taken neither for silence nor for a flood") {
  for (const Change& change : changes()) {
    CAPTURE(change.note);
    for (const double rows : {0.0, 1e9}) {
      Watch active;
      active.facts.sessions = {sessions("shop")};
      active.run();
      active.write();
      active.run();
      change.happen(active.facts);
      active.facts.sessions.clear();
      active.keys().inserted = active.keys().updated = active.keys().deleted = rows;
      const Reading reading = active.run();
      CHECK(codes_of(reading).empty());
      CHECK_FALSE(reading.shows_use);
      CHECK(has_note(reading, change.note));
      CHECK_FALSE(has_note(reading, "fell"));
      CHECK(sample_of(reading, "usage_baseline_timestamp_seconds") == epoch_seconds(active.at));
      CHECK(reading.not_judged == std::vector<std::string>{"activity", "min_writes"});
      // With the new baseline rows prove use again.
      active.write();
      CHECK(active.run().shows_use);

      Watch retired;
      retired.settings = retired_settings();
      retired.run();
      change.happen(retired.facts);
      retired.keys().inserted = retired.keys().updated = retired.keys().deleted = rows;
      const Reading silent = retired.run();
      CHECK(codes_of(silent).empty());
      CHECK(silent.not_judged == std::vector<std::string>{"writes"});
      retired.write();
      CHECK(codes_of(retired.run()) == "usage_foreign_write");
    }
  }
}

TEST_CASE("after a restart clients have time to reconnect, and silence still shows") {
  Watch watch;
  watch.settings.applications = {"shop", "bot"};
  watch.facts.sessions = {sessions("shop"), sessions("bot")};
  watch.run();
  watch.run(20min);
  watch.facts.sessions = {sessions("shop")};
  watch.facts.counting.started = epoch_seconds(watch.at);
  const Reading restarted = watch.run();
  CHECK(has_note(restarted,
                 "The server was restarted 15 s ago: counters start over, and writes are judged "
                 "from the next run on"));
  CHECK(codes_of(watch.run(kGoneAfter)).empty());
  CHECK(codes_of(watch.run(1s)) == "usage_application_missing");

  watch.facts.sessions.clear();
  watch.facts.counting.started = epoch_seconds(watch.at);
  watch.run();
  CHECK(codes_of(watch.run(kGoneAfter)).empty());
  CHECK(codes_of(watch.run(1s)) == "usage_nobody");
}

TEST_CASE("a reset does not shorten the time of a session that is idle") {
  Watch watch;
  watch.facts.sessions = {sessions("shop")};
  watch.run();
  watch.facts.counting.reset = 1'762'400'000;
  watch.facts.sessions[0].idle = 540;
  watch.run(9min);
  watch.facts.sessions[0].idle = 540 + 300;
  CHECK(codes_of(watch.run(5min)).empty());
}

TEST_CASE("another server starts without what is known of the first") {
  Watch watch;
  watch.settings.applications = {"shop"};
  watch.facts.sessions = {sessions("shop")};
  watch.run();
  watch.write();
  watch.run();
  watch.facts.sessions.clear();
  watch.facts.counting.server.front() = '6';
  const Reading other = watch.run();
  CHECK_FALSE(sample_of(other, "usage_last_write_timestamp_seconds", {"whatsapp_keys"}));
  CHECK_FALSE(sample_of(other, "usage_last_seen_timestamp_seconds"));
  const Reading unused = watch.run();
  REQUIRE(codes_of(unused) == "usage_nobody");
  CHECK(unused.findings[0].text.find("since monitoring started 15 s ago") != std::string::npos);
  watch.write();
  const Reading written = watch.run();
  REQUIRE(codes_of(written) == "usage_application_missing");
  CHECK(written.findings[0].text.find("since monitoring started 30 s ago") != std::string::npos);
  const Reading gone = watch.run(kGoneAfter + 1s);
  REQUIRE(codes_of(gone) == "usage_nobody");
  CHECK(gone.findings[0].text.find("last used by") == std::string::npos);
}

TEST_CASE("counters that fall affect their table only") {
  Watch watch;
  watch.facts.sessions = {sessions("shop")};
  watch.run();
  watch.pass(30min);
  watch.keys().inserted = 3;
  watch.facts.tables[1].inserted += 2;
  const Reading reading = watch.run();
  CHECK_FALSE(reading.shows_use);
  CHECK(codes_of(reading).empty());
  CHECK(has_note(reading, "the counters of whatsapp_keys fell"));
  CHECK(has_note(reading, "bookings: 2 inserted"));
  CHECK(codes_of(watch.pass(59min)).empty());
  CHECK(codes_of(watch.pass(2min)) == "usage_table_quiet");
}

TEST_CASE("without the cluster's identity, start and reset still show a change") {
  Watch watch;
  watch.facts.counting.server.clear();
  watch.run();
  watch.facts.counting.server = "7000000000000000001:1";
  CHECK(watch.run().notes[0] == "no other sessions");
  watch.facts.counting.started += 5;
  CHECK(has_note(watch.run(), "restarted"));
}

TEST_CASE("a clock that goes back, and an invalid memory, do no harm") {
  Watch watch;
  watch.run();
  watch.write();
  CHECK(watch.run(-2h).shows_use);
  using nlohmann::json;
  for (const char* patch :
       {R"({"tables": {"whatsapp_keys": "1 2 canary"}})", R"({"sessions": {"x": [1]}})",
        R"({"last_run_at": "canary"})", R"({"counting": {"server": 7}})", R"({"applications": []})",
        R"({"tables": {"whatsapp_keys": {"marks": [[1]]}}})", R"({"clock": null})",
        R"({"version": 99})", R"({"version": "1"})"}) {
    CAPTURE(patch);
    json broken = watch.memory.object();
    broken.merge_patch(json::parse(patch));
    if (std::string_view(patch) == R"({"clock": null})") broken["clock"] = nullptr;
    const Reading reading =
        usage::judge(watch.settings, watch.facts, Memory(broken), {watch.at, {}});
    CHECK(reading.memory);
    CHECK_FALSE(reading.failure);
    // It counts as no memory: nothing is compared with it.
    CHECK(std::ranges::count(reading.not_judged, "activity") == 1);
  }
}

TEST_CASE("two hundred tables with their rates fit into the memory of a check") {
  Watch watch;
  watch.settings.tables.clear();
  watch.facts.tables.clear();
  for (int i = 0; i < 200; ++i) {
    const std::string name = std::string(60, 'x') + std::to_string(i);
    watch.settings.tables[name] = Rate{1000, 1h};
    watch.facts.tables.push_back({.name = name, .configured = name, .inserted = 123456789});
  }
  for (int i = 0; i < 60; ++i) {
    for (usage::Table& table : watch.facts.tables) table.updated += 17;
    watch.run(1min);  // Checks the bound.
  }
  CHECK(watch.memory.bytes() < 300'000);
}

TEST_CASE("a table's memory is bounded: one mark per 2½ minutes of its rate's period") {
  Watch watch;
  watch.run();
  for (int i = 0; i < 650; ++i) watch.run(6s);
  CHECK(watch.memory.object().at("tables").at("whatsapp_keys").at("marks").size() == 25);
}

TEST_CASE("a rate below one in a period is one in a longer period") {
  CHECK(usage::parse_rate("1/h") == Rate{1, 1h});
  CHECK(usage::parse_rate("10/d") == Rate{10, 24h});
  CHECK(usage::parse_rate("5/m") == Rate{5, 1min});
  CHECK(usage::parse_rate("3") == Rate{3, 1h});
  CHECK(usage::parse_rate("0.5/h") == Rate{1, 2h});
  CHECK(usage::render(Rate{10, 24h}) == "10 a day");
  CHECK(usage::render(Rate{1, 1h}) == "1 an hour");
  CHECK(usage::render(Rate{1, 36h}) == "1 in 36 h");
  for (const char* text :
       {"", "0/h", "-1/h", "1/s", "1/w", "x", "1h", "nan", "inf/h", "1/h ", "0.001/d", "1e999/h"}) {
    CAPTURE(text);
    CHECK_FALSE(usage::parse_rate(text));
  }
}

TEST_CASE("names from outside leave without numbers of telephones and control characters") {
  using usage::safe_name;
  CHECK(safe_name("baileys-79991234567", 8) == "baileys-(number)");
  CHECK(safe_name("a\nb\x1b[31m", 8) == "a?b?[31m");
  CHECK(safe_name("messages_20251106", usage::kDigitsInTable) == "messages_20251106");
  CHECK(safe_name("auth_79991234567", usage::kDigitsInTable) == "auth_(number)");
  CHECK(safe_name(std::string(99, 'a') + "äöü", 8) == std::string(99, 'a') + "…");
}
