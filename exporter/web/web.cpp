// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web.h"

namespace holdfast {

WebServer::WebServer(const Listener& listener, std::unique_ptr<Access> access,
                     const WebOptions& options, const WebDependencies& dependencies)
    : access_(std::move(access)),
      endpoints_(dependencies, options.enable_lifecycle),
      port_(listener.port),
      http_server_(
          listener.fd, [this] { return access_->tls(); },
          [this](const PageRequest& request) {
            return access_->guard(request, answer_, Endpoints::is_public(request.path));
          }) {}

Result<std::unique_ptr<WebServer>> start_web(const WebOptions& options,
                                             const WebDependencies& dependencies) {
  auto access = Access::open(options.web_config_file);
  if (!access) return access.error();
  const auto listener = open_listener(options.listen_address);
  if (!listener) return listener.error();
  return std::make_unique<WebServer>(*listener, std::move(*access), options, dependencies);
}

}  // namespace holdfast
