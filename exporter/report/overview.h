// SPDX-License-Identifier: Apache-2.0
// What the history and the windows say right now, for the status page and for reports the daemon
// sends. A value, shared read-only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/window/window.h"

namespace holdfast {

struct Overview {
  Evidence evidence;  ///< Of the last 24 hours.
  std::vector<WindowResult> windows;
  std::string zone;  ///< Times are told in this zone.
};

/// Gives the latest; may be shared by all callers for some seconds. Never null.
using GetOverview = std::function<std::shared_ptr<const Overview>()>;

}  // namespace holdfast
