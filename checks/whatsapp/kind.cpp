// SPDX-License-Identifier: Apache-2.0
// Options, metrics, findings and the run of the kind `whatsapp`.
#include <algorithm>

#include "checks/kind_rows.h"
#include "checks/support/pg/session.h"
#include "checks/whatsapp/fetch.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxConfigured = 100;  // Sessions; each costs an index lookup per run.

Reading run_whatsapp(const whatsapp::Settings& settings, const Database& database, Run& run) {
  auto lease = run.databases.lease(database, run.deadline);
  if (!lease) return {.failure = std::move(lease).error()};
  auto facts = whatsapp::fetch(settings, **lease, whatsapp::needs_full_scan(run.memory, run.now),
                               run.deadline, run.trace);
  if (!facts) return {.failure = std::move(facts).error()};
  return whatsapp::judge(settings, *facts, run.memory, run.now);
}

void check_tables(const Options& options, std::vector<OptionError>& errors) {
  const std::string layout = options.get<std::string>("layout");
  const auto columns = options.get<TextMap>("columns");
  const auto refuse = [&](std::initializer_list<const char*> names, const char* why) {
    for (const char* name : names)
      if (options.has(name)) errors.push_back({name, why});
  };
  if (layout == "ai-admin")
    refuse({"table", "columns", "auth_table", "auth_columns"},
           "is not valid with layout: ai-admin; use layout: columns");
  if (layout == "prefixed") {
    refuse({"auth_table", "auth_columns"},
           "is not valid with layout: prefixed, which has one table");
    if (columns.contains("type"))
      errors.push_back({"columns.type", "is part of the id in layout: prefixed"});
  }
  if (layout == "columns") {
    if (options.get<std::string>("table").empty())
      errors.push_back({"layout", "columns needs a table"});
    if (!columns.contains("type")) errors.push_back({"layout", "columns needs columns.type"});
  }
  for (const char* option : {"columns", "auth_columns"})
    for (const auto& [name, column] : options.get<TextMap>(option))
      if (column.empty()) errors.push_back({std::string(option) + "." + name, "is empty"});
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  const Options& options = config.options;
  check_tables(options, errors);
  const auto sessions = options.get<std::vector<std::string>>("sessions");
  if (sessions.size() > kMaxConfigured)
    errors.push_back({"sessions", "has more entries than " + std::to_string(kMaxConfigured)});
  for (auto name = sessions.begin(); name != sessions.end(); ++name)
    if (name->empty() || std::find(sessions.begin(), name, *name) != name)
      errors.push_back({"sessions", "contains a duplicate or an empty name"});
  if (!errors.empty()) return nullptr;
  return make_check([settings = whatsapp::settings_of(config), &database = config.database](
                        Run& run) { return run_whatsapp(settings, database, run); });
}

std::vector<OptionSpec> table_options() {
  using whatsapp::Settings;
  return {
      choice("layout", OptionType::choice, "ai-admin|prefixed|columns",
             "ai-admin: whatsapp_auth and whatsapp_keys; prefixed: one table, the type is the "
             "prefix of the id (such as Prisma's); columns: table and columns as named here",
             "ai-admin"),
      {"table", OptionType::text,
       "the table of keys, or schema.table; default \"Session\" for prefixed"},
      {.name = "columns",
       .target = OptionType::map,
       .help = "columns of the table of keys; without session there is only one session",
       .choices = "session|type|id|updated_at|expires_at"},
      {"auth_table", OptionType::text,
       "the table of credentials; without it they are rows of type creds in `table`"},
      {.name = "auth_columns",
       .target = OptionType::map,
       .help = "columns of the table of credentials",
       .choices = "session|updated_at"},
      {"credentials_view", OptionType::text,
       "the view that exposes the non-secret part of the credentials (deploy/sql); default "
       "holdfast_whatsapp_credentials for ai-admin; \"\" for none"},
      {"sessions", &Settings::sessions,
       "sessions that must exist; without it, the first 20 that have an auth record are "
       "checked"},
      choice("session_names", &Settings::session_names, "plain|digest",
             "how sessions are shown; a name with 8 digits in a row is always shown as a digest",
             "plain"),
      {"known_types", &Settings::known_types, "expected key types besides those of Baileys"},
  };
}

std::vector<OptionSpec> options() {
  using whatsapp::Settings;
  std::vector<OptionSpec> all{
      required_database(OptionType::database, "the database that stores the sessions"),
      {"auth_records", &Settings::auth_records, "the exact number of auth records that must exist"},
      upper_limit("expired", &Settings::expired, Unit::count, "expired keys still in the table",
                  "{warning: 100, critical: 500}", "whatsapp_expired_keys"),
      upper_limit("drop", &Settings::drop, Unit::ratio,
                  "share of a session's keys lost before they expired, relative to the 24-hour "
                  "high-water mark; pre-keys do not count, since they are consumed by design",
                  "{warning: 5%, critical: 20%}"),
      upper_limit("expiring", &Settings::expiring, Unit::ratio,
                  "share of a session's live keys that expire within 24 hours", "{warning: 50%}"),
      upper_limit("last_write", &Settings::last_write, Unit::seconds,
                  "time since the last write of a session"),
      upper_limit("largest_key", &Settings::largest_key, Unit::bytes,
                  "stored size of a session's largest key", "{warning: 256KiB}",
                  "whatsapp_largest_key_bytes"),
  };
  for (OptionSpec& option : table_options()) all.push_back(option);
  return all;
}

std::vector<MetricSpec> metrics() {
  constexpr auto kGauge = MetricType::gauge;
  return {
      {"whatsapp_auth_records", kGauge, "Auth records: sessions with credentials."},
      {"whatsapp_sessions", kGauge, "Sessions seen."},
      {.name = "whatsapp_keys",
       .help = "Live keys: those that have not expired.",
       .labels = {"session", "key_type"},
       .additive = true},
      {.name = "whatsapp_baseline_keys",
       .help = "Live keys expected if none were lost: the 24-hour high-water mark.",
       .labels = {"session", "key_type"},
       .additive = true},
      {.name = "whatsapp_expired_keys",
       .help = "Expired keys still in the table.",
       .labels = {"session"},
       .additive = true},
      {.name = "whatsapp_expiring_keys",
       .help = "Live keys that expire within 24 hours.",
       .labels = {"session"},
       .additive = true},
      {"whatsapp_last_write_timestamp_seconds",
       kGauge,
       "Last write of the session, by the server's clock.",
       {"session"}},
      {"whatsapp_largest_key_bytes", kGauge, "Stored size of the largest key.", {"session"}},
  };
}

std::vector<FindingSpec> findings() {
  return {
      {"whatsapp_auth_records", "There are more or fewer auth records than expected.", true},
      {"whatsapp_credentials_missing", "A session has keys but no credentials.", true},
      {"whatsapp_keys_missing", "A session has credentials but no keys.", true},
      {"whatsapp_session_missing", "A configured session has neither credentials nor keys.", true},
      {"whatsapp_no_pre_keys", "A session has no pre-key left.", true},
      {"whatsapp_keys_lost", "Keys were lost before they expired.", true},
      {"whatsapp_keys_expired", "Expired keys accumulate."},
      {"whatsapp_keys_expiring", "Many keys expire within a day."},
      {"whatsapp_no_writes", "Nothing was written for a session for longer than the limit."},
      {"whatsapp_large_key", "A session's largest key is larger than the limit."},
      {"whatsapp_unknown_type", "Keys have a type that Baileys does not use.", true},
      {"whatsapp_not_paired", "Credentials are not paired with an account.", true},
      {"whatsapp_identity_changed", "A session's identity key has changed.", true},
      {"whatsapp_pre_key_id_fell", "The pre-key counter decreased.", true},
      {"whatsapp_pre_keys_beyond", "Pre-keys are newer than the credentials.", true},
      {"whatsapp_last_pre_key_missing", "The newest pre-key is missing."},
      {"whatsapp_app_state_key_missing", "The app-state key named by the credentials is missing."},
      {"whatsapp_view", "The view for the credentials cannot be used.", true},
  };
}

whatsapp::Tables tables_of(const Options& options) {
  using whatsapp::Layout;
  const auto text = [&](const char* name, const char* fallback = "") {
    return options.has(name) ? options.get<std::string>(name) : fallback;
  };
  const std::string layout = text("layout", "ai-admin");
  if (layout == "ai-admin") {
    const TextMap auth{{"session", "company_id"}, {"updated_at", "updated_at"}};
    TextMap keys = auth;
    keys.merge(TextMap{{"type", "key_type"}, {"id", "key_id"}, {"expires_at", "expires_at"}});
    return {Layout::ai_admin,
            "whatsapp_keys",
            keys,
            "whatsapp_auth",
            auth,
            text("credentials_view", "holdfast_whatsapp_credentials")};
  }
  TextMap keys = options.get<TextMap>("columns");
  const bool is_prefixed = layout == "prefixed";
  if (is_prefixed) keys.merge(TextMap{{"session", "sessionId"}, {"id", "id"}});
  TextMap auth = options.get<TextMap>("auth_columns");
  auth.try_emplace("session", keys["session"]);
  return {is_prefixed ? Layout::prefixed : Layout::columns,
          text("table", "Session"),
          keys,
          text("auth_table"),
          auth,
          text("credentials_view")};
}

}  // namespace

whatsapp::Settings whatsapp::settings_of(const CheckConfig& config) {
  auto settings = bind_options<Settings>(whatsapp_kind().options, config);
  settings.database = config.database.name;
  settings.tables = tables_of(config.options);
  return settings;
}

const Kind& whatsapp_kind() {
  static const Kind kind{
      .name = "whatsapp",
      .summary =
          "Whether the WhatsApp sessions stored in a database are complete: credentials, keys by "
          "type, expired and lost keys. It reads counts, times and digests, never a key; it cannot "
          "see whether a session is connected.",
      .options = options(),
      .metrics = metrics(),
      .findings = findings(),
      .reasons = session_reasons(),
      .report_numbers = {{.metric = "whatsapp_keys",
                          .title = "Session keys present",
                          .label = "key_type"}},
      .expiries = {{.metric = "whatsapp_expiring_keys",
                    .noun = "key",
                    .finding = "whatsapp_keys_expiring"}},
      .make = make,
      .target_of =
          [](const CheckConfig& config) {
            const whatsapp::Tables tables = tables_of(config.options);
            return tables.keys + " " + tables.auth;
          },
  };
  return kind;
}

}  // namespace holdfast
