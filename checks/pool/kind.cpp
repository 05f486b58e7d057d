// SPDX-License-Identifier: Apache-2.0
// The kind `pool`: what it can be told, what it can say, and how one look is taken.
#include "checks/pool/sources.h"

namespace holdfast {
namespace {

class PoolCheck : public Check {
 public:
  PoolCheck(const CheckConfig& config, HttpUrl url)
      : settings_(pool::settings_of(config)),
        config_(config),
        url_(std::move(url)),
        pointers_(pool::pointers_of(config.options)) {
    if (config.options.has("bearer_file"))
      bearer_ = Secret::from_file(config.options.text("bearer_file"));
  }

  Reading run(Run& run) override {
    auto facts = fetch(run);
    if (facts) return pool::judge(settings_, *facts, run.memory, run.now);
    Error error = std::move(facts).error();
    if (error.text.empty()) {
      const bool is_console = settings_.source == pool::Source::pgbouncer;
      error.text = (is_console ? "PgBouncer's console " : "the database ") + config_.database.name +
                   " " + std::string(sentence_of(error.reason));
    }
    return pool::judge_failure(std::move(error));
  }

 private:
  Result<pool::Facts> fetch(Run& run) const {
    switch (settings_.source) {
      case pool::Source::postgres:
        return pool::fetch_postgres(settings_, config_.database, run);
      case pool::Source::pgbouncer:
        return pool::fetch_pgbouncer(config_.database, run);
      case pool::Source::http:
        break;
    }
    return pool::fetch_http(settings_, url_, pointers_, bearer_, run);
  }

  pool::Settings settings_;
  const CheckConfig& config_;  // Outlives the check.
  HttpUrl url_;
  pool::Pointers pointers_;
  Secret bearer_;
};

void check_pointers(const Options& options, std::vector<OptionFault>& faults) {
  const pool::Pointers at = pool::pointers_of(options);
  for (const auto& [name, pointer] : {std::pair("total", at.total), std::pair("idle", at.idle),
                                      std::pair("waiting", at.waiting), std::pair("max", at.max)}) {
    const bool may_be_empty = name != std::string_view("total") && name != std::string_view("idle");
    if (pointer.starts_with("/") || (pointer.empty() && may_be_empty)) continue;
    faults.push_back(
        {std::string("pointers.") + name, "needs a JSON pointer, such as /pool/total"});
  }
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionFault>& faults) {
  const Options& options = config.options;
  const bool is_http = options.text("source") == "http";
  HttpUrl url;
  if (is_http) {
    std::string fault;
    if (!options.has("url")) {
      faults.push_back({"source", "needs a url when the source is http"});
    } else if (auto parsed = parse_http_url(options.text("url"), fault)) {
      url = std::move(*parsed);
    } else {
      faults.push_back({"url", fault});
    }
    check_pointers(options, faults);
  } else {
    if (config.database.name.empty())
      faults.push_back({"", "needs a database when the source is not http"});
    for (const auto* name : {"url", "pointers", "bearer_file"})
      if (options.has(name)) faults.push_back({name, "goes with source: http only"});
  }
  if (options.text("source") != "postgres" && options.has("budget"))
    faults.push_back({"budget", "goes with source: postgres only"});
  for (const auto* name : {"waiting", "wait", "idle_in_transaction"})
    if (options.limit(name).lasting.count() > 0)
      faults.push_back({name, "does not take `for`; use `confirm`"});
  if (!faults.empty()) return nullptr;
  return std::make_unique<PoolCheck>(config, std::move(url));
}

std::vector<OptionSpec> options() {
  return {
      {.name = "source",
       .type = OptionType::choice,
       .help = "where the pool is seen from: the server's sessions, PgBouncer's console, or a JSON "
               "document of the application",
       .fallback = "postgres",
       .choices = "postgres|pgbouncer|http"},
      {"database", OptionType::database,
       "the database, or PgBouncer's console (dbname: pgbouncer)"},
      {"budget", OptionType::count,
       "connections the application may have open in this database, all its pools together"},
      {.name = "waiting",
       .type = OptionType::limit,
       .help = "clients that wait for a connection in one pool",
       .fallback = "{warning: 0, critical: 5}",
       .unit = Unit::count,
       .limits = "pool_waiting_clients"},
      {.name = "wait",
       .type = OptionType::limit,
       .help = "how long the longest of them has waited",
       .unit = Unit::seconds,
       .limits = "pool_max_wait_seconds"},
      {"full_for", OptionType::duration,
       "how long a pool may be full before that is said, where waiting cannot be seen", "5m"},
      {.name = "idle_in_transaction",
       .type = OptionType::limit,
       .help = "how long a session may stand idle in a transaction",
       .fallback = "{warning: 1m, critical: 10m}",
       .unit = Unit::seconds,
       .limits = "pool_idle_in_transaction_seconds"},
      {"url", OptionType::text, "source http: http://host:port/path of the JSON document"},
      {.name = "pointers",
       .type = OptionType::map,
       .help = "source http: where the counts stand in the document, as JSON pointers; those not "
               "given stand at /pool/total, /pool/idle, /pool/waiting, /pool/max; \"\" where there "
               "is none",
       .choices = "total|idle|waiting|max"},
      {"bearer_file", OptionType::text, "source http: file with the token to send"},
  };
}

std::vector<MetricSpec> metrics() {
  constexpr auto kGauge = MetricType::gauge;
  return {
      {"pool_up", kGauge, "Whether the source answered with something readable."},
      {"pool_in_use_connections",
       kGauge,
       "Connections at work: active or in a transaction.",
       {"pool"}},
      {"pool_idle_connections", kGauge, "Open connections nobody uses.", {"pool"}},
      {"pool_max_connections",
       kGauge,
       "How many there may be: pool size with reserve, server, database or role limit, or budget.",
       {"pool"}},
      {"pool_waiting_clients", kGauge, "Clients that wait for a connection.", {"pool"}},
      {"pool_max_wait_seconds",
       kGauge,
       "How long the client that waits longest has waited.",
       {"pool"}},
      {"pool_wait_seconds_total",
       MetricType::counter,
       "Time all clients have waited, by database, since PgBouncer's start.",
       {"pool"}},
      {"pool_budget_connections", kGauge, "Connections the application may have open."},
      {.name = "pool_connections",
       .help = "Sessions at the server, Holdfast's own left out.",
       .labels = {"application", "user", "database", "state"},
       .additive = true},
      {"pool_idle_in_transaction_seconds", kGauge,
       "How long a session has stood idle in a transaction, the longest."},
      {"pool_client_connections", kGauge, "Clients connected to PgBouncer."},
      {"pool_max_client_connections", kGauge, "Clients PgBouncer takes."},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"pool_clients_waiting", "Clients wait for a connection."},
      {"pool_long_wait", "A client has waited longer than its limit."},
      {"pool_full", "A pool has been full for long, where waiting cannot be seen."},
      {"pool_over_budget", "The application has more connections open than its budget."},
      {"pool_idle_in_transaction", "A session stands idle in a transaction."},
      {"pool_paused", "A database is paused in PgBouncer.", true},
      {"pool_disabled", "A database is disabled in PgBouncer.", true},
      {"pool_clients_full", "PgBouncer takes no more clients."},
      {"pool_states_hidden", "A right is missing to see what sessions do.", true},
  };
}

}  // namespace

pool::Settings pool::settings_of(const CheckConfig& config) {
  const Options& options = config.options;
  Settings settings;
  const std::string source = options.text("source");
  settings.source = source == "http"        ? Source::http
                    : source == "pgbouncer" ? Source::pgbouncer
                                            : Source::postgres;
  settings.check = config.name;
  if (options.has("budget")) settings.budget = options.number("budget");
  settings.waiting = options.limit("waiting");
  settings.wait = options.limit("wait");
  settings.idle_in_transaction = options.limit("idle_in_transaction");
  settings.full_for = options.duration("full_for");
  return settings;
}

pool::Pointers pool::pointers_of(const Options& options) {
  Pointers pointers{"/pool/total", "/pool/idle", "/pool/waiting", "/pool/max"};
  const auto given = options.map("pointers");
  for (const auto& [name, place] :
       {std::pair("total", &pointers.total), std::pair("idle", &pointers.idle),
        std::pair("waiting", &pointers.waiting), std::pair("max", &pointers.max)})
    if (const auto found = given.find(name); found != given.end()) *place = found->second;
  return pointers;
}

Result<double> pool::count_of(const PgRows& rows, std::size_t row, std::string_view column,
                              std::string_view where) {
  const auto value = rows.number(row, column);
  if (value && *value >= 0) return *value;
  return Error{Reason::garbage, "query",
               std::string(where) + (value ? " has a negative count in " : " has no number in ") +
                   std::string(column),
               ""};
}

const Kind& pool_kind() {
  static const Kind kind{
      .name = "pool",
      .summary =
          "Whether there is a connection for who needs one, at the server, at PgBouncer or "
          "in the application's own pool. From the server it cannot see who waits.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = session_reasons({Reason::http_status, Reason::half_reply}),
      .make = make,
  };
  return kind;
}

}  // namespace holdfast
