// SPDX-License-Identifier: Apache-2.0
// Keys that the sections with secrets share. A URL often is the secret itself, so none is ever
// quoted. Used by one thread.
#pragma once

#include <string>
#include <string_view>

#include "exporter/config/map_reader.h"

namespace holdfast {

/// A secret from `KEY` or `KEY_file`; an error when both are set.
[[nodiscard]] Secret read_secret(MapReader& map, const std::string& key,
                                 const Environment& environment);

/// `url` or `url_file`, one of which is required; a URL in the config itself must be valid.
[[nodiscard]] Secret read_url(MapReader& map, const Environment& environment);

/// Reports a value of that key that is not a valid URL.
void check_url(MapReader& map, std::string_view key);

}  // namespace holdfast
