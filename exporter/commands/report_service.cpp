// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/report_service.h"

#include <poll.h>

#include "exporter/commands/overview_cache.h"

namespace holdfast {
namespace {

/// The latest reading of a check.
CheckNow check_now(const CheckPage& page) {
  CheckNow out{.check = page.config.name, .kind = page.kind, .findings = page.view.findings};
  for (const Series& series : page.series)
    out.samples.push_back({.spec = series.spec, .labels = series.labels, .value = series.value});
  return out;
}

/// The key of the history's note on deliveries.
constexpr const char* kMarks = "reports delivered";
/// How often due deliveries are checked: the clock or the configuration may have changed.
constexpr Duration kDueInterval = std::chrono::seconds(5);

WallTime wall_now() { return system_clock().now().wall; }

}  // namespace

ReportService::ReportService(std::shared_ptr<History> history, const StatusStore& store,
                             Resolver& resolver, const StopEvent& stop)
    : history_(std::move(history)),
      store_(store),
      resolver_(resolver),
      stop_(stop),
      thread_([this] { run(); }) {}

ReportService::~ReportService() { thread_.join(); }

void ReportService::configure(const Config& config) {
  const std::lock_guard lock(mutex_);
  config_ = std::make_shared<const Config>(config);
}

void ReportService::run() {
  DeliveryMarks marks = decode_marks(history_->note(kMarks).value_or(""));
  while (!stop_.fired()) {
    std::shared_ptr<const Config> config;
    {
      const std::lock_guard lock(mutex_);
      config = config_;
    }
    const auto make = [&](const ReportConfig& wanted) {
      return make_report(*config, wanted.window);
    };
    deliver_due(config->reports, config->timezone, marks,
                {.save = [this](const DeliveryMarks& changed) { return save_marks(changed); },
                 .make = make,
                 .now = wall_now,
                 .resolver = resolver_,
                 .stop = stop_});
    const auto woken = Deadline(kDueInterval, &stop_).wait(stop_.fd(), POLLIN);
    if (woken || woken.error().reason == Reason::stopped) return;
  }
}

bool ReportService::save_marks(const DeliveryMarks& marks) {
  history_->keep_note(kMarks, encode_marks(marks));
  // Reading evidence flushes pending writes, so the note is in the file now.
  const WallTime now = wall_now();
  return history_->evidence({now, now}, {}).has_value() && history_->facts().is_writable;
}

std::optional<Report> ReportService::make_report(const Config& config,
                                                 const std::string& window) const {
  auto source = gather_report(window_source(history_), config, window, wall_now());
  if (!source) return std::nullopt;
  for (const auto& page : store_.pages()) source->now_checks.push_back(check_now(*page));
  if (window.empty()) return make_day_report(*source);
  return make_window_report(*source, window);
}

}  // namespace holdfast
