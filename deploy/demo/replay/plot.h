// SPDX-License-Identifier: Apache-2.0
// The two days that the demo looks back on, made up: what a reading of each of its checks said, by
// the time since their beginning. Nothing here was ever measured. Pure functions; any thread.
//
// Lengths are whole multiples of the replay's interval, so that what a report says of them can be
// worked out by hand.
#pragma once

#include "checks/check.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// A stretch of the two days, by the time since their beginning.
struct PlotStretch {
  Duration from{};
  Duration until{};
};
/// How much past the demo has.
inline constexpr Duration kPlotLength = std::chrono::hours(48);
/// Holdfast was stopped for an update.
inline constexpr PlotStretch kPlotRestart{std::chrono::hours(27),
                                          std::chrono::hours(27) + std::chrono::minutes(4)};
/// Declared when it began; the services were deployed in it.
inline constexpr PlotStretch kPlotMaintenance{std::chrono::hours(31),
                                              std::chrono::hours(31) + std::chrono::minutes(20)};

/// When a reading is taken.
struct PlotMoment {
  WallTime begin;                    ///< Of the two days.
  std::optional<WallTime> previous;  ///< The reading of that check before it.
  WallTime at;
};

/// What the check of that name and kind finds then, with its latency and its proof of use where
/// its kind has them. It remembers nothing: what is made up must be no baseline for what is real.
[[nodiscard]] Reading plot_reading(const CheckConfig& check, const Kind& kind,
                                   const PlotMoment& moment);

}  // namespace holdfast
