// SPDX-License-Identifier: Apache-2.0
// Sends the configured reports when they are due, made from the daemon's history and status store,
// in a thread of its own. Each attempt is recorded in the history before and after. Public members:
// any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/report/delivery.h"

namespace holdfast {

class ReportService {
 public:
  /// The others outlive it; `stop` ends its thread.
  ReportService(std::shared_ptr<History> history, const StatusStore& store, Resolver& resolver,
                const StopEvent& stop);
  ~ReportService();
  ReportService(const ReportService&) = delete;
  ReportService& operator=(const ReportService&) = delete;
  /// Applies a new configuration within some seconds.
  void configure(const Config& config);

 private:
  void run();
  bool save_marks(const DeliveryMarks& marks);
  std::optional<Report> make_report(const Config& config, const std::string& window) const;

  const std::shared_ptr<History> history_;
  const StatusStore& store_;
  Resolver& resolver_;
  const StopEvent& stop_;
  std::mutex mutex_;
  std::shared_ptr<const Config> config_ = std::make_shared<const Config>();
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace holdfast
