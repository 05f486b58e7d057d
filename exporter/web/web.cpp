// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web.h"

#include "exporter/web/access.h"
#include "exporter/web/endpoints.h"
#include "exporter/web/http_server.h"
#include "exporter/web/listen.h"

namespace holdfast {
namespace {

class RunningWebServer : public WebServer {
 public:
  RunningWebServer(const Listener& listener, std::unique_ptr<Access> access,
                   const WebOptions& options, const WebDependencies& dependencies)
      : access_(std::move(access)),
        endpoints_(dependencies, options.enable_lifecycle),
        port_(listener.port),
        http_server_(
            listener.fd, [this](int fd) { return access_->make_stream(fd); },
            [this](const PageRequest& request) {
              return access_->guard(request, answer_, Endpoints::is_public(request.path));
            }) {}
  [[nodiscard]] int port() const override { return port_; }
  void stop() override { http_server_.stop(); }

 private:
  const std::unique_ptr<Access> access_;
  Endpoints endpoints_;
  const Answer answer_ = [this](const PageRequest& request) { return endpoints_.answer(request); };
  const int port_;
  HttpServer http_server_;  // Last: its threads use all of the above.
};

}  // namespace

Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options,
                                             const WebDependencies& dependencies) {
  auto access = Access::open(options.web_config_file);
  if (!access) return access.error();
  const auto listener = open_listener(options.listen_address);
  if (!listener) return listener.error();
  return std::unique_ptr<WebServer>(
      std::make_unique<RunningWebServer>(*listener, std::move(*access), options, dependencies));
}

}  // namespace holdfast
