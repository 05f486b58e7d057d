// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/evidence_reader.h"

#include <algorithm>
#include <utility>

#include "exporter/history/history.h"
#include "exporter/history/history_file.h"
#include "exporter/history/liveness_mark.h"

namespace holdfast {
namespace {

class Reader {
 public:
  Reader(Sqlite& file, const Span& range)
      : file_(file), begin_(to_file_time(range.begin)), end_(to_file_time(range.end)) {}

  bool read(CheckEvidence& out) {
    SqlStatement check = file_.prepare("SELECT id, kind FROM checks WHERE name = ?");
    const Step found = check.bind(out.check).step();
    if (found != Step::row) return found == Step::done;
    const std::int64_t id = check.number(0);
    out.kind = check.text(1);
    return read_spans(id, out) && read_incidents(id, out) && read_uses(id, out) &&
           read_latencies(id, out);
  }

  bool read_common(Evidence& out) {
    SqlStatement gap = query("SELECT begin, end, cause FROM gaps WHERE end >= ? AND begin < ?");
    const bool gaps = each(gap, [&] {
      out.gaps.push_back({{gap.time(0), gap.time(1)}, gap.choice(2, GapCause::clock)});
    });
    SqlStatement change =
        query("SELECT at, scope, before, after FROM changes WHERE at >= ? AND at < ? ORDER BY at");
    const bool changes = each(change, [&] {
      out.changes.push_back({change.time(0), change.text(1), change.text(2), change.text(3)});
    });
    auto notes = read_notes(file_);
    if (notes.contains(kReplayedUntil))
      out.replayed_until = parse_moment_note(notes[kReplayedUntil]);
    parse_set_aside(notes[kSetAside], out.problems);
    if (const auto mark = parse_liveness_mark(notes[kLivenessMark]))
      out.problems.last_alive = mark->at;
    return gaps && changes;
  }

  bool read_maintenance(std::vector<Maintenance>& out) {
    SqlStatement row = query(
        "SELECT id, begin, end, declared, reason, who FROM maintenance"
        " WHERE end > ? AND begin < ? ORDER BY begin");
    return each(row, [&] {
      out.push_back(
          {row.number(0), {row.time(1), row.time(2)}, row.time(3), row.text(4), row.text(5)});
    });
  }

 private:
  SqlStatement query(const char* sql) {
    SqlStatement statement = file_.prepare(sql);
    statement.bind(begin_, end_);
    return statement;
  }
  SqlStatement query_of(std::int64_t id, const char* sql) {
    SqlStatement statement = file_.prepare(sql);
    statement.bind(id, begin_, end_);
    return statement;
  }
  template <class Add>
  static bool each(SqlStatement& rows, const Add& add) {
    Step step = rows.step();
    for (; step == Step::row; step = rows.step()) add();
    return step == Step::done;
  }

  bool read_spans(std::int64_t id, CheckEvidence& out) {
    SqlStatement row = query_of(id,
                                "SELECT begin, end, raw, confirmed FROM spans"
                                " WHERE check_id = ? AND end > ? AND begin < ? ORDER BY begin");
    return each(row, [&] {
      out.spans.push_back({{from_file_time(std::max(row.number(0), begin_)),
                            from_file_time(std::min(row.number(1), end_))},
                           row.choice(2, Status::critical),
                           row.choice(3, Status::critical)});
    });
  }

  bool read_incidents(std::int64_t id, CheckEvidence& out) {
    SqlStatement row = query_of(
        id,
        "SELECT since, severity, until, findings, left_out FROM incidents"
        " WHERE check_id = ? AND (until IS NULL OR until >= ?) AND since < ? ORDER BY since");
    return each(row, [&] {
      if (out.incidents.size() >= kMaxEvidenceIncidents) {
        ++out.incidents_left_out;
        return;
      }
      IncidentRecord one{out.check,
                         row.choice(1, Severity::critical),
                         row.time(0),
                         std::nullopt,
                         parse_findings(row.text(3)),
                         static_cast<std::size_t>(std::max<std::int64_t>(row.number(4), 0))};
      if (!row.is_null(2)) one.until = row.time(2);
      out.incidents.push_back(std::move(one));
    });
  }

  bool read_uses(std::int64_t id, CheckEvidence& out) {
    SqlStatement row =
        query_of(id, "SELECT at FROM uses WHERE check_id = ? AND at >= ? AND at < ? ORDER BY at");
    return each(row, [&] { out.use.push_back(row.time(0)); });
  }

  bool read_latencies(std::int64_t id, CheckEvidence& out) {
    SqlStatement row = file_.prepare(
        "SELECT hour, buckets FROM latencies WHERE check_id = ? AND hour > ? AND hour < ?"
        " ORDER BY hour");
    row.bind(id, begin_ - kHour, end_);
    return each(row, [&] {
      if (auto values = Distribution::decode(row.text(1)))
        out.latency.push_back(
            {{row.time(0), from_file_time(row.number(0) + kHour)}, *std::move(values)});
    });
  }

  Sqlite& file_;
  std::int64_t begin_;
  std::int64_t end_;
};

}  // namespace

Result<Evidence> read_evidence(Sqlite& file, const Span& range,
                               const std::vector<std::string>& checks) {
  Evidence out;
  out.range = range;
  Reader reader(file, range);
  // One transaction: a consistent snapshot.
  bool is_read = file.run("BEGIN");
  for (const std::string& name : checks) {
    CheckEvidence& check = out.checks.emplace_back();
    check.check = name;
    is_read = is_read && reader.read(check);
  }
  is_read = is_read && reader.read_common(out) && reader.read_maintenance(out.maintenance);
  const Error fault = file.fault("read");
  (void)file.run("COMMIT");
  if (!is_read) return fault;
  return out;
}

std::map<std::string, Memory> read_memories(Sqlite& file) {
  std::map<std::string, Memory> out;
  SqlStatement row = file.prepare("SELECT check_name, value FROM memory");
  while (row.step() == Step::row) out[row.text(0)] = Memory::parse(row.text(1));
  return out;
}

std::map<std::string, std::string> read_notes(Sqlite& file) {
  std::map<std::string, std::string> out;
  SqlStatement row = file.prepare("SELECT key, value FROM notes");
  while (row.step() == Step::row) out[row.text(0)] = row.text(1);
  return out;
}

Result<std::vector<Maintenance>> read_maintenance(Sqlite& file, const Span& range) {
  std::vector<Maintenance> out;
  if (!Reader(file, range).read_maintenance(out)) return file.fault("read");
  return out;
}

}  // namespace holdfast
