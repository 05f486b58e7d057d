// SPDX-License-Identifier: Apache-2.0
// Which Holdfast this is. Constants.
#pragma once

#include <string_view>

namespace holdfast {

/// "0.1.0"
[[nodiscard]] std::string_view version();
/// The commit it was built from, short; "unknown" when built outside a checkout.
[[nodiscard]] std::string_view revision();

}  // namespace holdfast
