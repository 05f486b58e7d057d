// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/homes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTitleBytes = 300;

// "PM2 v7.0.4: God Daemon (/root/.pm2)"; the version and the end vary, the middle does not.
std::optional<std::string> home_in(std::string_view title) {
  static constexpr std::string_view kMark = ": God Daemon (";
  if (!title.starts_with("PM2 v")) return std::nullopt;
  const auto mark = title.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  title.remove_prefix(mark + kMark.size());
  const auto end = title.rfind(')');
  if (end == std::string_view::npos || end == 0 || title.front() != '/') return std::nullopt;
  std::string home(title.substr(0, std::min<std::size_t>(end, 200)));
  for (char& c : home)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return home;
}

std::string title_of(const fs::path& process) {
  std::ifstream file(process / "cmdline", std::ios::binary);
  std::array<char, kMaxTitleBytes> text{};
  file.read(text.data(), text.size());
  return std::string(text.data(),
                     static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
}

}  // namespace

std::vector<Pm2Home> find_pm2_homes(const std::string& proc) {
  std::vector<Pm2Home> homes;
  std::error_code fault;
  for (fs::directory_iterator entry(proc, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    const std::string name = entry->path().filename();
    int pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
    if (auto home = home_in(title_of(entry->path()))) homes.push_back({pid, *std::move(home)});
    if (homes.size() >= kMaxPm2Homes) break;
  }
  std::ranges::sort(homes, {}, &Pm2Home::home);
  return homes;
}

bool is_same_home(const std::string& one, const std::string& other) {
  std::error_code fault;
  if (fs::equivalent(one, other, fault)) return true;
  return fs::path(one + "/").lexically_normal() == fs::path(other + "/").lexically_normal();
}

}  // namespace holdfast
