// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web.h"

#include "exporter/web/door.h"
#include "exporter/web/endpoints.h"
#include "exporter/web/listen.h"

namespace holdfast {
namespace {

class DoorServer : public WebServer {
 public:
  DoorServer(const Listener& listener, const WebOptions& options, const WebSeams& seams)
      : endpoints_(seams, options.enable_lifecycle),
        port_(listener.port),
        door_(listener.fd, make_plain_wire,
              [this](const PageRequest& request) { return endpoints_.answer(request); }) {}
  [[nodiscard]] int port() const override { return port_; }
  void stop() override { door_.stop(); }

 private:
  Endpoints endpoints_;
  int port_;
  Door door_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options, const WebSeams& seams) {
  const auto listener = open_listener(options.listen_address);
  if (!listener) return listener.error();
  return std::unique_ptr<WebServer>(std::make_unique<DoorServer>(*listener, options, seams));
}

}  // namespace holdfast
