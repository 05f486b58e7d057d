// SPDX-License-Identifier: Apache-2.0
// The daemon: config → history → board → scheduler → web, until a signal ends it.
#pragma once

#include <string>

#include "exporter/commands/load.h"
#include "exporter/log.h"
#include "exporter/web/web.h"

namespace holdfast {

struct ServeOptions {
  std::string config_file;   ///< Empty: from the environment.
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  WebOptions web;
  LogOptions log;
};

/// Runs the daemon until SIGTERM or SIGINT; its exit code: 0 after a clean stop, 2 for a fault of
/// the configuration or of web.yml, 1 for anything else that keeps it from starting. Says why on
/// stderr. `environment` outlives it: a reload reads it again.
[[nodiscard]] int serve(const ServeOptions& options, const Environment& environment,
                        Terminal& terminal);

}  // namespace holdfast
