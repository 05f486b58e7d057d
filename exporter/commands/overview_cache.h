// SPDX-License-Identifier: Apache-2.0
// The last 24 hours and the windows for the status page, cached for some seconds. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exporter/history/history.h"
#include "exporter/report/report.h"
#include "exporter/window/window_service.h"

namespace holdfast {

/// What windows and reports read from a history.
[[nodiscard]] WindowSource window_source(std::shared_ptr<History> history);

class OverviewCache {
 public:
  /// All outlive it.
  OverviewCache(const Clock& clock, History& history, WindowService& windows)
      : clock_(clock), history_(history), windows_(windows) {}
  void configure(const Config& config);
  /// The latest; never null. Empty of evidence while the history cannot be read.
  [[nodiscard]] std::shared_ptr<const ReportSource> overview();

 private:
  const Clock& clock_;
  History& history_;
  WindowService& windows_;
  std::mutex mutex_;
  std::vector<std::string> checks_;
  std::string zone_;
  std::shared_ptr<const ReportSource> overview_;  // Null: to be made.
  std::chrono::steady_clock::time_point made_;
};

}  // namespace holdfast
