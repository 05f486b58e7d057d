// SPDX-License-Identifier: Apache-2.0
// The endpoints of the HTTP server. Any thread; the dependencies outlive it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "exporter/metrics/exposition.h"
#include "exporter/report/report.h"
#include "exporter/schedule/scheduler.h"
#include "exporter/web/page.h"

namespace holdfast {

/// What the endpoints need.
struct WebDependencies {
  StatusStore& store;
  Scheduler& scheduler;
  Exposition& exposition;
  const StopEvent& stop;
  std::function<bool()> reload;    ///< True when the new configuration was loaded.
  GetOverview overview = nullptr;  ///< Windows and the last 24 hours; empty: there is no history.
};

class Endpoints {
 public:
  Endpoints(const WebDependencies& dependencies, bool enable_lifecycle)
      : dependencies_(dependencies), enable_lifecycle_(enable_lifecycle) {}
  /// Routes a request. HEAD is answered like GET; the server leaves the body out.
  [[nodiscard]] PageResponse answer(const PageRequest& request);
  /// Whether this path needs no credentials: the health endpoint.
  [[nodiscard]] static bool is_public(std::string_view path) { return path == "/-/healthy"; }

 private:
  PageResponse metrics(const PageRequest& request);
  PageResponse probe(const PageRequest& request);
  PageResponse status(const PageRequest& request);
  PageResponse healthy() const;
  PageResponse ready() const;
  PageResponse reload(const PageRequest& request);
  PageResponse status_page(const PageRequest& request);
  /// Never null.
  [[nodiscard]] std::shared_ptr<const ReportSource> overview() const;
  [[nodiscard]] std::string tag_of(const std::string& version) const;

  const WebDependencies dependencies_;
  const bool enable_lifecycle_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  // The status page as last rendered, all under mutex_.
  std::mutex mutex_;
  std::tuple<std::uint64_t, std::shared_ptr<const ReportSource>, bool> rendered_of_;
  std::shared_ptr<const std::string> rendered_;
  std::uint64_t version_ = 0;  ///< Grows with each rendering that differs.
};

}  // namespace holdfast
