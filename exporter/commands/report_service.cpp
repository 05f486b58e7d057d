// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/report_service.h"

#include <memory>

#include "exporter/commands/overview_cache.h"

namespace holdfast {
namespace {

/// The key of the history's note on deliveries.
constexpr const char* kMarks = "reports delivered";

WallTime wall_now() { return system_clock().now().wall; }

}  // namespace

WindowSource open_window_source(const std::string& path) {
  const std::shared_ptr<History> history = read_history(path);
  return {
      [history](const Span& range, const auto& checks) { return history->evidence(range, checks); },
      [history](const std::string& window, WallTime now) {
        return window_start(*history, window, now);
      }};
}

ReportService::ReportService(History& history, const StatusStore& store, Resolver& resolver,
                             const StopEvent& stop)
    : history_(history), store_(store), sender_(sender_dependencies(resolver, stop)) {}

ReportSenderDependencies ReportService::sender_dependencies(Resolver& resolver,
                                                            const StopEvent& stop) {
  return {.load = [this] { return decode_marks(history_.note(kMarks).value_or("")); },
          .save = [this](const DeliveryMarks& marks) { return save_marks(marks); },
          .make = [this](const ReportConfig& wanted) { return make_report(wanted); },
          .now = wall_now,
          .resolver = resolver,
          .stop = stop};
}

bool ReportService::save_marks(const DeliveryMarks& marks) {
  history_.keep_note(kMarks, encode_marks(marks));
  // Reading evidence flushes pending writes, so the note is in the file now.
  const WallTime now = wall_now();
  return history_.evidence({now, now}, {}).has_value() && history_.facts().is_writable;
}

std::optional<Report> ReportService::make_report(const ReportConfig& wanted) {
  Config config;
  {
    const std::lock_guard lock(mutex_);
    config = config_;
  }
  auto source = gather_report(window_source(history_), config, wanted.window, wall_now());
  if (!source) return std::nullopt;
  for (const auto& page : store_.pages()) source->now_checks.push_back(check_now(*page));
  if (wanted.window.empty()) return make_day_report(*source);
  return make_window_report(*source, wanted.window);
}

void ReportService::configure(const Config& config) {
  {
    const std::lock_guard lock(mutex_);
    config_ = config;
  }
  sender_.configure(config.reports, config.timezone);
}

}  // namespace holdfast
