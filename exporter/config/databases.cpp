// SPDX-License-Identifier: Apache-2.0
// The section `databases`: where each is, and where its password stands.
#include <algorithm>
#include <array>
#include <filesystem>

#include "exporter/config/sections.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

void read_password(MapReader& map, const Environment& environment, Database& out) {
  const YamlNode* password = map.take("password");
  const auto path = map.text("password_file");
  if (password != nullptr && map.has("password_file")) {
    map.fault("password", "stands beside password_file; keep one of the two");
    return;
  }
  if (path) out.password = Secret::from_file(resolve_path(*path, map.faults().file(), environment));
  if (password == nullptr || password->is_faulty) return;
  if (password->type == YamlNode::Type::scalar && !password->from_variable) {
    map.fault("password",
              "a password does not stand in this file; write password_file: PATH or "
              "password: ${VARIABLE}");
    return;
  }
  if (const auto text = scalar_of(*password, map.path_of("password"), map.faults()))
    out.password = Secret::from_value(*text);
}

void read_port(MapReader& map, Database& out) {
  const auto port = map.value("port", parse_count);
  if (!port) return;
  if (*port < 1 || *port > 65535)
    map.fault("port", "must lie between 1 and 65535");
  else
    out.port = std::to_string(static_cast<int>(*port));
}

void read_sslmode(MapReader& map, Database& out) {
  static const std::array<std::string, 6> kModes{"disable", "allow",     "prefer",
                                                 "require", "verify-ca", "verify-full"};
  const auto mode = map.text("sslmode");
  if (!mode) return;
  if (std::ranges::find(kModes, *mode) == kModes.end())
    map.fault("sslmode", "is none of libpq's modes" + suggest(*mode, kModes));
  else
    out.sslmode = *mode;
}

Database read_database(const std::string& name, MapReader& map, const Environment& environment) {
  Database out;
  map.hide_values();
  out.name = name;
  out.host = map.text("host", true).value_or("");
  read_port(map, out);
  out.dbname = map.text("dbname", true).value_or("");
  out.user = map.text("user", true).value_or("");
  read_password(map, environment, out);
  read_sslmode(map, out);
  out.sslrootcert = map.text("sslrootcert").value_or("");
  out.sslcert = map.text("sslcert").value_or("");
  out.sslkey = map.text("sslkey").value_or("");
  if (out.sslcert.empty() != out.sslkey.empty() && !map.has("sslcert") != !map.has("sslkey"))
    map.fault(out.sslcert.empty() ? "sslkey" : "sslcert", "sslcert and sslkey go together");
  map.finish("setting of a database");
  return out;
}

}  // namespace

std::string resolve_path(const std::string& path, const std::string& file,
                         const Environment& environment) {
  if (path.starts_with('/')) return path;
  const std::optional<std::string> credentials = environment("CREDENTIALS_DIRECTORY");
  if (credentials && !credentials->empty()) {
    std::string candidate = *credentials + "/" + path;
    std::error_code error;
    if (std::filesystem::exists(candidate, error)) return candidate;
  }
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? path : folder + "/" + path;
}

DatabaseSection read_databases(const YamlNode& node, const Environment& environment,
                               Faults& faults) {
  DatabaseSection out;
  const MapReader section(node, "databases", faults);
  for (const YamlEntry& entry : node.entries) {
    const std::string path = section.path_of(entry.key);
    if (!is_name(entry.key)) {
      faults.add(entry.line, entry.column, path,
                 "a database is named with a-z, 0-9, _ and - only, at most 64 of them");
      continue;
    }
    out.names.push_back(entry.key);
    const std::size_t before = faults.size();
    if (entry.value.type == YamlNode::Type::null) {
      faults.add(entry.value, path, "needs host, dbname and user");
      continue;
    }
    MapReader map(entry.value, path, faults);
    if (entry.value.type != YamlNode::Type::map) continue;
    Database database = read_database(entry.key, map, environment);
    if (faults.size() == before) out.databases.emplace(entry.key, std::move(database));
  }
  return out;
}

}  // namespace holdfast
