// SPDX-License-Identifier: Apache-2.0
// What the history knows of a stretch of time, as windows and reports read it: a step function of
// statuses for each check, its incidents, the gaps and their causes, maintenance. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/memory.h"
#include "exporter/history/distribution.h"

namespace holdfast {

/// A stretch of wall time, its end not included.
struct Span {
  WallTime begin;
  WallTime end;
  [[nodiscard]] Duration length() const { return end > begin ? end - begin : Duration{}; }
  [[nodiscard]] bool contains(WallTime at) const { return begin <= at && at < end; }
  bool operator==(const Span&) const = default;
};

/// One step: what readings said from the end of one until the next, at most 1.5 × interval +
/// time-out. Where no step stands there is no data.
struct StatusSpan {
  Span span;
  Status raw = Status::unknown;
  Status confirmed = Status::unknown;  ///< As it was known at that moment: incidents date back.
  bool operator==(const StatusSpan&) const = default;
};

/// A confirmed incident, from its first sign to its last.
struct IncidentRecord {
  std::string check;
  Severity severity = Severity::warning;  ///< The worst it has been.
  WallTime since;                         ///< Of the first sign.
  /// When a reading no longer showed it, as was confirmed later; empty while it is open.
  std::optional<WallTime> until;
  std::vector<Finding> findings;  ///< As last seen; at most kMaxIncidentFindings.
  std::size_t findings_left_out = 0;
  bool operator==(const IncidentRecord&) const = default;
};
/// A thousand sessions may each have a finding: enough to see which, not a copy of the database.
inline constexpr std::size_t kMaxIncidentFindings = 20;

/// What a person has told the daemon through the file, to be carried out by it.
struct OperatorAction {
  std::int64_t id = 0;
  WallTime at;
  std::string what;     ///< "baseline accept".
  std::string subject;  ///< The check.
  std::string reason;
  std::string who;
};

/// Why there was nobody to look. Found at the next start by boot id, clean-stop mark and clocks.
enum class GapCause : std::uint8_t { host_down, killed, stopped, suspended, clock };
[[nodiscard]] std::string_view name_of(GapCause cause);
struct Gap {
  Span span;
  GapCause cause = GapCause::killed;
  bool operator==(const Gap&) const = default;
};

/// A stretch that a person has declared. Counts from `declared` on, whatever it asks for.
struct Maintenance {
  std::int64_t id = 0;
  Span span;          ///< As asked for; cut short by `maintenance end`.
  WallTime declared;  ///< When it was said.
  std::string reason;
  std::string who;  ///< The system's name of the user, or "config".
  bool operator==(const Maintenance&) const = default;
};

/// Limits or criteria that changed: printed in reports, since a limit raised on day 6 is a fact.
struct LimitChange {
  WallTime at;
  std::string scope;   ///< "check timeweb" or "window phase-0".
  std::string before;  ///< One line, readable: "latency 100 ms / 500 ms".
  std::string after;
  bool operator==(const LimitChange&) const = default;
};

/// The latencies of one hour.
struct LatencySlice {
  Span span;
  Distribution values;  ///< Seconds.
};

struct CheckEvidence {
  std::string check;
  std::string kind;
  std::vector<StatusSpan> spans;          ///< Ascending, disjoint.
  std::vector<IncidentRecord> incidents;  ///< Those that touch the range, by `since`; bounded.
  std::size_t incidents_left_out = 0;
  std::vector<WallTime>
      use;  ///< When a reading proved use; ascending, one in five minutes at most.
  std::vector<LatencySlice> latency;  ///< Ascending; empty for kinds without a latency.
};

/// One published run, as the scheduler hands it to the history: all of it is kept, or nothing.
struct Observation {
  std::string check;
  std::string kind;
  WallTime began;        ///< Start of the run.
  WallTime at;           ///< End of the run.
  WallTime valid_until;  ///< at + 1.5 × interval + time-out: after that there is no data.
  Status raw = Status::unknown;
  Status confirmed = Status::unknown;
  std::vector<IncidentRecord> incidents;  ///< Open now, and those this run has closed.
  std::vector<double> latencies;          ///< Seconds, as the kind observed them.
  bool shows_use = false;
  std::optional<Memory> memory;  ///< Of a complete reading.
};

/// What stands against the history itself: what it may not have is told where it is read.
struct HistoryTrouble {
  std::string now;  ///< "the history file F cannot be written: the disk is full"; empty: nothing.
  std::optional<WallTime> set_aside_at;  ///< A damaged file was set aside, and this one begun.
  std::string set_aside_as;              ///< The damaged one's name, without its folder.
  std::optional<WallTime> last_sign;     ///< Of life of the daemon that writes it.
};

/// All that is known of `range`. Spans are clipped to it; incidents and maintenance are whole.
struct Evidence {
  Span range;
  std::vector<CheckEvidence> checks;
  std::vector<Gap> gaps;
  std::vector<Maintenance> maintenance;
  std::vector<LimitChange> changes;
  std::optional<WallTime> replayed_until;  ///< What is older was replayed by the demo, not seen.
  HistoryTrouble trouble;
};

}  // namespace holdfast
