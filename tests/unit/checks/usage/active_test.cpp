// SPDX-License-Identifier: Apache-2.0
// Kind `usage` on an active database: it proves use or reports that there is none.
#include <doctest/doctest.h>

#include "tests/unit/checks/golden.h"
#include "tests/unit/checks/usage/watch.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;
using holdfast::usage::Rate;
using Names = std::vector<std::string>;

TEST_CASE("rows written by others prove use, and the second run sees them") {
  Watch watch;
  watch.facts.sessions = {sessions("baileys-whatsapp-service", 3)};
  const Reading first = watch.run();
  CHECK(status_of(first) == Status::ok);
  CHECK(first.not_judged == Names{"activity", "min_writes"});
  CHECK_FALSE(first.shows_use);
  watch.write(4);
  const Reading second = watch.run();
  CHECK(status_of(second) == Status::ok);
  CHECK(second.shows_use);
  CHECK(second.not_judged.empty());
  CHECK(has_note(second, "whatsapp_keys: 0 inserted, 4 updated, 0 deleted since the last run"));
  CHECK(has_note(second, "3 other sessions: baileys-whatsapp-service (user app, 10.0.0.5)"));
  CHECK(sample_of(second, "usage_seen") == 1.0);
  CHECK(sample_of(second, "usage_rows_total", {"whatsapp_keys", "insert"}) == 728.0);
  CHECK(sample_of(second, "usage_rows_total", {"whatsapp_keys", "update"}) == 1317.0);
  CHECK(sample_of(second, "usage_rows_total", {"whatsapp_keys", "delete"}) == 40.0);
  CHECK(sample_of(second, "usage_sessions", {"baileys-whatsapp-service", "app", "10.0.0.5"}) == 3);
  CHECK(sample_of(second, "usage_last_write_timestamp_seconds", {"whatsapp_keys"}) ==
        epoch_seconds(watch.at));
  CHECK_FALSE(sample_of(second, "usage_last_write_timestamp_seconds", {"bookings"}));
}

TEST_CASE("an unused database is critical in the second run") {
  Watch watch;
  const Reading first = watch.run();
  CHECK(codes_of(first).empty());
  CHECK(first.not_judged == Names{"activity", "min_writes"});
  const Reading second = watch.run();
  CHECK(codes_of(second) == "usage_nobody");
  CHECK(status_of(second) == Status::critical);
  CHECK_FALSE(second.shows_use);
  CHECK(sample_of(second, "usage_seen") == 0.0);
}

TEST_CASE("a session alone is no proof of use, and only rows of expected tables are") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  watch.facts.tables[1].inserted += 5;
  const Reading other = watch.run();
  CHECK(codes_of(other).empty());
  CHECK_FALSE(other.shows_use);
  watch.settings.tables.clear();
  for (usage::Table& table : watch.facts.tables) table.configured.clear();
  watch.facts.tables[1].inserted += 5;
  CHECK(watch.run().shows_use);
}

TEST_CASE("a client counts as gone only after `gone_after`") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  watch.run();
  watch.facts.sessions.clear();
  CHECK(codes_of(watch.pass(kGoneAfter)).empty());
  const Reading gone = watch.run();
  REQUIRE(codes_of(gone) == "usage_nobody");
  CHECK(gone.findings[0].text.find("ai-admin-api (user app, 10.0.0.5)") != std::string::npos);
  watch.write();
  const Reading used = watch.run();
  CHECK(codes_of(used).empty());
  CHECK(sample_of(used, "usage_last_seen_timestamp_seconds") == epoch_seconds(watch.at));
}

TEST_CASE("a client is seen until `gone_after`, and one whose activity is hidden is seen now") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api"), sessions("worker")};
  watch.facts.sessions[0].idle = 300;
  const double first = epoch_seconds(watch.at) + 15;
  CHECK(sample_of(watch.run(), "usage_last_seen_timestamp_seconds") == first);
  watch.facts.sessions.clear();
  CHECK(sample_of(watch.run(kGoneAfter), "usage_seen") == 1.0);
  const Reading gone = watch.run(1s);
  CHECK(sample_of(gone, "usage_seen") == 0.0);
  CHECK(sample_of(gone, "usage_last_seen_timestamp_seconds") == first);
}

TEST_CASE("idle sessions count from their last statement") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api"), sessions("worker")};
  watch.facts.sessions[0].idle = 3 * 3600;
  watch.facts.sessions[1].idle = 300;
  watch.run();
  CHECK(codes_of(watch.run()).empty());
  watch.facts.sessions[1].idle = 900;
  const Reading idle = watch.run(10min);
  REQUIRE(codes_of(idle) == "usage_nobody");
  CHECK(idle.findings[0].text.starts_with(
      "No activity in timeweb: all client sessions are idle, and no"));
  watch.write();
  CHECK(codes_of(watch.run()).empty());
  // Idle since yesterday evening is not long for a morning.
  Watch morning;
  morning.settings.active.begin = 11h + 55min;
  morning.settings.active.end = 22h;
  morning.facts.sessions = {sessions("ai-admin-api")};
  morning.facts.sessions[0].idle = 14 * 3600;
  morning.run();
  CHECK(codes_of(morning.run()).empty());
}

TEST_CASE("a table that gets fewer rows than expected is critical after the rate's period") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  watch.write();
  const Reading open = watch.pass(59min);
  CHECK(codes_of(open).empty());
  CHECK(open.not_judged.empty());  // One row in less than an hour is enough already.
  const Reading quiet = watch.pass(10min);
  REQUIRE(codes_of(quiet) == "usage_table_quiet");
  CHECK(quiet.findings[0].subject == "whatsapp_keys");
  CHECK(quiet.not_judged.empty());
  watch.write();
  CHECK(codes_of(watch.run()).empty());
}

TEST_CASE("a row counts for exactly the rate's period") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  const Reading early = watch.run(59min);
  CHECK(codes_of(early).empty());
  CHECK(early.not_judged == Names{"min_writes"});
  CHECK(codes_of(watch.run(1min)) == "usage_table_quiet");
  watch.write();
  watch.run(150s);
  CHECK(codes_of(watch.run(59min)).empty());
  CHECK(codes_of(watch.run(1min)) == "usage_table_quiet");
}

TEST_CASE("each table with a rate is judged, and one without a rate only has to exist") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.settings.tables["bookings"] = Rate{2, 1h};
  watch.facts.tables[1].configured = "bookings";
  watch.run();
  watch.facts.tables[1].inserted += 1;
  watch.run(5min);
  const Reading both = watch.run(55min);
  REQUIRE(codes_of(both) == "usage_table_quiet usage_table_quiet");
  CHECK(both.findings[1].text.starts_with("1 row was written to bookings in the last hour (at"));
  auto& rate = watch.settings.tables.at("whatsapp_keys");
  rate.reset();
  const Reading other = watch.run(2h);
  REQUIRE(codes_of(other) == "usage_table_quiet");
  CHECK(other.findings[0].subject == "bookings");
  // A rate that is added is judged after its period.
  rate = Rate{1, 1h};
  const Reading added = watch.run();
  CHECK(codes_of(added) == "usage_table_quiet");
  CHECK(added.not_judged == Names{"min_writes"});
}

TEST_CASE("a rate of many rows counts them all") {
  Watch watch;
  watch.settings.tables = {{"whatsapp_keys", Rate{100, 1h}}};
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  watch.write(99);
  watch.run();
  CHECK(watch.pass(59min).not_judged == Names{"min_writes"});
  const Reading few = watch.pass(1min);
  REQUIRE(codes_of(few) == "usage_table_quiet");
  CHECK(few.findings[0].text.starts_with(
      "99 rows were written to whatsapp_keys in the last hour (at"));
  watch.write(1);
  CHECK(codes_of(watch.run()).empty());
  // The hundred of an hour ago no longer count.
  CHECK(codes_of(watch.pass(65min)) == "usage_table_quiet");
}

TEST_CASE("at night a quiet table is no finding, and the night does not count") {
  Watch watch;
  watch.settings.active.begin = 8h;
  watch.settings.active.end = 22h;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.run();
  watch.pass(10h - 30min);  // Until 21:30.
  watch.write();
  CHECK(codes_of(watch.run()).empty());
  watch.facts.sessions.clear();
  CHECK(codes_of(watch.pass(29min)) == "usage_nobody");
  watch.facts.sessions = {sessions("ai-admin-api")};
  const Reading night = watch.run(5h);  // Three in the morning.
  CHECK(codes_of(night).empty());
  CHECK(has_note(night, "outside its active hours"));
  // At 08:20 an hour of the day has not passed since 21:30; at 08:40 it has.
  CHECK(codes_of(watch.run(5h + 20min)).empty());
  CHECK(codes_of(watch.run(20min)) == "usage_table_quiet");
  watch.write();
  watch.run(15h);  // Near midnight: written at night proves use all the same.
  watch.write();
  CHECK(watch.run(1h).shows_use);
}

TEST_CASE("an expected application that is missing is a warning, while others use it") {
  Watch watch;
  watch.settings.applications = {"ai-admin-api", "ai-admin-worker-v2"};
  watch.facts.sessions = {sessions("ai-admin-api"), sessions("psql")};
  CHECK(codes_of(watch.run()).empty());
  const Reading never = watch.run(1s);
  REQUIRE(codes_of(never) == "usage_application_missing");
  CHECK(never.findings[0].subject == "ai-admin-worker-v2");
  CHECK(status_of(never) == Status::warning);
  watch.facts.sessions.push_back(sessions("ai-admin-worker-v2"));
  CHECK(codes_of(watch.run()).empty());
  watch.facts.sessions.pop_back();
  CHECK(codes_of(watch.pass(kGoneAfter)).empty());
  CHECK(codes_of(watch.run()) == "usage_application_missing");
  // Others' sessions are no use where applications are expected.
  watch.facts.sessions = {sessions("psql")};
  watch.run(kGoneAfter + 1s);
  const Reading nobody = watch.run();
  REQUIRE(codes_of(nobody) == "usage_nobody");
  CHECK(nobody.findings[0].text.find("psql (user app, 10.0.0.5)") != std::string::npos);
}

TEST_CASE("sessions that are allowed are no use") {
  Watch watch;
  watch.settings.allowed = {"pg_dump"};
  watch.facts.sessions = {sessions("pg_dump")};
  watch.run();
  CHECK(codes_of(watch.run()) == "usage_nobody");
  watch.facts.sessions.push_back(sessions("shop"));
  CHECK(codes_of(watch.run()).empty());
}

TEST_CASE("rows held back by an open transaction are not silence") {
  Watch watch;
  watch.facts.sessions = {sessions("ai-admin-api")};
  watch.keys().is_held = true;
  watch.run();
  const Reading held = watch.pass(2h);
  CHECK(codes_of(held).empty());
  CHECK(held.not_judged == Names{"min_writes"});
  CHECK(has_note(held, "a transaction that writes to whatsapp_keys is open"));
  watch.keys().is_held = false;
  CHECK(codes_of(watch.run()) == "usage_table_quiet");
}

TEST_CASE("hidden sessions are unknown, neither silence nor use") {
  Watch watch;
  usage::Sessions hidden = sessions("shop");
  hidden.client = "hidden";
  hidden.is_hidden = true;
  watch.facts.sessions = {hidden};
  watch.run();
  const Reading blind = watch.run();
  CHECK(codes_of(blind) == "usage_sessions_hidden");
  CHECK(status_of(blind) == Status::unknown);
  watch.write();
  const Reading proven = watch.run();
  CHECK(status_of(proven) == Status::ok);
  CHECK(proven.findings[0].severity == Severity::info);
  // An expected one is known by its name.
  Watch named;
  named.settings.applications = {"shop"};
  named.facts.sessions = {hidden};
  named.run();
  CHECK(codes_of(named.run()).empty());
  watch.facts.counts_rows = false;
  CHECK(status_of(watch.run()) == Status::unknown);
}

TEST_CASE("a missing table is a finding within and outside the active hours") {
  Watch watch;
  watch.settings.active.begin = 1h;
  watch.settings.active.end = 2h;
  watch.facts.tables.clear();
  watch.facts.missing = {"whatsapp_keys"};
  CHECK(codes_of(watch.run()) == "usage_table_missing");
  watch.facts.missing.clear();
  watch.facts.ambiguous = {"whatsapp_keys"};
  CHECK(status_of(watch.run()) == Status::unknown);
}

TEST_CASE("every finding of an active database reads as agreed") {
  std::string text;
  const auto tell = [&](const std::string& title, const Reading& reading) {
    text += render_findings(title, reading);
  };
  Watch unused;
  unused.run();
  tell("never used", unused.run());
  Watch left;
  left.facts.sessions = {sessions("ai-admin-api"), sessions("")};
  left.run();
  left.facts.sessions = {sessions("postgres_exporter")};
  left.settings.applications = {"ai-admin-api"};
  left.run();
  tell("the clients have left", left.run(20min));
  Watch quiet;
  quiet.facts.sessions = {sessions("ai-admin-api"),
                          sessions("ai-admin-worker-v2"),
                          sessions("a"),
                          sessions("b"),
                          sessions("c"),
                          sessions("d")};
  quiet.run();
  quiet.write();
  quiet.run();
  tell("connected, but nothing is written", quiet.pass(70min));
  quiet.settings.active.begin = 8h;
  quiet.facts.counting.in_recovery = true;
  quiet.run();
  tell("the same on a standby, within hours", quiet.pass(70min));
  Watch blind;
  blind.facts.sessions = {
      {.application = "shop", .user = "app", .client = "hidden", .count = 2, .is_hidden = true}};
  blind.run();
  tell("hidden sessions", blind.run());
  Watch missing;
  missing.settings.applications = {"ai-admin-api", "ai-admin-worker-v2"};
  missing.facts.sessions = {sessions("ai-admin-api")};
  missing.facts.missing = {"shop.orders"};
  missing.facts.ambiguous = {"bookings"};
  missing.facts.counts_rows = false;
  missing.facts.no_statements =
      "the extension pg_stat_statements is not installed in this database";
  missing.run();
  tell("an application and a table are missing", missing.run());
  CHECK(text == golden("findings/usage_active.txt", text));
}
