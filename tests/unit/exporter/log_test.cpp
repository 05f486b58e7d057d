// SPDX-License-Identifier: Apache-2.0
#include "exporter/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
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
  ::close(pipe[1]);
  std::string out(65536, '\0');
  const auto got = ::read(pipe[0], out.data(), out.size());
  ::close(pipe[0]);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  set_up_log({LogLevel::error, LogFormat::logfmt}, -1);
  return out;
}

}  // namespace

TEST_CASE("a logfmt line quotes what needs it and nothing else") {
  CHECK(render_log_line(LogFormat::logfmt, "2025-11-06T16:56:00.000Z", LogLevel::warn, "it broke",
                        {{"check", "pool"}, {"text", "3 of \"5\"\nwait\\"}, {"empty", ""}}) ==
        R"(time=2025-11-06T16:56:00.000Z level=warn msg="it broke" check=pool )"
        R"(text="3 of \"5\"\nwait\\" empty="")");
}

TEST_CASE("a JSON line is JSON, whatever stands in it") {
  const std::string nasty = "a\"b\\c\n\t\x01\x7F\xFF" + std::string(5000, 'x');
  const std::string line =
      render_log_line(LogFormat::json, "t", LogLevel::error, "m", {{"value", nasty}});
  const auto parsed = nlohmann::json::parse(line);
  CHECK(parsed["level"] == "error");
  CHECK(parsed["msg"] == "m");
  const auto value = parsed["value"].get<std::string>();
  CHECK(value.starts_with("a\"b\\c"));
  CHECK(value.size() <= 1000);
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
