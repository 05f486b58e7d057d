// SPDX-License-Identifier: Apache-2.0
// A healthy PostgreSQL server, for the tests of kind `postgres`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/postgres/postgres.h"

namespace holdfast::testing {

inline const std::chrono::system_clock::time_point kWall{std::chrono::seconds(1'800'000'000)};
inline const Now kNow{kWall, {}};

inline PostgresSettings usual() {
  PostgresSettings settings;
  settings.database.name = "timeweb";
  settings.database.host = "db.example";
  settings.latency = {.unit = Unit::seconds, .warning = 0.1, .critical = 0.5};
  settings.connect = {.unit = Unit::seconds, .warning = 1.0, .critical = 3.0};
  settings.certificate = {.unit = Unit::seconds,
                          .side = Limit::Side::lower,
                          .warning = 14 * 86400.0,
                          .critical = 3 * 86400.0};
  settings.connections = {.unit = Unit::ratio, .warning = 0.85, .critical = 0.95};
  settings.oldest_transaction = {.unit = Unit::seconds, .warning = 3600.0};
  settings.replication_lag = {.unit = Unit::seconds, .warning = 60.0, .critical = 600.0};
  settings.facts_interval = std::chrono::seconds(60);
  return settings;
}

inline PostgresFacts healthy() {
  using namespace std::chrono_literals;
  PostgresFacts facts;
  facts.phases = {1ms, 31ms, 65ms, 99ms};
  facts.connect = 196ms;
  facts.query = 31ms;
  facts.tls.version = "TLSv1.3";
  facts.tls.cipher = "TLS_AES_256_GCM_SHA384";
  facts.tls.second_hello = false;
  facts.tls.chain = {
      {"leaf", "db.example", kWall - std::chrono::hours(24), kWall + std::chrono::hours(24 * 60)}};
  return facts;
}

inline ServerFacts calm() {
  ServerFacts facts;
  facts.version = "15.20";
  facts.numbers = {
      {"in_recovery", 0}, {"max_connections", 100}, {"reserved", 3},    {"connections", 20},
      {"size", 1e9},      {"state.active", 2},      {"state.idle", 18}, {"deadlocks", 1},
      {"commits", 5},     {"waiting_locks", 0}};
  return facts;
}

inline Reading judge(const PostgresFacts& facts, const PostgresSettings& settings = usual(),
                     const Memory& memory = {}) {
  return judge_postgres(settings, facts, memory, kNow);
}

inline std::optional<double> value_of(const Reading& reading, std::string_view metric,
                                      const std::vector<std::string>& labels = {}) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == metric && sample.labels == labels) return sample.value;
  return std::nullopt;
}

}  // namespace holdfast::testing
