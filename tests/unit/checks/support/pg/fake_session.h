// SPDX-License-Identifier: Apache-2.0
// A session that answers by the words of the query, and the databases that lease it. For tests of
// how kinds handle answers; real servers are in tests/integration.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"

namespace holdfast::testing {

class FakePgSession : public PgSession {
 public:
  /// Answers each query that contains `words` with `answer`; the first match is used.
  void answer(std::string words, Result<PgRows> answer) {
    answers_.insert(answers_.begin(), {std::move(words), std::move(answer)});
  }
  Result<PgRows> query(std::string_view sql, const Deadline&) override {
    queries.emplace_back(sql);
    for (const auto& [words, answer] : answers_)
      if (sql.find(words) != std::string_view::npos) return answer;
    return Error{Reason::query_failed, "query", "", ""};
  }
  std::string quote(std::string_view text) const override { return quoted(text, '\''); }
  std::string quote_name(std::string_view name) const override { return quoted(name, '"'); }
  int server_version() const override { return 150000; }

  std::vector<std::string> queries;

 private:
  static std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) out += c == quote ? std::string(2, c) : std::string(1, c);
    return out + quote;
  }
  std::vector<std::pair<std::string, Result<PgRows>>> answers_;
};

class FakeDatabases : public Databases {
 public:
  Result<PgLease> lease(const Database&, const Deadline&, PgDialect dialect) override {
    asked_dialect = dialect;
    if (refuse) return *refuse;
    return PgLease(session, nullptr);
  }
  FakePgSession session;
  std::optional<Error> refuse;
  PgDialect asked_dialect = PgDialect::sql;
};

class NoResolver : public Resolver {
 public:
  Result<std::vector<std::string>> resolve(const std::string& host, const Deadline&) override {
    return std::vector<std::string>{host};
  }
};

}  // namespace holdfast::testing
