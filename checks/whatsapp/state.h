// SPDX-License-Identifier: Apache-2.0
// What is known of every session: the last counts and their high-water marks, kept in the check's
// memory between runs. Sessions that are not read in each run keep the counts of the last full
// scan. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "checks/memory.h"
#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp {

struct Known {
  bool is_configured = false;  // Of this run, not kept.
  double auth_records = 0;
  std::optional<double> last_write;
  std::map<std::string, HighWaterMark> types;

  /// The keys of all types.
  [[nodiscard]] KeyCount all() const;
  /// The live keys of one type.
  [[nodiscard]] double live(const std::string& type) const;
};

/// The credentials' baseline by session: the identity first seen and the highest next pre-key id.
struct CredentialsBaseline {
  std::map<std::string, std::string> identity;
  std::map<std::string, double> next_pre_key_id;
};

struct State {
  static constexpr int kVersion = 1;
  std::map<std::string, Known> sessions;  ///< By shown name; at most kMaxSessions.
  std::map<std::string, KeyCount> rest;   ///< Sessions beyond that, by type.
  double rest_sessions = 0;
  std::optional<double> scanned_at;           ///< The last full scan, by the server's clock.
  std::optional<double> scan_run_at;          ///< The same by this host's clock.
  std::optional<double> auth_records;         ///< In all.
  std::map<std::string, double> largest_key;  ///< Bytes by session, of the last full scan.
  CredentialsBaseline credentials;

  [[nodiscard]] static State load(const Memory& memory);
  [[nodiscard]] Memory save() const;
  /// The keys of all sessions, the rest included.
  [[nodiscard]] std::map<std::string, KeyCount> by_type() const;
  /// Updates the sessions with what a run read.
  void merge(const Facts& facts);

 private:
  void merge_session(const Session& session, double at);
};

}  // namespace holdfast::whatsapp
