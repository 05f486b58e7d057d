// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/judge.h"

#include "checks/memory_json.h"
#include "checks/usage/state.h"
#include "checks/usage/text.h"

namespace holdfast::usage {

using nlohmann::json;

// Arrays of numbers: a table with a rate has up to 25 marks.
static void to_json(json& out, const KnownTable::Mark& mark) { out = {mark.clock, mark.rows}; }
static void from_json(const json& in, KnownTable::Mark& mark) {
  in.at(0).get_to(mark.clock);
  in.at(1).get_to(mark.rows);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KnownTable, inserted, updated, deleted, written_at,
                                                marks, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Breach, seen_at, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Counting, server, started, reset, in_recovery)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(State, last_run_at, baseline_at, clock, counting,
                                                tables, used_at, used_clock, used_by, applications,
                                                sessions, writes)

namespace {

constexpr std::size_t kMaxTableNotes = 10;

void describe_counting(const Growth& growth, Reading& reading) {
  if (!growth.change.empty())
    reading.notes.push_back(growth.change +
                            ": counters start over, and writes are judged from the next run on");
  for (const std::string& table : growth.fell)
    reading.notes.push_back("the counters of " + table +
                            " fell (a reset or a detached partition): they are counted from here");
}

/// Findings in either role.
void judge_tables(const Settings& settings, const Facts& facts, Reading& reading) {
  for (const std::string& name : facts.missing)
    reading.find("usage_table_missing", Severity::critical, name,
                 "Table " + name + " does not exist in " + settings.database + ".");
  for (const std::string& name : facts.ambiguous)
    reading.find(
        "usage_table_missing", Severity::unknown, name,
        "More than one schema of " + settings.database + " has a table " + name +
            ", and none is in the search path of Holdfast's role: configure it as schema." + name +
            ".");
  if (!facts.counts_rows)
    reading.find("usage_not_counted", Severity::unknown, "",
                 "The server does not count rows (track_counts is off): writes to " +
                     settings.database + " cannot be detected.");
}

void describe(const Facts& facts, const Growth& growth, Reading& reading) {
  std::vector<const Sessions*> all;
  double count = facts.sessions_left_out;
  for (const Sessions& one : facts.sessions) {
    all.push_back(&one);
    count += one.count;
  }
  reading.notes.push_back(all.empty() ? "no other sessions"
                                      : render_count(count, "other session") + ": " + who_all(all));
  std::size_t listed = 0;
  for (const Written& one : growth.written) {
    if (listed++ == kMaxTableNotes) break;
    reading.notes.push_back(one.table->name + ": " + render_value(one.inserted, Unit::count) +
                            " inserted, " + render_value(one.updated, Unit::count) + " updated, " +
                            render_value(one.deleted, Unit::count) + " deleted since the last run");
  }
  if (growth.has_baseline && growth.written.empty())
    reading.notes.emplace_back("no row written since the last run");
  if (facts.tables_cut)
    reading.notes.push_back("only " + std::to_string(kMaxTables) +
                            " tables are monitored: the configured ones and the busiest");
  if (!facts.no_statements.empty())
    reading.notes.push_back("statements are not available: " + facts.no_statements);
}

void sample(const Context& run) {
  const auto add = [&](std::string_view metric, std::vector<std::string> labels, double value) {
    run.reading.samples.push_back({&usage_kind().metric(metric), std::move(labels), value});
  };
  // Sessions with the same labels are one series.
  std::map<std::vector<std::string>, double> sessions;
  for (const Sessions& one : run.facts.sessions)
    sessions[{one.application, one.user, one.client}] += one.count;
  for (const auto& [labels, count] : sessions) add("usage_sessions", labels, count);
  for (const Table& table : run.facts.tables) {
    add("usage_rows_total", {table.name, "insert"}, table.inserted);
    add("usage_rows_total", {table.name, "update"}, table.updated);
    add("usage_rows_total", {table.name, "delete"}, table.deleted);
    if (const auto at = run.state.tables.at(table.name).written_at)
      add("usage_last_write_timestamp_seconds", {table.name}, *at);
  }
  const auto& used_at = run.state.used_at;
  const bool is_seen = used_at && run.at() - *used_at <= seconds(run.settings.gone_after);
  add("usage_seen", {}, is_seen ? 1 : 0);
  if (used_at) add("usage_last_seen_timestamp_seconds", {}, *used_at);
  add("usage_baseline_timestamp_seconds", {}, run.state.baseline_at);
  for (const auto& [user, calls] : run.facts.statements)
    add("usage_statements_total", {user}, calls);
}

}  // namespace

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  auto state = load_state<State>(memory);
  const Growth growth = measure_growth(settings, facts, state, now);
  Reading reading;
  const Context run{settings, facts, growth, now, state, reading};
  describe_counting(growth, reading);
  judge_tables(settings, facts, reading);
  if (settings.role == Role::active)
    judge_active(run);
  else
    judge_retired(run);
  describe(facts, growth, reading);
  sample(run);
  reading.memory = save_state(state);
  return reading;
}

}  // namespace holdfast::usage
