// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/check_timeline.h"

#include <algorithm>
#include <array>

#include "checks/base/limits.h"

namespace holdfast {
namespace {

bool is_bad(Status status, Status level) {
  return status == Status::critical || (status == Status::warning && level == Status::warning);
}

// When a check was at one level (critical, or at least warning), as Confirmation saw it.
struct LevelSpans {
  std::vector<Span> valid;      // Each until its last bad reading expired.
  std::vector<Span> incidents;  // The same, but an open one ends at WallTime::max().
  std::optional<WallTime> unconfirmed_since;
};

class LevelTracker {
 public:
  explicit LevelTracker(Status level) : level_(level) {}

  void add(const StatusSpan& step) {
    const bool bad = is_bad(step.raw, level_);
    const bool confirmed = is_bad(step.confirmed, level_);
    if (!confirmed) close();
    if (bad && !first_) first_ = step.span.begin;
    // An incident that was open before the evidence begins starts with the evidence.
    if (confirmed && !open_) open_ = Span{first_.value_or(step.span.begin), {}};
    if (open_ && bad) open_->end = step.span.end;
    if (bad) last_bad_ = step.span.end;
    // An unknown reading says nothing about the target, so it clears nothing.
    if (!bad && step.raw != Status::unknown) first_.reset();
  }

  LevelSpans finish(WallTime known_until) {
    if (open_) out_.incidents.push_back({open_->begin, WallTime::max()});
    if (!open_ && first_ && last_bad_ >= known_until) out_.unconfirmed_since = first_;
    close();
    return std::move(out_);
  }

 private:
  void close() {
    if (open_ && open_->end > open_->begin) {
      out_.valid.push_back(*open_);
      out_.incidents.push_back(*open_);
    }
    if (open_) first_.reset();
    open_.reset();
  }

  Status level_;
  std::optional<WallTime> first_;  // Of the bad spans since the last good one.
  std::optional<Span> open_;       // Empty until its first bad span.
  WallTime last_bad_ = WallTime::min();
  LevelSpans out_;
};

LevelSpans track(const std::vector<StatusSpan>& spans, Status level, WallTime known_until) {
  LevelTracker tracker(level);
  for (const StatusSpan& span : spans) tracker.add(span);
  return tracker.finish(known_until);
}

// Sorted and cut at `known_until`: a clock that was set back leaves overlapping spans.
std::vector<StatusSpan> sorted(const std::vector<StatusSpan>& spans, WallTime known_until) {
  std::vector<StatusSpan> out;
  out.reserve(spans.size());
  for (const StatusSpan& step : spans) {
    if (step.span.begin >= known_until || step.span.end <= step.span.begin) continue;
    out.push_back(step);
    out.back().span.end = std::min(step.span.end, known_until);
  }
  std::ranges::stable_sort(out, {}, [](const StatusSpan& step) { return step.span.begin; });
  return out;
}

SpanSet select(const std::vector<StatusSpan>& spans, bool (*belongs)(const StatusSpan&)) {
  std::vector<Span> out;
  for (const StatusSpan& step : spans)
    if (belongs(step)) out.push_back(step.span);
  return SpanSet(std::move(out));
}

// The time of an incident record. `until` is the moment of its last bad reading, which stays valid
// to the next one. An open incident lasts to the last bad span: the good readings that may be about
// to close it are not part of it.
Span time_of(const IncidentRecord& record, const std::vector<StatusSpan>& spans,
             WallTime known_until) {
  const WallTime last = std::min(record.until.value_or(known_until), known_until);
  const auto belongs = [&](const StatusSpan& step) {
    return record.severity == Severity::unknown ? step.raw == Status::unknown
                                                : is_bad(step.raw, Status::warning);
  };
  auto after = std::ranges::upper_bound(spans, last, {},
                                        [](const StatusSpan& step) { return step.span.begin; });
  while (after != spans.begin()) {
    --after;
    if (after->span.end <= record.since || (record.until && after->span.end <= last)) break;
    if (belongs(*after)) return {record.since, after->span.end};
  }
  return {record.since, last};
}

IncidentRecord record_of(const Gap& gap, const std::string& check, Severity severity) {
  static constexpr std::array<std::string_view, 5> kSentences{
      "The host was down.", "Holdfast was killed.", "Holdfast was stopped.",
      "The host was suspended.", "The host's clock was changed."};
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

CheckTimeline::CheckTimeline(const CheckEvidence& evidence, const Kind* kind,
                             const std::vector<Gap>& gaps, WallTime known_until)
    : evidence_(&evidence), kind_(kind) {
  const std::vector<StatusSpan> spans = sorted(evidence.spans, known_until);
  add_spans(spans, known_until);
  add_records(spans, known_until);
  add_gaps(gaps, known_until);
}

void CheckTimeline::add_spans(const std::vector<StatusSpan>& spans, WallTime known_until) {
  data_ = select(spans, [](const StatusSpan&) { return true; });
  known_ = select(spans, [](const StatusSpan& step) { return step.raw != Status::unknown; });
  unknown_ = select(spans, [](const StatusSpan& step) {
    return step.raw == Status::unknown || step.confirmed == Status::unknown;
  });
  LevelSpans critical = track(spans, Status::critical, known_until);
  LevelSpans degraded = track(spans, Status::warning, known_until);
  critical_ = SpanSet(std::move(critical.valid));
  critical_incident_spans_ = SpanSet(std::move(critical.incidents));
  degraded_ = SpanSet(std::move(degraded.valid));
  incident_spans_ = SpanSet(std::move(degraded.incidents));
  unconfirmed_since_ = degraded.unconfirmed_since;
  if (critical.unconfirmed_since &&
      (!unconfirmed_since_ || *critical.unconfirmed_since < *unconfirmed_since_))
    unconfirmed_since_ = critical.unconfirmed_since;
}

void CheckTimeline::add_records(const std::vector<StatusSpan>& spans, WallTime known_until) {
  std::vector<Span> critical;
  std::vector<Span> critical_incidents;
  std::vector<Span> degraded;
  std::vector<Span> incidents;
  std::vector<Span> unknown;
  const SpanSet degraded_by_spans = degraded_;
  for (const IncidentRecord& record : evidence_->incidents) {
    if (record.since >= known_until || record.severity == Severity::info) continue;
    const Span time = time_of(record, spans, known_until);
    if (record.severity == Severity::unknown) {
      unknown.push_back(time);
      losses_.push_back({time, record});
      continue;
    }
    const Span incident{record.since, record.until ? time.end : WallTime::max()};
    incidents_.push_back({time, record});
    degraded.push_back(time);
    incidents.push_back(incident);
    // A record has the worst severity of its incident; which part was critical, only spans show.
    if (record.severity != Severity::critical || !degraded_by_spans.within(time).empty()) continue;
    critical.push_back(time);
    critical_incidents.push_back(incident);
  }
  critical_ = (critical_ | SpanSet(std::move(critical))) & known_;
  degraded_ = (degraded_ | SpanSet(std::move(degraded))) & known_;
  critical_incident_spans_ = critical_incident_spans_ | SpanSet(std::move(critical_incidents));
  incident_spans_ = incident_spans_ | critical_incident_spans_ | SpanSet(std::move(incidents));
  unknown_ = unknown_ | (SpanSet(std::move(unknown)) & data_);
}

void CheckTimeline::add_gaps(const std::vector<Gap>& gaps, WallTime known_until) {
  std::vector<Span> down;
  for (const Gap& gap : gaps) {
    if (gap.span.begin >= known_until || gap.span.end <= gap.span.begin) continue;
    const Span span{gap.span.begin, std::min(gap.span.end, known_until)};
    losses_.push_back({span, record_of(gap, evidence_->check, Severity::unknown)});
    if (gap.cause != GapCause::host_down || kind_ == nullptr || !kind_->runs_on_this_host) continue;
    down.push_back(span);
    incidents_.push_back({span, record_of(gap, evidence_->check, Severity::critical)});
  }
  const SpanSet host_down(std::move(down));
  for (SpanSet* set : {&critical_, &degraded_, &critical_incident_spans_, &incident_spans_})
    *set = *set | host_down;
}

CheckSummary CheckTimeline::summarize(Span span, const SpanSet& maintenance,
                                      const std::vector<Span>& days) const {
  const SpanSet excluded = maintenance.within(span);
  const SpanSet data = data_.within(span) - excluded;
  const SpanSet degraded = degraded_.within(span) - excluded;
  CheckSummary out;
  out.critical = critical_.within(span) - excluded;
  out.warning = degraded - out.critical;
  // Time of two readings, one of them unknown, is not covered. An incident, dated back, covers the
  // first readings too, which nothing had confirmed yet.
  out.covered = (known_.within(span) - excluded) - (unknown_.within(span) - degraded);
  CheckResult& result = out.result;
  result.check = evidence_->check;
  result.kind = evidence_->kind;
  result.maintenance = excluded.length();
  result.critical = out.critical.length();
  result.warning = out.warning.length();
  result.unknown_time = (data - out.covered).length();
  result.no_data = (SpanSet(span) - excluded - data).length();
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
