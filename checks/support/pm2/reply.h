// SPDX-License-Identifier: Apache-2.0
// The fields that Holdfast reads from a reply of PM2: an allow-list. PM2 sends every environment
// value of every process, once under `env` and once more among the process's own fields; all other
// fields are skipped while parsing and never stored. A field may be a number, a string or missing,
// since an environment variable of its name overwrites it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/support/io/deadline.h"

namespace holdfast {

enum class Pm2State : std::uint8_t {
  online,
  launching,
  stopping,
  stopped,
  errored,
  waiting_restart,
  missing,  ///< Not in PM2's list; never sent by PM2.
  unknown,  ///< An unknown word, or PM2 did not answer.
};
inline constexpr std::size_t kPm2StateCount = 8;
/// The label value: "waiting_restart".
[[nodiscard]] std::string_view name_of(Pm2State state);

/// One process. A number that is missing, negative or unreadable is empty, never 0.
struct Pm2Process {
  std::string name;   ///< At most kMaxPm2NameBytes; control characters shown as '?'.
  std::string pm_id;  ///< "3"
  Pm2State state = Pm2State::unknown;
  std::optional<double> restarts;
  std::optional<double> started_ms;  ///< Epoch of the last start, also of one that has ended.
  std::optional<double> exit_code;  ///< Of the last end; PM2 says 0 for a process killed by signal.
  std::optional<double> memory_bytes;
  std::optional<double> cpu_percent;         ///< Of one core.
  std::optional<double> memory_limit_bytes;  ///< At which PM2 restarts it.
  std::optional<double> event_loop_p50_ms;
  std::optional<double> event_loop_p95_ms;
  bool is_module = false;  ///< One of PM2's own modules, such as pm2-logrotate.
};

/// A reply to any of our three requests.
struct Pm2Reply {
  bool is_error = false;  ///< PM2 answered with an error; its text is not kept.
  bool is_pong = false;
  std::string version;
  std::optional<std::vector<Pm2Process>> processes;
};

inline constexpr std::size_t kMaxPm2NameBytes = 200;
inline constexpr std::size_t kMaxPm2Processes = 1000;  ///< Ten times the largest known site.
inline constexpr std::size_t kMaxPm2Depth = 64;        ///< A real reply has 10.

/// Errors: `garbage` (no JSON, another shape, too deep), `too_large` (more processes than
/// kMaxPm2Processes), `timed_out`. No text of the reply is in them.
[[nodiscard]] Result<Pm2Reply> parse_reply(std::string_view json, const Deadline& deadline);

}  // namespace holdfast
