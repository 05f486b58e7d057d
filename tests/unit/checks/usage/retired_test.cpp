// SPDX-License-Identifier: Apache-2.0
// What kind `usage` makes of a retired database: silence, or who breaks it.
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

TEST_CASE("a retired database that is silent is ok, and its first look has no baseline") {
  Watch watch = retired();
  const Reading first = watch.look();
  CHECK(status_of(first) == Status::ok);
  CHECK(first.not_judged == Names{"writes"});
  const Reading second = watch.look();
  CHECK(status_of(second) == Status::ok);
  CHECK(second.not_judged.empty());
  CHECK_FALSE(second.shows_use);
  CHECK(sample_of(second, "usage_seen") == 0.0);
}

TEST_CASE("a session on a retired database is critical at once and names who it is") {
  Watch watch = retired();
  watch.facts.sessions = {sessions("baileys-whatsapp-service", 3)};
  const Reading reading = watch.look();
  REQUIRE(codes_of(reading) == "usage_foreign_session");
  CHECK(status_of(reading) == Status::critical);
  CHECK(reading.findings[0].subject == "baileys-whatsapp-service");
  CHECK(reading.findings[0].text.find("(user app, 10.0.0.5)") != std::string::npos);
  CHECK(sample_of(reading, "usage_seen") == 1.0);
}

TEST_CASE("who broke the silence is told until a while after, then it is silent again") {
  Watch watch = retired();
  watch.look();
  watch.facts.sessions = {sessions("shop")};
  watch.look();
  watch.facts.sessions.clear();
  const Reading soon = watch.look();
  REQUIRE(codes_of(soon) == "usage_foreign_session");
  CHECK(soon.findings[0].text.find("the last time 15 s ago") != std::string::npos);
  CHECK(codes_of(watch.pass(kGoneAfter - 15s)) == "usage_foreign_session");
  const Reading over = watch.look();
  CHECK(codes_of(over).empty());
  CHECK(sample_of(over, "usage_seen") == 0.0);
}

TEST_CASE("rows written to a retired database are critical, whoever wrote them") {
  Watch watch = retired();
  watch.look();
  watch.write(12);
  const Reading reading = watch.look();
  REQUIRE(codes_of(reading) == "usage_foreign_write");
  CHECK(reading.findings[0].subject == "whatsapp_keys");
  CHECK(reading.findings[0].text.starts_with("12 rows of whatsapp_keys were written"));
  watch.write(1);
  watch.facts.sessions = {sessions("shop")};
  const Reading more = watch.look();
  REQUIRE(codes_of(more) == "usage_foreign_session usage_foreign_write");
  CHECK(more.findings[1].text.starts_with("13 rows"));
  CHECK(more.findings[1].text.find("shop (user app, 10.0.0.5)") != std::string::npos);
}

TEST_CASE("a table made on a retired database was written by somebody") {
  Watch watch = retired();
  watch.look();
  watch.facts.tables.push_back({.name = "copy", .inserted = 10});
  CHECK(codes_of(watch.look()) == "usage_foreign_write");
  // Where not all tables can be seen, an old one may only have come into sight.
  Watch crowded = retired();
  crowded.facts.tables_cut = true;
  crowded.look();
  crowded.facts.tables.push_back({.name = "copy", .inserted = 10});
  CHECK(codes_of(crowded.look()).empty());
}

TEST_CASE("who has leave breaks nothing, and neither does replication into it") {
  Watch watch = retired();
  watch.settings.allowed = {"pg_dump"};
  watch.look();
  watch.facts.sessions = {sessions("pg_dump")};
  watch.write();
  const Reading allowed = watch.look();
  CHECK(codes_of(allowed).empty());
  CHECK(has_note(allowed, "1 row of whatsapp_keys written by who may"));
  watch.facts.sessions.clear();
  watch.facts.is_replicated_to = true;
  watch.write();
  CHECK(codes_of(watch.look()).empty());
  // Beside somebody without leave nothing is excused.
  watch.facts.sessions = {sessions("pg_dump"), sessions("shop")};
  watch.write();
  CHECK(codes_of(watch.look()) == "usage_foreign_session usage_foreign_write");
}

TEST_CASE("sessions that may be anything leave a retired database unknown") {
  Watch watch = retired();
  watch.look();
  watch.facts.sessions = {
      {.application = "shop", .user = "app", .client = "hidden", .count = 1, .is_hidden = true}};
  const Reading reading = watch.look();
  REQUIRE(codes_of(reading) == "usage_sessions_hidden");
  CHECK(status_of(reading) == Status::unknown);
}

TEST_CASE("a thousand clients and tables are told within bounds") {
  Watch watch = retired();
  watch.look();
  for (int i = 0; i < 1000; ++i) {
    watch.facts.sessions.push_back(sessions("client " + std::to_string(i)));
    watch.facts.tables.push_back({.name = "t" + std::to_string(i), .inserted = 1});
  }
  const Reading reading = watch.look();
  CHECK(reading.findings.size() == 2 * (usage::kMaxBreaches + 1));
  CHECK(reading.findings.at(usage::kMaxBreaches).text.find("more clients use supabase") !=
        std::string::npos);
  for (const Finding& finding : reading.findings) CHECK(finding.text.size() < 1000);
}

TEST_CASE("every finding of a retired database reads as agreed") {
  std::string text;
  const auto tell = [&](const std::string& title, const Reading& reading) {
    text += render_findings(title, reading);
  };
  Watch watch = retired();
  watch.look();
  tell("silence", watch.look());
  watch.facts.sessions = {sessions("baileys-whatsapp-service", 3), sessions("")};
  watch.write(12);
  tell("the services are still here", watch.look());
  watch.facts.sessions.clear();
  tell("they were here", watch.look(2min));
  Watch ghost = retired();
  ghost.look();
  ghost.write();
  tell("somebody wrote and was gone", ghost.look());
  Watch blind = retired();
  blind.facts.sessions = {
      {.application = "shop", .user = "app", .client = "hidden", .count = 1, .is_hidden = true}};
  tell("whose session it is cannot be seen", blind.look());
  CHECK(text == golden("findings/usage_retired.txt", text));
}
