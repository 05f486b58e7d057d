// SPDX-License-Identifier: Apache-2.0
// The reports a running daemon sends, made of its history and its board. Owns the thread that
// sends. Public members: any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "exporter/history/history.h"
#include "exporter/report/gather.h"
#include "exporter/report/report_sender.h"

namespace holdfast {

/// The daemon's history file as windows and reports ask it: read and never written; what is
/// returned owns what it reads.
[[nodiscard]] WindowSource open_window_source(const std::string& path);

class ReportService {
 public:
  /// All outlive it; `stop` ends its thread.
  ReportService(History& history, const StatusStore& store, Resolver& resolver,
                const StopEvent& stop);
  void configure(const Config& config);

 private:
  ReportSenderDependencies seams_for_delivery(Resolver& resolver, const StopEvent& stop);
  bool keep_marks(const Memory& marks);
  std::optional<Report> make_report(const ReportConfig& wanted);

  History& history_;
  const StatusStore& store_;
  std::mutex mutex_;
  Config config_;
  ReportSender sender_;  // Last: its thread uses all of the above.
};

}  // namespace holdfast
