// SPDX-License-Identifier: Apache-2.0
// An active database is expected to be used, within its hours.
#include <algorithm>

#include "checks/usage/roles.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

class Active {
 public:
  explicit Active(const Look& look)
      : look_(look), settings_(look.settings), facts_(look.facts), state_(look.state) {}

  void judge() {
    look_.reading.shows_use = proves_use();
    sort_sessions();
    note_use();
    if (!settings_.active.covers(look_.now.wall)) {
      look_.reading.notes.emplace_back("outside its active hours: no use is expected now");
      return;
    }
    if (!look_.growth.has_baseline) {
      look_.reading.not_judged.emplace_back("use");
      if (!settings_.tables.empty()) look_.reading.not_judged.emplace_back("min_writes");
      return;
    }
    const bool is_used = judge_use();
    judge_tables();
    if (is_used) judge_applications();
    if (is_used && !hidden_.empty()) render_hidden(Severity::info, "");
  }

 private:
  // Rows of the expected tables, where there are such; reads are told from ours by nobody.
  bool proves_use() const {
    return std::ranges::any_of(look_.growth.written, [&](const Written& written) {
      return settings_.tables.empty() || !written.table->configured.empty();
    });
  }

  void sort_sessions() {
    for (const Sessions& one : facts_.sessions) {
      if (is_allowed(settings_, one)) continue;
      const bool is_expected = std::ranges::find(settings_.applications, one.application) !=
                               settings_.applications.end();
      if (is_expected) state_.applications[one.application] = state_.clock;
      if (is_expected || (settings_.applications.empty() && !one.is_hidden))
        users_.push_back(&one);
      else
        (one.is_hidden ? hidden_ : others_).push_back(&one);
    }
  }

  // An open session is a sign of its last statement: pools and poolers keep some that nobody uses.
  void note_use() {
    if (look_.growth.rows() > 0) sign(0);
    std::optional<double> idle;
    for (const Sessions* one : users_)
      idle = std::min(idle.value_or(one->idle.value_or(0)), one->idle.value_or(0));
    if (!idle) return;
    state_.used_by = who_all(users_);
    sign(*idle);
  }

  void sign(double ago) {
    const double at = look_.at() - ago;
    if (state_.used_at && *state_.used_at >= at) return;
    state_.used_at = at;
    const auto then =
        look_.now.wall -
        std::chrono::duration_cast<std::chrono::system_clock::duration>(from_seconds(ago));
    state_.used_clock = state_.clock - seconds(settings_.active.between(then, look_.now.wall));
  }

  /// False when nobody uses it, or nobody knows.
  bool judge_use() {
    const double away = state_.clock - state_.used_clock;
    if (state_.used_at && away <= seconds(settings_.gone_after)) return true;
    if (!hidden_.empty()) {
      render_hidden(Severity::unknown, "Whether somebody uses " + settings_.database +
                                           " cannot be told: no row was written, and ");
      return false;
    }
    std::string text = "Nobody uses " + settings_.database + ": ";
    if (!users_.empty())
      text += "its sessions are idle";
    else if (settings_.applications.empty())
      text += "no session but Holdfast's own is open";
    else
      text += "no session of the expected applications is open";
    text += ", and no row was written ";
    if (state_.used_at) {
      text += "in the last " + span_text(away) + " (limit " +
              render_duration(settings_.gone_after) + ")";
      if (!state_.used_by.empty()) text += "; the last was " + state_.used_by;
    } else {
      text += "since Holdfast began to look " + span_text(look_.at() - state_.baseline_at) + " ago";
    }
    if (!others_.empty()) text += ". Connected, but not expected: " + who_all(others_);
    look_.reading.find("usage_nobody", Severity::critical, "",
                       text + ". Whoever should use it uses another.");
    return false;
  }

  void judge_tables() {
    bool is_open = false;
    for (const Table& table : facts_.tables) {
      const auto expected = settings_.tables.find(table.configured);
      if (table.configured.empty() || expected == settings_.tables.end() || !expected->second)
        continue;
      is_open = judge_table(table, *expected->second) || is_open;
    }
    if (is_open) look_.reading.not_judged.emplace_back("min_writes");
  }

  /// True when it cannot be judged yet.
  bool judge_table(const Table& table, const Rate& rate) {
    const KnownTable& known = state_.tables.at(table.name);
    const Pace pace = pace_of(known, rate, state_.clock);
    if (pace.rows >= rate.count) return false;
    if (table.is_held) {
      look_.reading.notes.push_back("a transaction that writes to " + table.name +
                                    " is open: its rows are counted when it ends");
      return true;
    }
    if (pace.seen < seconds(rate.per)) return true;
    std::string text = pace.rows <= 0 ? "No row of " + table.name + " was"
                                      : rows_text(pace.rows) + " of " + table.name +
                                            (pace.rows == 1 ? " was" : " were");
    text += " written in the last " + span_of(rate) +
            (settings_.active.is_always() ? "" : " of its active hours") + " (at least " +
            render(rate) + " expected)";
    if (known.written_at)
      text += "; the last " + span_text(std::max(0.0, look_.at() - *known.written_at)) + " ago";
    if (facts_.counting.in_recovery) text += ". The server is a standby: nobody can write here";
    if (!users_.empty()) text += ". Connected: " + who_all(users_);
    look_.reading.find("usage_table_quiet", Severity::critical, table.name, text + ".");
    return false;
  }

  void judge_applications() {
    for (const std::string& name : settings_.applications) {
      const auto seen = state_.applications.find(name);
      const bool was_seen = seen != state_.applications.end();
      const double away = state_.clock - (was_seen ? seen->second : 0);
      if (away <= (was_seen ? seconds(settings_.gone_after) : 0)) continue;
      std::string text = name + " has no session in " + settings_.database;
      text += was_seen ? ", and has had none for " + span_text(away) + " (limit " +
                             render_duration(settings_.gone_after) + ")"
                       : ", and has had none since Holdfast began to look " +
                             span_text(look_.at() - state_.baseline_at) + " ago";
      look_.reading.find("usage_application_missing", Severity::warning, name,
                         text + ", while others use it: is it on another database?");
    }
  }

  void render_hidden(Severity severity, const std::string& why) {
    std::string text = why + (why.empty() ? "It" : "it") +
                       " cannot be seen where these sessions come from, nor whether they are "
                       "clients at all: " +
                       who_all(hidden_) + ". GRANT pg_monitor to Holdfast's role shows it.";
    look_.reading.find("usage_sessions_hidden", severity, "", std::move(text));
  }

  const Look& look_;
  const Settings& settings_;
  const Facts& facts_;
  State& state_;
  std::vector<const Sessions*> users_, others_, hidden_;
};

}  // namespace

bool is_allowed(const Settings& settings, const Sessions& sessions) {
  return std::ranges::find(settings.allowed, sessions.application) != settings.allowed.end();
}

void judge_active(const Look& look) { Active(look).judge(); }

}  // namespace holdfast::usage
