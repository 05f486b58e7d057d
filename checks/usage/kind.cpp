// SPDX-License-Identifier: Apache-2.0
// Options, metrics, findings and the run of the kind `usage`.
#include <algorithm>

#include "checks/kind_rows.h"
#include "checks/support/pg/session.h"
#include "checks/usage/judge.h"
#include "checks/usage/text.h"

namespace holdfast {
namespace {

Reading run_usage(const usage::Settings& settings, const Database& database, Run& run) {
  const auto lease = run.databases.lease(database, run.deadline);
  if (!lease) return {.failure = lease.error()};
  const auto facts = usage::fetch(settings, **lease, run.deadline, run.trace);
  if (!facts) return {.failure = facts.error()};
  return usage::judge(settings, *facts, run.memory, run.now);
}

/// Expected tables with their rates; an invalid rate is an error of its key.
std::map<std::string, std::optional<usage::Rate>> tables_of(const Options& options,
                                                            std::vector<OptionError>& errors) {
  std::map<std::string, std::optional<usage::Rate>> out;
  for (const auto& [table, keys] : options.get<std::map<std::string, TextMap>>("tables")) {
    std::optional<usage::Rate>& rate = out[table];
    const auto text = keys.find("min_writes");
    if (text == keys.end()) continue;
    rate = usage::parse_rate(text->second);
    if (!rate)
      errors.push_back({"tables." + table + ".min_writes",
                        "is not a rate such as 1/h, 10/d or 5/m, over 0 and at least one in 31 "
                        "days"});
  }
  return out;
}

void check_role(const Options& options, std::vector<OptionError>& errors) {
  if (options.get<std::string>("role") != "retired") return;
  for (const auto* name : {"tables", "applications", "active"})
    if (options.has(name))
      errors.push_back(
          {name, "is only valid with role: active; a retired database must always be unused"});
}

void check_applications(const Options& options, std::vector<OptionError>& errors) {
  const auto expected = options.get<std::vector<std::string>>("applications");
  const auto allowed = options.get<std::vector<std::string>>("allow_applications");
  for (const auto& [name, list] :
       {std::pair("applications", &expected), std::pair("allow_applications", &allowed)}) {
    if (list->size() > usage::kMaxConfigured)
      errors.push_back({name, "has more entries than " + std::to_string(usage::kMaxConfigured)});
    if (std::ranges::find(*list, "holdfast") != list->end())
      errors.push_back({name, "contains holdfast, whose own sessions are never counted"});
  }
  for (const std::string& one : expected)
    if (std::ranges::find(allowed, one) != allowed.end())
      errors.push_back(
          {"allow_applications", "contains an application that is also in applications"});
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  const Options& options = config.options;
  check_role(options, errors);
  check_applications(options, errors);
  if (tables_of(options, errors).size() > usage::kMaxConfigured)
    errors.push_back({"tables", "has more entries than " + std::to_string(usage::kMaxConfigured)});
  (void)parse_active(options.get<TextMap>("active"), "active", config.timezone, errors);
  if (!errors.empty()) return nullptr;
  return make_check([settings = usage::settings_of(config), &database = config.database](Run& run) {
    return run_usage(settings, database, run);
  });
}

// A retired database must be silent, and an active one is used in its active hours only.
bool must_show_use(const CheckConfig& config, WallTime from, WallTime until) {
  const usage::Settings settings = usage::settings_of(config);
  return settings.role == usage::Role::active && settings.active.between(from, until).count() > 0;
}

std::vector<OptionSpec> options() {
  using usage::Settings;
  return {
      required_database(OptionType::database, "the database whose use is monitored"),
      choice(
          "role", &Settings::role, "active|retired",
          "active: it must be in use; retired: it must not be used, and its clients are reported",
          "active"),
      {.name = "tables",
       .target = OptionType::maps,
       .help =
           "active: tables (or schema.table) that must exist, and the minimum rate at which rows "
           "must be written to them: {whatsapp_keys: {min_writes: 1/h}}; a rate is per minute, "
           "hour or day. A partitioned table is the sum of its partitions",
       .choices = "min_writes"},
      {"applications", &Settings::applications,
       "active: application_name of the sessions that count as use; without it, all do"},
      {"allow_applications", &Settings::allowed,
       "applications whose sessions are ignored, such as a backup; on a retired database, rows "
       "written while nobody else is connected are attributed to them"},
      {.name = "active",
       .target = OptionType::map,
       .help =
           "active: when use is expected, in the configured time zone: {hours: \"08:00-22:00\", "
           "days: mon-sat}; default: always. Time outside does not count for min_writes",
       .choices = kActiveKeys},
      {"gone_after", &Settings::gone_after,
       "how long after its last activity a client is considered gone: a pool closes idle "
       "connections, and use of a retired database stays reported this long",
       "10m"},
  };
}

std::vector<MetricSpec> metrics() {
  return {
      gauge("usage_sessions", "Sessions in this database, without Holdfast's own.",
            {"application", "user", "client"}, true),
      counter("usage_rows_total",
              "Rows written since the server's statistics were reset, summed over partitions.",
              {"table", "operation"}),
      gauge("usage_last_write_timestamp_seconds",
            "When a run first saw the latest rows written to the table.", {"table"}),
      gauge("usage_seen",
            "Whether another client has used the database recently, by the rules of the role."),
      gauge("usage_last_seen_timestamp_seconds",
            "When a run last saw another client use the database."),
      gauge("usage_baseline_timestamp_seconds",
            "Since when rows can be compared: the first run, or the last restart or reset."),
      counter("usage_statements_total",
              "Statements by user from pg_stat_statements, without those of Holdfast's role.",
              {"user"}),
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"usage_nobody", "An active database is not used."},
      {"usage_table_quiet", "Fewer rows than expected were written to a table."},
      {"usage_application_missing", "An expected application has no session, while others have."},
      {"usage_foreign_session", "A client is connected to a retired database.", true},
      {"usage_foreign_write", "Rows were written to a retired database.", true},
      {"usage_table_missing", "A configured table does not exist.", true},
      {"usage_sessions_hidden", "A privilege is missing to see whose sessions are open.", true},
      {"usage_not_counted", "The server does not count rows (track_counts is off).", true},
  };
}

}  // namespace

usage::Settings usage::settings_of(const CheckConfig& config) {
  std::vector<OptionError> ignored;  // Reported by `make`.
  auto settings = bind_options<Settings>(usage_kind().options, config);
  settings.database = config.database.name;
  settings.tables = tables_of(config.options, ignored);
  for (auto* names : {&settings.applications, &settings.allowed})
    for (std::string& name : *names) name = safe_name(name, kDigitsInName);
  settings.active =
      parse_active(config.options.get<TextMap>("active"), "active", config.timezone, ignored);
  return settings;
}

const Kind& usage_kind() {
  static const Kind kind{
      .name = "usage",
      .summary =
          "Whether a database is in use, and by whom, as shown by rows written, which Holdfast "
          "never does, and by sessions of other clients. Reads are no evidence, since a table's "
          "counters "
          "do not distinguish them from Holdfast's own. Sessions named holdfast are never counted, "
          "so a client using that application_name can hide reads but not writes. It cannot see a "
          "client that only reads and disconnects between two runs.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = session_reasons(),
      .must_show_use = must_show_use,
      .make = make,
  };
  return kind;
}

}  // namespace holdfast
