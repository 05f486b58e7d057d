// SPDX-License-Identifier: Apache-2.0
// Kinds with the options of the example and no I/O, so that the config reader is tested with tables
// that do not change with the real kinds.
#pragma once

#include <map>
#include <string>

#include "exporter/config/sections.h"

namespace holdfast::testing {

/// postgres, pool, whatsapp, pm2, and `odd`, which has an option of every type.
[[nodiscard]] Kinds fake_kinds();

/// An environment of exactly these variables.
[[nodiscard]] Environment environment_of(std::map<std::string, std::string> variables);

/// The content of a file below the source directory.
[[nodiscard]] std::string read_source_file(const std::string& path);

/// All errors of a text, one a line.
[[nodiscard]] std::string errors_of(const std::string& text, const std::string& file = "test.yaml",
                                    const std::map<std::string, std::string>& variables = {});

}  // namespace holdfast::testing
