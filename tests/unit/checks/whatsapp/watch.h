// SPDX-License-Identifier: Apache-2.0
// A table of keys that is watched run by run, for the tests of kind `whatsapp`.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp_test {

using namespace whatsapp;

inline constexpr double kStart = 1'762'437'000;
inline const std::string kName = "company_962302";

inline Settings settings() {
  Settings s;
  s.database = "timeweb";
  s.tables.keys = "whatsapp_keys";
  s.tables.auth = "whatsapp_auth";
  s.tables.view = "holdfast_whatsapp_credentials";
  s.auth_records = 1;
  s.expired = {.unit = Unit::count, .warning = 100.0, .critical = 500.0};
  s.drop = {.unit = Unit::ratio, .warning = 0.05, .critical = 0.2};
  s.expiring = {.unit = Unit::ratio, .warning = 0.5};
  s.last_write = {.unit = Unit::seconds, .warning = 7200.0};
  s.largest_key = {.unit = Unit::bytes, .warning = 262144.0};
  return s;
}

/// Live keys without a date.
inline KeyCount live(double keys) { return {keys, 0, {0, 0, 0, 0, 0, keys}}; }

inline Facts healthy() {
  Facts f;
  f.at = kStart;
  f.is_full_scan = true;
  f.auth_records = 1;
  f.sessions = {{.name = kName,
                 .auth_records = 1,
                 .last_write = kStart - 3,
                 .types = {{"pre-key", live(292)},
                           {"lid-mapping", live(222)},
                           {"session", live(144)},
                           {"sender-key", live(60)},
                           {"app-state-sync-version", live(5)},
                           {"sender-key-memory", live(3)},
                           {"app-state-sync-key", live(2)}}}};
  f.view = View::seen;
  f.credentials = {{.name = kName,
                    .has_me = true,
                    .next_pre_key_id = 858,
                    .last_pre_key_exists = true,
                    .identity = "11f2c5e882a8cca7",
                    .names_app_state_key = true,
                    .app_state_key_exists = true}};
  return f;
}

/// A table watched run by run.
struct Watch {
  Settings s = settings();
  Memory memory;
  double at = kStart;
  Reading run(Facts f, double after = 15) {
    at += after;
    f.at = at;
    for (Session& session : f.sessions)
      if (session.last_write == kStart - 3) session.last_write = at - 3;
    Reading reading = judge(s, f, memory, {});
    REQUIRE(reading.memory);
    CHECK(reading.memory->bytes() <= kMaxMemoryBytes);
    memory = *reading.memory;
    return reading;
  }
};

inline std::vector<std::string> codes(const Reading& reading) {
  std::vector<std::string> out;
  for (const Finding& f : reading.findings) out.push_back(f.code);
  return out;
}
using Codes = std::vector<std::string>;

inline std::vector<std::string> texts(const Reading& reading) {
  std::vector<std::string> out;
  for (const Finding& f : reading.findings) out.push_back(f.text);
  return out;
}
using Texts = std::vector<std::string>;

inline std::optional<double> sample(const Reading& reading, std::string_view metric,
                                    const std::vector<std::string>& labels = {}) {
  for (const Sample& s : reading.samples)
    if (s.spec->name == metric && s.labels == labels) return s.value;
  return std::nullopt;
}

inline Facts with(const std::function<void(Facts&)>& change) {
  Facts f = healthy();
  change(f);
  return f;
}
inline Session& first(Facts& f) { return f.sessions[0]; }

}  // namespace holdfast::whatsapp_test
