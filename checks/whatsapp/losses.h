// SPDX-License-Identifier: Apache-2.0
// Whether keys of one session disappeared before they expired. Pure.
#pragma once

#include <optional>
#include <string>

#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// The finding about a session that lost more keys than the limit allows. Pre-keys, which are used
/// up by design, are left out, as are ratios of fewer than kMinKeysForRatio keys.
[[nodiscard]] std::optional<Finding> judge_losses(const Settings& settings, const std::string& name,
                                                  const Known& session);

}  // namespace holdfast::whatsapp
