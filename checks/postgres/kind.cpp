// SPDX-License-Identifier: Apache-2.0
// Options, metrics and findings of the kind `postgres`.
#include "checks/kind_rows.h"
#include "checks/postgres/postgres.h"

namespace holdfast {
namespace {

// Fine from loopback to an intercontinental round trip, then coarse up to the usual timeout.
const std::vector<double> kBuckets{0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02,
                                   0.03,  0.05,   0.075, 0.1,    0.15, 0.2,   0.3,
                                   0.5,   1,      2.5,   5,      10};

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  if (config.database.host.empty()) errors.push_back({"database", "has no host"});
  if (!errors.empty()) return nullptr;
  const auto settings = bind_options<PostgresSettings>(postgres_kind().options, config);
  return make_check([settings](Run& run) {
    return judge_postgres(settings, fetch_postgres(settings, run), run.memory, run.now);
  });
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
                  "age of the oldest open transaction, which prevents vacuum from removing dead "
                  "rows",
                  "{warning: 1h}"),
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
  return {
      gauge("postgres_up", "Whether a new connection and a query both succeeded."),
      histogram("postgres_query_duration_seconds",
                "Duration of SELECT 1 on the persistent connection, one round trip.", {}, kBuckets),
      histogram("postgres_connect_duration_seconds",
                "Duration of opening a new connection, from name lookup to authentication.", {},
                kBuckets),
      histogram("postgres_connect_phase_duration_seconds",
                "Duration of each completed phase of a new connection.", {"phase"}, kBuckets),
      counter("postgres_failures_total", "Failed connections and queries by phase and reason.",
              {"phase", "reason"}),
      gauge("postgres_tls_info", "TLS version and cipher of the last connection.",
            {"version", "cipher"}),
      gauge("postgres_certificate_not_after_timestamp_seconds",
            "When a certificate of the server's chain expires.", {"position"}),
      gauge("postgres_certificate_not_before_timestamp_seconds",
            "When a certificate of the server's chain became valid.", {"position"}),
      gauge("postgres_version_info", "Version of the server.", {"version"}),
      gauge("postgres_in_recovery", "Whether the server is a standby."),
      gauge("postgres_replication_lag_seconds",
            "Replication lag of this standby, or of the slowest standby of this primary."),
      gauge("postgres_database_size_bytes", "Size of the database on disk."),
      gauge("postgres_backends", "Client sessions of the server by state.", {"state"}, true),
      gauge("postgres_connections", "Connections to the server, all databases together."),
      gauge("postgres_max_connections", "Maximum number of connections, including reserved ones."),
      gauge("postgres_oldest_transaction_start_timestamp_seconds",
            "When the oldest open transaction began."),
      gauge("postgres_waiting_locks", "Lock requests that are waiting."),
      counter("postgres_deadlocks_total",
              "Deadlocks in this database since the statistics were reset."),
      counter("postgres_commits_total", "Transactions committed in this database."),
      counter("postgres_rollbacks_total", "Transactions rolled back in this database."),
      counter("postgres_cache_hits_total", "Blocks found in the server's cache."),
      counter("postgres_cache_reads_total", "Blocks read from outside the server's cache."),
      gauge("postgres_stats_reset_timestamp_seconds",
            "When the statistics of this database were reset."),
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"postgres_query_slow", "A query on the persistent connection takes longer than the limit."},
      {"postgres_connect_slow", "Opening a new connection takes longer than the limit."},
      {"postgres_certificate_expiring", "A certificate expires sooner than the limit.", true},
      {"postgres_sslmode_weak", "The server's identity is not fully verified.", true},
      {"postgres_tls_extra_round_trip", "The TLS handshake needs an extra round trip (info)."},
      {"postgres_role_unexpected", "The server does not have the configured role."},
      {"postgres_replication_lag", "A standby lags more than the limit."},
      {"postgres_connections_scarce",
       "More of the server's connections are in use than the limit."},
      {"postgres_transaction_old", "A transaction has been open longer than the limit."},
      {"postgres_right_missing", "Some statistics cannot be read without a privilege (info).",
       true},
  };
}

std::vector<Reason> reasons() {
  auto reasons = session_reasons();
  std::erase(reasons, Reason::missing);  // Missing statistics are a finding.
  return reasons;
}

}  // namespace

const Kind& postgres_kind() {
  static const Kind kind{
      .name = "postgres",
      .summary =
          "Latency of a PostgreSQL server over TLS, by phase, its certificates and its statistics. "
          "It measures like an ordinary client, from this host only.",
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
