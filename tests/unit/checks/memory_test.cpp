// SPDX-License-Identifier: Apache-2.0
#include "checks/memory.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "checks/check.h"
#include "checks/memory_json.h"

using namespace holdfast;

namespace {

struct Counter {
  static constexpr int kVersion = 3;
  std::optional<double> seen;
  std::map<std::string, double> by_name;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Counter, seen, by_name)

struct Versioned {
  static constexpr int kVersion = 1;
  std::string version = "15.20";
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Versioned, version)

struct Targeted {
  static constexpr int kVersion = 1;
  std::string target = "timeweb";
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Targeted, target)

}  // namespace

TEST_CASE("a state comes back from the text as it was") {
  const Counter state{0.1 + 0.2, {{"quote's \"name\"\n", 1e300}, {std::string("x\0y", 3), -7}}};
  const Memory memory = save_state(state);
  const Memory again = Memory::parse(memory.render());
  CHECK(again == memory);
  CHECK(again.bytes() == memory.render().size());
  const auto loaded = load_state<Counter>(again);
  CHECK(loaded.seen == state.seen);
  CHECK(loaded.by_name == state.by_name);
  CHECK_FALSE(load_state<Counter>(save_state(Counter{})).seen);
}

TEST_CASE("a text that is not a bounded JSON object is no memory") {
  const std::string deep = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  for (const std::string& text :
       {std::string(), std::string("1 2 3"), std::string("[]"), std::string("null"),
        std::string("{"), std::string("{} {}"), std::string(R"({"a": 1e999})"),
        std::string("{\"a\": \"\xff\"}"), std::string(100'000, '['), deep,
        R"({"a": ")" + std::string(kMaxMemoryBytes, 'x') + "\"}"})
    CHECK(Memory::parse(text).empty());
  CHECK(Memory().render().empty());
  CHECK(Memory() == Memory::parse(""));
  CHECK_FALSE(Memory() == Memory(nlohmann::json::object()));
}

TEST_CASE("a memory of another version or shape is a new state") {
  for (const char* text :
       {"", "{}", R"({"version": 2, "seen": 1})", R"({"version": "3", "seen": 1})",
        R"({"version": 3, "seen": "canary"})", R"({"version": 3, "seen": 1, "by_name": [1]})",
        R"({"version": 3, "seen": 1, "by_name": {"a": null}})"})
    CHECK_FALSE(load_state<Counter>(Memory::parse(text)).seen);
  CHECK(load_state<Counter>(Memory::parse(R"({"version": 3, "seen": 1})")).seen == 1);
}

TEST_CASE("bytes that are not UTF-8 are replaced, not thrown over") {
  const Memory memory = save_state(Counter{1, {{"name \xff", 1}}});
  CHECK(load_state<Counter>(Memory::parse(memory.render())).by_name.contains("name \xef\xbf\xbd"));
}

TEST_CASE("a memory is only used for the target it describes") {
  Memory memory = save_state(Counter{1, {}});
  CHECK(memory.of_target("0123").empty());
  memory.set_target("0123");
  CHECK(memory.of_target("0123") == memory);
  CHECK(memory.of_target("4567").empty());
  CHECK(Memory(nlohmann::json{{"target", 7}}).of_target("7").empty());
}

TEST_CASE("accepting a baseline removes that member only") {
  Memory memory(nlohmann::json{{"baseline", {{"high", 7}}}, {"count", 5}});
  const Memory before = memory;
  memory.erase_baseline();
  CHECK(memory == Memory(nlohmann::json{{"count", 5}}));
  CHECK(before.object().contains("baseline"));  // Copies do not change.
  memory.erase_baseline();
  CHECK(memory == Memory(nlohmann::json{{"count", 5}}));
}

TEST_CASE("what is watched makes the target, how it is watched does not") {
  CheckConfig config{.name = "sessions", .kind = "whatsapp"};
  config.database = {.name = "db", .host = "db.example.com", .dbname = "app", .user = "holdfast"};
  config.options.set("layout", std::string("prefixed"));
  const std::string target = target_digest(config);
  CHECK(target.size() == 16);
  CheckConfig same = config;
  same.name = "renamed";
  same.interval = std::chrono::minutes(1);
  same.database.user = "other";
  same.options.set("session_names", std::string("digest"));
  CHECK(target_digest(same) == target);
  for (const auto& change : std::vector<void (*)(CheckConfig&)>{
           [](CheckConfig& c) { c.kind = "usage"; },
           [](CheckConfig& c) { c.database.host = "other.example.com"; },
           [](CheckConfig& c) { c.database.port = "5433"; },
           [](CheckConfig& c) { c.database.dbname = "other"; },
           [](CheckConfig& c) { c.options.set("table", std::string("other")); }}) {
    CheckConfig other = config;
    change(other);
    CHECK(target_digest(other) != target);
  }
}

TEST_CASE("a state whose member would be overwritten by the memory's own is refused") {
  CHECK_THROWS_AS((void)save_state(Versioned{}), std::logic_error);
  CHECK_THROWS_AS((void)save_state(Targeted{}), std::logic_error);
}

TEST_CASE("the digest of a target does not depend on what may be secret in a pool's URL") {
  const auto digest = [](const std::string& url) {
    CheckConfig config;
    config.kind = "pool";
    config.options.set("source", std::string("http"));
    config.options.set("url", url);
    return target_digest(config);
  };
  const std::string plain = digest("http://127.0.0.1:3000/pool");
  CHECK(digest("http://127.0.0.1:3000/pool?token=canary") == plain);
  CHECK(digest("http://127.0.0.1:3000/pool#canary") == plain);
  CHECK(digest("http://admin:canary@127.0.0.1:3000/pool") ==
        digest("http://admin:other@127.0.0.1:3000/pool"));
  CHECK(digest("http://127.0.0.1:3001/pool") != plain);
  CHECK(digest("http://127.0.0.1:3000/other") != plain);
}
