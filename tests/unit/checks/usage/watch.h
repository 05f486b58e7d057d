// SPDX-License-Identifier: Apache-2.0
// A database whose use is watched run by run, for the tests of kind `usage`.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "checks/base/local_time.h"
#include "checks/usage/judge.h"

namespace holdfast::testing {

inline constexpr auto kGoneAfter = std::chrono::minutes(10);

inline usage::Settings active_settings() {
  usage::Settings s;
  s.database = "timeweb";
  s.tables = {{"whatsapp_keys", usage::Rate{1, std::chrono::hours(1)}}};
  s.active.timezone = "Europe/Moscow";
  s.gone_after = kGoneAfter;
  return s;
}

inline usage::Settings retired_settings() {
  usage::Settings s;
  s.database = "supabase";
  s.role = usage::Role::retired;
  s.gone_after = kGoneAfter;
  return s;
}

inline usage::Sessions sessions(const std::string& application, double count = 1) {
  return {.application = application, .user = "app", .client = "10.0.0.5", .count = count};
}

/// No sessions and two tables, of which one is expected.
inline usage::Facts quiet_facts() {
  usage::Facts f;
  f.dbname = "default_db";
  f.counting = {.server = "7000000000000000001:1", .started = 1'762'000'000};
  f.tables = {{.name = "whatsapp_keys",
               .configured = "whatsapp_keys",
               .inserted = 728,
               .updated = 1313,
               .deleted = 40},
              {.name = "bookings", .inserted = 38}};
  return f;
}

struct Watch {
  usage::Settings settings = active_settings();
  usage::Facts facts = quiet_facts();
  Memory memory;
  /// A Thursday noon in Moscow.
  std::chrono::system_clock::time_point at =
      instant_of(std::chrono::local_days(std::chrono::year(2025) / 11 / 6) + std::chrono::hours(12),
                 "Europe/Moscow");

  Reading run(Duration after = std::chrono::seconds(15)) {
    at += std::chrono::duration_cast<std::chrono::system_clock::duration>(after);
    Reading reading = usage::judge(settings, facts, memory, {at, {}});
    REQUIRE(reading.memory);
    CHECK(reading.memory->bytes() <= kMaxMemoryBytes);
    memory = *reading.memory;
    return reading;
  }
  /// Runs every 15 s for that long; the last reading.
  Reading pass(Duration span) {
    Reading reading;
    for (Duration passed{}; passed < span; passed += std::chrono::seconds(15)) reading = run();
    return reading;
  }
  usage::Table& keys() { return facts.tables.at(0); }
  void write(double rows = 1) { keys().updated += rows; }
};

inline std::string codes_of(const Reading& reading) {
  std::string out;
  for (const Finding& f : reading.findings) out += (out.empty() ? "" : " ") + f.code;
  return out;
}

inline std::optional<double> sample_of(const Reading& reading, std::string_view metric,
                                       const std::vector<std::string>& labels = {}) {
  for (const Sample& s : reading.samples)
    if (s.spec->name == metric && s.labels == labels) return s.value;
  return std::nullopt;
}

inline bool has_note(const Reading& reading, std::string_view words) {
  for (const std::string& note : reading.notes)
    if (note.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace holdfast::testing
