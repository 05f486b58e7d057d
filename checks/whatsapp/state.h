// SPDX-License-Identifier: Apache-2.0
// What is known of every session: the last counts and their high water, in memory between looks.
// Sessions that are not looked at in each run keep what the last whole look saw. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "checks/memory.h"
#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp {

struct Known {
  bool is_configured = false;
  double auth_records = 0;
  std::optional<double> last_write;
  std::map<std::string, HighWaterMark> types;

  /// All live keys, and the live ones of one type.
  [[nodiscard]] double live() const;
  [[nodiscard]] double live(const std::string& type) const;
  [[nodiscard]] double expired() const;
  /// Live keys that reach their date within 24 hours.
  [[nodiscard]] double expiring() const;
};

struct State {
  std::map<std::string, Known> sessions;  ///< By shown name; at most kMaxSessions.
  std::map<std::string, KeyCount> rest;   ///< Sessions beyond that, by type.
  double rest_sessions = 0;
  std::optional<double> whole_at;  ///< When the whole table was last grouped.

  [[nodiscard]] static State load(const Memory& memory);
  void save(Memory& memory) const;
  /// Takes over what a look saw.
  void merge(const Facts& facts);

 private:
  void merge_session(const Session& session, double at);
};

}  // namespace holdfast::whatsapp
