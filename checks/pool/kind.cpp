// SPDX-License-Identifier: Apache-2.0
// Options, metrics, findings and the run of the kind `pool`.
#include "checks/kind_rows.h"
#include "checks/pool/sources.h"

namespace holdfast {
namespace {

Result<pool::Facts> fetch(const pool::Settings& settings, const HttpUrl& url, Run& run) {
  switch (settings.source) {
    case pool::Source::postgres:
      return pool::fetch_postgres(settings, run);
    case pool::Source::pgbouncer:
      return pool::fetch_pgbouncer(settings.database, run);
    case pool::Source::http:
      break;
  }
  return pool::fetch_http(settings, url, run);
}

Reading run_pool(const pool::Settings& settings, const HttpUrl& url, Run& run) {
  auto facts = fetch(settings, url, run);
  if (facts) return pool::judge(settings, *facts, run.memory, run.now);
  Error error = std::move(facts).error();
  if (error.text.empty()) {
    const bool is_console = settings.source == pool::Source::pgbouncer;
    error.text = (is_console ? "PgBouncer's console " : "the database ") + settings.database.name +
                 " " + std::string(sentence_of(error.reason));
  }
  return pool::judge_failure(std::move(error));
}

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
  return make_check([settings, url](Run& run) { return run_pool(settings, url, run); });
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

/// What is monitored: the source, and for source http the URL without its user info and query,
/// which may hold a secret that could be guessed from a digest.
std::string target_of(const CheckConfig& config) {
  std::string ignored;
  const auto url = parse_http_url(config.options.get<std::string>("url"), ignored);
  return config.options.get<std::string>("source") + " " +
         (url ? "http://" + url->authority + url->target.substr(0, url->target.find('?')) : "");
}

std::vector<MetricSpec> metrics() {
  return {
      gauge("pool_up", "Whether the source returned valid data."),
      gauge("pool_in_use_connections", "Connections in use: active or in a transaction.", {"pool"}),
      gauge("pool_idle_connections", "Open connections that are not in use.", {"pool"}),
      gauge("pool_max_connections",
            "Maximum number of connections: pool size with reserve, limit of the server, database "
            "or role, or budget.",
            {"pool"}),
      gauge("pool_waiting_clients", "Clients waiting for a connection.", {"pool"}),
      gauge("pool_max_wait_seconds",
            "How long the client that has waited longest has been waiting.", {"pool"}),
      counter("pool_wait_seconds_total",
              "Total time clients have waited since PgBouncer started, by database.", {"pool"}),
      gauge("pool_budget_connections", "Connections the application may have open."),
      gauge("pool_connections", "Sessions at the server, without Holdfast's own.",
            {"application", "user", "database", "state"}, true),
      gauge("pool_idle_in_transaction_seconds",
            "Longest time a session has been idle in a transaction."),
      gauge("pool_client_connections", "Clients connected to PgBouncer."),
      gauge("pool_max_client_connections", "Maximum number of clients of PgBouncer."),
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
          "the application's own pool. With source postgres, waiting clients cannot be seen.",
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
      .target_of = target_of,
  };
  return kind;
}

}  // namespace holdfast
