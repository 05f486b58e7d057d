// SPDX-License-Identifier: Apache-2.0
// The two invented days before the demo: the reading of each of its checks, by the time since their
// start. Nothing here was ever measured. Pure functions; any thread.
//
// Lengths are multiples of the replay's interval, so that the report's numbers can be computed by
// hand.
#pragma once

#include "checks/check.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// A part of the two days, by the time since their start.
struct PlotStretch {
  Duration from{};
  Duration until{};
};
/// The length of the replayed past.
inline constexpr Duration kPlotLength = std::chrono::hours(48);
/// Holdfast was stopped for an update.
inline constexpr PlotStretch kPlotRestart{std::chrono::hours(27),
                                          std::chrono::hours(27) + std::chrono::minutes(4)};
/// Declared at its start; the services were deployed in it.
inline constexpr PlotStretch kPlotMaintenance{std::chrono::hours(31),
                                              std::chrono::hours(31) + std::chrono::minutes(20)};

/// When a reading is taken.
struct PlotMoment {
  WallTime begin;                    ///< Of the two days.
  std::optional<WallTime> previous;  ///< Of that check's previous reading.
  WallTime at;
};

/// The reading of the check of that name and kind, with latency and use where its kind has them. It
/// has no memory: invented data must not become a baseline.
[[nodiscard]] Reading plot_reading(const CheckConfig& check, const Kind& kind,
                                   const PlotMoment& moment);

}  // namespace holdfast
