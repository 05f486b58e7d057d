// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/judge.h"

#include <algorithm>

#include "checks/usage/roles.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

constexpr std::size_t kMaxTableNotes = 10;

class Judgement {
 public:
  Judgement(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now)
      : settings_(settings), facts_(facts), now_(now), state_(State::load(memory)) {}

  Reading judge() {
    growth_ = measure_growth(settings_, facts_, state_, now_);
    const Context context{settings_, facts_, growth_, now_, state_, reading_};
    describe_counting();
    judge_tables(context);
    if (settings_.role == Role::active)
      judge_active(context);
    else
      judge_retired(context);
    describe();
    sample();
    reading_.memory = state_.save();
    return std::move(reading_);
  }

 private:
  void describe_counting() {
    if (!growth_.change.empty())
      reading_.notes.push_back(growth_.change +
                               ": counters start over, and writes are judged from the next run on");
    for (const std::string& table : growth_.fell)
      reading_.notes.push_back(
          "the counters of " + table +
          " fell (a reset or a detached partition): they are counted from here");
  }

  [[nodiscard]] std::string text_of_ambiguous(const std::string& table) const {
    return "More than one schema of " + settings_.database + " has a table " + table +
           ", and none is in the search path of Holdfast's role: configure it as schema." + table +
           ".";
  }

  // Findings in either role.
  void judge_tables(const Context& context) const {
    for (const std::string& name : facts_.missing)
      context.reading.find("usage_table_missing", Severity::critical, name,
                           "Table " + name + " does not exist in " + settings_.database + ".");
    for (const std::string& name : facts_.ambiguous)
      context.reading.find("usage_table_missing", Severity::unknown, name, text_of_ambiguous(name));
    if (!facts_.counts_rows)
      context.reading.find("usage_not_counted", Severity::unknown, "",
                           "The server does not count rows (track_counts is off): writes to " +
                               settings_.database + " cannot be detected.");
  }

  void describe() {
    std::vector<const Sessions*> all;
    double count = facts_.sessions_left_out;
    for (const Sessions& one : facts_.sessions) {
      all.push_back(&one);
      count += one.count;
    }
    reading_.notes.push_back(all.empty()
                                 ? "no other sessions"
                                 : render_count(count, "other session") + ": " + who_all(all));
    std::size_t listed = 0;
    for (const Written& one : growth_.written) {
      if (listed++ == kMaxTableNotes) break;
      reading_.notes.push_back(one.table->name + ": " + render_value(one.inserted, Unit::count) +
                               " inserted, " + render_value(one.updated, Unit::count) +
                               " updated, " + render_value(one.deleted, Unit::count) +
                               " deleted since the last run");
    }
    if (growth_.has_baseline && growth_.written.empty())
      reading_.notes.emplace_back("no row written since the last run");
    if (facts_.tables_cut)
      reading_.notes.push_back("only the busiest " + std::to_string(kMaxTables) +
                               " tables are watched");
    if (!facts_.no_statements.empty())
      reading_.notes.push_back("statements are not available: " + facts_.no_statements);
  }

  void add(std::string_view metric, std::vector<std::string> labels, double value) {
    reading_.samples.push_back({&usage_kind().metric(metric), std::move(labels), value});
  }

  void sample() {
    // Sessions with the same labels are one series.
    std::map<std::vector<std::string>, double> sessions;
    for (const Sessions& one : facts_.sessions)
      sessions[{one.application, one.user, one.client}] += one.count;
    for (const auto& [labels, count] : sessions) add("usage_sessions", labels, count);
    for (const Table& table : facts_.tables) {
      add("usage_rows_total", {table.name, "insert"}, table.inserted);
      add("usage_rows_total", {table.name, "update"}, table.updated);
      add("usage_rows_total", {table.name, "delete"}, table.deleted);
      if (const auto at = state_.tables.at(table.name).written_at)
        add("usage_last_write_timestamp_seconds", {table.name}, *at);
    }
    const double now = epoch_seconds(now_.wall);
    const bool is_seen = state_.used_at && now - *state_.used_at <= seconds(settings_.gone_after);
    add("usage_seen", {}, is_seen ? 1 : 0);
    if (state_.used_at) add("usage_last_seen_timestamp_seconds", {}, *state_.used_at);
    add("usage_baseline_timestamp_seconds", {}, state_.baseline_at);
    for (const auto& [user, calls] : facts_.statements)
      add("usage_statements_total", {user}, calls);
  }

  const Settings& settings_;
  const Facts& facts_;
  const Now& now_;
  State state_;
  Growth growth_;
  Reading reading_;
};

}  // namespace

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  return Judgement(settings, facts, memory, now).judge();
}

}  // namespace holdfast::usage
