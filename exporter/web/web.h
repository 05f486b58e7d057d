// SPDX-License-Identifier: Apache-2.0
// The daemon's web interface: HTTP server, authentication and endpoints. Owns its threads; stop()
// returns within a second.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/metrics/exposition.h"
#include "exporter/report/overview.h"
#include "exporter/schedule/scheduler.h"

namespace holdfast {

struct WebOptions {
  std::string listen_address = "127.0.0.1:19627";  ///< host:port; port 0: any free one.
  std::string web_config_file;                     ///< exporter-toolkit's web.yml, or empty.
  bool enable_lifecycle = false;                   ///< Allows POST /-/reload.
};

/// What the endpoints need; all outlive the server.
struct WebDependencies {
  StatusStore& store;
  Scheduler& scheduler;
  Exposition& exposition;
  const StopEvent& stop;
  std::function<bool()> reload;    ///< True when the new configuration was loaded.
  GetOverview overview = nullptr;  ///< Windows and the last 24 hours; empty: there is no history.
};

class WebServer {
 public:
  virtual ~WebServer() = default;
  /// The port it listens on.
  [[nodiscard]] virtual int port() const = 0;
  /// Finishes responses in progress, for at most half a second. Fire `dependencies.stop` first: a
  /// /probe waits for its check until then.
  virtual void stop() = 0;
};

/// Opens the port and starts serving. Error text: a sentence for the operator ("the
/// port 19627 on 127.0.0.1 is in use by another program"); its phase is `listen` or `web_config`,
/// and for web.yml it has one line per error, with file, line and column.
[[nodiscard]] Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options,
                                                           const WebDependencies& dependencies);

}  // namespace holdfast
