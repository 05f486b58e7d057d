// SPDX-License-Identifier: Apache-2.0
// The reports that the daemon sends, made from its history and status store. Owns the sending
// thread. Public members: any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "exporter/history/history.h"
#include "exporter/report/gather.h"
#include "exporter/report/report_sender.h"

namespace holdfast {

/// What windows and reports read from the daemon's history file, opened read-only. The returned
/// functions own it.
[[nodiscard]] WindowSource open_window_source(const std::string& path);

class ReportService {
 public:
  /// All outlive it; `stop` ends its thread.
  ReportService(History& history, const StatusStore& store, Resolver& resolver,
                const StopEvent& stop);
  void configure(const Config& config);

 private:
  ReportSenderDependencies sender_dependencies(Resolver& resolver, const StopEvent& stop);
  bool save_marks(const DeliveryMarks& marks);
  std::optional<Report> make_report(const ReportConfig& wanted);

  History& history_;
  const StatusStore& store_;
  std::mutex mutex_;
  Config config_;
  ReportSender sender_;  // Last: its thread uses all of the above.
};

}  // namespace holdfast
