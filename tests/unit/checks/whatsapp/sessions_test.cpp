// SPDX-License-Identifier: Apache-2.0
// The limits of each finding about sessions, at the limit and just beyond it.
#include <doctest/doctest.h>

#include <algorithm>

#include "checks/whatsapp/judge.h"
#include "tests/unit/checks/whatsapp/watch.h"

using namespace holdfast;
using namespace holdfast::whatsapp;
using namespace holdfast::whatsapp_test;

namespace {

// One session alone, whose credentials no view shows.
Facts lone(Session session) {
  session.name = "s";
  Facts f;
  f.is_full_scan = true;
  f.sessions = {std::move(session)};
  return f;
}

}  // namespace

TEST_CASE("the number of auth records is compared with the expected one, if both are known") {
  struct Row {
    std::optional<double> expected, records;
    bool row_security;
    Severity severity;
    Texts want;
  };
  for (const Row& row : std::vector<Row>{
           {3,
            1,
            true,
            Severity::critical,
            {"The database has 1 auth record instead of 3: the credentials of 2 sessions are "
             "missing."}},
           {1,
            3,
            false,
            Severity::warning,
            {"The database has 3 auth records instead of 1: 2 sessions are unexpected."}},
           {0,
            1,
            true,
            Severity::warning,
            {"The database has 1 auth record instead of 0: 1 session is unexpected."}},
           {2, 2, false, Severity::info, {}},
           {{}, 5, false, Severity::info, {}},
           {{}, 0, false, Severity::info, {}},
           {1, {}, false, Severity::info, {}}}) {
    CAPTURE(row.want);
    Watch watch;
    watch.s.auth_records = row.expected;
    const Reading reading = watch.run(with([&](Facts& f) {
      f.auth_records = row.records;
      f.row_security = row.row_security;
    }));
    CHECK(texts(reading) == row.want);
    CHECK(status_of(reading) == status_of(row.severity));
  }
}

TEST_CASE("a session lacks credentials, keys or pre-keys, or all of them") {
  struct Row {
    std::string title;
    Session session;
    Texts want;
  };
  const std::string no_credentials =
      " present, but its credentials are missing: the session cannot start.";
  const std::string no_pre_key = "s has no pre-key left: new contacts cannot write to it.";
  for (const Row& row : std::vector<Row>{
           {"live and expired keys alone",
            {.types = {{"session", {10, 5, {}}}}},
            {"15 keys of s are" + no_credentials}},
           {"one key alone", {.types = {{"pre-key", live(1)}}}, {"1 key of s is" + no_credentials}},
           {"expired keys only",
            {.auth_records = 1, .types = {{"pre-key", {0, 5, {}}}}},
            {no_pre_key}},
           {"one pre-key", {.auth_records = 1, .types = {{"pre-key", live(1)}}}, {}},
           {"one key that is no pre-key",
            {.auth_records = 1, .types = {{"session", live(1)}}},
            {no_pre_key}},
           {"complete and configured",
            {.is_configured = true, .auth_records = 1, .types = {{"pre-key", live(30)}}},
            {}},
           {"configured, without pre-keys",
            {.is_configured = true, .auth_records = 1, .types = {{"session", live(30)}}},
            {no_pre_key}},
           {"configured, and nothing there",
            {.is_configured = true},
            {"s has neither credentials nor keys in timeweb."}},
           {"not configured, and nothing there", {}, {}}}) {
    CAPTURE(row.title);
    Watch watch;
    CHECK(texts(watch.run(lone(row.session))) == row.want);
  }
}

TEST_CASE("the share of keys that expire within a day is judged from twenty keys on") {
  struct Row {
    double keys, expiring;
    Texts want;
  };
  const std::string rest =
      " expire within a day (limit 50 %): keys written together expire together.";
  for (const Row& row :
       {Row{20, 20, {"20 of 20 live keys of s (100 %)" + rest}},
        Row{20, 11, {"11 of 20 live keys of s (55 %)" + rest}}, Row{20, 10, {}}, Row{19, 19, {}}}) {
    CAPTURE(row.keys);
    CAPTURE(row.expiring);
    Watch watch;
    const KeyCount count{row.keys, 0, {0, 0, 0, 0, row.expiring, row.keys}};
    CHECK(texts(watch.run(lone({.auth_records = 1, .types = {{"pre-key", count}}}))) == row.want);
  }
}

TEST_CASE("a last write is old beyond the limit only, and never in the future") {
  for (const auto& [age, want] : {std::pair(7200.0, Codes{}), std::pair(-60.0, Codes{}),
                                  std::pair(7201.0, Codes{"whatsapp_no_writes"})}) {
    CAPTURE(age);
    Watch watch;
    CHECK(codes(watch.run(lone({.auth_records = 1,
                                .last_write = kStart + 15 - age,
                                .types = {{"pre-key", live(30)}}}))) == want);
  }
}

TEST_CASE("expired keys are counted over all sessions") {
  Watch watch;
  Facts two = lone({.auth_records = 1, .types = {{"pre-key", {30, 60, {}}}}});
  two.sessions.push_back({.name = "t", .auth_records = 1, .types = {{"pre-key", {30, 40, {}}}}});
  CHECK(codes(watch.run(two)).empty());
  two.sessions[1].types["session"].expired = 1;
  CHECK(texts(watch.run(two)) == Texts{"101 expired keys are still in whatsapp_keys (limit 100): "
                                       "they are neither renewed nor deleted."});
}

TEST_CASE("a limit for losses is not judged before there is something to compare with") {
  const auto not_judged = [](const Limit& drop, const Facts& facts) {
    Watch watch;
    watch.s.drop = drop;
    return watch.run(facts).not_judged;
  };
  const Codes drop{"drop"};
  CHECK(not_judged({.unit = Unit::ratio, .warning = 0.1}, healthy()) == drop);
  CHECK(not_judged({.unit = Unit::ratio, .critical = 0.1}, healthy()) == drop);
  CHECK(not_judged({}, healthy()).empty());

  Watch watch;
  watch.run(healthy());
  Facts more = healthy();
  more.sessions.push_back({.name = "a", .types = {{"session", live(30)}}});
  CHECK(watch.run(more).not_judged == drop);
  CHECK(watch.run(more).not_judged.empty());

  const Facts none = with([](Facts& f) {
    f.sessions.clear();
    f.credentials.clear();
  });
  Watch empty;
  empty.run(none);
  CHECK(empty.run(none).not_judged == drop);
}

TEST_CASE("keys of unknown types are counted over all sessions, unless the config knows the type") {
  Watch watch;
  watch.s.auth_records.reset();
  Facts facts = lone({.auth_records = 1, .types = {{"pre-key", live(30)}, {"lid", {1, 2, {}}}}});
  facts.sessions.push_back(
      {.name = "t", .auth_records = 1, .types = {{"pre-key", live(30)}, {"lid", live(4)}}});
  const std::string rest =
      " type lid, which Baileys does not know and never reads: the migration may have split the "
      "names wrongly.";
  CHECK(texts(watch.run(facts)) == Texts{"7 keys have" + rest});
  facts.sessions[0].types["lid"] = {0, 1, {}};
  facts.sessions[1].types.erase("lid");
  CHECK(texts(watch.run(facts)) == Texts{"1 key has" + rest});
  watch.s.known_types = {"other", "lid"};
  CHECK(texts(watch.run(facts)).empty());
  watch.s.known_types.clear();
  facts.sessions[0].types.erase("lid");
  CHECK(texts(watch.run(facts)).empty());
}

TEST_CASE("credentials that are not read are named as not judged") {
  Watch watch;
  watch.s.auth_records.reset();
  const std::string first_only =
      "only the credentials of the first 20 sessions are checked; list others in `sessions`";
  Facts facts = healthy();
  facts.sessions.push_back({.name = "t", .types = {{"session", live(30)}}});
  watch.run(facts);
  Reading reading = watch.run(facts);  // A session without credentials has none to read.
  CHECK(reading.not_judged.empty());
  CHECK(std::ranges::count(reading.notes, first_only) == 0);
  facts.sessions[1].auth_records = 1;
  reading = watch.run(facts);
  CHECK(reading.not_judged == Codes{"credentials"});
  CHECK(std::ranges::count(reading.notes, first_only) == 1);

  const std::string name = settings().tables.view;
  for (const auto& [view, want] : {std::pair(View::not_named, std::string()),
                                   std::pair(View::missing, "view " + name + " does not exist"),
                                   std::pair(View::no_right, "permission denied for view " + name),
                                   std::pair(View::outdated, "view " + name + " is outdated")}) {
    CAPTURE(want);
    Watch other;
    other.run(healthy());
    reading = other.run(with([&, kind = view](Facts& f) {
      f.view = kind;
      f.credentials.clear();
    }));
    CHECK(reading.not_judged == Codes{"credentials"});
    CHECK(texts(reading) == (want.empty() ? Texts{}
                                          : Texts{"Credentials are not checked: " + want +
                                                  " (deploy/sql/whatsapp.sql creates it)."}));
  }
}

TEST_CASE("the largest key is that of the last full scan, of sessions that are still there") {
  Watch watch;
  const auto bytes = [&](const Facts& facts) {
    return sample(watch.run(facts), "whatsapp_largest_key_bytes", {kName});
  };
  CHECK(bytes(with([](Facts& f) {
          f.largest_key = {{kName, 262144.0}, {"gone", 1e9}};
        })) == 262144.0);
  CHECK(bytes(with([](Facts& f) { f.is_full_scan = false; })) == 262144.0);
  CHECK(bytes(healthy()) == std::nullopt);
  CHECK(codes(watch.run(with([](Facts& f) { f.largest_key[kName] = 262145; }))) ==
        Codes{"whatsapp_large_key"});
}
