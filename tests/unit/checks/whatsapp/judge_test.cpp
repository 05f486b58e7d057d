// SPDX-License-Identifier: Apache-2.0
// What kind `whatsapp` makes of counts: every finding with the sentence a person reads.
#include "checks/whatsapp/judge.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/checks/golden.h"
#include "tests/unit/checks/whatsapp/watch.h"

using namespace holdfast;
using namespace holdfast::whatsapp;
using namespace holdfast::whatsapp_test;

TEST_CASE("a first run on complete sessions is ok and has no baseline yet") {
  Watch watch;
  const Reading reading = watch.run(healthy());
  CHECK(status_of(reading) == Status::ok);
  CHECK(reading.not_judged == Codes{"drop"});
  CHECK(reading.notes[0] == "1 auth record, 728 live keys in 1 session");
  CHECK(sample(reading, "whatsapp_auth_records") == 1.0);
  CHECK(sample(reading, "whatsapp_keys", {kName, "pre-key"}) == 292.0);
  CHECK(sample(reading, "whatsapp_last_write_timestamp_seconds", {kName}) == kStart + 12);
  CHECK(watch.run(healthy()).not_judged.empty());
}

TEST_CASE("each finding about sessions has its sentence") {
  struct Row {
    const char* title;
    Facts facts;
    Codes codes;
  };
  const auto lose = [](const char* type, double count) {
    return [=](Facts& f) { first(f).types[type].live -= count; };
  };
  const std::vector<Row> rows{
      {"a third of the keys is deleted",
       with([&](Facts& f) {
         lose("lid-mapping", 120)(f);
         lose("session", 80)(f);
         lose("sender-key", 40)(f);
       }),
       {"whatsapp_keys_lost"}},
      {"one type loses a tenth", with(lose("sender-key", 6)), {"whatsapp_keys_lost"}},
      {"a few keys go", with(lose("lid-mapping", 2)), {}},
      {"few keys of a type go", with(lose("app-state-sync-version", 3)), {}},
      {"pre-keys are used up", with(lose("pre-key", 200)), {}},
      {"all but pre-keys are deleted",
       with([](Facts& f) {
         for (auto& [type, count] : first(f).types)
           if (type != "pre-key") count = {};
       }),
       {"whatsapp_keys_lost"}},
      {"one pre-key is left", with(lose("pre-key", 291)), {}},
      {"the last pre-key is gone", with(lose("pre-key", 292)), {"whatsapp_no_pre_keys"}},
      {"180 keys expire and stay",
       with([](Facts& f) {
         first(f).types["lid-mapping"] = {42, 180, {}};
       }),
       {"whatsapp_keys_expired"}},
      {"all were moved in one night",
       with([](Facts& f) {
         for (auto& [type, count] : first(f).types)
           count.due = {0, 0, 0, 0, count.live, count.live};
       }),
       {"whatsapp_keys_expiring"}},
      {"the auth record is gone",
       with([](Facts& f) {
         f.auth_records = 0;
         first(f).auth_records = 0;
         f.credentials.clear();
       }),
       {"whatsapp_auth_records", "whatsapp_credentials_missing"}},
      {"a second auth record appears",
       with([](Facts& f) {
         f.auth_records = 2;
         f.sessions.push_back(
             {.name = "company_1", .auth_records = 1, .types = {{"pre-key", live(30)}}});
         f.credentials.push_back(f.credentials[0]);
         f.credentials[1].name = "company_1";
       }),
       {"whatsapp_auth_records"}},
      {"credentials without keys",
       with([](Facts& f) {
         f.auth_records = 2;
         f.sessions.push_back({.name = "company_1", .auth_records = 1});
         f.credentials.push_back(f.credentials[0]);
         f.credentials[1].name = "company_1";
       }),
       {"whatsapp_auth_records", "whatsapp_keys_missing"}},
      {"a configured session is not there",
       with([](Facts& f) { f.sessions.push_back({.name = "company_2", .is_configured = true}); }),
       {"whatsapp_session_missing"}},
      {"row security hides everything",
       with([](Facts& f) {
         f.auth_records = 0;
         f.row_security = true;
         f.sessions.clear();
         f.credentials.clear();
       }),
       {"whatsapp_auth_records", "whatsapp_keys_lost"}},
      {"nothing was written for long",
       with([](Facts& f) { first(f).last_write = kStart - 9000; }),
       {"whatsapp_no_writes"}},
      {"types nobody knows",
       with([](Facts& f) {
         first(f).types["lid"] = live(172);
         first(f).types["other"] = live(1);
       }),
       {"whatsapp_unknown_type", "whatsapp_unknown_type"}},
      {"a key grows without end",
       with([](Facts& f) { f.largest_key[kName] = 400'000; }),
       {"whatsapp_large_key"}},
      {"fresh credentials after a log-out",
       with([](Facts& f) {
         f.credentials[0] = {.name = kName,
                             .has_me = false,
                             .next_pre_key_id = 1,
                             .pre_keys_beyond_next = 292,
                             .identity = "ffffffffffffffff"};
       }),
       {"whatsapp_not_paired", "whatsapp_identity_changed"}},
      {"the identity is gone",
       with([](Facts& f) { f.credentials[0].identity.clear(); }),
       {"whatsapp_identity_changed"}},
      {"an old copy of the credentials",
       with([](Facts& f) {
         f.credentials[0].next_pre_key_id = 827;
         f.credentials[0].pre_keys_beyond_next = 31;
       }),
       {"whatsapp_pre_key_id_fell"}},
      {"credentials without their counter",
       with([](Facts& f) { f.credentials[0].next_pre_key_id.reset(); }),
       {"whatsapp_pre_key_id_fell"}},
      {"pre-keys newer than the credentials",
       with([](Facts& f) { f.credentials[0].pre_keys_beyond_next = 1; }),
       {"whatsapp_pre_keys_beyond"}},
      {"the newest pre-key is not there",
       with([](Facts& f) { f.credentials[0].last_pre_key_exists = false; }),
       {"whatsapp_last_pre_key_missing"}},
      {"the app-state key is not there",
       with([](Facts& f) { f.credentials[0].app_state_key_exists = false; }),
       {"whatsapp_app_state_key_missing"}},
      {"the view is not there",
       with([](Facts& f) {
         f.view = View::missing;
         f.credentials.clear();
       }),
       {"whatsapp_view"}},
      {"the view may not be read",
       with([](Facts& f) {
         f.view = View::no_right;
         f.credentials.clear();
       }),
       {"whatsapp_view"}},
  };
  std::string out;
  std::set<std::string> undone;
  for (const FindingSpec& spec : whatsapp_kind().findings) undone.emplace(spec.code);
  for (const Row& row : rows) {
    CAPTURE(row.title);
    Watch watch;
    watch.run(healthy());
    const Reading reading = watch.run(row.facts);
    CHECK(codes(reading) == row.codes);
    for (const Finding& finding : reading.findings) undone.erase(finding.code);
    Reading shown = reading;
    shown.notes.clear();
    out += holdfast::testing::render_findings(row.title, shown);
  }
  CHECK(undone.empty());
  CHECK(out == holdfast::testing::golden("findings/whatsapp.txt", out));
}

TEST_CASE("a loss is reported until the keys are back or the operator accepts it") {
  Watch watch;
  watch.run(healthy());
  const Facts less = with([](Facts& f) { first(f).types["session"].live = 20; });
  for (int i = 0; i < 100; ++i) CHECK(codes(watch.run(less, 3600)) == Codes{"whatsapp_keys_lost"});
  Watch accepted = watch;
  CHECK(codes(watch.run(healthy())).empty());

  accepted.memory.erase_baseline();
  const Reading reading = accepted.run(less);
  CHECK(codes(reading).empty());
  CHECK(reading.not_judged == Codes{"drop"});
  CHECK(accepted.run(less).not_judged.empty());
}

TEST_CASE("a session that is gone altogether is a loss, not silence") {
  Watch watch;
  watch.s.auth_records.reset();
  watch.run(healthy());
  Facts nothing = healthy();
  nothing.sessions.clear();
  nothing.credentials.clear();
  nothing.auth_records = 0;
  const Reading reading = watch.run(nothing);
  CHECK(codes(reading) == Codes{"whatsapp_keys_lost"});
  CHECK(status_of(reading) == Status::critical);
  CHECK(sample(reading, "whatsapp_keys", {kName, "session"}) == 0.0);
  CHECK(sample(reading, "whatsapp_baseline_keys", {kName, "session"}) == 144.0);
}

TEST_CASE("between full scans, sessions that are not read keep their last count and finding") {
  Watch watch;
  Facts two = healthy();
  two.sessions.push_back({.name = "stray", .auth_records = 0, .types = {{"session", live(7)}}});
  watch.run(two);
  Facts part = healthy();
  part.is_full_scan = false;
  const Reading reading = watch.run(part);
  CHECK(codes(reading) == Codes{"whatsapp_credentials_missing"});
  CHECK(sample(reading, "whatsapp_keys", {"stray", "session"}) == 7.0);
  CHECK(reading.notes.back() == "last full scan 15 s ago; this run read single sessions");
}

TEST_CASE("the identity first seen stays the baseline, also through a run without the view") {
  Watch watch;
  watch.run(healthy());
  watch.run(with([](Facts& f) {
    f.view = View::missing;
    f.credentials.clear();
  }));
  const Facts other = with([](Facts& f) { f.credentials[0].identity = "ffffffffffffffff"; });
  CHECK(codes(watch.run(other)) == Codes{"whatsapp_identity_changed"});
  CHECK(codes(watch.run(other)) == Codes{"whatsapp_identity_changed"});
  CHECK(codes(watch.run(healthy())).empty());
}

TEST_CASE("thousands of sessions stay within the memory's bound, and the rest is summed") {
  Watch watch;
  watch.s.auth_records.reset();
  Facts many = healthy();
  many.sessions.clear();
  many.credentials.clear();
  many.view = View::not_named;
  for (int i = 0; i < 1374; ++i) {
    Session session{.name = "company_" + std::to_string(i) + std::string(80, 'x'),
                    .auth_records = 1};
    for (const std::string& type : baileys_types()) session.types[type] = live(72);
    many.sessions.push_back(std::move(session));
  }
  many.auth_records = 1374;
  for (int hour = 0; hour < 30; ++hour) {
    for (Session& session : many.sessions)
      for (auto& [type, count] : session.types) count.live = 72 - hour % 4;
    const Reading reading = watch.run(many, 3600);
    CHECK(sample(reading, "whatsapp_sessions") == 1374.0);
    CHECK(sample(reading, "whatsapp_keys", {"_other", "session"}) == (72 - hour % 4) * 1174.0);
  }
}

TEST_CASE("names with quotes, newlines and 10,000 characters are kept apart and bounded") {
  Watch watch;
  Facts odd = healthy();
  for (const std::string& name :
       {std::string("a/b/c"), std::string("a'\"\n{}"), std::string(10'000, 'n')}) {
    odd.sessions.push_back({.name = name, .auth_records = 1, .types = {{"pre-key", live(30)}}});
    odd.credentials.push_back(odd.credentials[0]);
    odd.credentials.back().name = name;
  }
  watch.s.auth_records = odd.auth_records = 4;
  watch.run(odd);
  const Reading reading = watch.run(odd);
  CHECK(codes(reading).empty());
  CHECK(sample(reading, "whatsapp_keys", {"a/b/c", "pre-key"}) == 30.0);
  std::set<std::pair<std::string_view, std::vector<std::string>>> seen;
  for (const Sample& s : reading.samples) CHECK(seen.emplace(s.spec->name, s.labels).second);
}

TEST_CASE("the first run and one every five minutes are full scans") {
  Memory memory;
  const auto at = [](double s) {
    return Now{std::chrono::system_clock::time_point(
                   std::chrono::duration_cast<std::chrono::system_clock::duration>(
                       std::chrono::duration<double>(s))),
               {}};
  };
  CHECK(needs_full_scan(memory, at(kStart)));
  // By this host's clock: a wrong one of the server must not make every run a full scan.
  Facts facts = healthy();
  facts.at = kStart + 86'400;
  memory = *judge(settings(), facts, memory, at(kStart)).memory;
  CHECK_FALSE(needs_full_scan(memory, at(kStart + 299)));
  CHECK(needs_full_scan(memory, at(kStart + 300)));
  facts.is_full_scan = false;
  memory = *judge(settings(), facts, memory, at(kStart + 150)).memory;
  CHECK(needs_full_scan(memory, at(kStart + 301)));
  CHECK(needs_full_scan(memory, at(kStart - 3600)));
}
