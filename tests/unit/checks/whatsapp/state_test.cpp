// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/state.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace holdfast;
using namespace holdfast::whatsapp;
using nlohmann::json;

namespace {

constexpr double kStored = 1'762'437'000.123456;

Facts facts() {
  Facts f;
  f.at = kStored;
  f.is_full_scan = true;
  f.auth_records = 2;
  f.sessions = {{.name = "company_1",
                 .is_configured = true,
                 .auth_records = 1,
                 .last_write = kStored - 3,
                 .types = {{"session", {144, 2, {0, 1, 2, 3, 4, 144}}}, {"pre-key", {30}}}},
                {.name = "a/b \"c\"\n", .auth_records = 1, .types = {{"session", {7}}}}};
  return f;
}

State state() {
  State s;
  s.merge(facts());
  s.rest = {{"session", {5, 1, {0, 0, 0, 0, 1, 5}}}};
  s.rest_sessions = 3;
  s.scan_run_at = kStored + 0.5;
  s.largest_key = {{"company_1", 1024}};
  s.credentials = {{{"company_1", "0123abcd"}}, {{"company_1", 858}}};
  return s;
}

}  // namespace

TEST_CASE("the state of sessions survives being written and read") {
  const Memory kept = Memory::parse(state().save().render());
  const State again = State::load(kept);
  CHECK(again.save() == kept);
  REQUIRE(again.sessions.size() == 2);
  const Known& session = again.sessions.at("company_1");
  CHECK(session.auth_records == 1);
  CHECK(session.last_write == kStored - 3);
  CHECK_FALSE(again.sessions.at("a/b \"c\"\n").last_write);
  const HighWaterMark& mark = session.types.at("session");
  CHECK(mark.count() == KeyCount{144, 2, {0, 1, 2, 3, 4, 144}});
  CHECK(mark.last().at == kStored);
  CHECK(mark.high() == 144);
  CHECK(mark.is_new());
  CHECK(again.rest == state().rest);
  CHECK(again.rest_sessions == 3);
  CHECK(again.scanned_at == kStored);
  CHECK(again.scan_run_at == kStored + 0.5);
  CHECK(again.auth_records == 2);
  CHECK(again.largest_key == state().largest_key);
  CHECK(again.credentials.identity.at("company_1") == "0123abcd");
  CHECK(again.credentials.next_pre_key_id.at("company_1") == 858);
}

TEST_CASE("an accepted baseline leaves the counts, and nothing to compare with") {
  Memory memory = state().save();
  memory.erase_baseline();
  State accepted = State::load(memory);
  CHECK(accepted.credentials.identity.empty());
  CHECK(accepted.credentials.next_pre_key_id.empty());
  CHECK(accepted.sessions.at("company_1").all().live == 174);
  Facts less = facts();
  less.sessions[0].types["session"].live = 20;
  accepted.merge(less);
  CHECK(accepted.sessions.at("company_1").types.at("session").lost() == 0);
  CHECK(accepted.sessions.at("company_1").types.at("session").is_new());
}

TEST_CASE("a memory of another version, or of another shape anywhere, counts as none") {
  const json usual = state().save().object();
  const auto is_none = [](const json& object) {
    const State loaded = State::load(Memory(object));
    return loaded.sessions.empty() && !loaded.scan_run_at && loaded.credentials.identity.empty();
  };
  CHECK_FALSE(is_none(usual));
  for (const json& version : {json(0), json(2), json("1"), json(), json::array()}) {
    json other = usual;
    other["version"] = version;
    CHECK(is_none(other));
  }
  // Every value in turn is replaced by others and removed.
  int optional = 0;
  const json values = usual.flatten();
  for (const auto& [path, value] : values.items()) {
    CAPTURE(path);
    const json::json_pointer where(path);
    for (const json& wrong : {json("canary"), json::array({"canary"}), json({{"canary", 1}})}) {
      json broken = usual;
      broken[where] = wrong;
      if (!value.is_string() || !wrong.is_string()) CHECK(is_none(broken));
    }
    json null = usual;
    null[where] = nullptr;
    if (!is_none(null)) ++optional;
    for (std::string up = path; !up.empty(); up.resize(up.rfind('/'))) {
      json broken = usual;
      broken[json::json_pointer(up)] = 7.5;
      (void)State::load(Memory(broken));  // Throws nothing.
    }
  }
  CHECK(optional <= 6);  // Times that may be unknown.
}
