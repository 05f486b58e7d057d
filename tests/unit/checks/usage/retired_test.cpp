// SPDX-License-Identifier: Apache-2.0
// Kind `usage` on a retired database: silence, or who uses it.
#include <doctest/doctest.h>

#include "tests/unit/checks/golden.h"
#include "tests/unit/checks/usage/watch.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

Watch retired() {
  Watch watch;
  watch.settings = retired_settings();
  for (usage::Table& table : watch.facts.tables) table.configured.clear();
  return watch;
}

}  // namespace

TEST_CASE("a retired database that is silent is ok, and its first run has no baseline") {
  Watch watch = retired();
  const Reading first = watch.run();
  CHECK(status_of(first) == Status::ok);
  CHECK(first.not_judged == Names{"writes"});
  const Reading second = watch.run();
  CHECK(status_of(second) == Status::ok);
  CHECK(second.not_judged.empty());
  CHECK_FALSE(second.shows_use);
  CHECK(sample_of(second, "usage_seen") == 0.0);
}

TEST_CASE("a session on a retired database is critical at once and names who it is") {
  Watch watch = retired();
  watch.facts.sessions = {sessions("baileys-whatsapp-service", 3)};
  const Reading reading = watch.run();
  REQUIRE(codes_of(reading) == "usage_foreign_session");
  CHECK(status_of(reading) == Status::critical);
  CHECK(reading.findings[0].subject == "baileys-whatsapp-service");
  CHECK(reading.findings[0].text.find("(user app, 10.0.0.5)") != std::string::npos);
  CHECK(sample_of(reading, "usage_seen") == 1.0);
}

TEST_CASE("a breach is reported until `gone_after` has passed") {
  Watch watch = retired();
  watch.run();
  watch.facts.sessions = {sessions("shop")};
  watch.run();
  watch.facts.sessions.clear();
  const Reading soon = watch.run();
  REQUIRE(codes_of(soon) == "usage_foreign_session");
  CHECK(soon.findings[0].text.find("last seen 15 s ago") != std::string::npos);
  CHECK(codes_of(watch.pass(kGoneAfter - 15s)) == "usage_foreign_session");
  const Reading over = watch.run();
  CHECK(codes_of(over).empty());
  CHECK(sample_of(over, "usage_seen") == 0.0);
}

TEST_CASE("a write is reported until `gone_after` has passed") {
  Watch watch = retired();
  watch.run();
  watch.write();
  watch.run();
  const Reading next = watch.run(1s);
  REQUIRE(codes_of(next) == "usage_foreign_write");
  CHECK(next.findings[0].text ==
        "1 row was written to whatsapp_keys in supabase, although it is retired; last write 1 s "
        "ago. No client was connected during any run.");
  CHECK(codes_of(watch.run(kGoneAfter - 1s)) == "usage_foreign_write");
  CHECK(codes_of(watch.run(1s)).empty());
}

TEST_CASE("a session without a user is named with what is known") {
  Watch watch = retired();
  watch.facts.sessions = {sessions("shop")};
  watch.facts.sessions[0].user.clear();
  CHECK(watch.run().findings.at(0).text ==
        "supabase is retired, but shop (user unknown, 10.0.0.5) is connected: 1 session.");
}

TEST_CASE("rows written to a retired database are critical, whoever wrote them") {
  Watch watch = retired();
  watch.run();
  watch.write(12);
  const Reading reading = watch.run();
  REQUIRE(codes_of(reading) == "usage_foreign_write");
  CHECK(reading.findings[0].subject == "whatsapp_keys");
  CHECK(reading.findings[0].text.starts_with("12 rows were written to whatsapp_keys"));
  watch.write(1);
  watch.facts.sessions = {sessions("shop")};
  const Reading more = watch.run();
  REQUIRE(codes_of(more) == "usage_foreign_session usage_foreign_write");
  CHECK(more.findings[1].text.starts_with("13 rows"));
  CHECK(more.findings[1].text.find("shop (user app, 10.0.0.5)") != std::string::npos);
}

TEST_CASE("a new table on a retired database is a write") {
  Watch watch = retired();
  watch.run();
  watch.facts.tables.push_back({.name = "copy", .inserted = 10});
  CHECK(codes_of(watch.run()) == "usage_foreign_write");
  // With more tables than are read, it may be an old one.
  Watch crowded = retired();
  crowded.facts.tables_cut = true;
  crowded.run();
  crowded.facts.tables.push_back({.name = "copy", .inserted = 10});
  CHECK(codes_of(crowded.run()).empty());
}

TEST_CASE("allowed clients are no breach, and neither is replication into it") {
  Watch watch = retired();
  watch.settings.allowed = {"pg_dump"};
  watch.run();
  watch.facts.sessions = {sessions("pg_dump")};
  watch.write();
  watch.facts.tables[1].inserted += 2;
  const Reading allowed = watch.run();
  CHECK(codes_of(allowed).empty());
  CHECK(has_note(allowed, "1 row of whatsapp_keys written by an allowed application"));
  CHECK(has_note(allowed, "2 rows of bookings written by an allowed application"));
  watch.facts.sessions.clear();
  watch.facts.is_replicated_to = true;
  watch.write();
  CHECK(codes_of(watch.run()).empty());
  // With another client connected, nothing is excused.
  watch.facts.sessions = {sessions("pg_dump"), sessions("shop")};
  watch.write();
  CHECK(codes_of(watch.run()) == "usage_foreign_session usage_foreign_write");
}

TEST_CASE("sessions that may be anything leave a retired database unknown") {
  Watch watch = retired();
  watch.run();
  watch.facts.sessions = {
      {.application = "shop", .user = "app", .client = "hidden", .count = 1, .is_hidden = true}};
  const Reading reading = watch.run();
  REQUIRE(codes_of(reading) == "usage_sessions_hidden");
  CHECK(status_of(reading) == Status::unknown);
  watch.facts.sessions.push_back(sessions("bot"));
  CHECK(codes_of(watch.run()) == "usage_foreign_session usage_sessions_hidden");
}

TEST_CASE("a thousand clients and tables are reported within bounds") {
  Watch watch = retired();
  watch.run();
  for (int i = 0; i < 1000; ++i) {
    watch.facts.sessions.push_back(sessions("client " + std::to_string(i)));
    watch.facts.tables.push_back({.name = "t" + std::to_string(i), .inserted = 1});
  }
  const Reading reading = watch.run();
  CHECK(reading.findings.size() == 2 * (usage::kMaxBreaches + 1));
  const auto more = [](std::size_t all) { return std::to_string(all - usage::kMaxBreaches); };
  CHECK(reading.findings.at(usage::kMaxBreaches).text ==
        more(usage::kMaxSessions) + " more clients use supabase, which is retired.");
  for (const Finding& finding : reading.findings) CHECK(finding.text.size() < 1000);
}

TEST_CASE("every finding of a retired database reads as agreed") {
  std::string text;
  const auto tell = [&](const std::string& title, const Reading& reading) {
    text += render_findings(title, reading);
  };
  Watch watch = retired();
  watch.run();
  tell("silence", watch.run());
  watch.facts.sessions = {sessions("baileys-whatsapp-service", 3), sessions("")};
  watch.write(12);
  tell("the services are still connected", watch.run());
  watch.facts.sessions.clear();
  tell("they were connected", watch.run(2min));
  Watch ghost = retired();
  ghost.run();
  ghost.write();
  tell("a write without a session", ghost.run());
  Watch blind = retired();
  blind.facts.sessions = {
      {.application = "shop", .user = "app", .client = "hidden", .count = 1, .is_hidden = true}};
  tell("a hidden session", blind.run());
  CHECK(text == golden("findings/usage_retired.txt", text));
}
