// SPDX-License-Identifier: Apache-2.0
// What the history holds about a span of time, for windows and reports: the status of each check as
// a step function, its incidents, gaps and their causes, maintenance. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/memory.h"
#include "exporter/history/distribution.h"

namespace holdfast {

/// A span of wall time, its end not included.
struct Span {
  WallTime begin;
  WallTime end;
  [[nodiscard]] Duration length() const { return end > begin ? end - begin : Duration{}; }
  [[nodiscard]] bool contains(WallTime at) const { return begin <= at && at < end; }
  bool operator==(const Span&) const = default;
};

/// The status from the end of one reading until the next, for at most 1.5 × interval + time-out.
/// Between spans there is no data.
struct StatusSpan {
  Span span;
  Status raw = Status::unknown;
  Status confirmed = Status::unknown;  ///< As known at that moment; incidents date back.
  bool operator==(const StatusSpan&) const = default;
};

/// A confirmed incident, from its first bad reading to its last.
struct IncidentRecord {
  std::string check;
  Severity severity = Severity::warning;  ///< The worst it has been.
  WallTime since;                         ///< Of the first bad reading.
  /// The last bad reading, known once its end is confirmed; empty while it is open.
  std::optional<WallTime> until;
  std::vector<Finding> findings;  ///< As last seen; at most kMaxIncidentFindings.
  std::size_t findings_left_out = 0;
  bool operator==(const IncidentRecord&) const = default;
};
/// Enough to see what is affected; a thousand subjects may each have a finding.
inline constexpr std::size_t kMaxIncidentFindings = 20;
/// Findings as JSON for the history file, and back; those that cannot be parsed are left out.
[[nodiscard]] std::string render_findings(std::span<const Finding> findings);
[[nodiscard]] std::vector<Finding> parse_findings(const std::string& text);

/// A request of the operator to the daemon, passed through the file.
struct OperatorAction {
  std::int64_t id = 0;
  WallTime at;
  std::string what;     ///< "baseline accept".
  std::string subject;  ///< The check.
  std::string reason;
  std::string who;
};

/// Why there were no readings. Found at the next start by boot id, clean-stop mark and clocks.
enum class GapCause : std::uint8_t { host_down, killed, stopped, suspended, clock };
[[nodiscard]] std::string_view name_of(GapCause cause);
struct Gap {
  Span span;
  GapCause cause = GapCause::killed;
  bool operator==(const Gap&) const = default;
};

/// Maintenance as declared. It counts from `declared` on, even if `span` begins earlier.
struct Maintenance {
  std::int64_t id = 0;
  Span span;  ///< As requested; cut short by `maintenance end`.
  WallTime declared;
  std::string reason;
  std::string who;  ///< The system's name of the user, or "config".
  bool operator==(const Maintenance&) const = default;
};

/// A change of limits or criteria; printed in reports.
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
  std::vector<IncidentRecord> incidents;  ///< Those that overlap the range, by `since`; bounded.
  std::size_t incidents_left_out = 0;
  /// When a reading proved use; ascending, at most one in five minutes.
  std::vector<WallTime> use;
  std::vector<LatencySlice> latency;  ///< Ascending; empty for kinds without a latency.
};

/// One published run for the history, stored completely or not at all.
struct Observation {
  std::string check;
  std::string kind;
  WallTime began;        ///< Start of the run.
  WallTime at;           ///< End of the run.
  WallTime valid_until;  ///< at + 1.5 × interval + time-out.
  Status raw = Status::unknown;
  Status confirmed = Status::unknown;
  std::vector<IncidentRecord> incidents;  ///< Open now, and those this run has closed.
  std::vector<double> latencies;          ///< Seconds, as the kind observed them.
  bool shows_use = false;
  std::optional<Memory> memory;  ///< Of a complete reading.
};

/// Problems of the history itself; part of the evidence, so that no reader misses them.
struct HistoryProblems {
  /// "the history file F cannot be written: the disk is full"; empty: none.
  std::string current;
  std::optional<WallTime> set_aside_at;  ///< A damaged file was set aside and this one created.
  std::string set_aside_as;              ///< The damaged one's name, without its directory.
  std::optional<WallTime> last_alive;    ///< Of the daemon that writes it.
};

/// The evidence of `range`. Status spans are clipped to it; incidents and maintenance are not.
struct Evidence {
  Span range;
  std::vector<CheckEvidence> checks;
  std::vector<Gap> gaps;
  std::vector<Maintenance> maintenance;
  std::vector<LimitChange> changes;
  std::optional<WallTime> replayed_until;  ///< What is older was replayed by the demo.
  HistoryProblems problems;
};

}  // namespace holdfast
