// SPDX-License-Identifier: Apache-2.0
// Keys that everything shares which sends to somebody: where to, and the secret that lets it in. A
// URL often is the secret itself, so none is ever quoted. One thread.
#pragma once

#include <string>
#include <string_view>

#include "exporter/config/map_reader.h"

namespace holdfast {

/// A secret of `KEY` or `KEY_file`; the place may not have both.
[[nodiscard]] Secret read_secret(MapReader& map, const std::string& key,
                                 const Environment& environment);

/// `url` or `url_file`, one of which there must be; a URL in the file itself must be one.
[[nodiscard]] Secret read_url(MapReader& map, const Environment& environment);

/// Tells a fault when the value of that key stands there and is no URL.
void check_url(MapReader& map, std::string_view key);

}  // namespace holdfast
