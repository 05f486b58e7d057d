// SPDX-License-Identifier: Apache-2.0
// The daemon's own port: a door that polls its sockets and hands complete requests to a few
// workers, and the endpoints behind it. Owns its threads; stop() ends within a second.
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
  std::string listen_address = "127.0.0.1:19627";  ///< host:port; port 0: a free one.
  std::string web_config_file;                     ///< exporter-toolkit's web.yml, or empty.
  bool enable_lifecycle = false;                   ///< Allows POST /-/reload.
};

/// What the endpoints need; all outlive the server.
struct WebDependencies {
  StatusStore& store;
  Scheduler& scheduler;
  Exposition& exposition;
  const StopEvent& stop;
  std::function<bool()> reload;    ///< True when the new configuration was taken.
  GetOverview overview = nullptr;  ///< Windows and the last 24 hours; empty: there is no history.
};

class WebServer {
 public:
  virtual ~WebServer() = default;
  /// The port it listens on.
  [[nodiscard]] virtual int port() const = 0;
  /// Answers what is being answered, for half a second at most. Fire `seams.stop` first: a /probe
  /// waits for its check until then.
  virtual void stop() = 0;
};

/// Opens the port and starts serving. Error text: a sentence for the person who started it
/// ("the port 19627 on 127.0.0.1 is in use by another program"); its phase is `listen` or
/// `web_config`, and a faulty web.yml has one line a fault, with file, line and column.
[[nodiscard]] Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options,
                                                           const WebDependencies& dependencies);

}  // namespace holdfast
