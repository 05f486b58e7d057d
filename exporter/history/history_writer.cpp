// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history_writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace holdfast {
namespace {

// Windows need use by the day; one mark in five minutes also shows when it stopped.
constexpr std::int64_t kUseEvery = 300'000;
constexpr const char* kSetEnd = "UPDATE spans SET end = ? WHERE check_id = ? AND begin = ?";

}  // namespace

bool HistoryBatch::empty() const {
  return observations.empty() && memories.empty() && notes.empty() && gaps.empty() &&
         changes.empty() && done_actions.empty();
}

void HistoryBatch::put_back(HistoryBatch older) {
  const auto prepend = [](auto& list, auto& before) {
    list.insert(list.begin(), std::make_move_iterator(before.begin()),
                std::make_move_iterator(before.end()));
  };
  prepend(observations, older.observations);
  prepend(gaps, older.gaps);
  prepend(changes, older.changes);
  prepend(done_actions, older.done_actions);
  memories.merge(older.memories);
  notes.merge(older.notes);
}

std::size_t HistoryBatch::drop_excess() {
  if (observations.size() <= kMaxWaiting) return 0;
  const auto excess = observations.size() - kMaxWaiting;
  observations.erase(observations.begin(),
                     observations.begin() + static_cast<std::ptrdiff_t>(excess));
  return excess;
}

Result<Done> HistoryWriter::write(const HistoryBatch& batch, WallTime now) {
  if (file_.run("BEGIN IMMEDIATE") && write_all(batch, now) && file_.run("COMMIT")) return Done{};
  Error fault = file_.fault("written");
  (void)file_.run("ROLLBACK");
  checks_.clear();  // The cache may hold what was not written.
  return fault;
}

bool HistoryWriter::write_all(const HistoryBatch& batch, WallTime now) {
  for (const auto& [check, memory] : batch.memories)
    if (!write_memory(check, memory)) return false;
  for (const Observation& seen : batch.observations)
    if (!write_observation(seen)) return false;
  for (auto& [name, known] : checks_)
    if (!write_latency(known)) return false;
  SqlStatement note = file_.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)");
  for (const auto& [key, value] : batch.notes)
    if (!note.run(key, value)) return false;
  SqlStatement gap = file_.prepare("INSERT OR REPLACE INTO gaps VALUES (?, ?, ?)");
  for (const Gap& one : batch.gaps)
    if (!gap.run(one.span.begin, one.span.end, one.cause)) return false;
  SqlStatement change = file_.prepare("INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)");
  for (const LimitChange& one : batch.changes)
    if (!change.run(one.at, one.scope, one.before, one.after)) return false;
  SqlStatement action = file_.prepare("UPDATE actions SET done = ? WHERE id = ?");
  return std::ranges::all_of(batch.done_actions,
                             [&](std::int64_t id) { return action.run(now, id); });
}

bool HistoryWriter::write_memory(const std::string& check, const Memory& memory) {
  if (memory.empty()) return file_.prepare("DELETE FROM memory WHERE check_name = ?").run(check);
  return file_.prepare("INSERT OR REPLACE INTO memory VALUES (?, ?)").run(check, memory.render());
}

HistoryWriter::Known* HistoryWriter::known_check(const std::string& name, const std::string& kind) {
  const auto found = checks_.find(name);
  if (found != checks_.end()) return &found->second;
  if (!file_
           .prepare("INSERT INTO checks (name, kind) VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind")
           .run(name, kind))
    return nullptr;
  Known known;
  SqlStatement id = file_.prepare("SELECT id FROM checks WHERE name = ?");
  if (id.bind(name).step() != Step::row) return nullptr;
  known.id = id.number(0);
  SqlStatement last = file_.prepare(
      "SELECT begin, end, raw, confirmed FROM spans WHERE check_id = ? ORDER BY begin DESC LIMIT "
      "1");
  if (last.bind(known.id).step() == Step::row)
    // Its last reading is not stored; new readings are later than its begin.
    known.status = StatusRow{last.number(0), last.number(1), last.number(0),
                             last.choice(2, Status::critical), last.choice(3, Status::critical)};
  SqlStatement use = file_.prepare("SELECT max(at) FROM uses WHERE check_id = ?");
  if (use.bind(known.id).step() == Step::row && !use.is_null(0)) known.last_use = use.number(0);
  SqlStatement open =
      file_.prepare("SELECT since, severity FROM incidents WHERE check_id = ? AND until IS NULL");
  open.bind(known.id);
  while (open.step() == Step::row) known.open.emplace(open.number(0), open.number(1));
  return &checks_.emplace(name, std::move(known)).first->second;
}

bool HistoryWriter::write_observation(const Observation& seen) {
  Known* known = known_check(seen.check, seen.kind);
  return known != nullptr && write_status(*known, seen) && write_incidents(*known, seen) &&
         write_use(*known, seen) && count_latencies(*known, seen);
}

// A reading ends the one before it. After the clock was set back, nothing is written for the time
// that already has readings.
bool HistoryWriter::write_status(Known& known, const Observation& seen) {
  const std::int64_t at = to_file_time(seen.at);
  const std::int64_t end = to_file_time(seen.valid_until);
  std::int64_t begin = at;
  if (known.status) {
    StatusRow& last = *known.status;
    if (end <= last.end && at < last.last) return true;
    begin = std::max(at, last.last);
    const bool is_same = last.raw == seen.raw && last.confirmed == seen.confirmed;
    if (is_same && begin <= last.end) {
      last.end = std::max(last.end, end);
      last.last = begin;
      return file_.prepare(kSetEnd).run(last.end, known.id, last.begin);
    }
    if (last.end > begin && !file_.prepare(kSetEnd).run(begin, known.id, last.begin)) return false;
  }
  if (end <= begin) return true;
  known.status = StatusRow{begin, end, begin, seen.raw, seen.confirmed};
  return file_.prepare("INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?)")
      .run(known.id, begin, end, seen.raw, seen.confirmed);
}

// Incidents that are open in the file but not in this run belong to an earlier daemon or an earlier
// configuration of the check; they end with this run.
bool HistoryWriter::write_incidents(Known& known, const Observation& seen) {
  std::set<std::pair<std::int64_t, std::int64_t>> open;
  auto stale = std::exchange(known.open, {});
  for (const IncidentRecord& one : seen.incidents) {
    const std::pair key(to_file_time(one.since), static_cast<std::int64_t>(one.severity));
    stale.erase(key);
    if (!one.until) open.insert(key);
    const std::size_t kept = std::min(one.findings.size(), kMaxIncidentFindings);
    if (!file_.prepare("INSERT OR REPLACE INTO incidents VALUES (?, ?, ?, ?, ?, ?)")
             .run(known.id, key.first, key.second, one.until,
                  render_findings({one.findings.data(), kept}),
                  one.findings_left_out + one.findings.size() - kept))
      return false;
  }
  SqlStatement close = file_.prepare(
      "UPDATE incidents SET until = ? WHERE check_id = ? AND since = ? AND severity = ?");
  for (const auto& [since, severity] : stale)
    if (!close.run(seen.at, known.id, since, severity)) return false;
  known.open = std::move(open);
  return true;
}

bool HistoryWriter::write_use(Known& known, const Observation& seen) {
  const std::int64_t at = to_file_time(seen.at);
  const bool is_soon = known.last_use && at >= *known.last_use && at - *known.last_use < kUseEvery;
  if (!seen.shows_use || is_soon) return true;
  known.last_use = at;
  return file_.prepare("INSERT OR REPLACE INTO uses VALUES (?, ?)").run(known.id, at);
}

bool HistoryWriter::count_latencies(Known& known, const Observation& seen) {
  if (seen.latencies.empty()) return true;
  const std::int64_t hour = to_file_time(seen.at) / kHour * kHour;
  if (hour != known.hour) {
    if (!write_latency(known)) return false;
    known.hour = hour;
    known.latency = {};
    SqlStatement row =
        file_.prepare("SELECT buckets FROM latencies WHERE check_id = ? AND hour = ?");
    if (row.bind(known.id, hour).step() == Step::row)
      known.latency = Distribution::decode(row.text(0)).value_or(Distribution{});
  }
  for (const double value : seen.latencies) known.latency.observe(value);
  known.is_latency_unwritten = true;
  return true;
}

bool HistoryWriter::write_latency(Known& known) {
  if (!known.is_latency_unwritten) return true;
  known.is_latency_unwritten = false;
  return file_.prepare("INSERT OR REPLACE INTO latencies VALUES (?, ?, ?)")
      .bind(known.id, known.hour)
      .bind_bytes(known.latency.encode())
      .run();
}

Result<Done> HistoryWriter::prune(WallTime limit) {
  const std::string before = std::to_string(to_file_time(limit));
  const std::string actions = "DELETE FROM actions WHERE done IS NOT NULL AND at < " + before;
  bool is_done = file_.run("BEGIN IMMEDIATE");
  for (const std::string& sql :
       {"DELETE FROM spans WHERE end < " + before,
        "DELETE FROM incidents WHERE until IS NOT NULL AND until < " + before,
        "DELETE FROM latencies WHERE hour < " + before, "DELETE FROM uses WHERE at < " + before,
        "DELETE FROM gaps WHERE end < " + before, "DELETE FROM maintenance WHERE end < " + before,
        "DELETE FROM changes WHERE at < " + before, actions})
    is_done = is_done && file_.run(sql);
  if (is_done && file_.run("COMMIT") && file_.run("PRAGMA incremental_vacuum")) return Done{};
  Error fault = file_.fault("written");
  (void)file_.run("ROLLBACK");
  return fault;
}

}  // namespace holdfast
