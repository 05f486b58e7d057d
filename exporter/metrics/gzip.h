// SPDX-License-Identifier: Apache-2.0
// A page as gzip, by zlib. Pure.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

/// `text` as one gzip member, fast rather than small: pages are repetitive and soon replaced.
[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace holdfast
