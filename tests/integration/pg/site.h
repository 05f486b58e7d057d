// SPDX-License-Identifier: Apache-2.0
// A database of its own on the tests' server, with the application's tables and a role that has
// just the rights deploy/sql ships. Empty for each test that wants one.
#pragma once

#include <memory>
#include <string>

#include "checks/check.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "tests/integration/pg/server.h"

namespace holdfast::test {

class Site {
 public:
  Site();
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  /// One auth record and 728 keys, as the real library leaves them (made-up contents).
  void load_sessions();
  /// Runs SQL in the site's database as the superuser.
  void run(const std::string& sql);
  /// Runs psql with a file of the sources, as `role` ("" is the superuser).
  void run_file(const std::string& file, const std::string& role = "");

  /// How the watching role reaches it.
  [[nodiscard]] const Database& database() const { return database_; }
  [[nodiscard]] Database superuser() const;
  /// Runs a new check of that kind once; the memory of the last run is kept.
  Reading run(const Kind& kind, const CheckConfig& config);
  Result<PgRows> query(std::string_view sql);
  /// The traces, findings and notes of all runs.
  [[nodiscard]] const std::string& logged() const { return logged_; }

  Memory memory;
  /// The time of the next runs: moved on so that the whole table is read again.
  Duration later{};

 private:
  void empty();

  PgServer& server_ = PgServer::shared();
  std::unique_ptr<Resolver> resolver_ = make_resolver();
  std::unique_ptr<Databases> databases_ = make_databases(*resolver_);
  Database database_;
  std::string logged_;
};

/// The option table's defaults are the config reader's business; these are the ones tests need.
[[nodiscard]] Limit limit(Unit unit, std::optional<double> warning,
                          std::optional<double> critical = {});
[[nodiscard]] std::string codes(const Reading& reading);
[[nodiscard]] std::optional<double> sample(const Reading& reading, std::string_view metric,
                                           const std::vector<std::string>& labels = {});

}  // namespace holdfast::test
