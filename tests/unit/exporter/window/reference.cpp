// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/window/reference.h"

#include <algorithm>

namespace holdfast::testing {
namespace {

struct SlowReading {
  Duration at{};
  Duration until{};  // Until the next one, or until it is too old.
  Status raw = Status::ok;
  Status confirmed = Status::unknown;
};

// Whether a reading is bad for a level; unknown is a level too.
bool is_bad(Status raw, Status level) {
  if (level == Status::warning) return raw == Status::warning || raw == Status::critical;
  return raw == level;
}

// From the first bad reading to the last one's end.
struct SlowIncident {
  std::size_t first = 0;
  std::size_t last = 0;
};

struct Level {
  Status level;
  int bad = 0;
  int good = 0;
  bool open = false;
  SlowIncident now{};
  std::vector<SlowIncident> all{};

  void take(Status raw, std::size_t index, int confirm) {
    // An unknown reading says nothing about the target.
    if (raw == Status::unknown && level != Status::unknown) return;
    if (is_bad(raw, level)) {
      if (!open && bad == 0) now.first = index;
      now.last = index;
      ++bad;
      good = 0;
      open = open || bad >= confirm;
      return;
    }
    bad = 0;
    ++good;
    if (open && good >= confirm) close();
  }
  void close() {
    if (open) all.push_back(now);
    open = false;
    bad = 0;
  }
  [[nodiscard]] bool is_pending() const { return bad > 0 && !open; }
};

struct SlowStory {
  std::vector<SlowReading> readings;
  std::vector<SlowIncident> critical;
  std::vector<SlowIncident> trouble;
  std::vector<SlowIncident> unknown;
  bool is_unconfirmed = false;
};

const Absence* absence_at(const Week& week, Duration after, Duration at) {
  for (const Absence& absence : week.absences)
    if (absence.when.from > after && absence.when.from <= at) return &absence;
  return nullptr;
}

SlowStory play_slowly(const Week& week, const PlayedCheck& check, Duration now, Duration end) {
  SlowStory out;
  Level critical{Status::critical};
  Level trouble{Status::warning};
  Level unknown{Status::unknown};
  bool is_known = false;
  Duration at = check.begins;
  while (at < now) {
    const Status raw = raw_at(week, check.name, at);
    for (Level* level : {&critical, &trouble, &unknown})
      level->take(raw, out.readings.size(), check.confirm);
    SlowReading reading{at, {}, raw, Status::ok};
    if (critical.open)
      reading.confirmed = Status::critical;
    else if (unknown.open)
      reading.confirmed = Status::unknown;
    else if (trouble.open)
      reading.confirmed = Status::warning;
    is_known = is_known || raw == Status::ok || reading.confirmed != Status::ok;
    if (!is_known) reading.confirmed = Status::unknown;
    const bool needs_retry = critical.is_pending() || trouble.is_pending() || unknown.is_pending();
    Duration next = at + (needs_retry ? check.retry : check.interval);
    const Absence* absence = absence_at(week, at, next);
    if (absence != nullptr) next = absence->when.until;
    reading.until = std::min({next, at + check.interval * 3 / 2 + check.timeout, now});
    out.readings.push_back(reading);
    if (absence != nullptr) {
      for (Level* level : {&critical, &trouble, &unknown}) {
        level->close();
        *level = Level{level->level, 0, 0, false, {}, level->all};
      }
      is_known = false;
    }
    at = next;
  }
  for (const Level* level : {&critical, &trouble}) {
    if (!level->is_pending()) continue;
    const bool is_in = out.readings[level->now.first].at < end;
    if (is_in && out.readings[level->now.last].until >= now) out.is_unconfirmed = true;
  }
  for (Level* level : {&critical, &trouble, &unknown}) level->close();
  out.critical = critical.all;
  out.trouble = trouble.all;
  out.unknown = unknown.all;
  return out;
}

// One answer for each tick of the window.
class Ticks {
 public:
  explicit Ticks(Duration length) : marks_(static_cast<std::size_t>(length / kTick), 0) {}
  void mark(Duration from, Duration until) {
    for (Duration at = std::max(from, Duration{}); at < until; at += kTick)
      if (index(at) < marks_.size()) marks_[index(at)] = 1;
  }
  void mark(const SlowStory& story, const std::vector<SlowIncident>& incidents) {
    for (const SlowIncident& incident : incidents)
      mark(story.readings[incident.first].at, story.readings[incident.last].until);
  }
  [[nodiscard]] bool at(std::size_t tick) const { return marks_[tick] != 0; }
  [[nodiscard]] std::size_t size() const { return marks_.size(); }

 private:
  static std::size_t index(Duration at) { return static_cast<std::size_t>(at / kTick); }
  std::vector<char> marks_;
};

Ticks pauses_of(const Week& week, Duration upto) {
  Ticks out(upto);
  for (const Maintenance& pause : week.maintenance)
    out.mark(std::max(pause.span.begin, pause.declared) - kStart, pause.span.end - kStart);
  return out;
}

SlowCheck sum_up(const Week& week, const PlayedCheck& check, const SlowStory& story,
                 const Ticks& pause, Duration now, Duration upto) {
  SlowCheck out;
  out.check = check.name;
  Ticks stands(upto);
  Ticks sees(upto);
  Ticks unknown(upto);
  Ticks critical(upto);
  Ticks trouble(upto);
  Ticks down(upto);
  for (const SlowReading& reading : story.readings) {
    stands.mark(reading.at, reading.until);
    const bool is_unknown = reading.raw == Status::unknown;
    if (!is_unknown) sees.mark(reading.at, reading.until);
    if (is_unknown || reading.confirmed == Status::unknown) unknown.mark(reading.at, reading.until);
  }
  critical.mark(story, story.critical);
  trouble.mark(story, story.trouble);
  unknown.mark(story, story.unknown);
  for (const Absence& absence : week.absences)
    if (check.kind == "pm2" && absence.cause == GapCause::host_down && absence.when.until <= now)
      down.mark(absence.when.from, absence.when.until);
  for (std::size_t i = 0; i < pause.size(); ++i) {
    if (pause.at(i)) continue;
    const bool is_critical = down.at(i) || (sees.at(i) && critical.at(i));
    const bool is_trouble = is_critical || (sees.at(i) && trouble.at(i));
    const bool is_covered = sees.at(i) && (is_trouble || !unknown.at(i));
    if (is_covered) out.covered += kTick;
    if (is_critical) out.critical += kTick;
    if (is_trouble && !is_critical) out.warning += kTick;
    if (stands.at(i) && !is_covered) out.unknown_time += kTick;
    if (!stands.at(i)) out.no_data += kTick;
  }
  return out;
}

}  // namespace

SlowResult judge_slowly(const WindowConfig& window, const Week& week, Duration now) {
  SlowResult out;
  const Duration upto = std::min(now, window.length);
  const Duration left = window.length - upto;
  const Criteria& criteria = window.go_when;
  const auto days = static_cast<std::size_t>(window.length / std::chrono::hours(24));
  bool is_unconfirmed = false;
  const Ticks pause = pauses_of(week, upto);
  for (std::size_t i = 0; i < pause.size(); ++i)
    if (pause.at(i)) out.maintenance += kTick;
  auto& states = out.criteria;
  const auto fail = [&](const std::string& name) { states[name] = CriterionState::failed; };
  const Duration needed = window.length - out.maintenance;
  bool all_critical = true;
  bool all_warning = true;
  bool all_covered = true;
  for (const char* name : {"critical", "coverage", "maintenance"})
    states[name] = CriterionState::open;
  if (criteria.warning) states["warning"] = CriterionState::open;
  if (!criteria.require.empty())
    states["activity"] = left.count() == 0 ? CriterionState::met : CriterionState::open;
  for (const PlayedCheck& check : week.checks) {
    const SlowStory story = play_slowly(week, check, now, window.length);
    is_unconfirmed = is_unconfirmed || story.is_unconfirmed;
    SlowCheck sums = sum_up(week, check, story, pause, now, upto);
    const auto uses = [&](std::size_t day, Duration until) {
      return std::ranges::any_of(check.use, [&](Duration mark) {
        return mark >= day * std::chrono::hours(24) && mark < (day + 1) * std::chrono::hours(24) &&
               mark < until;
      });
    };
    const bool required = std::ranges::find(criteria.require, check.name) != criteria.require.end();
    for (std::size_t day = 0; day < days; ++day) {
      if (uses(day, upto)) ++sums.days_with_use;
      const bool is_over = (day + 1) * std::chrono::hours(24) <= upto;
      if (required && is_over && !uses(day, upto)) fail("activity");
    }
    if (required && sums.critical.count() > 0) fail("activity");
    if (sums.critical > criteria.critical) fail("critical");
    all_critical = all_critical && sums.critical + left <= criteria.critical;
    if (criteria.warning && sums.warning > *criteria.warning) fail("warning");
    all_warning = all_warning && criteria.warning && sums.warning + left <= *criteria.warning;
    const double least = criteria.coverage * seconds(needed) - 1e-6;
    if (seconds(sums.covered + left) < least) fail("coverage");
    all_covered = all_covered && seconds(sums.covered) >= least;
    out.checks.push_back(std::move(sums));
  }
  const auto meet = [&](const std::string& name, bool is_met) {
    if (is_met && states[name] == CriterionState::open) states[name] = CriterionState::met;
  };
  meet("critical", all_critical);
  if (criteria.warning) meet("warning", all_warning);
  meet("coverage", all_covered);
  if (out.maintenance * 20 > window.length) fail("maintenance");
  meet("maintenance", (out.maintenance + left) * 20 <= window.length);
  const bool used_wrongly = std::ranges::any_of(out.checks, [&](const SlowCheck& check) {
    return check.critical.count() > 0 &&
           std::ranges::find(criteria.require, check.check) != criteria.require.end();
  });
  bool is_missing = false;
  for (const auto& [name, state] : states) {
    if (state != CriterionState::failed) continue;
    const bool against =
        name == "critical" || name == "warning" || (name == "activity" && used_wrongly);
    if (against) out.verdict = Verdict::no_go;
    is_missing = true;
  }
  if (out.verdict == Verdict::no_go) return out;
  if (is_missing)
    out.verdict = Verdict::inconclusive;
  else if (left.count() == 0 && !(is_unconfirmed && now < window.length + std::chrono::hours(1)))
    out.verdict = Verdict::go;
  return out;
}

}  // namespace holdfast::testing
