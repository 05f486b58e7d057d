// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/overview_cache.h"

namespace holdfast {
namespace {

// Reading a day of 20 checks takes some milliseconds: many viewers share one read.
constexpr Duration kMaxAge = std::chrono::seconds(5);
constexpr Duration kShown = std::chrono::hours(24);

}  // namespace

WindowSource window_source(std::shared_ptr<History> history) {
  return {
      [history](const Span& range, const auto& checks) { return history->evidence(range, checks); },
      [history](const std::string& window, WallTime now) {
        return window_start(*history, window, now);
      }};
}

void OverviewCache::configure(const Config& config) {
  const std::lock_guard lock(mutex_);
  checks_.clear();
  for (const CheckConfig& check : config.checks) checks_.push_back(check.name);
  zone_ = config.timezone;
  overview_.reset();
}

std::shared_ptr<const ReportSource> OverviewCache::overview() {
  const auto windows = windows_.results();
  const std::lock_guard lock(mutex_);
  const Now now = clock_.now();
  if (overview_ && now.steady - made_ < kMaxAge) return overview_;
  const Span range{now.wall - kShown, now.wall};
  ReportSource out{.evidence = {}, .windows = *windows, .now = now.wall, .zone = zone_};
  auto evidence = history_.evidence(range, checks_);
  if (evidence)
    out.evidence = std::move(evidence).value();
  else
    out.evidence.problems.current = evidence.error().text;
  out.evidence.range = range;
  overview_ = std::make_shared<const ReportSource>(std::move(out));
  made_ = now.steady;
  return overview_;
}

}  // namespace holdfast
