// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "exporter/history/history_file.h"
#include "exporter/history/history_writer.h"
#include "exporter/history/liveness_mark.h"
#include "exporter/history/operator_actions.h"

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

// A directory that is deleted with the test.
class Folder {
 public:
  Folder() { REQUIRE(::mkdtemp(name_.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(name_, ignored);
  }
  [[nodiscard]] std::string file() const { return name_ + "/history.db"; }

 private:
  std::string name_ = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
};

Memory some_memory() {
  return Memory(nlohmann::json{{"version", 1},
                               {"high", {{"company_1", 144.5}}},
                               {"identity", {{"company_1", "0123abcd"}}},
                               {"quote's \"name\"\n", std::string("x\0y", 3)}});
}

Observation seen(const std::string& check, WallTime at, Status status = Status::ok) {
  Observation out;
  out.check = check;
  out.kind = "fake";
  out.began = at;
  out.at = at;
  out.valid_until = at + 27s;
  out.raw = out.confirmed = status;
  return out;
}

void remember(History& history, const std::string& check, const Memory& memory) {
  Observation out = seen(check, std::chrono::system_clock::now());
  out.memory = memory;
  history.record(out);
}

/// Clocks controlled by the test.
class SetClock : public HistoryClock {
 public:
  Moment moment{WallTime(1'700'000'000s), 1000s, 1000s};
  std::string boot = "boot-1";
  [[nodiscard]] Moment now() const override { return moment; }
  [[nodiscard]] std::string boot_id() const override { return boot; }
  void pass(Duration time) {
    moment.wall += std::chrono::duration_cast<WallTime::duration>(time);
    moment.awake += time;
    moment.since_boot += time;
  }
};

std::unique_ptr<History> open_with(const Folder& folder, const SetClock& clock) {
  HistoryOptions options;
  options.path = folder.file();
  options.clock = &clock;
  options.writes_by_itself = false;
  return make_history(options);
}

Evidence all_of(History& history, const SetClock& clock, const std::string& check = "db") {
  auto found = history.evidence({clock.moment.wall - 24h, clock.moment.wall + 24h}, {check});
  REQUIRE(found);
  return *std::move(found);
}

}  // namespace

TEST_CASE("what a check remembers outlives the history that kept it") {
  const Folder folder;
  {
    const auto history = make_history({.path = folder.file()});
    remember(*history, "sessions", some_memory());
    remember(*history, "gone", some_memory());
    history->forget("gone");
    CHECK(history->recall("sessions") == some_memory());
  }
  const auto again = make_history({.path = folder.file()});
  CHECK(again->recall("sessions") == some_memory());
  CHECK(again->recall("gone").empty());
}

TEST_CASE("a command reads the daemon's history and never writes it") {
  const Folder folder;
  CHECK(read_history(folder.file())->recall("sessions").empty());
  CHECK_FALSE(std::filesystem::exists(folder.file()));
  { remember(*make_history({.path = folder.file()}), "sessions", some_memory()); }
  const auto daemon = make_history({.path = folder.file()});
  const auto reader = read_history(folder.file());
  CHECK(reader->recall("sessions") == some_memory());
  remember(*reader, "sessions", Memory{});
  CHECK(read_history(folder.file())->recall("sessions") == some_memory());
}

TEST_CASE("a damaged file is set aside, never deleted, and replaced") {
  const Folder folder;
  const SetClock clock;
  const std::string junk(4096, 'x');
  std::ofstream(folder.file()) << junk;
  {
    const auto history = open_with(folder, clock);
    CHECK(history->facts().is_file);
    remember(*history, "sessions", some_memory());
  }
  CHECK(open_with(folder, clock)->recall("sessions") == some_memory());
  CHECK(std::filesystem::file_size(folder.file() + ".damaged-20231114T221320Z") == junk.size());
}

TEST_CASE("a file of a newer Holdfast is not changed, and the daemon runs without it") {
  const Folder folder;
  const SetClock clock;
  { open_with(folder, clock); }
  {
    auto file = Sqlite::open(folder.file(), FileUse::write);
    REQUIRE(file);
    REQUIRE((*file)->run("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  const auto size = std::filesystem::file_size(folder.file());
  const auto history = open_with(folder, clock);
  remember(*history, "sessions", some_memory());
  CHECK(history->recall("sessions") == some_memory());
  const HistoryFacts facts = history->facts();
  CHECK_FALSE(facts.is_file);
  CHECK_FALSE(facts.is_writable);
  CHECK(facts.problem.find("newer Holdfast") != std::string::npos);
  CHECK(std::filesystem::file_size(folder.file()) == size);
}

TEST_CASE("a file of an older version is not changed, and the daemon runs without it") {
  const Folder folder;
  {
    auto file = Sqlite::open(folder.file(), FileUse::write);
    REQUIRE(file);
    REQUIRE((*file)->run(
        "CREATE TABLE memory (check_name TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL,"
        " PRIMARY KEY (check_name, key)) WITHOUT ROWID;"
        "INSERT INTO memory VALUES ('sessions', 'auth_records', 1.0); PRAGMA user_version = 1;"));
  }
  const SetClock clock;
  const auto history = open_with(folder, clock);
  CHECK(history->recall("sessions").empty());
  remember(*history, "sessions", some_memory());
  history->record(seen("db", clock.moment.wall));
  CHECK(all_of(*history, clock).checks[0].spans.size() == 1);
  const HistoryFacts facts = history->facts();
  CHECK_FALSE(facts.is_file);
  CHECK(facts.problem.find("older Holdfast") != std::string::npos);
  CHECK(read_history(folder.file())->recall("sessions").empty());
  CHECK(read_history(folder.file())->facts().problem.find("older Holdfast") != std::string::npos);
  auto file = Sqlite::open(folder.file(), FileUse::read_only);
  REQUIRE(file);
  CHECK((*file)->number("SELECT count(*) FROM memory WHERE key = 'auth_records'") == 1);
}

TEST_CASE("readings with the same status are one span, and without readings there is no data") {
  const Folder folder;
  SetClock clock;
  const auto history = open_with(folder, clock);
  const WallTime start = clock.moment.wall;
  for (int i = 0; i < 10; ++i) history->record(seen("db", start + i * 15s));
  history->record(seen("db", start + 150s, Status::critical));
  history->record(seen("db", start + 155s));
  // A minute without a reading: the last one is valid for 27 s.
  history->record(seen("db", start + 215s));
  const auto spans = all_of(*history, clock).checks[0].spans;
  REQUIRE(spans.size() == 4);
  CHECK(spans[0] == StatusSpan{{start, start + 150s}, Status::ok, Status::ok});
  CHECK(spans[1] == StatusSpan{{start + 150s, start + 155s}, Status::critical, Status::critical});
  CHECK(spans[2] == StatusSpan{{start + 155s, start + 182s}, Status::ok, Status::ok});
  CHECK(spans[3] == StatusSpan{{start + 215s, start + 242s}, Status::ok, Status::ok});
}

TEST_CASE("after the clock was set back no time is recorded twice") {
  const Folder folder;
  SetClock clock;
  const auto history = open_with(folder, clock);
  const WallTime start = clock.moment.wall;
  for (int i = 0; i < 10; ++i) history->record(seen("db", start + i * 15s));
  for (int i = 0; i < 10; ++i) history->record(seen("db", start - 60s + i * 15s, Status::critical));
  for (const bool again : {false, true}) {
    CAPTURE(again);
    WallTime last = WallTime::min();
    const auto spans = all_of(*history, clock).checks[0].spans;
    REQUIRE_FALSE(spans.empty());
    for (const StatusSpan& one : spans) {
      CHECK(one.span.begin >= last);
      CHECK(one.span.end > one.span.begin);
      last = one.span.end;
    }
    CHECK(spans.front().span.begin == start);
  }
}

TEST_CASE("the time after each end of a daemon is a gap with its cause") {
  struct Row {
    bool is_clean;
    bool is_new_boot;
    GapCause cause;
  };
  for (const auto& [is_clean, is_new_boot, cause] :
       {Row{true, false, GapCause::stopped}, Row{false, false, GapCause::killed},
        Row{false, true, GapCause::host_down}}) {
    const Folder folder;
    SetClock clock;
    auto history = open_with(folder, clock);
    history->record(seen("db", clock.moment.wall));
    (void)all_of(*history, clock);  // Writes.
    const WallTime end = clock.moment.wall;
    const std::string kept = folder.file() + ".kept";
    if (is_clean) {
      history.reset();
    } else {
      // As it is on the disk at the moment of a kill.
      std::filesystem::copy(folder.file(), kept);
      std::filesystem::copy(folder.file() + "-wal", kept + "-wal");
      history.reset();
      std::filesystem::rename(kept, folder.file());
      std::filesystem::rename(kept + "-wal", folder.file() + "-wal");
    }
    clock.pass(95min);
    if (is_new_boot) clock.boot = "boot-2";
    const auto gaps = all_of(*open_with(folder, clock), clock).gaps;
    REQUIRE(gaps.size() == 1);
    CHECK(name_of(gaps[0].cause) == name_of(cause));
    CHECK(gaps[0].span == Span{end, end + 95min});
  }
}

TEST_CASE("suspension and a clock jump are gaps, a scheduling delay is none") {
  const Moment before{WallTime(1'000'000s), 100s, 100s};
  const auto gap = [&](Duration wall, Duration awake, Duration since_boot) {
    return gap_between(before, {before.wall + std::chrono::duration_cast<WallTime::duration>(wall),
                                before.awake + awake, before.since_boot + since_boot});
  };
  CHECK_FALSE(gap(1s, 1s, 1s));
  CHECK_FALSE(gap(9s, 9s, 9s));
  const auto asleep = gap(3601s, 1s, 3601s);
  REQUIRE(asleep);
  CHECK(asleep->cause == GapCause::suspended);
  CHECK(asleep->span.length() == 3600s);
  const auto forward = gap(601s, 1s, 1s);
  REQUIRE(forward);
  CHECK(forward->cause == GapCause::clock);
  CHECK(forward->span.length() == 600s);
  const auto back = gap(-3600s, 1s, 1s);
  REQUIRE(back);
  CHECK(back->cause == GapCause::clock);
  CHECK(back->span.length() == 0s);
}

TEST_CASE(
    "an incident is kept with its findings, and one left open is closed by the next reading") {
  const Folder folder;
  SetClock clock;
  const WallTime start = clock.moment.wall;
  const Finding finding{"fake_sample", Severity::critical, "api \"quoted\"", "It is bad."};
  {
    const auto history = open_with(folder, clock);
    Observation bad = seen("db", start + 15s, Status::critical);
    bad.incidents = {{"db", Severity::critical, start, std::nullopt, {finding}, 0}};
    history->record(bad);
    const auto incidents = all_of(*history, clock).checks[0].incidents;
    REQUIRE(incidents.size() == 1);
    CHECK(incidents[0] == bad.incidents[0]);
  }
  const auto history = open_with(folder, clock);
  history->record(seen("db", start + 600s));
  const auto incidents = all_of(*history, clock).checks[0].incidents;
  REQUIRE(incidents.size() == 1);
  CHECK(incidents[0].until == start + 600s);
}

TEST_CASE("latencies of an hour are one distribution, also across a restart") {
  const Folder folder;
  SetClock clock;
  for (int i = 0; i < 2; ++i) {
    const auto history = open_with(folder, clock);
    Observation out = seen("db", clock.moment.wall);
    out.latencies = {0.010, 0.020};
    history->record(out);
    clock.pass(15s);
  }
  const auto slices = all_of(*open_with(folder, clock), clock).checks[0].latency;
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].values.count() == 4);
  CHECK(slices[0].span.contains(clock.moment.wall));
}

TEST_CASE("use is recorded at most once in five minutes") {
  SetClock clock;
  const Folder folder;
  const auto history = open_with(folder, clock);
  for (int i = 0; i < 60; ++i) {
    Observation out = seen("db", clock.moment.wall + i * 15s);
    out.shows_use = true;
    history->record(out);
  }
  CHECK(all_of(*history, clock).checks[0].use.size() == 3);
}

TEST_CASE("changed limits are recorded once, and the first ones are no change") {
  const Folder folder;
  SetClock clock;
  for (const char* text : {"100 ms", "100 ms", "900 ms", "900 ms"}) {
    const auto history = open_with(folder, clock);
    history->keep_limits({{"check db", text}}, clock.moment.wall);
  }
  const auto changes = all_of(*open_with(folder, clock), clock).changes;
  REQUIRE(changes.size() == 1);
  CHECK(changes[0] == LimitChange{clock.moment.wall, "check db", "100 ms", "900 ms"});
}

TEST_CASE("maintenance and operator actions come from another process") {
  const Folder folder;
  SetClock clock;
  const Memory memory(nlohmann::json{{"baseline", {{"keys", 100}}}, {"auth_records", 1}});
  const auto history = make_history({.path = folder.file()});
  remember(*history, "sessions", memory);
  const WallTime now = std::chrono::system_clock::now();
  {
    auto file = open_for_actions(folder.file());
    REQUIRE(file);
    CHECK(declare_maintenance(**file, {0, {now, now + 15min}, now, "deploy", "ops"}));
    CHECK(request_action(**file, {0, now, "baseline accept", "sessions", "meant", "ops"}));
  }
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (history->recall("sessions").object().contains("baseline")) {
    REQUIRE(std::chrono::steady_clock::now() < give_up);
    std::this_thread::sleep_for(10ms);
  }
  CHECK(history->recall("sessions").object().at("auth_records") == 1);
  // A run that began before the baseline was accepted still has the old one.
  Observation late = seen("sessions", now);
  late.memory = memory;
  history->record(late);
  CHECK_FALSE(history->recall("sessions").object().contains("baseline"));
  const auto found = history->evidence({now - 1h, now + 1h}, {});
  REQUIRE(found);
  REQUIRE(found->maintenance.size() == 1);
  CHECK(found->maintenance[0].reason == "deploy");
  auto file = open_for_actions(folder.file());
  REQUIRE(file);
  CHECK(end_maintenance(**file, now + 5min).value() == 1);
  CHECK(history->evidence({now - 1h, now + 1h}, {})->maintenance[0].span.end ==
        from_file_time(to_file_time(now + 5min)));
  CHECK(pending_actions(**file).value().empty());
}

TEST_CASE("evidence older than the retention limit is deleted") {
  const Folder folder;
  SetClock clock;
  auto file = open_history_file(folder.file(), clock.moment.wall);
  REQUIRE(file);
  HistoryWriter writer(*file->file);
  HistoryBatch batch;
  for (int day = 0; day < 10; ++day)
    batch.observations.push_back(seen("db", clock.moment.wall + day * 24h));
  REQUIRE(writer.write(batch, clock.moment.wall));
  REQUIRE(writer.prune(clock.moment.wall + 7 * 24h));
  CHECK(file->file->number("SELECT count(*) FROM spans") == 3);
}

TEST_CASE("a window with start: now keeps its first start") {
  const Folder folder;
  const SetClock clock;
  const WallTime first = clock.moment.wall;
  CHECK(window_start(*open_with(folder, clock), "w", first) == first);
  CHECK(window_start(*open_with(folder, clock), "w", first + 1h) == first);
}
