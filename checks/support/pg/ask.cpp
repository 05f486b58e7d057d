// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/ask.h"

#include <chrono>
#include <string>

namespace holdfast {

Result<PgRows> query_traced(PgSession& session, std::string_view sql, std::string_view what,
                            const Deadline& deadline, Trace& trace) {
  const auto begin = std::chrono::steady_clock::now();
  auto rows = session.query(sql, deadline);
  const auto took = std::chrono::steady_clock::now() - begin;
  trace.add("query", took,
            std::string(what) + ": " +
                (rows ? render_count(static_cast<double>(rows->size()), "row")
                      : "it " + std::string(sentence_of(rows.error().reason))));
  return rows;
}

std::vector<Reason> session_reasons(const std::vector<Reason>& more) {
  std::vector<Reason> reasons{Reason::name_not_found,   Reason::name_server_silent,
                              Reason::refused,          Reason::unreachable,
                              Reason::timed_out,        Reason::closed,
                              Reason::no_tls,           Reason::unknown_authority,
                              Reason::wrong_host,       Reason::expired,
                              Reason::not_yet_valid,    Reason::tls_failed,
                              Reason::login_refused,    Reason::no_such_database,
                              Reason::too_many_clients, Reason::starting_up,
                              Reason::shutting_down,    Reason::cancelled,
                              Reason::query_failed,     Reason::missing,
                              Reason::garbage,          Reason::too_large,
                              Reason::no_right,         Reason::no_secret,
                              Reason::no_slot,          Reason::own_limit,
                              Reason::stopped,          Reason::internal};
  reasons.insert(reasons.end(), more.begin(), more.end());
  return reasons;
}

}  // namespace holdfast
