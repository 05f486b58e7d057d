// SPDX-License-Identifier: Apache-2.0
// The configuration of a start with no file: what the application's own environment says.
#include <algorithm>
#include <array>
#include <filesystem>

#include "exporter/config/postgres_url.h"
#include "exporter/config/sections.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

constexpr const char* kNothingFound =
    "nothing to watch was found: set DATABASE_URL, or POSTGRES_HOST, POSTGRES_DATABASE, "
    "POSTGRES_USER and POSTGRES_PASSWORD, or PGHOST, PGDATABASE, PGUSER and PGPASSWORD for the "
    "database, and PM2_HOME for PM2; or name a file with --config.file";

/// The words one family of variables uses.
struct Family {
  std::string_view label;
  std::string_view host;
  std::string_view port;
  std::array<std::string_view, 2> dbname;
  std::string_view user;
  std::string_view password;
  std::string_view password_file;
};
constexpr std::array<Family, 2> kFamilies{{
    {"POSTGRES_*",
     "POSTGRES_HOST",
     "POSTGRES_PORT",
     {"POSTGRES_DATABASE", "POSTGRES_DB"},
     "POSTGRES_USER",
     "POSTGRES_PASSWORD",
     "POSTGRES_PASSWORD_FILE"},
    {"PG*",
     "PGHOST",
     "PGPORT",
     {"PGDATABASE", "PGDATABASE"},
     "PGUSER",
     "PGPASSWORD",
     "PGPASSWORD_FILE"},
}};

class EnvironmentReader {
 public:
  EnvironmentReader(const Environment& environment, Faults& faults)
      : environment_(environment), faults_(faults) {}

  /// The database the environment names, or nothing.
  std::optional<Database> database() {
    if (const std::string url = variable("DATABASE_URL"); !url.empty()) return from_url(url);
    for (const Family& family : kFamilies)
      if (!variable(family.host).empty()) return from_family(family);
    return std::nullopt;
  }

  /// PM2's folder, if it is there.
  std::string pm2_home() {
    std::error_code error;
    if (std::string home = variable("PM2_HOME"); !home.empty()) {
      if (std::filesystem::is_directory(home, error)) {
        notes.push_back("PM2 is taken from PM2_HOME: " + printable(home));
        return home;
      }
      notes.push_back("PM2_HOME is set, but there is no folder " + printable(home) +
                      ": PM2 is not watched");
      return {};
    }
    const std::string user = variable("HOME");
    std::string home = user + "/.pm2";
    if (user.empty() || !std::filesystem::is_directory(home, error)) return {};
    notes.push_back("PM2 is taken from the home folder: " + printable(home));
    return home;
  }

  std::vector<std::string> notes;

 private:
  std::string variable(std::string_view name) const {
    return environment_(std::string(name)).value_or("");
  }
  void fault(std::string_view name, std::string text) {
    faults_.add(0, 0, std::string(name), std::move(text));
  }

  std::optional<Database> from_url(const std::string& text) {
    const Parsed<PostgresUrl> url = parse_postgres_url(text);
    if (!url.value) {
      fault("DATABASE_URL", url.fault);
      return std::nullopt;
    }
    Database out;
    const auto& parameters = url.value->parameters;
    const auto parameter = [&](const char* name, const std::string& otherwise) {
      const auto found = parameters.find(name);
      return found == parameters.end() ? otherwise : found->second;
    };
    out.host = parameter("host", url.value->host);
    out.port = parameter("port", url.value->port);
    out.user = parameter("user", url.value->user);
    out.dbname = parameter("dbname", url.value->dbname);
    out.password = Secret::from_value(parameter("password", url.value->password));
    out.sslmode = parameter("sslmode", "");
    out.sslrootcert = parameter("sslrootcert", "");
    out.sslcert = parameter("sslcert", "");
    out.sslkey = parameter("sslkey", "");
    return finish(std::move(out), "DATABASE_URL");
  }

  std::optional<Database> from_family(const Family& family) {
    Database out;
    out.sslmode.clear();
    out.host = variable(family.host);
    out.port = variable(family.port);
    out.dbname = variable(family.dbname[0]);
    if (out.dbname.empty()) out.dbname = variable(family.dbname[1]);
    out.user = variable(family.user);
    const std::string file = variable(family.password_file);
    out.password =
        file.empty() ? Secret::from_value(variable(family.password)) : Secret::from_file(file);
    return finish(std::move(out), family.label);
  }

  /// Fills in what any of them leaves open, and tells what is wrong with the rest.
  std::optional<Database> finish(Database out, std::string_view source) {
    const std::size_t before = faults_.size();
    const auto fill = [&](std::string& value, std::string_view name) {
      if (value.empty()) value = variable(name);
    };
    fill(out.sslmode, "PGSSLMODE");
    fill(out.sslrootcert, "PGSSLROOTCERT");
    fill(out.sslcert, "PGSSLCERT");
    fill(out.sslkey, "PGSSLKEY");
    if (out.sslmode.empty()) out.sslmode = "verify-full";
    if (out.port.empty()) out.port = "5432";
    if (out.dbname.empty()) out.dbname = out.user;  // As libpq does.
    out.name = is_name(out.dbname) ? out.dbname : "database";
    const auto port = parse_count(out.port);
    if (!port.value || *port.value < 1 || *port.value > 65535)
      fault(source, "names a port that does not lie between 1 and 65535");
    if (out.host.empty()) fault(source, "names no host");
    if (out.user.empty()) fault(source, "names no user");
    static constexpr std::array<std::string_view, 6> kModes{"disable", "allow",     "prefer",
                                                            "require", "verify-ca", "verify-full"};
    if (std::ranges::find(kModes, out.sslmode) == kModes.end())
      fault(source, "names an sslmode that is none of libpq's");
    if (faults_.size() != before) return std::nullopt;
    notes.push_back("the database " + printable(out.dbname) + " on " + printable(out.host) +
                    " is taken from " + std::string(source));
    return out;
  }

  const Environment& environment_;
  Faults& faults_;
};

YamlNode scalar(std::string text) {
  YamlNode node;
  node.type = YamlNode::Type::scalar;
  node.text = std::move(text);
  return node;
}

/// One check as it would stand in a file; so the kinds' own tables and defaults apply.
void add_check(YamlNode& list, Kinds kinds, const std::string& kind, const char* option,
               const std::string& value) {
  if (std::ranges::find(kinds, kind, [](const Kind* k) { return k->name; }) == kinds.end()) return;
  YamlNode check;
  check.type = YamlNode::Type::map;
  check.entries = {
      {"name", 0, 0, scalar(kind)}, {"kind", 0, 0, scalar(kind)}, {option, 0, 0, scalar(value)}};
  list.items.push_back(std::move(check));
}

}  // namespace

ConfigOutcome config_from_environment_with(const Environment& environment, Kinds kinds) {
  Faults faults("environment");
  EnvironmentReader reader(environment, faults);
  const std::optional<Database> database = reader.database();
  const std::string home = reader.pm2_home();
  Config out;
  DatabaseSection databases;
  YamlNode list;
  list.type = YamlNode::Type::list;
  if (database) {
    databases.databases.emplace(database->name, *database);
    databases.names.push_back(database->name);
    add_check(list, kinds, "postgres", "database", database->name);
    add_check(list, kinds, "pool", "database", database->name);
  }
  if (!home.empty()) add_check(list, kinds, "pm2", "home", home);
  if (faults.size() == 0 && list.items.empty()) faults.add(0, 0, "", kNothingFound);
  if (faults.size() == 0)
    out.checks = read_checks(list, Defaults{}, databases, kinds, faults).checks;
  if (faults.size() != 0) return {std::nullopt, faults.take()};
  out.databases = std::move(databases.databases);
  out.notes = std::move(reader.notes);
  return {std::move(out), {}};
}

ConfigOutcome config_from_environment(const Environment& environment) {
  return config_from_environment_with(environment, all_kinds());
}

}  // namespace holdfast
