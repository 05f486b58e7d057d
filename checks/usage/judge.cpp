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
    growth_ = take_growth(settings_, facts_, state_, now_);
    const Look look{settings_, facts_, growth_, now_, state_, reading_};
    describe_counting();
    judge_tables(look);
    if (settings_.role == Role::active)
      judge_active(look);
    else
      judge_retired(look);
    describe();
    sample();
    reading_.memory = state_.save();
    return std::move(reading_);
  }

 private:
  void describe_counting() {
    if (!growth_.change.empty())
      reading_.notes.push_back(growth_.change +
                               ": counting begins anew, and what was written is judged from the "
                               "next look on");
    for (const std::string& table : growth_.fell)
      reading_.notes.push_back("the counters of " + table +
                               " fell (a reset, or a partition that left): they are counted anew");
  }

  [[nodiscard]] std::string text_of_ambiguous(const std::string& table) const {
    return "More than one schema of " + settings_.database + " has a table " + table +
           ", and none is in the search path of Holdfast's role: name it schema." + table + ".";
  }

  // Facts about what can be seen, in either role.
  void judge_tables(const Look& look) const {
    for (const std::string& name : facts_.missing)
      look.reading.find("usage_table_missing", Severity::critical, name,
                        "The table " + name + " is not in " + settings_.database + ".");
    for (const std::string& name : facts_.ambiguous)
      look.reading.find("usage_table_missing", Severity::unknown, name, text_of_ambiguous(name));
    if (!facts_.counts_rows)
      look.reading.find("usage_not_counted", Severity::unknown, "",
                        "The server does not count rows (track_counts is off): who writes to " +
                            settings_.database + " cannot be told.");
  }

  void describe() {
    std::vector<const Sessions*> all;
    double count = facts_.sessions_left_out;
    for (const Sessions& one : facts_.sessions) {
      all.push_back(&one);
      count += one.count;
    }
    reading_.notes.push_back(all.empty()
                                 ? "no session of others"
                                 : render_count(count, "session") + " of others: " + who_all(all));
    std::size_t told = 0;
    for (const Written& one : growth_.written) {
      if (told++ == kMaxTableNotes) break;
      reading_.notes.push_back(one.table->name + ": " + render_value(one.inserted, Unit::count) +
                               " inserted, " + render_value(one.updated, Unit::count) +
                               " updated, " + render_value(one.deleted, Unit::count) +
                               " deleted since the last look");
    }
    if (growth_.has_baseline && growth_.written.empty())
      reading_.notes.emplace_back("no row written since the last look");
    if (facts_.tables_cut)
      reading_.notes.push_back("only the busiest " + std::to_string(kMaxTables) +
                               " tables are watched");
    if (!facts_.no_statements.empty())
      reading_.notes.push_back("statements are not counted: " + facts_.no_statements);
  }

  void add(std::string_view metric, std::vector<std::string> labels, double value) {
    reading_.samples.push_back({&usage_kind().metric(metric), std::move(labels), value});
  }

  void sample() {
    // What is shown alike is one series.
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
