// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/evidence.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace holdfast {

std::string_view name_of(GapCause cause) {
  static constexpr std::array<std::string_view, 5> kNames{"host_down", "killed", "stopped",
                                                          "suspended", "clock"};
  return kNames.at(static_cast<std::size_t>(cause));
}

std::string render_findings(std::span<const Finding> findings) {
  nlohmann::json out = nlohmann::json::array();
  for (const Finding& finding : findings)
    out.push_back(
        {finding.code, static_cast<int>(finding.severity), finding.subject, finding.text});
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Finding> parse_findings(const std::string& text) {
  std::vector<Finding> out;
  const nlohmann::json all = nlohmann::json::parse(text, nullptr, false);
  if (!all.is_array()) return out;
  for (const nlohmann::json& one : all) {
    if (!one.is_array() || one.size() != 4 || !one[0].is_string() || !one[1].is_number_integer() ||
        !one[2].is_string() || !one[3].is_string())
      continue;
    const int severity = std::clamp(one[1].get<int>(), 0, static_cast<int>(Severity::critical));
    out.push_back({one[0], static_cast<Severity>(severity), one[2], one[3]});
  }
  return out;
}

}  // namespace holdfast
