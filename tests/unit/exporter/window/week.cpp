// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/window/week.h"

#include <algorithm>

#include "exporter/metrics/confirmation.h"

namespace holdfast::testing {
namespace {

Reading reading_of(Status raw, const std::string& text) {
  Reading reading;
  if (raw == Status::ok) return reading;
  const Severity severity = raw == Status::warning    ? Severity::warning
                            : raw == Status::critical ? Severity::critical
                                                      : Severity::unknown;
  reading.findings.push_back({"played", severity, "", text});
  if (raw == Status::unknown) reading.failure = Error{Reason::no_right, "", "", ""};
  return reading;
}

class Player {
 public:
  /// `observed`, if set, receives every reading; then quiet ones are not combined.
  Player(const Week& week, const PlayedCheck& check, Duration now,
         std::vector<Observation>* observed = nullptr)
      : week_(week), check_(check), now_(now), observed_(observed) {
    out_.check = check.name;
    out_.kind = check.kind;
  }

  CheckEvidence play() {
    Duration at = check_.begins;
    while (at < now_) at = read(at);
    put_open();
    for (const Duration mark : check_.use)
      if (mark < now_) out_.use.push_back(wall_at(week_, mark));
    for (Duration hour{}; check_.latency && hour < now_; hour += std::chrono::hours(1)) {
      LatencySlice slice{{kStart + hour, kStart + hour + std::chrono::hours(1)}, {}};
      slice.values.observe(*check_.latency);
      out_.latency.push_back(std::move(slice));
    }
    return std::move(out_);
  }

 private:
  // One reading, or a row of quiet ones; returns the moment of the next.
  Duration read(Duration at) {
    const Status raw = raw_at(week_, check_.name, at);
    const WallTime wall = wall_at(week_, at);
    confirmation_.take(reading_of(raw, text_at(at)), wall, check_.confirm,
                       [](std::string_view) { return false; });
    const Status confirmed = confirmation_.status();
    if (raw == Status::warning || raw == Status::critical) last_degraded_ = wall;
    if (raw == Status::unknown) last_unknown_ = wall;
    follow_incidents();
    // Quiet stretches are one span, as the history stores them.
    const bool is_quiet =
        raw == Status::ok && confirmed == Status::ok && confirmation_.incidents().empty();
    const Duration last = is_quiet && observed_ == nullptr ? last_before_event(at) : at;
    if (observed_ != nullptr) observed_->push_back(observation(at, raw, confirmed));
    Duration next = last + (confirmation_.needs_retry() ? check_.retry : check_.interval);
    if (const Absence* absence = absence_between(last, next)) {
      next = absence->when.until;
      restart();
    }
    const Duration valid = std::min(next, last + check_.interval * 3 / 2 + check_.timeout);
    out_.spans.push_back({{wall, wall + (std::min(valid, now_) - at)}, raw, confirmed});
    return next;
  }

  Observation observation(Duration at, Status raw, Status confirmed) {
    Observation out;
    out.check = check_.name;
    out.kind = check_.kind;
    out.at = wall_at(week_, at);
    out.began = out.at;
    out.valid_until = out.at + check_.interval * 3 / 2 + check_.timeout;
    out.raw = raw;
    out.confirmed = confirmed;
    for (const auto* open : {&degraded_, &unknown_})
      if (*open) out.incidents.push_back(**open);
    out.incidents.insert(out.incidents.end(), out_.incidents.begin() + logged_,
                         out_.incidents.end());
    logged_ = static_cast<std::ptrdiff_t>(out_.incidents.size());
    for (const Duration mark : check_.use)
      out.shows_use = out.shows_use || (last_read_ < mark && mark <= at);
    last_read_ = at;
    return out;
  }

  // The last reading from `at` on before anything changes.
  Duration last_before_event(Duration at) const {
    Duration event = now_;
    const auto take = [&](Duration moment) {
      if (moment > at) event = std::min(event, moment);
    };
    for (const Happening& happening : week_.happenings) {
      take(happening.when.from);
      take(happening.when.until);
    }
    for (const Absence& absence : week_.absences) take(absence.when.from);
    if (week_.clock) take(week_.clock->at);
    return at + (event - at - Duration(1)) / check_.interval * check_.interval;
  }

  const Absence* absence_between(Duration last, Duration next) const {
    for (const Absence& absence : week_.absences)
      if (absence.when.from > last && absence.when.from <= next) return &absence;
    return nullptr;
  }

  std::string text_at(Duration at) const {
    std::string out;
    for (const Happening& happening : week_.happenings)
      if (happening.check == check_.name && happening.when.contains(at)) out = happening.text;
    return out;
  }

  void follow_incidents() {
    std::optional<IncidentRecord> degraded;
    std::optional<IncidentRecord> unknown;
    for (const Incident& incident : confirmation_.incidents()) {
      auto& slot = incident.severity == Severity::unknown ? unknown : degraded;
      slot =
          IncidentRecord{check_.name, incident.severity, incident.since, {}, incident.findings, 0};
    }
    follow(degraded_, std::move(degraded), last_degraded_);
    follow(unknown_, std::move(unknown), last_unknown_);
  }

  void follow(std::optional<IncidentRecord>& open, std::optional<IncidentRecord> now,
              WallTime last) {
    if (open && (!now || now->since != open->since)) {
      open->until = last;
      out_.incidents.push_back(*open);
      open.reset();
    }
    if (!now) return;
    if (open) now->severity = std::max(now->severity, open->severity);
    open = std::move(now);
  }

  void restart() {
    follow(degraded_, std::nullopt, last_degraded_);
    follow(unknown_, std::nullopt, last_unknown_);
    confirmation_ = {};
  }

  void put_open() {
    for (auto* open : {&degraded_, &unknown_})
      if (*open) out_.incidents.push_back(**open);
    std::ranges::stable_sort(out_.incidents, {}, &IncidentRecord::since);
  }

  const Week& week_;
  const PlayedCheck& check_;
  Duration now_;
  std::vector<Observation>* observed_;
  Duration last_read_ = Duration::min();
  std::ptrdiff_t logged_ = 0;
  CheckEvidence out_;
  Confirmation confirmation_;
  std::optional<IncidentRecord> degraded_;
  std::optional<IncidentRecord> unknown_;
  WallTime last_degraded_;
  WallTime last_unknown_;
};

}  // namespace

Status raw_at(const Week& week, const std::string& check, Duration at) {
  Status out = Status::ok;
  for (const Happening& happening : week.happenings)
    if (happening.check == check && happening.when.contains(at)) out = happening.raw;
  return out;
}

WallTime wall_at(const Week& week, Duration at) {
  if (week.clock && at >= week.clock->at) at += week.clock->by;
  return kStart + at;
}

std::vector<Observation> observe(const Week& week, Duration now) {
  std::vector<Observation> out;
  for (const PlayedCheck& check : week.checks)
    static_cast<void>(Player(week, check, now, &out).play());
  std::ranges::stable_sort(out, {}, &Observation::at);
  return out;
}

Evidence play(const Week& week, Duration now) {
  Evidence out;
  out.range = {kStart, wall_at(week, now)};
  for (const PlayedCheck& check : week.checks) {
    CheckEvidence evidence = Player(week, check, now).play();
    std::erase_if(evidence.spans, [](const StatusSpan& step) { return step.span.end <= kStart; });
    for (StatusSpan& step : evidence.spans) step.span.begin = std::max(step.span.begin, kStart);
    out.checks.push_back(std::move(evidence));
  }
  for (const Absence& absence : week.absences)
    if (absence.when.until <= now)
      out.gaps.push_back(
          {{wall_at(week, absence.when.from), wall_at(week, absence.when.until)}, absence.cause});
  for (const Maintenance& pause : week.maintenance)
    if (pause.declared <= out.range.end) out.maintenance.push_back(pause);
  out.changes = week.changes;
  return out;
}

}  // namespace holdfast::testing
