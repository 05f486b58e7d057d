// SPDX-License-Identifier: Apache-2.0
// A whole web server on a free port with fakes behind it; gone with the test.
#pragma once

#include <doctest/doctest.h>

#include "exporter/web/http_server.h"
#include "exporter/web/listen.h"
#include "tests/unit/exporter/web/client.h"
#include "tests/unit/exporter/web/fakes.h"

namespace holdfast::web_test {

struct Site {
  explicit Site(WebOptions options = {}) {
    if (options.listen_address == WebOptions{}.listen_address) {
      options.listen_address = "127.0.0.1:0";
    }
    auto started = start_web(options, {store, scheduler, exposition, stop, [this] {
                                         ++reloads;
                                         return reload_works.load();
                                       }});
    if (!started) {
      error = started.error().text;
      return;
    }
    server = std::move(*started);
  }
  ~Site() { stop.fire(); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  [[nodiscard]] int port() const { return server ? server->port() : 0; }
  [[nodiscard]] Reply get(std::string_view path, std::string_view headers = {},
                          std::string_view method = "GET") const {
    return fetch(port(), path, headers, method);
  }

  fakes::FakeBoard store;
  fakes::FakeScheduler scheduler;
  fakes::FakeExposition exposition;
  StopEvent stop;
  std::atomic<int> reloads = 0;
  std::atomic<bool> reload_works = true;
  std::string error;
  std::unique_ptr<WebServer> server;  // Last: gone first.
};

/// An HTTP server alone, with timeouts and bounds of the test and one page.
struct Doorway {
  Doorway(const HttpServerOptions& options, std::string body)
      : page(std::make_shared<const std::string>(std::move(body))),
        listener(*open_listener("127.0.0.1:0")),
        server(
            listener.fd, [] { return nullptr; },
            [this](const PageRequest&) {
              return PageResponse{200, "text/plain", page, {}};
            },
            options) {}
  [[nodiscard]] int port() const { return listener.port; }

  std::shared_ptr<const std::string> page;
  Listener listener;
  HttpServer server;
};

}  // namespace holdfast::web_test
