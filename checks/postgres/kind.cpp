// SPDX-License-Identifier: Apache-2.0
// Options, metrics and findings of the kind `postgres`.
#include <memory>

#include "checks/option_rows.h"
#include "checks/postgres/postgres.h"

namespace holdfast {
namespace {

// Fine from loopback to an intercontinental round trip, then coarse up to the usual timeout.
const std::vector<double> kBuckets{0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02,
                                   0.03,  0.05,   0.075, 0.1,    0.15, 0.2,   0.3,
                                   0.5,   1,      2.5,   5,      10};

class PostgresCheck final : public Check {
 public:
  explicit PostgresCheck(PostgresSettings settings) : settings_(std::move(settings)) {}
  Reading run(Run& run) override {
    return judge_postgres(settings_, fetch_postgres(settings_, run), run.memory, run.now);
  }

 private:
  PostgresSettings settings_;
};

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  if (config.database.host.empty()) errors.push_back({"database", "has no host"});
  if (!errors.empty()) return nullptr;
  return std::make_unique<PostgresCheck>(
      bind_options<PostgresSettings>(postgres_kind().options, config));
}

std::vector<OptionSpec> options() {
  using Settings = PostgresSettings;
  return {
      required_database(&Settings::database, "the database to monitor"),
      upper_limit("latency", &Settings::latency, Unit::seconds,
                  "duration of one query on the persistent connection: one round trip",
                  "{warning: 100ms, critical: 500ms}", "postgres_query_duration_seconds"),
      upper_limit(
          "connect", &Settings::connect, Unit::seconds,
          "duration of opening a new connection: name lookup, TCP, TLS and authentication, six "
          "or seven round trips",
          "{warning: 1s, critical: 3s}", "postgres_connect_duration_seconds"),
      {.name = "certificate",
       .target = &Settings::certificate,
       .help = "time until a certificate of the server's chain expires",
       .fallback = "{warning: 14d, critical: 3d}",
       .unit = Unit::seconds,
       .side = Limit::Side::lower,
       .limits = "postgres_certificate_not_after_timestamp_seconds"},
      upper_limit("connections", &Settings::connections, Unit::ratio,
                  "share of the server's connections that are in use, by all clients together",
                  "{warning: 85%, critical: 95%}"),
      upper_limit("oldest_transaction", &Settings::oldest_transaction, Unit::seconds,
                  "age of the oldest open transaction, which holds back vacuum", "{warning: 1h}"),
      upper_limit("replication_lag", &Settings::replication_lag, Unit::seconds,
                  "replication lag of a standby", "{warning: 1m, critical: 10m}",
                  "postgres_replication_lag_seconds"),
      choice("role", &Settings::role, "any|primary|standby", "the role the server must have",
             "any"),
      {.name = "facts_interval",
       .target = &Settings::facts_interval,
       .help = "how often the server's statistics are queried",
       .fallback = "60s"},
  };
}

std::vector<MetricSpec> metrics() {
  using enum MetricType;
  return {
      {"postgres_up", gauge, "Whether a new connection and a query both succeeded."},
      {"postgres_query_duration_seconds",
       histogram,
       "Duration of SELECT 1 on the persistent connection, one round trip.",
       {},
       kBuckets},
      {"postgres_connect_duration_seconds",
       histogram,
       "Duration of opening a new connection, from name lookup to authentication.",
       {},
       kBuckets},
      {"postgres_connect_phase_duration_seconds",
       histogram,
       "Duration of each completed phase of a new connection.",
       {"phase"},
       kBuckets},
      {"postgres_failures_total",
       counter,
       "Failed connections and queries by phase and reason.",
       {"phase", "reason"}},
      {"postgres_tls_info",
       gauge,
       "TLS version and cipher of the last connection.",
       {"version", "cipher"}},
      {"postgres_certificate_not_after_timestamp_seconds",
       gauge,
       "When a certificate of the server's chain expires.",
       {"position"}},
      {"postgres_certificate_not_before_timestamp_seconds",
       gauge,
       "When a certificate of the server's chain became valid.",
       {"position"}},
      {"postgres_version_info", gauge, "Version of the server.", {"version"}},
      {"postgres_in_recovery", gauge, "Whether the server is a standby."},
      {"postgres_replication_lag_seconds", gauge,
       "Replication lag of this standby, or of the slowest standby of this primary."},
      {"postgres_database_size_bytes", gauge, "Size of the database on disk."},
      {"postgres_backends", gauge, "Client sessions of the server by state.", {"state"}, {}, true},
      {"postgres_connections", gauge, "Connections to the server, all databases together."},
      {"postgres_max_connections", gauge,
       "Maximum number of connections, including reserved ones."},
      {"postgres_oldest_transaction_start_timestamp_seconds", gauge,
       "When the oldest open transaction began."},
      {"postgres_waiting_locks", gauge, "Lock requests that are waiting."},
      {"postgres_deadlocks_total", counter,
       "Deadlocks in this database since the statistics were reset."},
      {"postgres_commits_total", counter, "Transactions committed in this database."},
      {"postgres_rollbacks_total", counter, "Transactions rolled back in this database."},
      {"postgres_cache_hits_total", counter, "Blocks found in the server's cache."},
      {"postgres_cache_reads_total", counter, "Blocks read from outside the server's cache."},
      {"postgres_stats_reset_timestamp_seconds", gauge,
       "When the statistics of this database were reset."},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"postgres_query_slow", "a query on the persistent connection takes longer than the limit"},
      {"postgres_connect_slow", "opening a new connection takes longer than the limit"},
      {"postgres_certificate_expiring", "a certificate expires sooner than the limit", true},
      {"postgres_sslmode_weak", "the server's identity is not fully verified", true},
      {"postgres_tls_extra_round_trip", "the TLS handshake needs an extra round trip (info)"},
      {"postgres_role_unexpected", "the server does not have the configured role"},
      {"postgres_replication_lag", "a standby lags more than the limit"},
      {"postgres_connections_scarce", "more of the server's connections are in use than the limit"},
      {"postgres_transaction_old", "a transaction has been open longer than the limit"},
      {"postgres_right_missing", "some statistics cannot be read without a privilege (info)", true},
  };
}

std::vector<Reason> reasons() {
  using enum Reason;
  return {name_not_found,   name_server_silent,
          refused,          unreachable,
          timed_out,        closed,
          no_tls,           unknown_authority,
          wrong_host,       expired,
          not_yet_valid,    tls_failed,
          login_refused,    no_such_database,
          too_many_clients, starting_up,
          shutting_down,    cancelled,
          query_failed,     garbage,
          too_large,        no_right,
          no_secret,        no_slot,
          own_limit,        stopped,
          internal};
}

}  // namespace

const Kind& postgres_kind() {
  static const Kind kind{
      .name = "postgres",
      .summary =
          "Latency of a PostgreSQL server over TLS, by phase, its certificates and its statistics. "
          "It measures as one more client does, from this host only.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = reasons(),
      .latency = "postgres_query_duration_seconds",
      .expiries = {{.metric = "postgres_certificate_not_after_timestamp_seconds",
                    .noun = "certificate",
                    .label = "position",
                    .finding = "postgres_certificate_expiring"}},
      .discover = {.option = "database"},
      .make = make,
  };
  return kind;
}

}  // namespace holdfast
