// SPDX-License-Identifier: Apache-2.0
// The contract between checks/, which decides what is healthy, and exporter/, which schedules runs
// and reports their results. A kind is a table of declarations and a factory; a check is one
// configured instance of a kind. A run does
//   fetch (I/O under the run's deadline) → judge(facts, memory, now), pure → Reading.
// `Check::run` is never called concurrently for one check; different checks run in parallel.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/base/limits.h"
#include "checks/base/result.h"
#include "checks/kind_fields.h"
#include "checks/memory.h"
#include "checks/options.h"

namespace holdfast {

class Run;  // checks/run.h: all that a run may use.

/// How bad a finding is. `info` never changes a status, and counts in a window only if named there.
enum class Severity : std::uint8_t { info, warning, unknown, critical };
[[nodiscard]] std::string_view name_of(Severity severity);

/// One problem found: a code that the kind declares, the subject, and one sentence with the number
/// and the limit.
struct Finding {
  std::string code;
  Severity severity = Severity::warning;
  std::string subject;  ///< "ai-admin-api"; may be empty. Bounded and escaped on output.
  std::string text;
  bool operator==(const Finding&) const = default;
};

/// A declared finding. `is_fact`: a fact such as a missing table, not a sample; one reading
/// confirms it.
struct FindingSpec {
  std::string_view code;
  std::string_view help;
  bool is_fact = false;
};

enum class MetricType : std::uint8_t { gauge, counter, histogram };

/// A declared metric. `name` is without the prefix holdfast_; the label `check` is added by the
/// exporter. `additive`: series beyond the label limit may be summed into `_other`.
struct MetricSpec {
  std::string_view name;
  MetricType type = MetricType::gauge;
  std::string_view help;
  std::vector<std::string_view> labels{};
  std::vector<double> buckets{};  ///< Upper bounds of a histogram, ascending, without +Inf.
  bool additive = false;
};

/// How a sample changes its series: `set` replaces the value (a gauge, or a counter kept by the
/// source); `add` and `observe` add to a counter or a histogram kept by the status store.
enum class SampleKind : std::uint8_t { set, add, observe };

struct Sample {
  const MetricSpec* spec = nullptr;
  std::vector<std::string> labels{};  ///< Values in the order of `spec->labels`.
  double value = 0;
  SampleKind kind = SampleKind::set;
  Duration valid_for{};  ///< If over 0: how long it stays without being repeated.
};

/// The result of one run. It is complete, and the run a success, if `failure` is empty, whatever
/// the limits say.
struct Reading {
  std::optional<Error> failure{};
  std::vector<Sample> samples{};
  std::vector<Finding> findings{};
  std::vector<std::string> not_judged{};  ///< Names of limits without a baseline yet.
  std::optional<Memory> memory{};         ///< State for the next run; empty: unchanged.
  std::vector<std::string> notes{};       ///< One line each for the user ("728 keys live").
  bool shows_use = false;  ///< It proves that a client other than Holdfast uses the target.

  /// Adds a finding. `code` is declared by the kind; `subject` may be empty.
  void find(std::string code, Severity severity, std::string subject, std::string text) {
    findings.push_back({std::move(code), severity, std::move(subject), std::move(text)});
  }
  /// Adds a finding if `value` crosses the limit: `text` with the value, " (limit 20 %)" and
  /// `rest`.
  void find_beyond(const Limit& limit, double value, std::string code, std::string subject,
                   const std::string& text, std::string_view rest = ".");
};

/// The status that a finding of this severity gives its check; `info` gives ok.
[[nodiscard]] Status status_of(Severity severity);
/// The severity of a finding about a limit that was judged as `status`, which is not ok.
[[nodiscard]] Severity severity_of(Status status);
/// The worst status of the failure and the findings.
[[nodiscard]] Status status_of(const Reading& reading);

class Check {
 public:
  virtual ~Check() = default;
  /// Runs once and returns by the run's deadline. Throws only on a programming error.
  [[nodiscard]] virtual Reading run(Run& run) = 0;
};

struct CheckConfig;  // checks/options.h

/// A kind of check: its declarations and a factory. One line in kinds.def registers it.
struct Kind {
  std::string_view name;
  std::string_view summary;  ///< One sentence: what it measures and what it cannot.
  std::vector<OptionSpec> options;
  std::vector<MetricSpec> metrics;
  std::vector<FindingSpec> findings;  ///< `<kind>_<reason>` of each reason is implied.
  std::vector<Reason> reasons;        ///< All reasons for which its runs can fail.
  /// The histogram metric that holds the latency of this kind; empty: none.
  std::string_view latency{};
  std::vector<ReportNumber> report_numbers{};
  std::vector<Expiry> expiries{};
  /// Runs on Holdfast's own host: the time that host is down is critical time of the target.
  bool runs_on_this_host = false;
  /// Whether a check so configured must show use between two moments where a window requires it;
  /// null: readings of this kind never show use.
  bool (*must_show_use)(const CheckConfig& check, WallTime from, WallTime until) = nullptr;
  Discovery discover{};
  /// Creates a check, or reports errors that the option table cannot express. The config outlives
  /// the check.
  std::unique_ptr<Check> (*make)(const CheckConfig& config, std::vector<OptionError>& errors);
  /// What is watched, besides the database of the config: "/root/.pm2". Null: nothing else.
  std::string (*target_of)(const CheckConfig& config) = nullptr;

  /// The metric of that name. Throws std::logic_error if it is not declared.
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
