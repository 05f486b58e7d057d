// SPDX-License-Identifier: Apache-2.0
// The shared sessions: one per database and process, kept between runs, leased to one run at a
// time.
#include "checks/support/pg/session.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/connection.h"
#include "checks/support/pg/dial.h"
#include "checks/support/pg/slot.h"

namespace holdfast {
namespace {

using Clock = Deadline::Clock;
// The server's time-out is this much shorter than ours, so that a cut leaves nothing running.
constexpr auto kServerShare = std::chrono::milliseconds(50);
// How long after its time-out the server may need to end a statement.
constexpr auto kServerGrace = std::chrono::seconds(1);
// COMMIT gets at least this long, also at the end of the deadline, so that the session stays
// usable.
constexpr auto kEndShare = std::chrono::milliseconds(90);
// Connections unused for this long are closed.
constexpr auto kMaxIdle = std::chrono::minutes(30);
// A migration holds locks for long; our wait must not block the application behind us.
constexpr auto kLockShare = std::chrono::milliseconds(1000);
// If the network fails between answer and COMMIT, the server would keep the transaction, its locks
// and its snapshot for hours, and a migration would wait for it.
constexpr std::string_view kIdleShare = "10s";

/// `text` in quotes, the first of `doubled`; each character of `doubled` in it is doubled.
std::string in_quotes(std::string_view text, std::string_view doubled) {
  std::string out(1, doubled[0]);
  for (const char c : text) {
    if (c == '\0') continue;
    if (doubled.find(c) != std::string_view::npos) out += c;
    out += c;
  }
  return out + doubled[0];
}

/// The session of a slot; it reconnects when its connection was lost.
class SharedSession final : public PgSession {
 public:
  SharedSession(Resolver& resolver, PgDialect dialect) : resolver_(resolver), dialect_(dialect) {}

  /// Prepares it for a lease of `database`: reuses an open connection or connects.
  std::optional<Error> prepare(const Database& database, const Deadline& deadline) {
    if (connection_ && dialled_as_ == database && connection_.looks_alive()) {
      reused_ = true;
      return std::nullopt;
    }
    dialled_as_ = database;
    return redial(deadline);
  }

  Result<PgRows> query(std::string_view sql, const Deadline& deadline) override {
    if (!connection_) {
      if (auto error = redial(deadline)) return *error;
    }
    auto answer = execute(sql, deadline);
    // The connection was lost since the last run (a restart, a firewall). Nothing was read on it in
    // this lease, and a read-only statement may be repeated.
    if (!answer && reused_ && died(answer.error().reason)) {
      if (auto error = redial(deadline)) return *error;
      answer = execute(sql, deadline);
    }
    reused_ = false;
    return answer;
  }

  std::string quote(std::string_view text) const override {
    // Backslashes need an E-string, in case standard_conforming_strings is off.
    return (text.find('\\') == std::string_view::npos ? "" : "E") + in_quotes(text, "'\\");
  }
  std::string quote_name(std::string_view name) const override { return in_quotes(name, "\""); }
  int server_version() const override { return dialect_ == PgDialect::console ? 0 : version_; }

  /// When the next lease may begin.
  [[nodiscard]] Clock::time_point not_before() const { return not_before_; }

 private:
  static bool died(Reason reason) {
    return reason == Reason::closed || reason == Reason::shutting_down;
  }
  std::optional<Error> redial(const Deadline& deadline) {
    connection_.abort();
    reused_ = false;
    auto dialled = dial(dialled_as_, resolver_, deadline);
    if (dialled.error) return dialled.error;
    connection_ = std::move(dialled.connection);
    version_ = connection_.server_version();
    return std::nullopt;
  }

  Result<PgRows> execute(std::string_view sql, const Deadline& deadline) {
    auto answer = dialect_ == PgDialect::console ? connection_.query(std::string(sql), deadline)
                                                 : query_in_transaction(sql, deadline);
    if (!answer && is_ruin(answer.error().reason)) connection_.abort();
    return answer;
  }

  Result<PgRows> query_in_transaction(std::string_view sql, const Deadline& deadline) {
    const auto patience = deadline.remaining() - kServerShare;
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (limit <= 0) return Error{Reason::timed_out, "query"};
    const auto lock = std::min<long>(limit, kLockShare.count());
    const auto since = Clock::now();
    const auto ends = since + std::chrono::milliseconds(limit);
    auto answer = connection_.query(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = " + std::to_string(limit) +
            "; SET LOCAL lock_timeout = " + std::to_string(lock) +
            "; SET LOCAL idle_in_transaction_session_timeout = '" + std::string(kIdleShare) +
            "'; SET LOCAL max_parallel_workers_per_gather = 0; " + std::string(sql),
        deadline);
    if (!answer && is_ruin(answer.error().reason)) {
      // A server that closed the connection has ended the statement; otherwise it may still run.
      if (!died(answer.error().reason)) not_before_ = ends + kServerGrace;
      return answer;
    }
    // COMMIT also ends a failed transaction, without adding to the server's count of rollbacks.
    const Deadline end(std::max(deadline.at(), Clock::now() + kEndShare), deadline.stop());
    if (!connection_.query("COMMIT", end)) connection_.abort();
    // The server's time-out came first, as intended: it is our deadline too.
    if (!answer && answer.error().reason == Reason::cancelled && Clock::now() >= ends)
      return Error{Reason::timed_out, "query", "", answer.error().sqlstate};
    return answer;
  }

  /// Whether the connection is lost or in the middle of a statement.
  [[nodiscard]] bool is_ruin(Reason reason) const {
    // Too many rows were all read; too many bytes were not.
    if (reason == Reason::too_large) return connection_.is_busy();
    return reason == Reason::timed_out || reason == Reason::stopped || reason == Reason::garbage ||
           died(reason);
  }

  Resolver& resolver_;
  PgDialect dialect_;
  Database dialled_as_;
  PgConnection connection_;
  int version_ = 0;
  bool reused_ = false;
  Clock::time_point not_before_{};
};

/// A slot for the shared session and one for the latency check's pair.
struct Target {
  Target(Resolver& resolver, PgDialect dialect) : session(resolver, dialect) {}
  PgSlot session_slot;
  SharedSession session;  // Used only by the holder of the slot.
  PgSlot pair_slot;
  PgPair pair;
  Clock::time_point last_used;  // Guarded by the map's mutex.
};

class RealDatabases final : public Databases {
 public:
  explicit RealDatabases(Resolver& resolver) : resolver_(resolver) { forget_libpq_environment(); }

  Result<PgLease> lease(const Database& database, const Deadline& deadline,
                        PgDialect dialect) override {
    auto target = target_of(database, dialect);
    auto taken = target->session_slot.take(deadline);
    if (!taken) return taken.error();
    // Releases the slot on every path; also keeps the target alive.
    std::shared_ptr<void> hold(
        nullptr, [target](void*) { target->session_slot.give_back(target->session.not_before()); });
    if (auto error = target->session.prepare(database, deadline)) return *error;
    return PgLease(target->session, std::move(hold));
  }

  Result<PgPairLease> lease_pair(const Database& database, const Deadline& deadline) override {
    auto target = target_of(database, PgDialect::sql);
    auto taken = target->pair_slot.take(deadline);
    if (!taken) return taken.error();
    return PgPairLease(&target->pair, [target](PgPair*) { target->pair_slot.give_back(); });
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string, PgDialect>;

  std::shared_ptr<Target> target_of(const Database& database, PgDialect dialect) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    // Targets that are not leased and were not used for long, as of a removed check.
    std::erase_if(targets_, [&](const auto& entry) {
      return entry.second.use_count() == 1 && now - entry.second->last_used > kMaxIdle;
    });
    auto& target =
        targets_[Key{database.host, database.port, database.user, database.dbname, dialect}];
    if (!target) target = std::make_shared<Target>(resolver_, dialect);
    target->last_used = now;
    return target;
  }

  Resolver& resolver_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Target>> targets_;  // One per database in use.
};

}  // namespace

std::unique_ptr<Databases> make_databases(Resolver& resolver) {
  return std::make_unique<RealDatabases>(resolver);
}

}  // namespace holdfast
