// SPDX-License-Identifier: Apache-2.0
// The daemon: config → history → status store → scheduler → web, until a signal ends it.
#pragma once

#include <string>

#include "exporter/commands/load.h"
#include "exporter/log/log.h"
#include "exporter/web/web.h"

namespace holdfast {

struct ServeOptions {
  std::string config_file;   ///< Empty: from the environment.
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  WebOptions web;
  LogOptions log;
};

/// Runs the daemon until SIGTERM or SIGINT. Exit codes: 0 after a clean stop, 2 for an error in the
/// configuration or web.yml, 1 for any other failure to start, with the reason on stderr.
/// `environment` outlives it: a reload reads it again.
[[nodiscard]] int serve(const ServeOptions& options, const Environment& environment,
                        Terminal& terminal);

}  // namespace holdfast
