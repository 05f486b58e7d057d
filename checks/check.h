// SPDX-License-Identifier: Apache-2.0
// The contract between what is healthy (checks/) and when it is looked at and told (exporter/).
// A kind is a table of what it can say and a factory; a check is one configured thing to watch:
//   fetch (I/O under the run's deadline) → judge(facts, memory, now), pure → Reading.
// A check's `run` is never called twice at once; different checks run side by side.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/base/limits.h"
#include "checks/base/result.h"
#include "checks/memory.h"
#include "checks/options.h"

namespace holdfast {

class Run;  // checks/run.h: everything a run may touch.

/// How bad a finding is. `info` never changes a status and counts in no window unless named.
enum class Severity : std::uint8_t { info, warning, unknown, critical };
[[nodiscard]] std::string_view name_of(Severity severity);

/// One thing found: a code of the kind's list, whom it is about, and one sentence with the
/// number and the limit.
struct Finding {
  std::string code;
  Severity severity = Severity::warning;
  std::string subject;  ///< "ai-admin-api"; may be empty. Bounded and escaped by whoever shows it.
  std::string text;
  bool operator==(const Finding&) const = default;
};

/// What a kind can find. `is_fact`: no sample but a fact (a missing table), confirmed at once.
struct FindingSpec {
  std::string_view code;
  std::string_view help;
  bool is_fact = false;
};

enum class MetricType : std::uint8_t { gauge, counter, histogram };

/// One metric of a kind. `name` stands without the prefix holdfast_; the label `check` comes by
/// itself. `additive`: what is over the label bound may be summed into `_other`.
struct MetricSpec {
  std::string_view name;
  MetricType type = MetricType::gauge;
  std::string_view help;
  std::vector<std::string_view> labels{};
  std::vector<double> buckets{};  ///< Upper bounds of a histogram, ascending, without +Inf.
  bool additive = false;
};

/// How a sample changes its series: `set` replaces (gauge, or counter taken from the source);
/// `add` adds to a counter the board owns; `observe` adds to a histogram the board owns.
enum class SampleKind : std::uint8_t { set, add, observe };

struct Sample {
  const MetricSpec* spec = nullptr;
  std::vector<std::string> labels{};  ///< Values in the order of `spec->labels`.
  double value = 0;
  SampleKind kind = SampleKind::set;
  Duration valid_for{};  ///< Over 0: outlives later readings that do not repeat it, so long.
};

/// What one run produced. Incomplete until `failure` is empty: success is a complete reading,
/// whatever the limits say.
struct Reading {
  std::optional<Error> failure{};
  std::vector<Sample> samples{};
  std::vector<Finding> findings{};
  std::vector<std::string> not_judged{};  ///< Limits that had no baseline yet, by name.
  std::optional<Memory> memory{};         ///< What the next look needs; empty: as before.
  std::vector<std::string> notes{};       ///< One line each for a person ("728 keys live").
  bool shows_use = false;  ///< It proves that somebody other than Holdfast uses the target.

  /// Adds a finding; `code` is one of the kind's, `subject` empty where the check is about one
  /// thing.
  void find(std::string code, Severity severity, std::string subject, std::string text) {
    findings.push_back({std::move(code), severity, std::move(subject), std::move(text)});
  }
};

/// What a finding makes of its check; info is ok.
[[nodiscard]] Status status_of(Severity severity);
/// How grave it is that a limit was judged so; of a status that is not ok.
[[nodiscard]] Severity severity_of(Status status);
/// The worst of the failure and the findings.
[[nodiscard]] Status status_of(const Reading& reading);

class Check {
 public:
  virtual ~Check() = default;
  /// Looks once. Ends by the run's deadline; throws nothing in normal work.
  [[nodiscard]] virtual Reading run(Run& run) = 0;
};

struct CheckConfig;  // checks/options.h

/// A metric that reports draw as bars: one for each value of `label`, summed over other labels.
struct ReportNumber {
  std::string_view metric;
  std::string_view title;  ///< "Session keys present".
  std::string_view label{};
  std::string_view max_metric{};  ///< The most a bar may reach; empty: not limited.
};

/// What reports announce a day ahead. A metric named `…_timestamp_seconds` says when it expires,
/// any other counts what expires within 24 hours.
struct Expiry {
  std::string_view metric;
  std::string_view noun;       ///< What expires: "certificate".
  std::string_view label{};    ///< The label that tells several apart.
  std::string_view finding{};  ///< The finding code that warns of it.
};

/// How a start without a config file finds something to watch: the option that receives it. With
/// `variable` it is a directory, named by that environment variable or else below the home
/// directory; without, it is the database that the environment names.
struct Discovery {
  std::string_view option{};  ///< Empty: only a config file can ask for this kind.
  std::string_view variable{};
  std::string_view below_home{};
};

/// A kind of check: all it can say, and how one is made. One line in kinds.def registers it.
struct Kind {
  std::string_view name;
  std::string_view summary;  ///< One sentence: what it measures and what it cannot see.
  std::vector<OptionSpec> options;
  std::vector<MetricSpec> metrics;
  std::vector<FindingSpec> findings;  ///< Besides `<kind>_<reason>` for each failure reason.
  std::vector<Reason> reasons;        ///< Every reason its runs can fail with.
  /// The histogram metric whose observations are this kind's latency; empty: it has none.
  std::string_view latency{};
  std::vector<ReportNumber> report_numbers{};
  std::vector<Expiry> expiries{};
  /// Runs on Holdfast's own host: the time that host is down is critical time of the target.
  bool runs_on_this_host = false;
  /// Whether a check so configured must show use between two moments where a window requires it;
  /// null: readings of this kind never show use.
  bool (*must_show_use)(const CheckConfig& check, WallTime from, WallTime until) = nullptr;
  Discovery discover{};
  /// Makes one check, or lists what the option table could not say. The config outlives it.
  std::unique_ptr<Check> (*make)(const CheckConfig& config, std::vector<OptionFault>& faults);
  /// What is watched, besides the database of the config: "/root/.pm2". Null: nothing else.
  std::string (*target_of)(const CheckConfig& config) = nullptr;

  /// The metric of that name; a programmer's error (std::logic_error) when it is not declared.
  [[nodiscard]] const MetricSpec& metric(std::string_view metric_name) const;
};

/// All kinds, in the order of kinds.def.
[[nodiscard]] std::span<const Kind* const> all_kinds();
/// The kind of that name, or nullptr.
[[nodiscard]] const Kind* find_kind(std::string_view name);
/// The identity of what a check watches (kind, server, database, home …) as 16 hex digits: memory
/// of another target is never used.
[[nodiscard]] std::string target_digest(const CheckConfig& config);

}  // namespace holdfast
