// SPDX-License-Identifier: Apache-2.0
// gzip compression by zlib. Pure.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

/// `text` as one gzip member, optimized for speed: pages are repetitive and soon replaced.
[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace holdfast
