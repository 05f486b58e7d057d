// SPDX-License-Identifier: Apache-2.0
// The kind `usage`: what it can be told, what it can say, and how one look is taken.
#include <algorithm>

#include "checks/support/pg/ask.h"
#include "checks/usage/fetch.h"
#include "checks/usage/text.h"

namespace holdfast {
namespace {

class UsageCheck : public Check {
 public:
  explicit UsageCheck(const CheckConfig& config)
      : settings_(usage::settings_of(config)), database_(config.database) {}

  Reading run(Run& run) override {
    auto facts = fetch(run);
    if (facts) return usage::judge(settings_, *facts, run.memory, run.now);
    Reading reading;
    reading.failure = std::move(facts).error();
    return reading;
  }

 private:
  Result<usage::Facts> fetch(Run& run) const {
    auto lease = run.databases.lease(database_, run.deadline);
    if (!lease) return std::move(lease).error();
    return usage::fetch(settings_, **lease, run.deadline, run.trace);
  }

  usage::Settings settings_;
  const Database& database_;  // Of the config, which outlives the check.
};

/// Expected tables with their rates; a rate that is none is a fault of its key.
std::map<std::string, std::optional<usage::Rate>> tables_of(const Options& options,
                                                            std::vector<OptionFault>& faults) {
  std::map<std::string, std::optional<usage::Rate>> out;
  for (const auto& [table, keys] : options.get<std::map<std::string, TextMap>>("tables")) {
    std::optional<usage::Rate>& rate = out[table];
    const auto text = keys.find("min_writes");
    if (text == keys.end()) continue;
    rate = usage::parse_rate(text->second);
    if (!rate)
      faults.push_back({"tables." + table + ".min_writes",
                        "is not a rate such as 1/h, 10/d or 5/m, over 0 and at least one in 31 "
                        "days"});
  }
  return out;
}

void check_role(const Options& options, std::vector<OptionFault>& faults) {
  if (options.get<std::string>("role") != "retired") return;
  for (const auto* name : {"tables", "applications", "active"})
    if (options.has(name))
      faults.push_back({name, "goes with role: active only; a retired database is silent always"});
}

void check_applications(const Options& options, std::vector<OptionFault>& faults) {
  const auto expected = options.get<std::vector<std::string>>("applications");
  const auto allowed = options.get<std::vector<std::string>>("allow_applications");
  for (const auto& [name, list] :
       {std::pair("applications", &expected), std::pair("allow_applications", &allowed)}) {
    if (list->size() > usage::kMaxConfigured)
      faults.push_back({name, "names more than " + std::to_string(usage::kMaxConfigured)});
    if (std::ranges::find(*list, "holdfast") != list->end())
      faults.push_back({name, "names holdfast, whose own sessions are never counted"});
  }
  for (const std::string& one : expected)
    if (std::ranges::find(allowed, one) != allowed.end())
      faults.push_back({"allow_applications", "names one that is expected, too"});
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionFault>& faults) {
  const Options& options = config.options;
  check_role(options, faults);
  check_applications(options, faults);
  if (tables_of(options, faults).size() > usage::kMaxConfigured)
    faults.push_back({"tables", "names more than " + std::to_string(usage::kMaxConfigured)});
  (void)parse_active(options.get<TextMap>("active"), "active", config.timezone, faults);
  if (!faults.empty()) return nullptr;
  return std::make_unique<UsageCheck>(config);
}

std::vector<OptionSpec> options() {
  using usage::Settings;
  return {
      {.name = "database",
       .target = OptionType::database,
       .help = "whose use is looked at",
       .required = true},
      {.name = "role",
       .target = &Settings::role,
       .help = "active: it is expected to be used; retired: it is expected to be silent, and who "
               "breaks that is named",
       .fallback = "active",
       .choices = "active|retired"},
      {.name = "tables",
       .target = OptionType::maps,
       .help = "active: tables (or schema.table) that must be there, and how many rows must be "
               "written to them at least: {whatsapp_keys: {min_writes: 1/h}}; a rate is so many in "
               "a minute, an hour or a day. A partitioned table is the sum of its partitions",
       .choices = "min_writes"},
      {"applications", &Settings::applications,
       "active: applications whose sessions are expected, by application_name; others' are no use"},
      {"allow_applications", &Settings::allowed,
       "applications whose sessions are neither use nor a breach, such as a backup; what is "
       "written while nobody else is there counts as theirs on a retired database"},
      {.name = "active",
       .target = OptionType::map,
       .help = "active: when use is expected, in the config's time zone: {hours: \"08:00-22:00\", "
               "days: mon-sat}; always without it. Time outside does not count in min_writes",
       .choices = kActiveKeys},
      {"gone_after", &Settings::gone_after,
       "so long after his last sign somebody counts as gone: a pool closes idle connections, and "
       "a breach that is over is still told",
       "10m"},
  };
}

std::vector<MetricSpec> metrics() {
  constexpr auto kGauge = MetricType::gauge;
  return {
      {.name = "usage_sessions",
       .help = "Sessions of others in this database, Holdfast's own left out.",
       .labels = {"application", "user", "client"},
       .additive = true},
      {"usage_rows_total",
       MetricType::counter,
       "Rows written since the server's statistics began, those of partitions together.",
       {"table", "operation"}},
      {"usage_last_write_timestamp_seconds",
       kGauge,
       "When a look first saw the last rows written to the table.",
       {"table"}},
      {"usage_seen", kGauge,
       "Whether somebody else has used the database lately, as the role counts it."},
      {"usage_last_seen_timestamp_seconds", kGauge,
       "When a look last saw somebody else use the database."},
      {"usage_baseline_timestamp_seconds", kGauge,
       "Since when rows can be compared: the first look, or the last restart or reset."},
      {"usage_statements_total",
       MetricType::counter,
       "Statements by user as pg_stat_statements counts them, those of Holdfast's role left out.",
       {"user"}},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"usage_nobody", "Nobody uses an active database."},
      {"usage_table_quiet", "Fewer rows than expected were written to a table."},
      {"usage_application_missing", "An expected application has no session, while others use it."},
      {"usage_foreign_session", "Somebody is connected to a retired database.", true},
      {"usage_foreign_write", "Somebody wrote to a retired database.", true},
      {"usage_table_missing", "A configured table is not there.", true},
      {"usage_sessions_hidden", "A right is missing to see whose sessions are open.", true},
      {"usage_not_counted", "The server does not count rows.", true},
  };
}

}  // namespace

usage::Settings usage::settings_of(const CheckConfig& config) {
  std::vector<OptionFault> ignored;  // `make` has reported them.
  auto settings = bind_options<Settings>(usage_kind().options, config);
  settings.database = config.database.name;
  settings.tables = tables_of(config.options, ignored);
  for (auto* names : {&settings.applications, &settings.allowed})
    for (std::string& name : *names) name = fit_to_leave(name, kDigitsInName);
  settings.active =
      parse_active(config.options.get<TextMap>("active"), "active", config.timezone, ignored);
  return settings;
}

const Kind& usage_kind() {
  static const Kind kind{
      .name = "usage",
      .summary =
          "Whether a database is the one in use, and by whom: proof are rows written, which "
          "Holdfast never does, and sessions of others. Reads are no proof, since a table's reads "
          "are not told from Holdfast's own; sessions named holdfast are never counted, whether "
          "this daemon's, a second one's or the command line's, so who takes that name can hide "
          "that he reads, not that he writes. It cannot see who comes, reads and leaves between "
          "two looks.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = session_reasons(),
      .make = make,
  };
  return kind;
}

}  // namespace holdfast
