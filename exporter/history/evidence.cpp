// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/evidence.h"

#include <array>

namespace holdfast {

std::string_view name_of(GapCause cause) {
  static constexpr std::array<std::string_view, 5> kNames{"host_down", "killed", "stopped",
                                                          "suspended", "clock"};
  return kNames.at(static_cast<std::size_t>(cause));
}

}  // namespace holdfast
