// SPDX-License-Identifier: Apache-2.0
// The last 24 hours and the windows, for the status page. A value, shared read-only.
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
  std::string zone;  ///< Of times in texts.
};

/// Returns the latest, which callers may share for some seconds. Never null.
using GetOverview = std::function<std::shared_ptr<const Overview>()>;

}  // namespace holdfast
