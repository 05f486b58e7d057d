// SPDX-License-Identifier: Apache-2.0
// What a window costs the history: 7 days of 20 checks at 15 s, written as the daemon writes them
// (by the ledger, into a real file), then read and judged as a report does. Two latencies a run of
// every second check, a blip of one reading now and then, ten incidents a day.
//   bench_history FILE [DAYS]
#include "exporter/history/history.h"

#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "exporter/history/history_file.h"
#include "exporter/history/history_writer.h"
#include "exporter/window/window.h"
#include "tests/bench/measure.h"

using namespace holdfast;
using namespace holdfast::bench;
using namespace std::chrono_literals;

namespace {

constexpr int kChecks = 20;
constexpr auto kInterval = 15s;
constexpr int kRounds = 15;
const WallTime kStart{1'700'000'000s};

std::string name_of_check(int check) { return "check-" + std::to_string(check); }

// One reading of one check; its incident stands for ten readings, ten times a day over all checks.
Observation reading_at(int check, int run, std::mt19937& random) {
  Observation out;
  out.check = name_of_check(check);
  out.kind = check == 0 ? "usage" : "postgres";
  out.at = kStart + run * kInterval + check * 700ms;
  out.began = out.at - 30ms;
  out.valid_until = out.at + 27500ms;
  constexpr int kRunsADay = 24 * 60 * 4;
  const int at = (run + check * 577) % (kRunsADay * 2);
  const bool is_bad = at < 10;
  const bool is_blip = random() % 400 == 0;
  out.raw = is_bad || is_blip ? Status::critical : Status::ok;
  out.confirmed = is_bad && at >= 2 ? Status::critical : Status::ok;
  if (is_bad && at >= 2) {
    const WallTime since = out.at - at * kInterval;
    out.incidents = {{out.check, Severity::critical, since, std::nullopt, {}, 0}};
    out.incidents[0].findings = {{"postgres_unreachable", Severity::critical, "timeweb",
                                  "The server did not answer within 5 s."}};
  }
  std::lognormal_distribution<double> latency(-3.5, 0.5);
  if (check % 2 == 0) out.latencies = {latency(random), latency(random) * 6};
  out.shows_use = check == 0;
  return out;
}

// One batch for all checks of a round, where the daemon makes one each second: what stands in the
// file at the end is the same, but the disk is synced four times a minute and not sixty.
double write_all(const std::string& file, int days, long& readings) {
  auto place = open_history_file(file, kStart);
  if (!place) throw std::runtime_error("the history file cannot be made");
  HistoryWriter writer(*place->file);
  std::mt19937 random(7);
  const double before = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int run = 0; run < days * 24 * 60 * 4; ++run) {
    HistoryBatch batch;
    for (int check = 0; check < kChecks; ++check)
      batch.observations.push_back(reading_at(check, run, random));
    readings += kChecks;
    if (!writer.write(batch, batch.observations.back().at))
      throw std::runtime_error("the history file cannot be written");
  }
  return microseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
}

double peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) throw std::runtime_error("usage: bench_history FILE [DAYS]");
  const std::string file = argv[1];
  const int days = argc > 2 ? std::atoi(argv[2]) : 7;
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file + part);
  long readings = 0;
  const double written = write_all(file, days, readings);
  const double mib = static_cast<double>(bytes_of(file)) / 1048576;
  const double peak_written = peak_mib();

  WindowConfig window;
  window.name = "phase-0";
  window.start = "now";
  window.length = days * 24h;
  for (int check = 0; check < kChecks; ++check) window.checks.push_back(name_of_check(check));
  const WallTime end = kStart + days * 24h;
  const Span range{kStart, end};
  std::vector<double> reads;
  std::vector<double> judged;
  std::size_t steps = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::optional<Evidence> evidence;
    reads.push_back(cost_of(1,
                            [&] {
                              auto found = read_history(file)->evidence(range, window.checks);
                              if (!found)
                                throw std::runtime_error("the history file cannot be read");
                              evidence = *std::move(found);
                            })
                        .wall /
                    1000);
    steps = 0;
    for (const CheckEvidence& check : evidence->checks) steps += check.spans.size();
    judged.push_back(cost_of(1, [&] { (void)judge_window(window, kStart, *evidence, end); }).wall /
                     1000);
  }
  std::printf(
      "%ld readings of %d checks over %d days became %zu status spans, %.1f MiB in the file;\n"
      "%.1f µs of own CPU per reading. Peak memory %.0f MiB after writing, %.0f MiB after\n"
      "reading and evaluating %d times.\n\n"
      "| a window's report | wall ms, median [min to max] |\n| --- | --- |\n"
      "| reading the evidence | %.1f [%.1f to %.1f] |\n| evaluating it | %.1f [%.1f to %.1f] |\n",
      readings, kChecks, days, steps, mib, written / static_cast<double>(readings), peak_written,
      peak_mib(), kRounds, median(reads), quantile(reads, 0), quantile(reads, 1), median(judged),
      quantile(judged, 0), quantile(judged, 1));
  char text[64];
  std::snprintf(text, sizeof text, "%.1f MiB", mib);
  print_target("under 20 MB", mib * 1.048576 < 20, text);
  std::snprintf(text, sizeof text, "%.0f ms", median(reads) + median(judged));
  print_target("evidence and verdict in under a second", median(reads) + median(judged) < 1000,
               text);
  return 0;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "bench_history: %s\n", fault.what());
  return 1;
}
