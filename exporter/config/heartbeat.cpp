// SPDX-License-Identifier: Apache-2.0
// The section `heartbeat`: who waits for our sign of life, and how often it is sent.
#include "exporter/config/receivers.h"
#include "exporter/config/sections.h"

namespace holdfast {
namespace {

// More often tells nobody anything sooner: such services count in minutes.
constexpr Duration kMostOften = std::chrono::seconds(10);
constexpr Duration kLeastOften = std::chrono::hours(24);

}  // namespace

HeartbeatConfig read_heartbeat(const YamlNode& node, const Environment& environment,
                               Faults& faults) {
  HeartbeatConfig out;
  MapReader map(node, "heartbeat", faults);
  if (node.type != YamlNode::Type::map) return out;
  map.hide_values();
  out.url = read_url(map, environment);
  out.ca_file = map.text("ca_file").value_or("");
  if (const auto every = map.value("every", parse_duration)) {
    out.every = *every;
    if (*every < kMostOften || *every > kLeastOften) map.fault("every", "must be from 10s to 1d");
  }
  map.finish("key of heartbeat");
  return out;
}

}  // namespace holdfast
