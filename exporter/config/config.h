// SPDX-License-Identifier: Apache-2.0
// The configuration: only a reader that has found no fault gives one out, so it cannot be
// unvalidated. A value; shared read-only once made. yaml-cpp stays in config/*.cpp.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

/// One thing wrong with a file. Lines and columns count from 1; 0: the file as a whole.
struct ConfigFault {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;  ///< "checks[2].latency.warning"
  std::string
      text;  ///< Our sentence, with the nearest known word; never a value that may be secret.
};
/// "file:3:5: checks[2].latnecy: unknown option; did you mean latency?"
[[nodiscard]] std::string render_fault(const ConfigFault& fault);

/// When a window is good. Coverage and critical time are judged whatever the file says, since
/// missing data must never count towards go; the rest only where it is asked for.
struct Criteria {
  double coverage = 0.99;                      ///< At least, of each check; over 0.
  Duration critical{};                         ///< At most, confirmed time of each check.
  std::optional<Duration> warning;             ///< At most, confirmed time of each check.
  std::optional<Duration> latency;             ///< p95 at most, of each check that measures one.
  std::map<std::string, Duration> latency_of;  ///< By check; goes before `latency`.
  std::optional<double> ratio;                 ///< At least, of every ratio.
  std::map<std::string, double> ratio_of;      ///< By name; goes before `ratio`.
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
  Secret token;      ///< The bot's, or what the webhook takes as a bearer.
  std::string chat;
  std::string ca_file;  ///< Trusted instead of the system's authorities; may be empty.
  std::string format;   ///< text, markdown, html or json.
  std::string place;    ///< A digest of where it goes: tells targets apart, and nothing else.
  bool operator==(const ReportTarget&) const = default;
};

/// A report sent every day.
struct ReportConfig {
  std::chrono::minutes at{};  ///< The hour of the day, in the config's time zone.
  std::string window;         ///< Empty: the daily health check.
  std::vector<ReportTarget> to;
  bool operator==(const ReportConfig&) const = default;
};

/// A sign of life for a service elsewhere, which tells somebody when none comes.
struct HeartbeatConfig {
  Secret url;           ///< What it gives a GET for; its path often holds a token.
  std::string ca_file;  ///< Trusted instead of the system's authorities; may be empty.
  Duration every = std::chrono::minutes(1);
  bool operator==(const HeartbeatConfig&) const = default;
};

struct Config {
  std::string file;      ///< Where it came from; empty: from the environment.
  std::string timezone;  ///< An IANA name; empty: the system's.
  std::string history_path;
  Duration history_keep = std::chrono::hours(24 * 90);
  std::map<std::string, Database> databases;
  std::vector<CheckConfig> checks;  ///< In the order of the file.
  std::vector<WindowConfig> windows;
  std::vector<ReportConfig> reports;
  std::optional<HeartbeatConfig> heartbeat;
  std::vector<std::string> notes;  ///< What was taken from the environment, for the log.
};

/// Gives the value of an environment variable; tests pass their own.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

/// A configuration, or every fault of it at once.
struct ConfigOutcome {
  std::optional<Config> config;
  std::vector<ConfigFault> faults;
};
/// Reads and validates a file (at most 1 MiB).
[[nodiscard]] ConfigOutcome read_config(const std::string& path, const Environment& environment);
/// The same for a text; `file` names it in faults.
[[nodiscard]] ConfigOutcome parse_config(const std::string& text, const std::string& file,
                                         const Environment& environment);
/// The configuration of a start with no file at all: the database from DATABASE_URL, POSTGRES_* or
/// PG*, PM2 from PM2_HOME or ~/.pm2; `notes` say which were used. A fault when nothing is found.
[[nodiscard]] ConfigOutcome config_from_environment(const Environment& environment);
/// The commented example of `config example`: design.md's, word for word where it is one.
[[nodiscard]] std::string example_config();

}  // namespace holdfast
