// SPDX-License-Identifier: Apache-2.0
// Judges an active database: it must be used within its active hours.
#include <algorithm>

#include "checks/usage/state.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

class Active : Context {
 public:
  explicit Active(const Context& context) : Context(context) {}

  void judge() {
    reading.shows_use = proves_use();
    sort_sessions();
    note_use();
    if (!settings.active.covers(now.wall)) {
      reading.notes.emplace_back("outside its active hours: no use is expected");
      return;
    }
    if (!growth.has_baseline) {
      reading.not_judged.emplace_back("activity");
      if (!settings.tables.empty()) reading.not_judged.emplace_back("min_writes");
      return;
    }
    const bool is_used = judge_use();
    judge_tables();
    if (is_used) judge_applications();
    if (is_used && !hidden_.empty()) render_hidden(Severity::info, "");
  }

 private:
  // Rows of the expected tables, if there are any. Reads cannot be told from Holdfast's own.
  bool proves_use() const {
    return std::ranges::any_of(growth.written, [&](const Written& written) {
      return settings.tables.empty() || !written.table->configured.empty();
    });
  }

  void sort_sessions() {
    for (const Sessions& one : facts.sessions) {
      if (is_allowed(settings, one)) continue;
      const bool is_expected =
          std::ranges::find(settings.applications, one.application) != settings.applications.end();
      if (is_expected) state.applications[one.application] = state.clock;
      if (is_expected || (settings.applications.empty() && !one.is_hidden))
        users_.push_back(&one);
      else
        (one.is_hidden ? hidden_ : others_).push_back(&one);
    }
  }

  // A session counts from its last statement on: pools keep some open that are not used.
  void note_use() {
    if (growth.rows() > 0) record_use(0);
    std::optional<double> idle;
    for (const Sessions* one : users_)
      idle = std::min(idle.value_or(one->idle.value_or(0)), one->idle.value_or(0));
    if (!idle) return;
    state.used_by = who_all(users_);
    record_use(*idle);
  }

  void record_use(double ago) {
    const double then = at() - ago;
    if (state.used_at && *state.used_at >= then) return;
    state.used_at = then;
    state.used_clock = state.clock - seconds(settings.active.between(time_at(then), now.wall));
  }

  /// False when it is not used, or that is unknown.
  bool judge_use() {
    const double away = state.clock - state.used_clock;
    if (state.used_at && away <= seconds(settings.gone_after)) return true;
    if (!hidden_.empty()) {
      render_hidden(Severity::unknown, "Whether " + settings.database +
                                           " is in use is unknown: no row was written, and ");
      return false;
    }
    std::string text = "No activity in " + settings.database + ": ";
    if (!users_.empty())
      text += "all client sessions are idle";
    else if (settings.applications.empty())
      text += "no client is connected";
    else
      text += "no expected application is connected";
    text += ", and no row was written ";
    if (state.used_at) {
      text += "in the last " + span_text(away) + " (limit " + render_duration(settings.gone_after) +
              ")";
      if (!state.used_by.empty()) text += "; last used by " + state.used_by;
    } else {
      text += "since monitoring started " + span_text(at() - state.baseline_at) + " ago";
    }
    if (!others_.empty()) text += ". Connected but not expected: " + who_all(others_);
    reading.find("usage_nobody", Severity::critical, "",
                 text + ". Its clients may be using another database.");
    return false;
  }

  void judge_tables() {
    bool is_open = false;
    for (const Table& table : facts.tables) {
      const auto expected = settings.tables.find(table.configured);
      if (table.configured.empty() || expected == settings.tables.end() || !expected->second)
        continue;
      is_open = judge_table(table, *expected->second) || is_open;
    }
    if (is_open) reading.not_judged.emplace_back("min_writes");
  }

  /// True if it cannot be judged yet.
  bool judge_table(const Table& table, const Rate& rate) {
    const KnownTable& known = state.tables.at(table.name);
    const Pace pace = pace_of(known, rate, state.clock);
    if (pace.rows >= rate.count) return false;
    if (table.is_held) {
      reading.notes.push_back("a transaction that writes to " + table.name +
                              " is open: its rows are counted when it ends");
      return true;
    }
    if (pace.seen < seconds(rate.per)) return true;
    std::string text =
        pace.rows <= 0 ? "No row was" : rows_text(pace.rows) + (pace.rows == 1 ? " was" : " were");
    text += " written to " + table.name + " in the last " + span_of(rate) +
            (settings.active.is_always() ? "" : " of its active hours") + " (at least " +
            render(rate) + " expected)";
    if (known.written_at)
      text += "; the last one " + span_text(std::max(0.0, at() - *known.written_at)) + " ago";
    if (facts.counting.in_recovery) text += ". The server is a standby, which accepts no writes";
    if (!users_.empty()) text += ". Connected: " + who_all(users_);
    reading.find("usage_table_quiet", Severity::critical, table.name, text + ".");
    return false;
  }

  void judge_applications() {
    for (const std::string& name : settings.applications) {
      const auto seen = state.applications.find(name);
      const bool was_seen = seen != state.applications.end();
      const double away = state.clock - (was_seen ? seen->second : 0);
      if (away <= (was_seen ? seconds(settings.gone_after) : 0)) continue;
      std::string text = name + " is not connected to " + settings.database + " and has not been ";
      text += was_seen ? "for " + span_text(away) + " (limit " +
                             render_duration(settings.gone_after) + ")"
                       : "since monitoring started " + span_text(at() - state.baseline_at) + " ago";
      reading.find("usage_application_missing", Severity::warning, name,
                   text + ", while others use it: it may be using another database.");
    }
  }

  void render_hidden(Severity severity, const std::string& why) {
    reading.find("usage_sessions_hidden", severity, "", why + hidden_text(hidden_));
  }

  std::vector<const Sessions*> users_, others_, hidden_;
};

}  // namespace

bool is_allowed(const Settings& settings, const Sessions& sessions) {
  return std::ranges::find(settings.allowed, sessions.application) != settings.allowed.end();
}

void judge_active(const Context& context) { Active(context).judge(); }

}  // namespace holdfast::usage
