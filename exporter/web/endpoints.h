// SPDX-License-Identifier: Apache-2.0
// The endpoints of the HTTP server. Any thread; the dependencies outlive it.
#pragma once

#include <atomic>
#include <string>

#include "exporter/web/page.h"
#include "exporter/web/status_page.h"
#include "exporter/web/web.h"

namespace holdfast {

class Endpoints {
 public:
  Endpoints(const WebDependencies& dependencies, bool enable_lifecycle);
  /// Routes a request. HEAD is answered like GET; the server leaves the body out.
  [[nodiscard]] PageResponse answer(const PageRequest& request);
  /// Whether this path needs no credentials: the health endpoint.
  [[nodiscard]] static bool is_public(std::string_view path);

 private:
  PageResponse metrics(const PageRequest& request);
  PageResponse probe(const PageRequest& request);
  PageResponse status(const PageRequest& request);
  PageResponse healthy() const;
  PageResponse ready() const;
  PageResponse reload(const PageRequest& request);
  PageResponse status_page(const PageRequest& request);
  /// Differs between two starts of the daemon, so that ETags of the last one do not match.
  std::string instance_id() const;

  const WebDependencies dependencies_;
  const bool enable_lifecycle_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  StatusPage status_page_;
};

}  // namespace holdfast
