// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/version.h"

#ifndef HOLDFAST_REVISION
#define HOLDFAST_REVISION "unknown"
#endif

namespace holdfast {

std::string_view version() { return HOLDFAST_VERSION; }
std::string_view revision() { return HOLDFAST_REVISION; }

}  // namespace holdfast
