// SPDX-License-Identifier: Apache-2.0
// The section `heartbeat`.
#include "exporter/config/receivers.h"
#include "exporter/config/sections.h"

namespace holdfast {
namespace {

// More often is of no use: services that expect heartbeats count in minutes.
constexpr Duration kMostOften = std::chrono::seconds(10);
constexpr Duration kLeastOften = std::chrono::hours(24);

}  // namespace

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
