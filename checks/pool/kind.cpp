// SPDX-License-Identifier: Apache-2.0
// Options, metrics, findings and the run of the kind `pool`.
#include "checks/option_rows.h"
#include "checks/pool/sources.h"

namespace holdfast {
namespace {

class PoolCheck : public Check {
 public:
  PoolCheck(pool::Settings settings, HttpUrl url)
      : settings_(std::move(settings)), url_(std::move(url)) {}

  Reading run(Run& run) override {
    auto facts = fetch(run);
    if (facts) return pool::judge(settings_, *facts, run.memory, run.now);
    Error error = std::move(facts).error();
    if (error.text.empty()) {
      const bool is_console = settings_.source == pool::Source::pgbouncer;
      error.text = (is_console ? "PgBouncer's console " : "the database ") +
                   settings_.database.name + " " + std::string(sentence_of(error.reason));
    }
    return pool::judge_failure(std::move(error));
  }

 private:
  Result<pool::Facts> fetch(Run& run) const {
    switch (settings_.source) {
      case pool::Source::postgres:
        return pool::fetch_postgres(settings_, run);
      case pool::Source::pgbouncer:
        return pool::fetch_pgbouncer(settings_.database, run);
      case pool::Source::http:
        break;
    }
    return pool::fetch_http(settings_, url_, run);
  }

  pool::Settings settings_;
  HttpUrl url_;
};

void check_pointers(const TextMap& pointers, std::vector<OptionError>& errors) {
  for (const auto& [name, pointer] : pointers) {
    const bool may_be_empty = name == "waiting" || name == "max";
    if (pointer.starts_with("/") || (pointer.empty() && may_be_empty)) continue;
    errors.push_back({"pointers." + name, "needs a JSON pointer, such as /pool/total"});
  }
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  const Options& options = config.options;
  pool::Settings settings = pool::settings_of(config);
  HttpUrl url;
  if (settings.source == pool::Source::http) {
    std::string error;
    if (settings.url.empty()) {
      errors.push_back({"source", "needs a url when the source is http"});
    } else if (auto parsed = parse_http_url(settings.url, error)) {
      url = std::move(*parsed);
    } else {
      errors.push_back({"url", error});
    }
    check_pointers(settings.pointers, errors);
  } else {
    if (settings.database.name.empty())
      errors.push_back({"", "needs a database when the source is not http"});
    for (const auto* name : {"url", "pointers", "bearer_file"})
      if (options.has(name)) errors.push_back({name, "is only valid with source: http"});
  }
  if (settings.source != pool::Source::postgres && settings.budget)
    errors.push_back({"budget", "is only valid with source: postgres"});
  if (!errors.empty()) return nullptr;
  return std::make_unique<PoolCheck>(std::move(settings), std::move(url));
}

std::vector<OptionSpec> options() {
  using pool::Settings;
  return {
      choice("source", &Settings::source, "postgres|pgbouncer|http",
             "where the pool is observed: the server's sessions, PgBouncer's console, or a JSON "
             "document of the application",
             "postgres"),
      {"database", &Settings::database, "the database, or PgBouncer's console (dbname: pgbouncer)"},
      {"budget", &Settings::budget,
       "connections the application may have open in this database, all its pools together"},
      upper_limit("waiting", &Settings::waiting, Unit::count,
                  "clients waiting for a connection in one pool", "{warning: 0, critical: 5}",
                  "pool_waiting_clients"),
      upper_limit("wait", &Settings::wait, Unit::seconds,
                  "longest time one of them has been waiting", "", "pool_max_wait_seconds"),
      {"full_for", &Settings::full_for,
       "how long a pool may be full before it is reported, where waiting clients are not visible",
       "5m"},
      upper_limit("idle_in_transaction", &Settings::idle_in_transaction, Unit::seconds,
                  "how long a session may be idle in a transaction", "{warning: 1m, critical: 10m}",
                  "pool_idle_in_transaction_seconds"),
      {"url", &Settings::url, "source http: http://host:port/path of the JSON document"},
      {.name = "pointers",
       .target = &Settings::pointers,
       .help = "source http: JSON pointers to the counts in the document; default /pool/total, "
               "/pool/idle, /pool/waiting and /pool/max; \"\" for a count it does not have",
       .choices = "total|idle|waiting|max"},
      {"bearer_file", &Settings::bearer_file, "source http: file with the bearer token to send"},
  };
}

std::vector<MetricSpec> metrics() {
  constexpr auto kGauge = MetricType::gauge;
  return {
      {"pool_up", kGauge, "Whether the source returned valid data."},
      {"pool_in_use_connections",
       kGauge,
       "Connections in use: active or in a transaction.",
       {"pool"}},
      {"pool_idle_connections", kGauge, "Open connections that are not in use.", {"pool"}},
      {"pool_max_connections",
       kGauge,
       "Maximum number of connections: pool size with reserve, limit of the server, database or "
       "role, or budget.",
       {"pool"}},
      {"pool_waiting_clients", kGauge, "Clients waiting for a connection.", {"pool"}},
      {"pool_max_wait_seconds",
       kGauge,
       "How long the client that has waited longest has been waiting.",
       {"pool"}},
      {"pool_wait_seconds_total",
       MetricType::counter,
       "Total time clients have waited since PgBouncer started, by database.",
       {"pool"}},
      {"pool_budget_connections", kGauge, "Connections the application may have open."},
      {.name = "pool_connections",
       .help = "Sessions at the server, without Holdfast's own.",
       .labels = {"application", "user", "database", "state"},
       .additive = true},
      {"pool_idle_in_transaction_seconds", kGauge,
       "Longest time a session has been idle in a transaction."},
      {"pool_client_connections", kGauge, "Clients connected to PgBouncer."},
      {"pool_max_client_connections", kGauge, "Maximum number of clients of PgBouncer."},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"pool_clients_waiting", "Clients are waiting for a connection."},
      {"pool_long_wait", "A client has waited longer than the limit."},
      {"pool_full", "A pool has been full for too long, where waiting clients are not visible."},
      {"pool_over_budget", "The application has more connections open than its budget."},
      {"pool_idle_in_transaction",
       "A session has been idle in a transaction longer than the limit."},
      {"pool_paused", "A database is paused in PgBouncer.", true},
      {"pool_disabled", "A database is disabled in PgBouncer.", true},
      {"pool_clients_full", "PgBouncer has reached its maximum number of clients."},
      {"pool_states_hidden", "A privilege is missing to see the state of sessions.", true},
  };
}

}  // namespace

pool::Settings pool::settings_of(const CheckConfig& config) {
  auto settings = bind_options<Settings>(pool_kind().options, config);
  settings.check = config.name;
  return settings;
}

const Kind& pool_kind() {
  static const Kind kind{
      .name = "pool",
      .summary =
          "Whether clients get a connection when they need one: at the server, at PgBouncer or in "
          "the application's own pool. At the server it cannot see waiting clients.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = session_reasons({Reason::http_status, Reason::half_reply}),
      .report_numbers = {{.metric = "pool_in_use_connections",
                          .title = "Connections in use",
                          .label = "pool",
                          .max_metric = "pool_max_connections"}},
      .discover = {.option = "database"},
      .make = make,
      .target_of =
          [](const CheckConfig& config) {
            return config.options.get<std::string>("source") + " " +
                   config.options.get<std::string>("url");
          },
  };
  return kind;
}

}  // namespace holdfast
