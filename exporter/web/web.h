// SPDX-License-Identifier: Apache-2.0
// The daemon's web interface: HTTP server, authentication and endpoints. Owns its threads; stop()
// returns within a second.
#pragma once

#include <memory>
#include <string>

#include "exporter/web/access.h"
#include "exporter/web/endpoints.h"
#include "exporter/web/http_server.h"
#include "exporter/web/listen.h"

namespace holdfast {

struct WebOptions {
  std::string listen_address = "127.0.0.1:19627";  ///< host:port; port 0: any free one.
  std::string web_config_file;                     ///< exporter-toolkit's web.yml, or empty.
  bool enable_lifecycle = false;                   ///< Allows POST /-/reload.
};

class WebServer {
 public:
  WebServer(const Listener& listener, std::unique_ptr<Access> access, const WebOptions& options,
            const WebDependencies& dependencies);
  /// The port it listens on.
  [[nodiscard]] int port() const { return port_; }
  /// Finishes responses in progress, for at most half a second. Fire `dependencies.stop` first: a
  /// /probe waits for its check until then.
  void stop() { http_server_.stop(); }

 private:
  const std::unique_ptr<Access> access_;
  Endpoints endpoints_;
  const Answer answer_ = [this](const PageRequest& request) { return endpoints_.answer(request); };
  const int port_;
  HttpServer http_server_;  // Last: its threads use all of the above.
};

/// Opens the port and starts serving. Error text: a sentence for the operator ("the
/// port 19627 on 127.0.0.1 is in use by another program"); its phase is `listen` or `web_config`,
/// and for web.yml it has one line per error, with file, line and column.
[[nodiscard]] Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options,
                                                           const WebDependencies& dependencies);

}  // namespace holdfast
