// SPDX-License-Identifier: Apache-2.0
// The statements of the kind `whatsapp`, for any layout. They select counts, times and digests
// only, never `value`, credentials or key ids.
#pragma once

#include <string>

#include "checks/support/pg/session.h"
#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp {

/// More groups than this are not read: kMaxPgRows allows 20,000.
inline constexpr std::size_t kMaxGroups = 15'000;

class Sql {
 public:
  Sql(const Settings& settings, const PgSession& session);
  /// now, row_security, view ("seen", "missing", "no_right"), and auth_records if they have a
  /// table.
  [[nodiscard]] std::string overview() const;
  /// By session and type for the configured sessions, or for the first that have an auth record:
  /// position, session (on the first row of each), auth_records, last_write, type, live, expired,
  /// due0 … due5. Empty when no session can be found by an index.
  [[nodiscard]] std::string sessions() const;
  /// The same for all keys, without position; the session is on each row.
  [[nodiscard]] std::string all_keys() const;
  /// session, auth_records, last_write of all auth records.
  [[nodiscard]] std::string all_auth() const;
  /// The view's columns for the same sessions as `sessions`.
  [[nodiscard]] std::string credentials() const;
  /// session, bytes: the largest key of the first kMaxSessions sessions.
  [[nodiscard]] std::string largest() const;

 private:
  [[nodiscard]] std::string table(std::string_view name) const;
  [[nodiscard]] std::string shown(const std::string& expression) const;
  [[nodiscard]] std::string counts() const;

  const Settings& settings_;
  const PgSession& session_;
  std::string keys_, auth_;                         // Quoted tables.
  std::string key_session_, auth_session_;          // Expressions.
  std::string raw_type_, type_, is_key_, is_auth_;  // The type as stored, and as shown.
  std::string last_write_, auth_write_, expires_;
};

}  // namespace holdfast::whatsapp
