// SPDX-License-Identifier: Apache-2.0
// The configuration of a start without a file, from the application's own environment.
#include <algorithm>
#include <array>
#include <filesystem>

#include "checks/support/text/columns.h"
#include "exporter/config/postgres_url.h"
#include "exporter/config/sections.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

constexpr const char* kNothingFound =
    "no configuration file and no target found: set DATABASE_URL, or POSTGRES_HOST, "
    "POSTGRES_DATABASE, POSTGRES_USER and POSTGRES_PASSWORD, or PGHOST, PGDATABASE, PGUSER and "
    "PGPASSWORD for the database";

/// The keys and values of one entry of `databases`.
using Settings = std::map<std::string, std::string>;
using Row = std::pair<const char*, const char*>;  ///< Setting and (suffix of) a variable.

constexpr std::array<const char*, 2> kPrefixes{"POSTGRES_", "PG"};
constexpr std::array<Row, 7> kOfPrefix{{{"host", "HOST"},
                                        {"port", "PORT"},
                                        {"dbname", "DATABASE"},
                                        {"dbname", "DB"},
                                        {"user", "USER"},
                                        {"password_file", "PASSWORD_FILE"},
                                        {"password", "PASSWORD"}}};
constexpr std::array<Row, 4> kOfTls{{{"sslmode", "PGSSLMODE"},
                                     {"sslrootcert", "PGSSLROOTCERT"},
                                     {"sslcert", "PGSSLCERT"},
                                     {"sslkey", "PGSSLKEY"}}};

YamlNode scalar(std::string text) {
  YamlNode node;
  node.type = YamlNode::Type::scalar;
  node.text = std::move(text);
  node.from_variable = true;
  return node;
}

class EnvironmentReader {
 public:
  EnvironmentReader(const Environment& environment, ConfigErrors& errors)
      : environment_(environment), errors_(errors) {}

  /// The database the environment names, as the section `databases`; empty when there is none.
  DatabaseSection databases() {
    if (const std::string url = variable("DATABASE_URL"); !url.empty()) return from_url(url);
    for (const std::string prefix : kPrefixes) {
      if (variable(prefix + "HOST").empty()) continue;
      Settings settings;
      for (const auto& [setting, suffix] : kOfPrefix) fill(settings, setting, prefix + suffix);
      if (settings.contains("password_file")) settings.erase("password");
      return read(std::move(settings), prefix + "*");
    }
    return {};
  }

  /// What a kind's option receives; empty when there is nothing to be found.
  std::string value_for(const Kind& kind, const DatabaseSection& databases) {
    const Discovery& how = kind.discover;
    if (how.option.empty()) return {};
    if (how.variable.empty()) return databases.empty() ? "" : databases.begin()->first;
    const std::string named = variable(how.variable);
    const std::string home = variable("HOME");
    if (named.empty() && home.empty()) return {};
    std::string folder = named.empty() ? home + "/" + std::string(how.below_home) : named;
    const std::string shown = std::string(how.option) + " " + printable(folder);
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) {
      notes.push_back("check " + std::string(kind.name) + " uses " + shown + " from " +
                      (named.empty() ? "the home directory" : std::string(how.variable)));
      return folder;
    }
    if (!named.empty())
      notes.push_back("there is no check " + std::string(kind.name) + ": " + shown + " from " +
                      std::string(how.variable) + " is not a directory");
    return {};
  }

  std::vector<std::string> notes;

 private:
  std::string variable(std::string_view name) const {
    return environment_(std::string(name)).value_or("");
  }
  /// Sets what is not set yet, if the variable has a value.
  void fill(Settings& settings, const char* setting, const std::string& name) const {
    if (std::string value = variable(name); !value.empty())
      settings.emplace(setting, std::move(value));
  }

  DatabaseSection from_url(const std::string& text) {
    const Parsed<PostgresUrl> url = parse_postgres_url(text);
    if (!url.value) {
      errors_.add(0, 0, "DATABASE_URL", url.error);
      return {};
    }
    Settings settings{{"host", url.value->host},
                      {"port", url.value->port},
                      {"dbname", url.value->dbname},
                      {"user", url.value->user},
                      {"password", url.value->password}};
    for (const auto& [name, value] : url.value->parameters) {
      const auto is_it = [&](const Row& row) { return row.first == name; };
      if (settings.contains(name) || std::ranges::any_of(kOfTls, is_it)) settings[name] = value;
    }
    std::erase_if(settings, [](const auto& setting) { return setting.second.empty(); });
    return read(std::move(settings), "DATABASE_URL");
  }

  /// Reads the settings as if they were in a file, so that the same rules apply.
  DatabaseSection read(Settings settings, const std::string& source) {
    for (const auto& [setting, name] : kOfTls) fill(settings, setting, name);
    // As libpq does.
    if (settings.contains("user")) settings.emplace("dbname", settings.at("user"));
    const std::string dbname = settings.contains("dbname") ? settings.at("dbname") : "";
    YamlNode database;
    database.type = YamlNode::Type::map;
    for (auto& [key, value] : settings)
      database.entries.push_back({key, 0, 0, scalar(std::move(value))});
    YamlNode section;
    section.type = YamlNode::Type::map;
    section.entries.push_back({is_name(dbname) ? dbname : "database", 0, 0, std::move(database)});
    ConfigErrors errors("environment (" + source + ")");
    DatabaseSection out = read_databases(section, environment_, errors);
    errors_.append(errors.take());
    for (const auto& [name, read] : out)
      if (read)
        notes.push_back("database " + printable(read->dbname) + " on " + printable(read->host) +
                        " from " + source);
    return out;
  }

  const Environment& environment_;
  ConfigErrors& errors_;
};

std::string nothing_found(Kinds kinds) {
  std::string out = kNothingFound;
  for (const Kind* kind : kinds)
    if (const std::string name(kind->discover.variable); !name.empty())
      out += ", or " + name + " for " + std::string(kind->name);
  return out + ", or use --config.file FILE";
}

}  // namespace

ConfigOutcome config_from_environment(const Environment& environment, Kinds kinds) {
  ConfigErrors errors("environment");
  EnvironmentReader reader(environment, errors);
  Config out;
  const DatabaseSection databases = reader.databases();
  YamlNode list;
  list.type = YamlNode::Type::list;
  for (const Kind* kind : kinds) {
    const std::string value = reader.value_for(*kind, databases);
    if (value.empty()) continue;
    const std::string name(kind->name);
    YamlNode check;
    check.type = YamlNode::Type::map;
    check.entries = {{"name", 0, 0, scalar(name)},
                     {"kind", 0, 0, scalar(name)},
                     {std::string(kind->discover.option), 0, 0, scalar(value)}};
    list.items.push_back(std::move(check));
  }
  if (errors.size() == 0 && list.items.empty()) errors.add(0, 0, "", nothing_found(kinds));
  if (errors.size() == 0)
    out.checks = read_checks(list, Defaults{}, databases, kinds, errors).checks;
  if (errors.size() != 0) return {std::nullopt, errors.take()};
  for (const auto& [name, database] : databases) out.databases.emplace(name, *database);
  out.notes = std::move(reader.notes);
  return {std::move(out), {}};
}

}  // namespace holdfast
