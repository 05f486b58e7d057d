// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/timetable.h"

#include <algorithm>

#include "checks/support/text/digest.h"

namespace holdfast {
namespace {

// The digest with a finishing mix, so that it spreads evenly also for names that differ in their
// last digit only.
std::uint64_t hash_of(const std::string& name) {
  std::uint64_t h = digest_of(name);
  h ^= h >> 33U;
  h *= 0xff51afd7ed558ccdULL;
  return h ^ (h >> 33U);
}

// The share of `span` that belongs to this name.
Duration spread(const std::string& name, Duration span) {
  const double share = static_cast<double>(hash_of(name) >> 11U) / 9007199254740992.0;  // 2^53
  return Duration(static_cast<Duration::rep>(share * static_cast<double>(span.count())));
}

}  // namespace

Timetable::TimePoint Timetable::grid_after(const Slot& slot, TimePoint t) {
  const auto since_phase = t.time_since_epoch() - slot.phase;
  const auto step = slot.times.interval;
  auto periods = since_phase / step;
  if (since_phase % step < Duration::zero()) --periods;  // Division truncates towards zero.
  return TimePoint(slot.phase + (periods + 1) * step);
}

Timetable::TimePoint Timetable::next_after_start(const Slot& slot, TimePoint now) {
  return slot.on_grid ? grid_after(slot, now) : grid_after(slot, now + slot.times.interval / 2);
}

void Timetable::settle(Slots::iterator at, TimePoint due, bool on_grid) {
  order_.erase({at->second.due, at->first});
  at->second.due = due;
  at->second.on_grid = on_grid;
  order_.emplace(due, at->first);
}

void Timetable::add(const std::string& name, const Times& asked, TimePoint now) {
  Times times = asked;
  times.interval = std::max(times.interval, Duration(1));
  const auto [at, is_new] = slots_.try_emplace(name);
  Slot& slot = at->second;
  if (!is_new && !slot.removed && slot.times == times) return;
  slot.times = times;
  slot.phase = spread(name, times.interval);
  slot.removed = false;
  slot.respread = false;
  settle(at, now + spread(name, std::min(times.interval, kFirstRuns)), false);
}

void Timetable::remove(const std::string& name) {
  const auto at = slots_.find(name);
  if (at == slots_.end()) return;
  order_.erase({at->second.due, name});
  if (at->second.running) {
    at->second.removed = true;
  } else {
    slots_.erase(at);
  }
}

bool Timetable::contains(const std::string& name) const {
  const auto at = slots_.find(name);
  return at != slots_.end() && !at->second.removed;
}

std::vector<Timetable::Due> Timetable::take_due(TimePoint now) {
  std::vector<Due> out;
  while (!order_.empty() && order_.begin()->first <= now) {
    const auto at = slots_.find(order_.begin()->second);
    Slot& slot = at->second;
    const Duration late = now - slot.due;
    const auto passed = static_cast<std::uint64_t>(late / slot.times.interval);
    if (slot.running) {
      out.push_back({at->first, false, late, passed + 1});
      settle(at, grid_after(slot, now), true);
      continue;
    }
    if (passed > 0 && !slot.respread) {
      // The process was suspended and every check is due at once: spread them once, as at a start.
      slot.respread = true;
      out.push_back({at->first, false, late, passed});
      const Duration share = spread(at->first, std::min(slot.times.interval, kFirstRuns));
      settle(at, std::max(now + share, now + Duration(1)), false);
      continue;
    }
    slot.respread = false;
    slot.running = true;
    out.push_back({at->first, true, late, passed});
    settle(at, next_after_start(slot, now), true);
  }
  return out;
}

void Timetable::finished(const std::string& name, TimePoint now, bool needs_retry) {
  const auto at = slots_.find(name);
  if (at == slots_.end()) return;
  Slot& slot = at->second;
  slot.running = false;
  if (slot.removed) {
    slots_.erase(at);
    return;
  }
  const TimePoint again = now + slot.times.retry_interval;
  if (needs_retry && again < slot.due) settle(at, again, false);
}

bool Timetable::pull(const std::string& name, TimePoint now) {
  const auto at = slots_.find(name);
  if (at == slots_.end() || at->second.removed || at->second.running) return false;
  if (at->second.due > now) settle(at, now, false);
  return true;
}

std::optional<Timetable::TimePoint> Timetable::next_due() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace holdfast
