// SPDX-License-Identifier: Apache-2.0
// The statements of the kind `whatsapp`, for any layout. All they give are counts, times and
// digests: `value`, credentials and key ids are never selected (law 4). Pure but for quoting.
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
  /// now, row_security, view ("seen", "missing", "no_right"), auth_records where they have a table.
  [[nodiscard]] std::string about() const;
  /// By session and type for the configured sessions, or for the first that have an auth record:
  /// position, session (on the first row of each), auth_records, last_write, type, live, expired,
  /// due0 … due5. Empty when no session can be found by an index.
  [[nodiscard]] std::string sessions() const;
  /// The same for the whole table, without position; the session on each row.
  [[nodiscard]] std::string whole() const;
  /// session, auth_records, last_write for all.
  [[nodiscard]] std::string whole_auth() const;
  /// The view's columns for the sessions of `sessions`; with `largest` only that, for more.
  [[nodiscard]] std::string credentials() const;
  [[nodiscard]] std::string largest() const;

 private:
  [[nodiscard]] std::string table(std::string_view name) const;
  [[nodiscard]] std::string shown(const std::string& expression) const;
  [[nodiscard]] std::string counts() const;

  const Settings& settings_;
  const PgSession& session_;
  std::string keys_, auth_;                         // Quoted tables.
  std::string key_session_, auth_session_;          // Expressions.
  std::string raw_type_, type_, is_key_, is_auth_;  // As it stands, and fit to leave.
  std::string last_write_, auth_write_, expires_;
};

}  // namespace holdfast::whatsapp
