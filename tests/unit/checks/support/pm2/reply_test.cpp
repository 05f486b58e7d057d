// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/reply.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/checks/pm2/samples.h"

using namespace holdfast;
using pm2_test::kCanary;
using pm2_test::list_of;
using pm2_test::process;

namespace {

Result<Pm2Reply> parse(std::string_view json) {
  return parse_reply(json, Deadline(std::chrono::minutes(1), nullptr));
}

std::vector<Pm2Process> parsed(std::string_view processes) {
  auto reply = parse(list_of(processes));
  REQUIRE(reply);
  REQUIRE(reply->processes);
  return *reply->processes;
}

bool holds_canary(const Pm2Process& p) {
  return (p.name + p.pm_id).find(kCanary) != std::string::npos;
}

}  // namespace

TEST_CASE("pong, version and errors are distinguished, and an error's text is dropped") {
  CHECK(parse(R"({"args":[{"msg":"pong"}]})")->is_pong);
  CHECK_FALSE(parse(R"({"args":[{"msg":"gnop"}]})")->is_pong);
  CHECK(parse(R"({"args":["7.0.4"]})")->version == "7.0.4");
  const auto refused = parse(R"({"error":"method \"x\" does not exist","stack":"at x"})");
  REQUIRE(refused);
  CHECK(refused->is_error);
  CHECK_FALSE(refused->processes);
}

TEST_CASE("a process is read by an allow-list without environment values") {
  const auto list = parsed(process("ai-admin-api", 0, "online", 3));
  REQUIRE(list.size() == 1);
  const Pm2Process& p = list[0];
  CHECK(p.name == "ai-admin-api");
  CHECK(p.pm_id == "0");
  CHECK(p.state == Pm2State::online);
  CHECK(p.restarts == 3);
  CHECK(p.started_ms == 1762437000000.0);
  CHECK(p.memory_bytes == 61865984);
  CHECK(p.cpu_percent == 2.5);
  CHECK(p.event_loop_p50_ms == 1.25);
  CHECK(p.event_loop_p95_ms == 7.5);
  CHECK(p.exit_code == 0);
  CHECK_FALSE(p.memory_limit_bytes);
  CHECK_FALSE(holds_canary(p));
}

TEST_CASE("each status of PM2 maps to a state, and any other is unknown") {
  struct Row {
    const char* word;
    Pm2State want;
  };
  for (const Row& row :
       {Row{"online", Pm2State::online}, Row{"launching", Pm2State::launching},
        Row{"one-launch-status", Pm2State::launching}, Row{"stopping", Pm2State::stopping},
        Row{"stopped", Pm2State::stopped}, Row{"errored", Pm2State::errored},
        Row{"waiting restart", Pm2State::waiting_restart}, Row{"", Pm2State::unknown},
        Row{"Online", Pm2State::unknown}, Row{"online ", Pm2State::unknown}}) {
    CAPTURE(row.word);
    CHECK(parsed(process("a", 1, row.word))[0].state == row.want);
  }
}

TEST_CASE("a number may be a string, and an unreadable or negative one is empty, never 0") {
  struct Row {
    const char* value;
    std::optional<double> want;
  };
  for (const Row& row :
       {Row{"12", 12.0}, Row{"\"12\"", 12.0}, Row{"1.5e1", 15.0}, Row{"-1", std::nullopt},
        Row{"\"-1\"", std::nullopt}, Row{"\"\"", std::nullopt}, Row{"\"12 apples\"", std::nullopt},
        Row{"\"nan\"", std::nullopt}, Row{"\"inf\"", std::nullopt}, Row{"null", std::nullopt},
        Row{"true", std::nullopt}, Row{"[12]", std::nullopt}, Row{"{\"x\":12}", std::nullopt}}) {
    CAPTURE(row.value);
    const std::string json = list_of(
        std::string(R"({"name":"a","pm_id":1,"pm2_env":{"status":"online","restart_time":)") +
        row.value + "}}");
    const auto reply = parse(json);
    REQUIRE(reply);
    CHECK((*reply->processes)[0].restarts == row.want);
    CHECK((*reply->processes)[0].state == Pm2State::online);
  }
}

TEST_CASE("an environment variable that overwrites a field affects that field only") {
  const auto list = parsed(process("a", 1, "online", 2,
                                   R"(,"exit_code":"42","created_at":"x","axm_monitor":"on",)"
                                   R"("instances":"max","pm_uptime":"1762437000000")"));
  CHECK(list[0].exit_code == 42);
  CHECK(list[0].started_ms == 1762437000000.0);
  CHECK(list[0].restarts == 2);
}

TEST_CASE("a hostile name is bounded and on one line") {
  const auto name_of_one = [](const std::string& json_name) {
    return parsed(R"({"name":)" + json_name + R"(,"pm_id":1,"pm2_env":{"status":"online"}})")[0]
        .name;
  };
  CHECK(name_of_one(R"("a\"b\nc\u0000d")") == "a\"b?c?d");
  CHECK(name_of_one(R"("<script>alert(1)</script>")") == "<script>alert(1)</script>");
  CHECK(name_of_one("\"" + std::string(10'000, 'x') + "\"") == std::string(200, 'x'));
  // Cut at a whole character: after 199 bytes, the two bytes of é do not fit.
  CHECK(name_of_one("\"" + std::string(199, 'x') + "éé\"") == std::string(199, 'x'));
  CHECK(name_of_one("17") == "(unnamed)");
  CHECK(name_of_one("null") == "(unnamed)");
}

TEST_CASE("the old process of a reload is skipped") {
  const auto list = parsed(R"({"name":"a","pm_id":"_old_0","pm2_env":{"status":"stopping"}},)" +
                           process("a", 1, "online"));
  REQUIRE(list.size() == 1);
  CHECK(list[0].pm_id == "1");
}

TEST_CASE("a malformed process list is rejected, and no text of it is quoted") {
  const std::string deep = std::string(100'000, '[');
  const std::string deep_value = R"({"args":[[{"pm2_env":{"env":)" + std::string(100'000, '[');
  struct Row {
    const char* what;
    std::string json;
    Reason want;
  };
  std::string crowd;
  for (int i = 0; i <= 1000; ++i) crowd += (i ? ",{}" : "{}");
  const std::string canary(kCanary);
  for (const Row& row :
       {Row{"nothing", "", Reason::garbage}, Row{"a word", canary, Reason::garbage},
        Row{"a cut list", list_of(process(canary, 1, canary)).substr(0, 200), Reason::garbage},
        Row{"a bad escape", "{\"args\":[\"\\x" + canary + "\"]}", Reason::garbage},
        Row{"bytes that are no text", "{\"args\":[\"\xff\xfe" + canary + "\"]}", Reason::garbage},
        Row{"100,000 deep", deep, Reason::garbage},
        Row{"100,000 deep inside a value", deep_value, Reason::garbage},
        Row{"1,001 processes", list_of(crowd), Reason::too_large}}) {
    CAPTURE(row.what);
    const auto reply = parse(row.json);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().reason == row.want);
    CHECK(reply.error().text.find(canary) == std::string::npos);
  }
}

TEST_CASE("another structure gives no process list rather than an empty one") {
  for (const char* json : {"{}", "[]", R"({"args":[]})", R"({"args":{}})", R"({"args":[{}]})",
                           R"({"args":null})", R"({"other":[[{"name":"a"}]]})"}) {
    CAPTURE(json);
    const auto reply = parse(json);
    REQUIRE(reply);
    CHECK_FALSE(reply->processes);
  }
  CHECK(parse(R"({"args":[[]]})")->processes->empty());
}

TEST_CASE("parsing a long reply ends at the deadline") {
  std::string many = "{\"x\":[";
  for (int i = 0; i < 20'000; ++i) many += "1,";
  many += "1]}";
  CHECK(parse_reply(many, Deadline(std::chrono::minutes(1), nullptr)));
  const auto late = parse_reply(many, Deadline(std::chrono::seconds(0), nullptr));
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::timed_out);
  StopEvent stop;
  stop.fire();
  const auto stopped = parse_reply(many, Deadline(std::chrono::minutes(1), &stop));
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().reason == Reason::stopped);
}
