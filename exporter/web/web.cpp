// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web.h"

#include "exporter/web/access.h"
#include "exporter/web/door.h"
#include "exporter/web/endpoints.h"
#include "exporter/web/listen.h"

namespace holdfast {
namespace {

class DoorServer : public WebServer {
 public:
  DoorServer(const Listener& listener, std::unique_ptr<Access> access, const WebOptions& options,
             const WebSeams& seams)
      : access_(std::move(access)),
        endpoints_(seams, options.enable_lifecycle),
        port_(listener.port),
        door_(
            listener.fd, [this](int fd) { return access_->make_wire(fd); },
            [this](const PageRequest& request) {
              return access_->guard(request, answer_, Endpoints::is_open(request.path));
            }) {}
  [[nodiscard]] int port() const override { return port_; }
  void stop() override { door_.stop(); }

 private:
  const std::unique_ptr<Access> access_;
  Endpoints endpoints_;
  const Answer answer_ = [this](const PageRequest& request) { return endpoints_.answer(request); };
  const int port_;
  Door door_;  // Last: its threads use all of the above.
};

}  // namespace

Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options, const WebSeams& seams) {
  auto access = Access::open(options.web_config_file);
  if (!access) return access.error();
  const auto listener = open_listener(options.listen_address);
  if (!listener) return listener.error();
  return std::unique_ptr<WebServer>(
      std::make_unique<DoorServer>(*listener, std::move(*access), options, seams));
}

}  // namespace holdfast
