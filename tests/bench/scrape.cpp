// SPDX-License-Identifier: Apache-2.0
// What exporters cost as Prometheus uses them: a persistent HTTP connection, gzip, all scraped in
// turns.
//   bench_scrape paced CYCLES PERIOD_MS NAME|PORT|PATH|PID…   CPU over everything between the first
//                                       and the last cycle, so runs on a timer count as well
//   bench_scrape burst ROUNDS PER_ROUND NAME|PORT|PATH|PID…   back to back: the scrape alone
#include <httplib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/bench/measure.h"

using namespace holdfast::bench;

namespace {

struct Exporter {
  std::string name;
  std::string path;
  int pid = 0;
  std::unique_ptr<httplib::Client> client;
  std::size_t series = 0;
  std::size_t bytes = 0;
  std::vector<double> wall{};  // Milliseconds.
  std::vector<double> cpu{};   // Milliseconds per scrape, one per round (burst).
  double cpu_before = 0;
};

void need(bool is_well, const std::string& what) {
  if (!is_well) throw std::runtime_error(what);
}

double cpu_ms(int pid) {
  double sum = 0;
  std::error_code fault;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, fault)) {
    std::ifstream file(task.path() / "schedstat");
    double ns = 0;
    file >> ns;
    sum += ns / 1e6;
  }
  return sum;
}

// Resident and anonymous memory in MiB.
std::pair<double, double> memory(int pid) {
  std::pair<double, double> out{0, 0};
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string word;
  double value = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    if (!(words >> word >> value)) continue;
    if (word == "Rss:") out.first = value / 1024;
    if (word == "Anonymous:") out.second = value / 1024;
  }
  return out;
}

Exporter parse(const std::string& text) {
  std::array<std::string, 4> parts;
  std::istringstream in(text);
  for (std::string& part : parts) need(bool(std::getline(in, part, '|')), "NAME|PORT|PATH|PID");
  Exporter exporter;
  exporter.name = parts[0];
  exporter.client = std::make_unique<httplib::Client>("127.0.0.1", std::atoi(parts[1].c_str()));
  exporter.client->set_keep_alive(true);
  exporter.client->set_tcp_nodelay(true);
  exporter.path = parts[2];
  exporter.pid = std::atoi(parts[3].c_str());
  return exporter;
}

std::string scrape(Exporter& exporter, bool is_compressed) {
  httplib::Headers headers{{"Accept",
                            "application/openmetrics-text;version=1.0.0,text/plain;"
                            "version=0.0.4;q=0.5,*/*;q=0.1"},
                           {"Accept-Encoding", is_compressed ? "gzip" : "identity"}};
  const double begin = microseconds(CLOCK_MONOTONIC);
  const auto result = exporter.client->Get(exporter.path, headers);
  need(result && result->status == 200, exporter.name + " did not answer");
  exporter.wall.push_back((microseconds(CLOCK_MONOTONIC) - begin) / 1000);
  return result->body;
}

void warm_up(std::vector<Exporter>& exporters) {
  for (Exporter& exporter : exporters) {
    std::istringstream lines(scrape(exporter, false));
    for (std::string line; std::getline(lines, line);) {
      exporter.bytes += line.size() + 1;
      if (!line.empty() && line[0] != '#') ++exporter.series;
    }
    for (int i = 0; i < 5; ++i) scrape(exporter, true);
    exporter.wall.clear();
    exporter.cpu_before = cpu_ms(exporter.pid);
  }
}

void print(const Exporter& exporter, double cpu) {
  std::printf("| %s | %zu | %zu | %.2f [%.2f] | ", exporter.name.c_str(), exporter.series,
              exporter.bytes, median(exporter.wall), quantile(exporter.wall, 0.95));
  const auto [rss, anonymous] = memory(exporter.pid);
  std::printf("%.2f | %.1f | %.1f |\n", cpu, rss, anonymous);
}

}  // namespace

int main(int argc, char** argv) try {
  need(argc > 4, "paced|burst COUNT PERIOD_MS|PER_ROUND NAME|PORT|PATH|PID…");
  const bool is_paced = std::string(argv[1]) == "paced";
  const int count = std::atoi(argv[2]);
  const int second = std::atoi(argv[3]);
  std::vector<Exporter> exporters;
  for (int i = 4; i < argc; ++i) exporters.push_back(parse(argv[i]));
  warm_up(exporters);
  auto next = std::chrono::steady_clock::now();
  for (int round = 0; round < count; ++round) {
    if (is_paced) std::this_thread::sleep_until(next += std::chrono::milliseconds(second));
    for (Exporter& exporter : exporters) {
      const double before = cpu_ms(exporter.pid);
      for (int i = 0; i < (is_paced ? 1 : second); ++i) scrape(exporter, true);
      if (!is_paced) exporter.cpu.push_back((cpu_ms(exporter.pid) - before) / second);
    }
  }
  std::printf(
      "| exporter | series | bytes | scrape ms, median [p95] | CPU ms per %s | RSS MiB | "
      "of it anonymous |\n| --- | --- | --- | --- | --- | --- | --- |\n",
      is_paced ? "cycle" : "scrape");
  for (const Exporter& exporter : exporters)
    print(exporter,
          is_paced ? (cpu_ms(exporter.pid) - exporter.cpu_before) / count : median(exporter.cpu));
  return 0;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "bench_scrape: %s\n", fault.what());
  return 1;
}
