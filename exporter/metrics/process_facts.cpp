// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/process_facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace holdfast {
namespace {

// Fields of /proc/self/stat after the command name, which may contain spaces and parentheses. The
// index is the field number of proc(5) minus one.
std::vector<double> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::string state;
  rest >> state;
  std::vector<double> fields{0, 0, 0};
  for (double value = 0; rest >> value;) fields.push_back(value);
  return fields;
}

std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double value = 0;
    if (word == "btime" && file >> value) return value;
  }
  return std::nullopt;
}

std::optional<double> count_open_fds() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (!directory) return std::nullopt;
  double count = 0;
  while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] == '.' ? 0 : 1;
  ::closedir(directory);
  return count - 1;  // Without the one used to list them.
}

}  // namespace

ProcessFacts read_process_facts() {
  constexpr std::size_t kUserTicks = 13, kSystemTicks = 14, kStart = 21, kVirtual = 22, kPages = 23;
  ProcessFacts facts;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const auto stat = read_stat();
  if (stat.size() > kPages) {
    facts.cpu_seconds = (stat[kUserTicks] + stat[kSystemTicks]) / ticks;
    facts.virtual_memory_bytes = stat[kVirtual];
    facts.resident_memory_bytes = stat[kPages] * page;
    if (const auto boot = boot_time()) facts.start_time_seconds = *boot + stat[kStart] / ticks;
  }
  facts.open_fds = count_open_fds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_fds = static_cast<double>(limit.rlim_cur);
  return facts;
}

}  // namespace holdfast
