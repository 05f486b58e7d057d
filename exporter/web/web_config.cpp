// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_config.h"

#include <filesystem>
#include <initializer_list>

#include "checks/base/secret.h"
#include "exporter/config/map_reader.h"

namespace holdfast {
namespace {

/// Each step doubles the time of a login; 15 takes a worker some two seconds.
constexpr int kMaxBcryptCost = 15;
constexpr std::size_t kBcryptBytes = 60;

/// Rejects keys of the toolkit that Holdfast does not support; they are not typing errors.
void refuse(MapReader& reader, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (!reader.has(key)) continue;
    reader.error(key, "is not supported by Holdfast");
    reader.allow(key);
  }
}

FileAt read_file_name(MapReader& reader, std::string_view key, const std::string& directory,
                      bool is_required) {
  const auto name = reader.text(key, is_required);
  if (!name) return {};
  const auto* node = reader.node().find(key);
  const auto path = std::filesystem::path(directory) / *name;
  return {path.string(), node->line, node->column};
}

ClientAuth read_client_auth(MapReader& reader) {
  const auto word = reader.text("client_auth_type").value_or("NoClientCert");
  if (word == "NoClientCert") return ClientAuth::none;
  if (word == "VerifyClientCertIfGiven") return ClientAuth::verify_if_given;
  if (word == "RequireAndVerifyClientCert") return ClientAuth::require;
  if (word == "RequestClientCert" || word == "RequireAnyClientCert") {
    reader.error("client_auth_type",
                 "asks for a certificate without verifying it, which protects nothing; use "
                 "RequireAndVerifyClientCert");
  } else {
    reader.error("client_auth_type",
                 "must be NoClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert");
  }
  return ClientAuth::none;
}

TlsFiles read_tls(const YamlNode& node, const std::string& directory, ConfigErrors& errors) {
  MapReader reader(node, "tls_server_config", errors);
  TlsFiles tls;
  tls.cert = read_file_name(reader, "cert_file", directory, true);
  tls.key = read_file_name(reader, "key_file", directory, true);
  tls.client_ca = read_file_name(reader, "client_ca_file", directory, false);
  tls.client_auth = read_client_auth(reader);
  const auto version = reader.text("min_version").value_or("TLS12");
  tls.only_tls13 = version == "TLS13";
  if (version != "TLS12" && version != "TLS13") {
    reader.error("min_version", "must be TLS12 or TLS13; older versions are insecure");
  }
  const bool asks = tls.client_auth != ClientAuth::none;
  if (asks && tls.client_ca.path.empty()) {
    reader.error("client_auth_type", "requires client_ca_file");
  }
  if (!asks && !tls.client_ca.path.empty() && !reader.has("client_auth_type")) {
    reader.error("client_ca_file", "has no effect without client_auth_type");
  }
  refuse(reader, {"cert", "key", "client_ca", "client_allowed_sans", "max_version", "cipher_suites",
                  "prefer_server_cipher_suites", "curve_preferences"});
  reader.finish("option");
  return tls;
}

/// "$2y$10$…": the only hash the toolkit supports.
bool is_bcrypt(std::string_view hash) {
  return hash.size() == kBcryptBytes &&
         (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$")) &&
         hash[4] >= '0' && hash[4] <= '3' && hash[5] >= '0' && hash[5] <= '9' && hash[6] == '$';
}

std::map<std::string, std::string> read_users(const YamlNode& node, ConfigErrors& errors) {
  MapReader reader(node, "basic_auth_users", errors);
  reader.hide_values();
  std::map<std::string, std::string> users;
  for (const auto& entry : node.entries) {
    if (entry.key.empty() || entry.key.find(':') != std::string::npos) {
      errors.add(entry.line, entry.column, "basic_auth_users",
                 "a user name must not be empty or contain a colon");
      reader.allow(entry.key);
      continue;
    }
    const auto hash = reader.text(entry.key);
    if (!hash) continue;
    if (!is_bcrypt(*hash)) {
      reader.error(entry.key, "is not a bcrypt hash such as htpasswd -nB prints");
    } else if (std::stoi(hash->substr(4, 2)) > kMaxBcryptCost) {
      reader.error(entry.key, "has a bcrypt cost over 15: each login would take many seconds");
    } else {
      users.emplace(entry.key, *hash);
    }
  }
  reader.finish("user");
  return users;
}

PageHeaders read_headers(const YamlNode& node, ConfigErrors& errors) {
  MapReader reader(node, "http_server_config.headers", errors);
  PageHeaders headers;
  for (const auto* name : {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options",
                           "X-XSS-Protection", "Strict-Transport-Security"}) {
    if (auto value = reader.text(name)) headers.emplace_back(name, std::move(*value));
  }
  reader.finish("header");
  return headers;
}

WebConfig read_tree(const YamlNode& root, const std::string& directory, ConfigErrors& errors) {
  MapReader reader(root, "", errors);
  WebConfig config;
  if (const auto* tls = reader.take("tls_server_config")) {
    config.tls = read_tls(*tls, directory, errors);
  }
  if (const auto* users = reader.take("basic_auth_users")) {
    config.users = read_users(*users, errors);
  }
  if (const auto* http = reader.take("http_server_config")) {
    MapReader section(*http, "http_server_config", errors);
    if (section.value("http2", parse_flag).value_or(false)) {
      section.error("http2", "is not supported by Holdfast, which speaks HTTP/1.1");
    }
    if (const auto* headers = section.take("headers")) {
      config.headers = read_headers(*headers, errors);
    }
    section.finish("option");
  }
  refuse(reader, {"rate_limit"});
  reader.finish("section");
  return config;
}

}  // namespace

WebConfigOutcome read_web_config(const std::string& path) {
  const auto text = Secret::from_file(path).read();
  if (!text) return {std::nullopt, {{path, 0, 0, "", text.error().text}}};
  auto yaml = parse_yaml(*text, path);
  if (!yaml.root) return {std::nullopt, std::move(yaml.errors)};
  ConfigErrors errors(path);
  errors.append(std::move(yaml.errors));
  auto config = read_tree(*yaml.root, std::filesystem::path(path).parent_path().string(), errors);
  if (errors.size() > 0) return {std::nullopt, errors.take()};
  return {std::move(config), {}};
}

}  // namespace holdfast
