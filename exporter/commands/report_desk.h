// SPDX-License-Identifier: Apache-2.0
// The reports a running daemon sends, made of its history and its board. Owns the thread that
// sends. Public members: any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "exporter/history/history.h"
#include "exporter/report/delivery.h"
#include "exporter/report/gather.h"

namespace holdfast {

/// The daemon's history file as windows and reports ask it: read and never written; what is
/// returned owns what it reads.
[[nodiscard]] WindowSource open_window_source(const std::string& path);

class ReportDesk {
 public:
  /// All outlive it; `stop` ends its thread.
  ReportDesk(History& history, const Board& board, Resolver& resolver, const StopEvent& stop);
  void configure(const Config& config);

 private:
  DeliverySeams seams_for_delivery(Resolver& resolver, const StopEvent& stop);
  bool keep_marks(const Memory& marks);
  std::optional<Report> make_report(const ReportConfig& wanted);

  History& history_;
  const Board& board_;
  std::mutex mutex_;
  Config config_;
  Courier courier_;  // Last: its thread uses all of the above.
};

}  // namespace holdfast
