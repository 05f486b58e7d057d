// SPDX-License-Identifier: Apache-2.0
// Small measuring tools of the bench: clocks, medians, and one line of a Markdown table. What is
// compared is always measured in turns within one run, since the same machine is up to twice as
// slow a quarter of an hour later.
#pragma once

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace holdfast::bench {

/// What one thing cost once: wall time and this process's own CPU time, in microseconds.
struct Cost {
  double wall = 0;
  double cpu = 0;
};

inline double microseconds(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

/// Does `act` `times` times; the cost of one, on average within this block.
inline Cost cost_of(int times, const std::function<void()>& act) {
  const double wall = microseconds(CLOCK_MONOTONIC);
  const double cpu = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int i = 0; i < times; ++i) act();
  return {(microseconds(CLOCK_MONOTONIC) - wall) / times,
          (microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / times};
}

/// The value below which `share` of the values lie.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  return values.at(std::min(at, values.size() - 1));
}
inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

/// One contestant over all rounds.
struct Contestant {
  std::string name;
  std::function<void()> act;
  std::vector<double> wall{};  ///< One per round.
  std::vector<double> cpu{};
};

/// Each round lets the contestants take turns, `block` at a time, until each has acted `times`
/// times; who begins turns as well. A round's wall time is the median of its single acts, so that
/// a moment in which somebody else had the core does not decide it.
inline void race(std::vector<Contestant>& contestants, int rounds, int times, int block) {
  for (Contestant& one : contestants) one.act();  // Warm-up, not counted.
  std::vector<std::vector<double>> walls(contestants.size());
  std::vector<double> cpu(contestants.size());
  for (int round = 0; round < rounds; ++round) {
    for (auto& wall : walls) wall.clear();
    std::ranges::fill(cpu, 0.0);
    for (int turn = 0; turn < times / block; ++turn) {
      for (std::size_t i = 0; i < contestants.size(); ++i) {
        const std::size_t who = (i + static_cast<std::size_t>(turn)) % contestants.size();
        const auto act = [&] { walls[who].push_back(cost_of(1, contestants[who].act).wall); };
        cpu[who] += cost_of(block, act).cpu * block / times;
      }
    }
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      contestants[i].wall.push_back(median(walls[i]));
      contestants[i].cpu.push_back(cpu[i]);
    }
  }
}

/// The median over the rounds of what `ours` costs more than `bare` in the same round.
inline double median_difference(const std::vector<double>& ours, const std::vector<double>& bare) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < ours.size(); ++i) differences.push_back(ours[i] - bare[i]);
  return median(differences);
}

/// "| name | median [min to max] | ratio to the first |" in the given unit.
inline void print_row(const Contestant& one, const Contestant& first, double unit,
                      const char* format) {
  const auto value = [&](double v) {
    char text[64];
    std::snprintf(text, sizeof text, format, v / unit);
    return std::string(text);
  };
  std::printf("| %s | %s [%s to %s] | %.2f | %s | %.2f |\n", one.name.c_str(),
              value(median(one.wall)).c_str(), value(quantile(one.wall, 0)).c_str(),
              value(quantile(one.wall, 1)).c_str(), median(one.wall) / median(first.wall),
              value(median(one.cpu)).c_str(), median(one.cpu) / median(first.cpu));
}

inline void print_target(const char* target, bool is_met, const std::string& measured) {
  std::printf("\nTarget: %s. Measured: %s. **%s.**\n", target, measured.c_str(),
              is_met ? "Met" : "Not met");
}

}  // namespace holdfast::bench
