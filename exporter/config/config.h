// SPDX-License-Identifier: Apache-2.0
// The configuration. Readers return one only when they have found no error, so that a Config is
// always a valid one. A value, shared read-only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

/// One error in a file. Lines and columns count from 1; 0: the file as a whole.
struct ConfigError {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;  ///< "checks[2].latency.warning"
  /// A sentence, with the nearest known word where there is one; never a value that may be secret.
  std::string text;
};
/// "file:3:5: checks[2].latnecy: unknown option; did you mean latency?"
[[nodiscard]] std::string render_config_error(const ConfigError& error);

/// When the verdict of a window is `go`. Coverage and critical time are always judged, since
/// missing data must never count towards go; the rest only where it is configured.
struct Criteria {
  double coverage = 0.99;                      ///< At least, of each check; over 0.
  Duration critical{};                         ///< At most, confirmed time of each check.
  std::optional<Duration> warning;             ///< At most, confirmed time of each check.
  std::optional<Duration> latency;             ///< p95 at most, of each check that measures one.
  std::map<std::string, Duration> latency_of;  ///< By check; overrides `latency`.
  std::optional<double> ratio;                 ///< At least, of every ratio.
  std::map<std::string, double> ratio_of;      ///< By name; overrides `ratio`.
  std::vector<std::string> require;            ///< Checks that must have shown use on every day.
  bool operator==(const Criteria&) const = default;
};

/// A stability window as configured; judged by window/.
struct WindowConfig {
  std::string name;
  std::string start;  ///< RFC 3339 with offset, or "now".
  Duration length{};
  std::vector<std::string> checks;  ///< At least one.
  Criteria go_when;
  std::string on_no_go = "stop";  ///< stop or restart.
  bool operator==(const WindowConfig&) const = default;
};

/// Where a report goes.
struct ReportTarget {
  enum class Way : std::uint8_t { file, webhook, telegram };
  Way way = Way::file;
  std::string file;  ///< An absolute path; "{date}" becomes the day, as 2026-11-23.
  Secret url;        ///< Of the webhook, which may hold a token; of Telegram's API.
  Secret token;      ///< The bot's, or the bearer token of the webhook.
  std::string chat;
  std::string ca_file;  ///< Trusted instead of the system's authorities; may be empty.
  std::string format;   ///< text, markdown, html or json.
  std::string place;    ///< A digest of the destination, to tell targets apart.
  bool operator==(const ReportTarget&) const = default;
};

/// A report sent every day.
struct ReportConfig {
  std::chrono::minutes at{};  ///< The time of day, in the config's time zone.
  std::string window;         ///< Empty: the daily health check.
  std::vector<ReportTarget> to;
  bool operator==(const ReportConfig&) const = default;
};

/// The requests sent to an external service, which alerts when they stop.
struct HeartbeatConfig {
  Secret url;           ///< Gets a GET; its path often contains a token.
  std::string ca_file;  ///< Trusted instead of the system's authorities; may be empty.
  Duration every = std::chrono::minutes(1);
  bool operator==(const HeartbeatConfig&) const = default;
};

struct Config {
  std::string file;      ///< Empty: the configuration is from the environment.
  std::string timezone;  ///< An IANA name; empty: the system's.
  std::string history_path;
  Duration history_keep = std::chrono::hours(24 * 90);
  std::map<std::string, Database> databases;
  std::vector<CheckConfig> checks;  ///< In the order of the file.
  std::vector<WindowConfig> windows;
  std::vector<ReportConfig> reports;
  std::optional<HeartbeatConfig> heartbeat;
  std::vector<std::string>
      notes;  ///< What was read from the environment, and warnings; for the log.
};

/// The value of an environment variable; tests pass their own.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

/// The kinds a config may name; tests bring their own.
using Kinds = std::span<const Kind* const>;

/// A configuration, or all of its errors.
struct ConfigOutcome {
  std::optional<Config> config;
  std::vector<ConfigError> errors;
};
/// Reads and validates a file (at most 1 MiB).
[[nodiscard]] ConfigOutcome read_config(const std::string& path, const Environment& environment);
/// The same from a text; `file` names it in errors.
[[nodiscard]] ConfigOutcome parse_config(const std::string& text, const std::string& file,
                                         const Environment& environment, Kinds kinds = all_kinds());
/// The configuration of a start without a file: what the kinds can discover, with the database from
/// DATABASE_URL, POSTGRES_* or PG*; `notes` say what was used. An error when nothing is found.
[[nodiscard]] ConfigOutcome config_from_environment(const Environment& environment,
                                                    Kinds kinds = all_kinds());
/// The commented example that `config example` prints.
[[nodiscard]] std::string example_config();

}  // namespace holdfast
