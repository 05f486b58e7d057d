// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/receivers.h"

#include "checks/support/http/post.h"
#include "exporter/config/sections.h"

namespace holdfast {

Secret read_secret(MapReader& map, const std::string& key, const Environment& environment) {
  const auto path = map.text(key + "_file");
  const auto value = map.text(key);
  if (path && value) map.error(key, "cannot be combined with " + key + "_file");
  if (path) return Secret::from_file(resolve_path(*path, map.errors().file(), environment));
  return value ? Secret::from_value(*value) : Secret{};
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

}  // namespace holdfast
