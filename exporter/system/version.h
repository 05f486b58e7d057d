// SPDX-License-Identifier: Apache-2.0
// Version and revision. Constants.
#pragma once

#include <string_view>

namespace holdfast {

/// "0.1.0"
[[nodiscard]] std::string_view version();
/// The short commit hash; "unknown" when built outside a checkout.
[[nodiscard]] std::string_view revision();

}  // namespace holdfast
