// SPDX-License-Identifier: Apache-2.0
// Did keys of one session vanish? Pure.
#pragma once

#include <optional>
#include <string>

#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// The finding about lost keys of a session, when they are more than the limit. Pre-keys are used
/// up by design and do not count; neither do percentages of fewer than kFewKeys.
[[nodiscard]] std::optional<Finding> judge_losses(const Settings& settings, const std::string& name,
                                                  const Known& session);

}  // namespace holdfast::whatsapp
