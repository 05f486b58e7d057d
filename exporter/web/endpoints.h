// SPDX-License-Identifier: Apache-2.0
// What is behind the door: which path answers what. Any thread; the seams outlive it.
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
  /// The whole site. HEAD is answered like GET; the door leaves the body out.
  [[nodiscard]] PageResponse answer(const PageRequest& request);
  /// Whether this path is answered without credentials: whoever asks only whether we live.
  [[nodiscard]] static bool is_open(std::string_view path);

 private:
  PageResponse metrics(const PageRequest& request);
  PageResponse probe(const PageRequest& request);
  PageResponse status(const PageRequest& request);
  PageResponse healthy() const;
  PageResponse ready() const;
  PageResponse reload(const PageRequest& request);
  PageResponse status_page(const PageRequest& request);
  /// The start: it tells the generations of two lives apart.
  std::string life() const;

  const WebDependencies dependencies_;
  const bool enable_lifecycle_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  StatusPage status_page_;
};

}  // namespace holdfast
