// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/check_timeline.h"

#include <algorithm>
#include <array>

#include "checks/base/limits.h"

namespace holdfast {
namespace {

// What is gone when its host is gone. A database is not: it was only not looked at.
constexpr std::array<std::string_view, 1> kOfThisHost{"pm2"};

bool is_bad(Status status, Status level) {
  return status == Status::critical || (status == Status::warning && level == Status::warning);
}

// One level (warning or worse, or critical alone) along the steps, as Confirmation saw it.
struct Course {
  std::vector<Span> times;   // From the first sign to the end of the last one's standing.
  std::vector<Span> wholes;  // The same, but an open one reaches to the end of time.
  std::optional<WallTime> unsettled;
};

class Follower {
 public:
  explicit Follower(Status level) : level_(level) {}

  void take(const StatusSpan& step) {
    const bool bad = is_bad(step.raw, level_);
    const bool confirmed = is_bad(step.confirmed, level_);
    if (!confirmed) close();
    if (bad && !first_) first_ = step.span.begin;
    // The evidence may begin in the middle of an incident: then it begins there.
    if (confirmed && !open_) open_ = Span{first_.value_or(step.span.begin), {}};
    if (open_ && bad) open_->end = step.span.end;
    if (bad) last_bad_ = step.span.end;
    // A blind reading says nothing about the target: it takes no sign back.
    if (!bad && step.raw != Status::unknown) first_.reset();
  }

  Course end(WallTime known_until) {
    const bool stands = last_bad_ >= known_until;
    if (open_) course_.wholes.push_back({open_->begin, WallTime::max()});
    if (!open_ && first_ && stands) course_.unsettled = first_;
    close();
    return std::move(course_);
  }

 private:
  void close() {
    if (open_ && open_->end > open_->begin) {
      course_.times.push_back(*open_);
      course_.wholes.push_back(*open_);
    }
    if (open_) first_.reset();
    open_.reset();
  }

  Status level_;
  std::optional<WallTime> first_;  // Of the bad steps since the last good one.
  std::optional<Span> open_;       // Without an end until its first bad step.
  WallTime last_bad_ = WallTime::min();
  Course course_;
};

Course follow(const std::vector<StatusSpan>& steps, Status level, WallTime known_until) {
  Follower follower(level);
  for (const StatusSpan& step : steps) follower.take(step);
  return follower.end(known_until);
}

// In order and cut at `known_until`: a clock that was set back leaves steps that overlap.
std::vector<StatusSpan> ordered(const std::vector<StatusSpan>& steps, WallTime known_until) {
  std::vector<StatusSpan> out;
  out.reserve(steps.size());
  for (const StatusSpan& step : steps) {
    if (step.span.begin >= known_until || step.span.end <= step.span.begin) continue;
    out.push_back(step);
    out.back().span.end = std::min(step.span.end, known_until);
  }
  std::ranges::stable_sort(out, {}, [](const StatusSpan& step) { return step.span.begin; });
  return out;
}

SpanSet set_of(const std::vector<StatusSpan>& steps, bool (*belongs)(const StatusSpan&)) {
  std::vector<Span> out;
  for (const StatusSpan& step : steps)
    if (belongs(step)) out.push_back(step.span);
  return SpanSet(std::move(out));
}

// The time of a record. Its last sign is the moment of a reading, which stands on to the next; an
// open one has it where the steps show it, since the two good readings that may close it are no
// part of it.
Span time_of(const IncidentRecord& record, const std::vector<StatusSpan>& steps,
             WallTime known_until) {
  const WallTime last = std::min(record.until.value_or(known_until), known_until);
  const auto belongs = [&](const StatusSpan& step) {
    return record.severity == Severity::unknown ? step.raw == Status::unknown
                                                : is_bad(step.raw, Status::warning);
  };
  auto after = std::ranges::upper_bound(steps, last, {},
                                        [](const StatusSpan& step) { return step.span.begin; });
  while (after != steps.begin()) {
    --after;
    if (after->span.end <= record.since || (record.until && after->span.end <= last)) break;
    if (belongs(*after)) return {record.since, after->span.end};
  }
  return {record.since, last};
}

IncidentRecord record_of(const Gap& gap, const std::string& check, Severity severity) {
  static constexpr std::array<std::string_view, 5> kSentences{
      "The host was down.", "Holdfast was killed.", "Holdfast was stopped.",
      "The host was suspended.", "The clock of the host was set."};
  const auto cause = static_cast<std::size_t>(gap.cause);
  Finding finding{std::string(name_of(gap.cause)), severity, "",
                  std::string(kSentences.at(std::min(cause, kSentences.size() - 1)))};
  return {check, severity, gap.span.begin, gap.span.end, {std::move(finding)}, 0};
}

}  // namespace

SpanSet maintenance_of(const Evidence& evidence) {
  std::vector<Span> out;
  for (const Maintenance& pause : evidence.maintenance)
    out.push_back({std::max(pause.span.begin, pause.declared), pause.span.end});
  return SpanSet(std::move(out));
}

std::vector<Span> days_of(Span span) {
  std::vector<Span> out;
  for (WallTime day = span.begin; day < span.end; day += kDay)
    out.push_back({day, std::min(day + kDay, span.end)});
  return out;
}

CheckTimeline::CheckTimeline(const CheckEvidence& evidence, const std::vector<Gap>& gaps,
                             WallTime known_until)
    : evidence_(&evidence) {
  const std::vector<StatusSpan> steps = ordered(evidence.spans, known_until);
  take_steps(steps, known_until);
  take_records(steps, known_until);
  take_gaps(gaps, known_until);
}

void CheckTimeline::take_steps(const std::vector<StatusSpan>& steps, WallTime known_until) {
  data_ = set_of(steps, [](const StatusSpan&) { return true; });
  seen_ = set_of(steps, [](const StatusSpan& step) { return step.raw != Status::unknown; });
  blind_ = set_of(steps, [](const StatusSpan& step) {
    return step.raw == Status::unknown || step.confirmed == Status::unknown;
  });
  Course critical = follow(steps, Status::critical, known_until);
  Course trouble = follow(steps, Status::warning, known_until);
  critical_ = SpanSet(std::move(critical.times));
  critical_incidents_ = SpanSet(std::move(critical.wholes));
  trouble_ = SpanSet(std::move(trouble.times));
  incidents_ = SpanSet(std::move(trouble.wholes));
  unsettled_ = trouble.unsettled;
  if (critical.unsettled && (!unsettled_ || *critical.unsettled < *unsettled_))
    unsettled_ = critical.unsettled;
}

void CheckTimeline::take_records(const std::vector<StatusSpan>& steps, WallTime known_until) {
  std::vector<Span> critical;
  std::vector<Span> critical_wholes;
  std::vector<Span> trouble;
  std::vector<Span> wholes;
  std::vector<Span> blind;
  const SpanSet by_steps = trouble_;
  for (const IncidentRecord& record : evidence_->incidents) {
    if (record.since >= known_until || record.severity == Severity::info) continue;
    const Span time = time_of(record, steps, known_until);
    if (record.severity == Severity::unknown) {
      blind.push_back(time);
      losses_.push_back({time, record});
      continue;
    }
    const Span whole{record.since, record.until ? time.end : WallTime::max()};
    troubles_.push_back({time, record});
    trouble.push_back(time);
    wholes.push_back(whole);
    // A record is as severe as its worst moment; the steps tell which moments were, if they can.
    if (record.severity != Severity::critical || !by_steps.within(time).empty()) continue;
    critical.push_back(time);
    critical_wholes.push_back(whole);
  }
  critical_ = (critical_ | SpanSet(std::move(critical))) & seen_;
  trouble_ = (trouble_ | SpanSet(std::move(trouble))) & seen_;
  critical_incidents_ = critical_incidents_ | SpanSet(std::move(critical_wholes));
  incidents_ = incidents_ | critical_incidents_ | SpanSet(std::move(wholes));
  blind_ = blind_ | (SpanSet(std::move(blind)) & data_);
}

void CheckTimeline::take_gaps(const std::vector<Gap>& gaps, WallTime known_until) {
  const bool is_here = std::ranges::find(kOfThisHost, evidence_->kind) != kOfThisHost.end();
  std::vector<Span> down;
  for (const Gap& gap : gaps) {
    if (gap.span.begin >= known_until || gap.span.end <= gap.span.begin) continue;
    const Span span{gap.span.begin, std::min(gap.span.end, known_until)};
    losses_.push_back({span, record_of(gap, evidence_->check, Severity::unknown)});
    if (gap.cause != GapCause::host_down || !is_here) continue;
    down.push_back(span);
    troubles_.push_back({span, record_of(gap, evidence_->check, Severity::critical)});
  }
  const SpanSet host_down(std::move(down));
  critical_ = critical_ | host_down;
  trouble_ = trouble_ | host_down;
  critical_incidents_ = critical_incidents_ | host_down;
  incidents_ = incidents_ | host_down;
}

Account CheckTimeline::account(Span span, const SpanSet& maintenance,
                               const std::vector<Span>& days) const {
  const SpanSet all(span);
  const SpanSet pause = maintenance.within(span);
  const SpanSet data = data_.within(span) - pause;
  const SpanSet trouble = trouble_.within(span) - pause;
  Account out;
  out.critical = critical_.within(span) - pause;
  out.warning = trouble - out.critical;
  // A moment of two readings, one of them blind, is not covered; dated back, an incident tells
  // what the first readings of all saw before anything was confirmed.
  out.covered = (seen_.within(span) - pause) - (blind_.within(span) - trouble);
  CheckResult& result = out.result;
  result.check = evidence_->check;
  result.kind = evidence_->kind;
  result.maintenance = pause.length();
  result.critical = out.critical.length();
  result.warning = out.warning.length();
  result.blind = (data - out.covered).length();
  result.no_data = (all - pause - data).length();
  const Duration judged = span.length() - result.maintenance;
  if (judged.count() > 0) result.coverage = seconds(out.covered.length()) / seconds(judged);
  for (const Span& day : days) result.days_with_use += shows_use(day) ? 1 : 0;
  for (const LatencySlice& slice : evidence_->latency)
    if (slice.span.begin < span.end && slice.span.end > span.begin)
      result.latency.merge(slice.values);
  return out;
}

bool CheckTimeline::shows_use(Span span) const {
  return std::ranges::any_of(evidence_->use, [&](WallTime mark) { return span.contains(mark); });
}

}  // namespace holdfast
