// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/growth.h"

#include <algorithm>
#include <cmath>

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

class Measurement {
 public:
  Measurement(const Settings& settings, const Facts& facts, State& state, const Now& now)
      : settings_(settings),
        facts_(facts),
        state_(state),
        now_(now),
        at_(epoch_seconds(now.wall)) {}

  Growth run() {
    if (state_.last_run_at) growth_.change = change_of(state_.counting, facts_.counting, at_);
    growth_.has_baseline = state_.last_run_at && growth_.change.empty();
    if (growth_.has_baseline)
      advance();
    else
      reset_baseline();
    std::map<std::string, KnownTable> tables;
    for (const Table& table : facts_.tables) tables[table.name] = add_table(table);
    state_.tables = std::move(tables);
    state_.counting = facts_.counting;
    state_.last_run_at = at_;
    return std::move(growth_);
  }

 private:
  void advance() {
    const auto since = std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            from_seconds(*state_.last_run_at)));
    state_.clock += seconds(settings_.active.between(since, now_.wall));
  }

  // After a restart clients have the full `gone_after` to reconnect.
  void reset_baseline() {
    if (is_other_server(state_.counting, facts_.counting)) {
      state_.tables.clear();
      state_.applications.clear();
      state_.used_at.reset();
      state_.used_by.clear();
    }
    state_.baseline_at = at_;
    state_.clock = 0;
    state_.used_clock = 0;
    for (auto& [name, seen] : state_.applications) seen = 0;
  }

  KnownTable add_table(const Table& table) {
    const auto found = state_.tables.find(table.name);
    const bool is_known = found != state_.tables.end();
    KnownTable known = is_known ? found->second : KnownTable{};
    const bool fell = is_known && (table.inserted < known.inserted ||
                                   table.updated < known.updated || table.deleted < known.deleted);
    // All rows of a new table were written, unless it was only outside the tables that are read.
    const bool can_compare = growth_.has_baseline && !fell && (is_known || !facts_.tables_cut);
    if (can_compare) {
      const Written written{&table, table.inserted - known.inserted, table.updated - known.updated,
                            table.deleted - known.deleted};
      if (written.rows() > 0) {
        growth_.written.push_back(written);
        known.rows += written.rows();
        known.last_rows = written.rows();
        known.written_at = at_;
      }
    } else {
      if (fell && growth_.has_baseline) growth_.fell.push_back(table.name);
      known.rows = 0;
      known.marks.clear();
    }
    known.inserted = table.inserted;
    known.updated = table.updated;
    known.deleted = table.deleted;
    keep_marks(known, rate_of(settings_, table), state_.clock);
    return known;
  }

  const Settings& settings_;
  const Facts& facts_;
  State& state_;
  const Now& now_;
  double at_;
  Growth growth_;
};

}  // namespace

double Growth::rows() const {
  double sum = 0;
  for (const Written& one : written) sum += one.rows();
  return sum;
}

Growth measure_growth(const Settings& settings, const Facts& facts, State& state, const Now& now) {
  return Measurement(settings, facts, state, now).run();
}

Pace pace_of(const KnownTable& table, const Rate& rate, double clock) {
  if (table.marks.empty()) return {};
  KnownTable::Mark base = table.marks.front();
  for (const auto& mark : table.marks)
    if (mark.clock <= clock - seconds(rate.per)) base = mark;
  return {table.rows - base.rows, clock - base.clock};
}

}  // namespace holdfast::usage
