// SPDX-License-Identifier: Apache-2.0
// The section `reports`: what is sent when, and where to. A webhook's URL often is the secret
// itself, so no URL is ever quoted.
#include <array>

#include "checks/support/text/digest.h"
#include "exporter/config/sections.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

constexpr const char* kTelegramApi = "https://api.telegram.org";

/// "09:00" as minutes of the day.
Parsed<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto at = parse_instant("1970-01-01T" + std::string(text) + ":00Z");
  if (text.size() != 5 || !at.value)
    return {std::nullopt, "is not a time of day such as \"09:00\""};
  return {std::chrono::duration_cast<std::chrono::minutes>(at.value->time_since_epoch()), {}};
}

void read_format(MapReader& map, std::string& out) {
  static const std::array<std::string, 4> kFormats{"text", "markdown", "html", "json"};
  if (const auto format = map.choice("format", kFormats)) out = *format;
}

/// By the extension: "report.html".
std::string format_of_file(const std::string& path) {
  if (path.ends_with(".html") || path.ends_with(".htm")) return "html";
  if (path.ends_with(".md")) return "markdown";
  return path.ends_with(".json") ? "json" : "text";
}

/// A webhook or a Telegram chat.
void read_request(MapReader& map, const Environment& environment, ReportTarget& out) {
  const bool is_webhook = out.way == ReportTarget::Way::webhook;
  map.hide_values();
  if (is_webhook) {
    out.url = read_url(map, environment);
    out.token = read_secret_file(map, "bearer_file", environment);
  } else {
    out.chat = map.text("chat", true).value_or("");
    out.token = read_secret_file(map, "token_file", environment, true);
    out.url = Secret::from_value(map.text("api").value_or(kTelegramApi));
    check_url(map, "api");
  }
  out.ca_file = map.text("ca_file").value_or("");
  out.format = is_webhook ? "json" : "text";
  if (is_webhook) read_format(map, out.format);
  map.finish();
}

void read_file(MapReader& map, ReportTarget& out) {
  const auto path = map.text("file");
  out.file = path.value_or("");
  if (path && !path->starts_with('/')) map.error("file", "must be an absolute path");
  out.format = format_of_file(out.file);
  read_format(map, out.format);
}

/// FNV-1a: the same in every build, and not reversible. A rotated secret changes nothing here,
/// since of a URL in a file only the path counts.
std::string place_of(const MapReader& map) {
  std::uint64_t hash = kDigestSeed;
  const auto add = [&](const YamlNode* node) {
    hash = digest_of(node != nullptr ? node->text + "\n" : "\n", hash);
  };
  add(map.node().find("file"));
  for (const char* way : {"webhook", "telegram"})
    for (const char* key : {"url", "url_file", "chat", "api"}) {
      const YamlNode* inner = map.node().find(way);
      add(inner != nullptr ? inner->find(key) : nullptr);
    }
  return std::to_string(hash);
}

ReportTarget read_target(MapReader& map, const Environment& environment) {
  ReportTarget out;
  const auto ways = static_cast<int>(map.has("file")) + static_cast<int>(map.has("webhook")) +
                    static_cast<int>(map.has("telegram"));
  if (ways != 1)
    map.errors().add(map.node(), map.path(),
                     "exactly one of file, webhook and telegram is required");
  map.allow("file");
  map.allow("format");
  if (map.has("file")) read_file(map, out);
  for (const auto& [key, way] : {std::pair{"webhook", ReportTarget::Way::webhook},
                                 std::pair{"telegram", ReportTarget::Way::telegram}}) {
    const YamlNode* node = map.take(key);
    if (node == nullptr) continue;
    out.way = way;
    MapReader request(*node, map.path_of(key), map.errors());
    read_request(request, environment, out);
  }
  map.finish();
  out.place = place_of(map);
  return out;
}

ReportConfig read_report(MapReader& map, const std::vector<std::string>& windows,
                         const Environment& environment) {
  ReportConfig out;
  if (!map.has("at")) map.require("at");
  out.at = map.value("at", parse_time_of_day).value_or(std::chrono::minutes{});
  if (const auto window = map.text("window")) {
    out.window = *window;
    if (!is_known(*window, windows))
      map.error("window", describe_value(*map.node().find("window")) +
                              " is not a window of this file" + suggest(*window, windows));
  }
  const YamlNode* targets = map.take("to");
  if (targets == nullptr || targets->type != YamlNode::Type::list || targets->items.empty())
    map.error("to", "must be a list such as [{file: /var/lib/holdfast/report.html}]");
  else
    for_each_map(*targets, map.path_of("to"), map.errors(),
                 [&](MapReader& target) { out.to.push_back(read_target(target, environment)); });
  map.finish();
  return out;
}

}  // namespace

std::vector<ReportConfig> read_reports(const YamlNode& node,
                                       const std::vector<WindowConfig>& windows,
                                       const Environment& environment, ConfigErrors& errors) {
  std::vector<std::string> names;
  for (const WindowConfig& window : windows) names.push_back(window.name);
  std::vector<ReportConfig> out;
  for_each_map(node, "reports", errors,
               [&](MapReader& map) { out.push_back(read_report(map, names, environment)); });
  return out;
}

}  // namespace holdfast
