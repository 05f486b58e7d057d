// SPDX-License-Identifier: Apache-2.0
#include "checks/check.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "checks/kind_rows.h"
#include "checks/support/text/digest.h"

namespace holdfast {

// An explicit list: a static registrar in a static library is dropped by the linker unseen.
#define HOLDFAST_KIND(name) const Kind& name##_kind();
#include "checks/kinds.def"
#undef HOLDFAST_KIND

std::string_view name_of(Severity severity) {
  return severity == Severity::info ? "info" : name_of(status_of(severity));
}

Status status_of(Severity severity) {
  static_assert(int(Severity::info) == int(Status::ok));
  static_assert(int(Severity::warning) == int(Status::warning));
  static_assert(int(Severity::unknown) == int(Status::unknown));
  static_assert(int(Severity::critical) == int(Status::critical));
  return static_cast<Status>(severity);
}

Severity severity_of(Status status) {
  return status == Status::critical ? Severity::critical : Severity::warning;
}

void Reading::find_beyond(const Limit& limit, double value, std::string code, std::string subject,
                          const std::string& text, std::string_view rest) {
  const Status status = limit.judge(value);
  if (status == Status::ok) return;
  find(std::move(code), severity_of(status), std::move(subject),
       text + " (" + limit_text(limit, status) + ")" + std::string(rest));
}

Status status_of(const Reading& reading) {
  Status worst = reading.failure ? status_of(reading.failure->reason) : Status::ok;
  for (const Finding& finding : reading.findings)
    worst = std::max(worst, status_of(finding.severity));
  return worst;
}

std::unique_ptr<Check> make_check(std::function<Reading(Run&)> run) {
  class FunctionCheck final : public Check {
   public:
    explicit FunctionCheck(std::function<Reading(Run&)> run) : run_(std::move(run)) {}
    Reading run(Run& run) override { return run_(run); }

   private:
    std::function<Reading(Run&)> run_;
  };
  return std::make_unique<FunctionCheck>(std::move(run));
}

const MetricSpec& Kind::metric(std::string_view metric_name) const {
  const auto found = std::ranges::find(metrics, metric_name, &MetricSpec::name);
  if (found == metrics.end()) throw std::logic_error("metric not declared by its kind");
  return *found;
}

std::span<const Kind* const> all_kinds() {
  static const std::vector<const Kind*> kinds{
#define HOLDFAST_KIND(name) &name##_kind(),
#include "checks/kinds.def"
#undef HOLDFAST_KIND
  };
  return kinds;
}

const Kind* find_kind(std::string_view name) {
  const auto kinds = all_kinds();
  const auto found = std::ranges::find(kinds, name, [](const Kind* kind) { return kind->name; });
  return found == kinds.end() ? nullptr : *found;
}

std::string target_digest(const CheckConfig& config) {
  const Kind* kind = find_kind(config.kind);
  const Database& database = config.database;
  const std::string target = kind && kind->target_of ? kind->target_of(config) : "";
  std::uint64_t hash = kDigestSeed;
  for (const std::string* part :
       {&config.kind, &database.host, &database.port, &database.dbname, &target})
    hash = digest_of(*part + '\n', hash);
  std::array<char, 17> out{};
  std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash));
  return out.data();
}

}  // namespace holdfast
