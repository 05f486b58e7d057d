// SPDX-License-Identifier: Apache-2.0
// A week as a test describes it: what happened to each check and to the host, and when. It is
// played through the real Confirmation into the evidence the history would hold, reading by
// reading. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/window/window.h"

namespace holdfast::testing {

/// The start of every week here.
inline constexpr WallTime kStart{std::chrono::seconds(1'762'444'560)};  // 2025-11-06T15:56:00Z

/// A span as seconds after the start.
struct Stretch {
  Duration from{};
  Duration until{};
  [[nodiscard]] bool contains(Duration at) const { return from <= at && at < until; }
};

/// The raw status of a check in a stretch; elsewhere it is ok.
struct Happening {
  std::string check;
  Stretch when;
  Status raw = Status::critical;
  std::string text = "Something is wrong.";
};

/// No readings in this stretch.
struct Absence {
  Stretch when;
  GapCause cause = GapCause::killed;
};

/// The wall clock is changed by `by` after `at` of real time.
struct ClockStep {
  Duration at{};
  Duration by{};
};

struct PlayedCheck {
  std::string name;
  std::string kind = "postgres";
  Duration interval = std::chrono::seconds(15);
  Duration timeout = std::chrono::seconds(5);
  Duration retry = std::chrono::seconds(5);
  int confirm = 3;
  Duration begins{};              ///< Of its first reading.
  std::vector<Duration> use{};    ///< When a reading proved use.
  std::optional<double> latency;  ///< Seconds, of every hour.
};

struct Week {
  std::vector<PlayedCheck> checks;
  std::vector<Happening> happenings;  ///< Where several overlap the last one counts.
  std::vector<Absence> absences;
  std::vector<Maintenance> maintenance;
  std::vector<LimitChange> changes;
  std::optional<ClockStep> clock;
};

/// The raw status of that check then.
[[nodiscard]] Status raw_at(const Week& week, const std::string& check, Duration at);
/// The evidence as it is known at `now`, real time after the start.
[[nodiscard]] Evidence play(const Week& week, Duration now);
/// Every reading until `now` as the scheduler passes it to the history, in order; one proves use
/// when a mark of `use` has passed since the one before.
[[nodiscard]] std::vector<Observation> observe(const Week& week, Duration now);
/// The wall time at that real time.
[[nodiscard]] WallTime wall_at(const Week& week, Duration at);

}  // namespace holdfast::testing
