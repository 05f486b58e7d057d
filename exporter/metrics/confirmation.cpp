// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/confirmation.h"

#include <algorithm>

namespace holdfast {
namespace {

// Whether one reading is bad for one level.
struct Judgement {
  bool bad = false;
  bool is_fact = false;
};

Judgement judge(const Reading& reading, const Confirmation::IsFact& is_fact,
                const std::function<bool(Severity)>& counts) {
  Judgement out;
  for (const Finding& finding : reading.findings) {
    if (!counts(finding.severity)) continue;
    out.bad = true;
    out.is_fact = out.is_fact || is_fact(finding.code);
  }
  return out;
}

bool is_problem(Severity severity) {
  return severity == Severity::warning || severity == Severity::critical;
}

std::vector<Finding> select(const std::vector<Finding>& findings, bool problems) {
  std::vector<Finding> out;
  std::ranges::copy_if(findings, std::back_inserter(out), [&](const Finding& finding) {
    return problems ? is_problem(finding.severity) : finding.severity == Severity::unknown;
  });
  return out;
}

}  // namespace

void Confirmation::Level::take_bad(TimePoint at, int confirm, bool at_once) {
  // Too few good readings to close an incident leave it as it was.
  if (bad == 0 && !open) first = at;
  ++bad;
  good = 0;
  last = at;
  was_closed = false;
  if (at_once || bad >= confirm) open = true;
}

void Confirmation::Level::take_good(TimePoint at, int confirm) {
  if (bad > 0) cleared = at;
  bad = 0;
  ++good;
  was_closed = open && good >= confirm;
  if (was_closed) open = false;
}

void Confirmation::take(const Reading& reading, TimePoint at, int confirm, const IsFact& is_fact) {
  if (!is_known_ && since_ == TimePoint{}) since_ = at;
  const bool has_no_data = reading.failure && status_of(reading.failure->reason) == Status::unknown;
  const auto update = [&](Level& level, const Judgement& found, bool ignores_good) {
    if (found.bad) {
      level.take_bad(at, confirm, found.is_fact);
    } else if (!ignores_good) {
      level.take_good(at, confirm);
    }
  };
  update(warning_, judge(reading, is_fact, is_problem), has_no_data);
  update(critical_, judge(reading, is_fact, [](Severity s) { return s == Severity::critical; }),
         has_no_data);
  update(unknown_, judge(reading, is_fact, [](Severity s) { return s == Severity::unknown; }),
         false);
  if (auto seen = select(reading.findings, true); !seen.empty()) problems_ = std::move(seen);
  if (auto seen = select(reading.findings, false); !seen.empty())
    unknown_findings_ = std::move(seen);
  settle(reading, at);
}

void Confirmation::settle(const Reading& reading, TimePoint at) {
  Status now = Status::ok;
  TimePoint since = std::max({warning_.last, critical_.last, unknown_.last});
  if (critical_.open) {
    now = Status::critical;
    since = critical_.first;
  } else if (unknown_.open) {
    now = Status::unknown;
    since = unknown_.first;
  } else if (warning_.open) {
    now = Status::warning;
    since = warning_.first;
  }
  const bool is_good = !reading.failure && status_of(reading) == Status::ok;
  if (now == Status::ok && !is_known_ && !is_good) return;
  if (now != status_ || !is_known_) since_ = since == TimePoint{} ? at : since;
  status_ = now;
  is_known_ = true;
}

std::vector<Incident> Confirmation::incidents() const {
  std::vector<Incident> out;
  if (warning_.open) {
    const Severity severity = critical_.open ? Severity::critical : Severity::warning;
    out.push_back({severity, warning_.first, problems_});
  }
  if (unknown_.open) out.push_back({Severity::unknown, unknown_.first, unknown_findings_});
  return out;
}

IncidentRecord Confirmation::record(const std::string& check, const Level& level, Severity severity,
                                    const std::vector<Finding>& of) const {
  IncidentRecord out{check, severity, level.first, std::nullopt, {}, 0};
  if (!level.open) out.until = level.cleared;
  std::ranges::copy_if(of, std::back_inserter(out.findings), [&](const Finding& finding) {
    return severity != Severity::critical || finding.severity == Severity::critical;
  });
  return out;
}

std::vector<IncidentRecord> Confirmation::records(const std::string& check) const {
  std::vector<IncidentRecord> out;
  const auto add = [&](const Level& level, Severity severity, const std::vector<Finding>& of) {
    if (level.open || level.was_closed) out.push_back(record(check, level, severity, of));
  };
  add(warning_, Severity::warning, problems_);
  add(critical_, Severity::critical, problems_);
  add(unknown_, Severity::unknown, unknown_findings_);
  return out;
}

bool Confirmation::needs_retry() const {
  return std::ranges::any_of(std::initializer_list<const Level*>{&warning_, &critical_, &unknown_},
                             [](const Level* level) { return level->bad > 0 && !level->open; });
}

}  // namespace holdfast
