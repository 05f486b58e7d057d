// SPDX-License-Identifier: Apache-2.0
// The section `heartbeat`, and the secrets and URLs of any section. A URL often is the secret
// itself, so none is ever quoted.
#include <filesystem>

#include "checks/support/http/post.h"
#include "exporter/config/sections.h"

namespace holdfast {
namespace {

// More often is of no use: services that expect heartbeats count in minutes.
constexpr Duration kMostOften = std::chrono::seconds(10);
constexpr Duration kLeastOften = std::chrono::hours(24);

std::string resolve_path(const std::string& path, const std::string& file,
                         const Environment& environment) {
  if (path.starts_with('/')) return path;
  const std::optional<std::string> credentials = environment("CREDENTIALS_DIRECTORY");
  if (credentials && !credentials->empty()) {
    std::string candidate = *credentials + "/" + path;
    std::error_code error;
    if (std::filesystem::exists(candidate, error)) return candidate;
  }
  return (std::filesystem::path(file).parent_path() / path).string();
}

}  // namespace

Secret read_secret_file(MapReader& map, const std::string& key, const Environment& environment,
                        bool is_required) {
  const auto path = map.text(key, is_required);
  if (!path) return {};
  return Secret::from_file(resolve_path(*path, map.errors().file(), environment));
}

Secret read_secret(MapReader& map, const std::string& key, const Environment& environment) {
  Secret secret = read_secret_file(map, key + "_file", environment);
  const auto value = map.text(key);
  if (!value) return secret;
  if (!secret.is_set()) return Secret::from_value(*value);
  map.error(key, "cannot be combined with " + key + "_file");
  return secret;
}

Secret read_url(MapReader& map, const Environment& environment) {
  Secret url = read_secret(map, "url", environment);
  if (!map.has("url") && !map.has("url_file"))
    map.errors().add(map.node(), map.path(), "url_file or url is required");
  check_url(map, "url");
  return url;
}

void check_url(MapReader& map, std::string_view key) {
  const YamlNode* node = map.node().find(key);
  if (node == nullptr || node->type != YamlNode::Type::scalar) return;
  std::string error;
  if (!parse_post_url(node->text, error)) map.error(key, error);
}

HeartbeatConfig read_heartbeat(const YamlNode& node, const Environment& environment,
                               ConfigErrors& errors) {
  HeartbeatConfig out;
  MapReader map(node, "heartbeat", errors);
  if (!map.is_map()) return out;
  map.hide_values();
  out.url = read_url(map, environment);
  out.ca_file = map.text("ca_file").value_or("");
  if (const auto every = map.duration("every", kMostOften, kLeastOften)) out.every = *every;
  map.finish();
  return out;
}

}  // namespace holdfast
