// SPDX-License-Identifier: Apache-2.0
// The criteria that can be broken by evidence against: critical and warning time, latency, use by
// others than those who should.
#include <algorithm>

#include "exporter/text.h"
#include "exporter/window/evaluation.h"

namespace holdfast {
namespace {

using TimeOf = SpanSet Account::*;

// What an incident adds to a criterion of a check.
struct Share {
  Duration time;
  const IncidentRecord* record;
};

// The incidents with a part in these moments. An incident has a record for each level that it
// reached: what a critical one tells of, the warning's does not tell again.
void render_incidents(const std::vector<Trouble>& troubles, const SpanSet& moments,
                      std::vector<Share>& out) {
  std::vector<Span> critical;
  for (const Trouble& trouble : troubles)
    if (trouble.record.severity == Severity::critical) critical.push_back(trouble.span);
  const SpanSet rest = moments - SpanSet(std::move(critical));
  for (const Trouble& trouble : troubles) {
    const SpanSet& told = trouble.record.severity == Severity::critical ? moments : rest;
    if (const Duration part = told.within(trouble.span).length(); part.count() > 0)
      out.push_back({part, &trouble.record});
  }
}

void put_incidents(std::vector<Share> shares, CriterionResult& out) {
  std::ranges::stable_sort(shares, std::greater<>{}, &Share::time);
  for (const Share& share : shares) {
    if (out.by.size() == kMaxIncidentsBy) break;
    out.by.push_back(*share.record);
  }
  out.by_left_out = shares.size() - out.by.size();
}

// Confirmed time of each check against its limit; budgets are never summed over checks.
Ruling rule_time(const Evaluation& evaluation, std::string name, Duration limit, TimeOf time_of) {
  Ruling out;
  CriterionResult& result = out.result;
  result.criterion = std::move(name);
  result.wanted = "at most " + render_duration(limit) + " each";
  const Account* worst = nullptr;
  Duration most{};
  std::vector<Share> shares;
  for (std::size_t i = 0; i < evaluation.accounts.size(); ++i) {
    const SpanSet& time = evaluation.accounts[i].*time_of;
    const Duration length = time.length();
    if (worst == nullptr || length > most) {
      worst = &evaluation.accounts[i];
      most = length;
    }
    render_incidents(evaluation.timelines[i].troubles(), time, shares);
    const auto broken = time.exceeds(limit);
    if (broken && (!out.broken_at || *broken < *out.broken_at)) out.broken_at = broken;
  }
  if (worst != nullptr) result.check = worst->result.check;
  result.found = render_duration(most) + (most.count() > 0 ? " (" + result.check + ")" : "");
  put_incidents(std::move(shares), result);
  result.is_evidence_against = true;
  if (out.broken_at)
    result.state = CriterionState::failed;
  else if (most + evaluation.remaining() <= limit)
    result.state = CriterionState::met;
  return out;
}

std::optional<Duration> latency_limit(const Criteria& criteria, const Account& account) {
  const auto named = criteria.latency_of.find(account.result.check);
  if (named != criteria.latency_of.end()) return named->second;
  const Kind* kind = find_kind(account.result.kind);
  const bool is_measured =
      account.result.latency.count() > 0 || (kind != nullptr && !kind->latency.empty());
  return is_measured ? criteria.latency : std::nullopt;
}

// Whether an incident tells only that the target could not be asked: such findings are named by
// the reason.
bool is_outage(const IncidentRecord& record, const std::string& kind) {
  return !record.findings.empty() && std::ranges::all_of(record.findings, [&](const Finding& f) {
    for (std::size_t i = 0; i < kReasonCount; ++i)
      if (f.code == kind + "_" + std::string(name_of(static_cast<Reason>(i)))) return true;
    return false;
  });
}

// The critical time that speaks against use. An outage is broken off use, not wrong use: it has a
// criterion of its own, and a budget.
SpanSet misuse_of(const CheckTimeline& timeline, const SpanSet& critical) {
  std::vector<Span> outages;
  std::vector<Span> misuses;
  for (const Trouble& trouble : timeline.troubles())
    if (trouble.record.severity == Severity::critical)
      (is_outage(trouble.record, timeline.kind()) ? outages : misuses).push_back(trouble.span);
  return critical - (SpanSet(std::move(outages)) - SpanSet(std::move(misuses)));
}

}  // namespace

Ruling rule_critical(const Evaluation& evaluation) {
  return rule_time(evaluation, "critical", evaluation.window.go_when.critical, &Account::critical);
}

Ruling rule_warning(const Evaluation& evaluation) {
  return rule_time(evaluation, "warning", evaluation.window.go_when.warning.value_or(Duration{}),
                   &Account::warning);
}

// A percentile can fall again until the end, so that it is open until then.
Ruling rule_latency(const Evaluation& evaluation) {
  Ruling out;
  CriterionResult& result = out.result;
  result.criterion = "latency";
  result.wanted = "p95 at most as set for each";
  double worst = -1;
  std::string unmeasured;
  for (const Account& account : evaluation.accounts) {
    const auto limit = latency_limit(evaluation.window.go_when, account);
    if (!limit) continue;
    const auto found = account.result.latency.quantile(0.95);
    if (!found) unmeasured = account.result.check;
    const double ratio = found ? *found / std::max(seconds(*limit), 1e-9) : -1;
    if (!found || ratio <= worst) continue;
    worst = ratio;
    result.check = account.result.check;
    result.wanted = "p95 at most " + render_duration(*limit);
    result.found = render_value(*found, Unit::seconds) + " (" + result.check + ")";
    result.is_evidence_against = *found > seconds(*limit);
  }
  const bool is_missing = worst < 0 || !unmeasured.empty();
  if (is_missing && !result.is_evidence_against) {
    result.check = unmeasured;
    result.found = "not measured" + (unmeasured.empty() ? "" : " (" + unmeasured + ")");
  }
  if (!evaluation.is_over()) return out;
  const bool is_met = !is_missing && !result.is_evidence_against;
  result.state = is_met ? CriterionState::met : CriterionState::failed;
  if (result.is_evidence_against) out.broken_at = evaluation.span.end;
  return out;
}

bool lacks_use(const Evaluation& evaluation, std::size_t check, const Span& day) {
  const CheckTimeline& timeline = evaluation.timelines[check];
  if (evaluation.needs_use && !evaluation.needs_use(timeline.check(), day)) return false;
  return !timeline.shows_use(day);
}

Ruling rule_use(const Evaluation& evaluation) {
  Ruling out;
  CriterionResult& result = out.result;
  result.criterion = "use";
  result.wanted = "use of " + join_words(evaluation.window.go_when.require) + " on every day";
  const auto finished = std::ranges::count_if(
      evaluation.days, [&](const Span& day) { return day.end <= evaluation.upto; });
  std::vector<Share> shares;
  std::ptrdiff_t most_missing = -1;
  for (std::size_t i = 0; i < evaluation.accounts.size(); ++i) {
    const std::string& check = evaluation.accounts[i].result.check;
    if (std::ranges::find(evaluation.window.go_when.require, check) ==
        evaluation.window.go_when.require.end())
      continue;
    const SpanSet misuse = misuse_of(evaluation.timelines[i], evaluation.accounts[i].critical);
    render_incidents(evaluation.timelines[i].troubles(), misuse, shares);
    const auto broken = misuse.exceeds(Duration{});
    if (broken && (!out.broken_at || *broken < *out.broken_at)) {
      out.broken_at = broken;
      result.check = check;
      result.found = "critical for " + render_duration(misuse.length()) + " (" + check + ")";
    }
    const auto missing =
        std::count_if(evaluation.days.begin(), evaluation.days.begin() + finished,
                      [&](const Span& day) { return lacks_use(evaluation, i, day); });
    if (out.broken_at || missing <= most_missing) continue;
    most_missing = missing;
    result.check = check;
    result.found = "on " + std::to_string(finished - missing) + " of " +
                   render_count(static_cast<double>(finished), "finished day") + " (" + check + ")";
  }
  put_incidents(std::move(shares), result);
  result.is_evidence_against = out.broken_at.has_value();
  if (out.broken_at || most_missing > 0)
    result.state = CriterionState::failed;
  else if (evaluation.is_over())
    result.state = CriterionState::met;
  return out;
}

}  // namespace holdfast
