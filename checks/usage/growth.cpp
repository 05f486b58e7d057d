// SPDX-License-Identifier: Apache-2.0
// What was written since the last run, and whether the counters can be compared. Pure.
#include <algorithm>
#include <cmath>

#include "checks/usage/state.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

// Marks per period of a rate: a quiet hour is found at most 2½ minutes late.
constexpr double kMarksPerRate = 24;
// A server's start and reset come as text with microseconds.
constexpr double kSameInstant = 0.001;

bool is_same(const std::optional<double>& a, const std::optional<double>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || std::abs(*a - *b) < kSameInstant;
}

std::string system_of(const Counting& counting) {
  return counting.server.substr(0, counting.server.find(':'));
}

/// Whether another cluster now answers at the same address.
bool is_other_server(const Counting& was, const Counting& is) {
  return !was.server.empty() && !is.server.empty() && system_of(was) != system_of(is);
}

/// What happened to the server since the last run; empty: nothing.
std::string change_of(const Counting& was, const Counting& is, double now) {
  if (is_other_server(was, is)) return "Another server answers at this address";
  if (was.in_recovery != is.in_recovery)
    return is.in_recovery ? "A failover: the server became a standby"
                          : "A failover: the standby became the primary";
  if (!was.server.empty() && !is.server.empty() && was.server != is.server)
    return "A failover: the server is on a new timeline";
  if (!is_same(was.started, is.started))
    return "The server was restarted " + span_text(std::max(0.0, now - is.started)) + " ago";
  if (!is_same(was.reset, is.reset)) return "The server's statistics were reset";
  return {};
}

const Rate* rate_of(const Settings& settings, const Table& table) {
  const auto found = settings.tables.find(table.configured);
  return table.configured.empty() || found == settings.tables.end() || !found->second
             ? nullptr
             : &*found->second;
}

void keep_marks(KnownTable& known, const Rate* rate, double clock) {
  if (rate == nullptr) {
    known.marks.clear();
    return;
  }
  const double per = seconds(rate->per);
  auto& marks = known.marks;
  if (marks.empty() || clock - marks.back().clock >= per / kMarksPerRate)
    marks.push_back({clock, known.rows});
  // Keeps one mark that is at least a full period old.
  while (marks.size() > 1 && marks[1].clock <= clock - per) marks.erase(marks.begin());
}

// After a restart clients have the full `gone_after` to reconnect.
void reset_baseline(State& state, const Facts& facts, double at) {
  if (is_other_server(state.counting, facts.counting)) {
    state.tables.clear();
    state.applications.clear();
    state.used_at.reset();
    state.used_by.clear();
  }
  state.baseline_at = at;
  state.clock = 0;
  state.used_clock = 0;
  for (auto& [name, seen] : state.applications) seen = 0;
}

/// The table after this run; rows written go to `growth`. `known` is null for a new table.
KnownTable add_table(const Table& table, const KnownTable* known, const Facts& facts, double at,
                     Growth& growth) {
  KnownTable next = known ? *known : KnownTable{};
  const bool fell = known && (table.inserted < known->inserted || table.updated < known->updated ||
                              table.deleted < known->deleted);
  // All rows of a new table were written, unless it was only outside the tables that are read.
  if (growth.has_baseline && !fell && (known || !facts.tables_cut)) {
    const Written written{&table, table.inserted - next.inserted, table.updated - next.updated,
                          table.deleted - next.deleted};
    if (written.rows() > 0) {
      growth.written.push_back(written);
      next.rows += written.rows();
      next.written_at = at;
    }
  } else {
    if (fell && growth.has_baseline) growth.fell.push_back(table.name);
    next.rows = 0;
    next.marks.clear();
  }
  next.inserted = table.inserted;
  next.updated = table.updated;
  next.deleted = table.deleted;
  return next;
}

}  // namespace

double Growth::rows() const {
  double sum = 0;
  for (const Written& one : written) sum += one.rows();
  return sum;
}

Growth measure_growth(const Settings& settings, const Facts& facts, State& state, const Now& now) {
  const double at = epoch_seconds(now.wall);
  Growth growth;
  if (state.last_run_at) growth.change = change_of(state.counting, facts.counting, at);
  growth.has_baseline = state.last_run_at && growth.change.empty();
  if (growth.has_baseline)
    state.clock += seconds(settings.active.between(time_at(*state.last_run_at), now.wall));
  else
    reset_baseline(state, facts, at);
  std::map<std::string, KnownTable> tables;
  for (const Table& table : facts.tables) {
    const auto known = state.tables.find(table.name);
    KnownTable& next = tables[table.name] =
        add_table(table, known == state.tables.end() ? nullptr : &known->second, facts, at, growth);
    keep_marks(next, rate_of(settings, table), state.clock);
  }
  state.tables = std::move(tables);
  state.counting = facts.counting;
  state.last_run_at = at;
  return growth;
}

Pace pace_of(const KnownTable& table, const Rate& rate, double clock) {
  if (table.marks.empty()) return {};
  KnownTable::Mark base = table.marks.front();
  for (const auto& mark : table.marks)
    if (mark.clock <= clock - seconds(rate.per)) base = mark;
  return {table.rows - base.rows, clock - base.clock};
}

}  // namespace holdfast::usage
