// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

using namespace holdfast;

namespace {

// What is written to the log by `write`.
template <class Write>
std::string logged(const LogOptions& options, Write write) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  set_up_log(options, pipe[1]);
  write();
  set_up_log({LogLevel::error, LogFormat::logfmt}, -1);  // Writes what the log still holds.
  ::close(pipe[1]);
  std::string out(65536, '\0');
  const auto got = ::read(pipe[0], out.data(), out.size());
  ::close(pipe[0]);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

}  // namespace

TEST_CASE("a logfmt line quotes what needs it and nothing else") {
  const std::string out = logged({}, [] {
    log(LogLevel::warn, "it broke",
        {{"check", "pool"}, {"text", "3 of \"5\"\nwait\\"}, {"empty", ""}});
  });
  CHECK(out.substr(out.find(' ')) == R"( level=warn msg="it broke" check=pool )"
                                     R"(text="3 of \"5\"\nwait\\" empty="")"
                                     "\n");
}

TEST_CASE("a JSON line is valid JSON with any value") {
  const std::string nasty = "a\"b\\c\n\t\x01\x7F\xFF" + std::string(5000, 'x');
  const std::string line = logged({LogLevel::info, LogFormat::json}, [&] {
    log(LogLevel::error, "m", {{"value", nasty}});
  });
  const auto parsed = nlohmann::json::parse(line);
  CHECK(parsed["level"] == "error");
  CHECK(parsed["msg"] == "m");
  const auto value = parsed["value"].get<std::string>();
  CHECK(value.starts_with("a\"b\\c"));
  CHECK(value.size() <= 1000);
}

TEST_CASE("numbers and truth values stay what they are") {
  const auto write = [] {
    log(LogLevel::info, "m",
        {{"whole", std::size_t{12}}, {"part", 0.25}, {"flag", true}, {"text", "12"}});
  };
  const auto parsed = nlohmann::json::parse(logged({LogLevel::info, LogFormat::json}, write));
  CHECK(parsed["whole"] == 12);
  CHECK(parsed["part"] == 0.25);
  CHECK(parsed["flag"] == true);
  CHECK(parsed["text"] == "12");
  CHECK(logged({}, write).find(" whole=12 part=0.25 flag=true text=12\n") != std::string::npos);
}

TEST_CASE("the time is UTC with milliseconds, in both formats") {
  const auto write = [] { log(LogLevel::info, "m"); };
  const auto parsed = nlohmann::json::parse(logged({LogLevel::info, LogFormat::json}, write));
  const auto time = parsed["time"].get<std::string>();
  CHECK(time.size() == std::string("2025-11-06T16:56:00.000Z").size());
  CHECK(time[10] == 'T');
  CHECK(time.ends_with('Z'));
  CHECK(logged({}, write).starts_with("time=" + time.substr(0, 4)));
}

TEST_CASE("a full pipe delays neither log() nor the end, and drops are counted") {
  using Clock = std::chrono::steady_clock;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  set_up_log({}, pipe[1]);
  const std::string text(900, 'x');
  const auto start = Clock::now();
  for (int i = 0; i < 3000; ++i) log(LogLevel::error, "nobody reads this", {{"text", text}});
  const auto logged_at = Clock::now();
  CHECK(log_messages_dropped() > 1000);
  set_up_log({LogLevel::error, LogFormat::logfmt}, -1);
  // Whatever waited for the reader would wait forever. The slack is for a loaded machine.
  CHECK(logged_at - start < std::chrono::seconds(60));
  CHECK(Clock::now() - logged_at < std::chrono::seconds(60));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("one event is one line, and quieter ones are left out") {
  const std::string out = logged({LogLevel::warn, LogFormat::logfmt}, [] {
    log(LogLevel::info, "too quiet");
    log(LogLevel::warn, "two\nlines", {{"a", "b\nc"}});
  });
  CHECK(out.find("too quiet") == std::string::npos);
  CHECK(out.find("level=warn msg=\"two\\nlines\" a=\"b\\nc\"\n") != std::string::npos);
  CHECK(std::count(out.begin(), out.end(), '\n') == 1);
  CHECK(out.starts_with("time=20"));
}

TEST_CASE("braces in a value are no format") {
  const std::string out = logged({LogLevel::info, LogFormat::json}, [] {
    log(LogLevel::info, "{} {0} %s", {{"k", "{}"}});
  });
  CHECK(nlohmann::json::parse(out)["msg"] == "{} {0} %s");
}
