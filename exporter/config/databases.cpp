// SPDX-License-Identifier: Apache-2.0
// The section `databases`.
#include <array>

#include "exporter/config/sections.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

void read_password(MapReader& map, const Environment& environment, Database& out) {
  const YamlNode* password = map.take("password");
  const bool is_literal = password != nullptr && !password->has_error &&
                          password->type == YamlNode::Type::scalar && !password->from_variable;
  if (is_literal && !map.has("password_file"))
    map.error("password",
              "passwords are not allowed in this file; use password_file: PATH or "
              "password: ${VARIABLE}");
  else
    out.password = read_secret(map, "password", environment);
}

Database read_database(const std::string& name, MapReader& map, const Environment& environment) {
  static const std::array<std::string, 6> kModes{"disable", "allow",     "prefer",
                                                 "require", "verify-ca", "verify-full"};
  Database out;
  map.hide_values();
  out.name = name;
  out.host = map.text("host", true).value_or("");
  if (const auto port = map.count("port", 1, 65535)) out.port = std::to_string(*port);
  out.dbname = map.text("dbname", true).value_or("");
  out.user = map.text("user", true).value_or("");
  read_password(map, environment, out);
  if (const auto mode = map.choice("sslmode", kModes)) out.sslmode = *mode;
  out.sslrootcert = map.text("sslrootcert").value_or("");
  out.sslcert = map.text("sslcert").value_or("");
  out.sslkey = map.text("sslkey").value_or("");
  if (out.sslcert.empty() != out.sslkey.empty() && !map.has("sslcert") != !map.has("sslkey"))
    map.error(out.sslcert.empty() ? "sslkey" : "sslcert",
              "sslcert and sslkey must be set together");
  map.finish();
  return out;
}

}  // namespace

DatabaseSection read_databases(const YamlNode& node, const Environment& environment,
                               ConfigErrors& errors) {
  DatabaseSection out;
  const MapReader section(node, "databases", errors);
  for (const YamlEntry& entry : node.entries) {
    const std::string path = section.path_of(entry.key);
    if (!is_name(entry.key)) {
      errors.add(entry.line, entry.column, path, kNameRule);
      continue;
    }
    std::optional<Database>& database = out[entry.key];
    const std::size_t before = errors.size();
    if (entry.value.type == YamlNode::Type::null) {
      errors.add(entry.value, path, "host, dbname and user are required");
      continue;
    }
    MapReader map(entry.value, path, errors);
    if (!map.is_map()) continue;
    Database read = read_database(entry.key, map, environment);
    if (errors.size() == before) database = std::move(read);
  }
  return out;
}

}  // namespace holdfast
