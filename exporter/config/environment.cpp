// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config.h"
namespace holdfast {
ConfigOutcome config_from_environment(const Environment&) { return {std::nullopt, {}}; }
std::string example_config() { return {}; }
}  // namespace holdfast
