// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history_file.h"

#include <charconv>
#include <filesystem>

#include "checks/support/text/time_text.h"
#include "exporter/history/schema.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

Result<HistoryFile> try_open(const std::string& path, const char* vfs) {
  std::error_code ignored;
  const bool is_new = !fs::exists(path, ignored);
  auto sqlite = Sqlite::open(path, FileUse::write, vfs);
  if (!sqlite) return sqlite.error();
  HistoryFile opened{std::move(sqlite).value(), ""};
  if (const auto ready = prepare_history(*opened.file); !ready) return ready.error();
  if (is_new) return opened;
  // Better found at the start than in the middle of a report.
  SqlStatement check = opened.file->prepare("PRAGMA quick_check(1)");
  const Step found = check.step();
  if (found == Step::failed) return opened.file->fault("read");
  if (found == Step::row && check.text(0) != "ok")
    return Error{Reason::garbage, "history", "the history file " + path + " is damaged", ""};
  return opened;
}

}  // namespace

std::string set_aside(const std::string& path, WallTime now) {
  const std::string base = path + ".damaged-" + format_time(now, "%Y%m%dT%H%M%SZ");
  std::string name = base;
  std::error_code fault;
  for (int i = 2; fs::exists(name, fault) && i < 100; ++i) name = base + "-" + std::to_string(i);
  for (const char* part : {"-wal", "-shm"}) fs::rename(path + part, name + part, fault);
  fs::rename(path, name, fault);
  return fault ? "" : name;
}

std::string render_set_aside(WallTime at, const std::string& path) {
  return std::to_string(to_file_time(at)) + " " + fs::path(path).filename().string();
}

void parse_set_aside(const std::string& text, HistoryProblems& out) {
  std::int64_t at = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (fault != std::errc{} || end == text.data() + text.size() || *end != ' ') return;
  out.set_aside_at = from_file_time(at);
  out.set_aside_as = std::string(end + 1, text.data() + text.size());
}

Result<HistoryFile> open_history_file(const std::string& path, WallTime now, const char* vfs) {
  auto opened = try_open(path, vfs);
  if (opened || opened.error().reason != Reason::garbage) return opened;
  const std::string name = set_aside(path, now);
  if (name.empty())
    return Error{Reason::own_limit, "history",
                 "the history file " + path + " is damaged and cannot be set aside", ""};
  opened = try_open(path, vfs);
  if (opened) opened->set_aside = name;
  return opened;
}

Result<HistoryFile> open_ram_file() { return try_open(":memory:", nullptr); }

std::uint64_t bytes_of(const std::string& path) {
  std::uint64_t sum = 0;
  for (const char* part : {"", "-wal"}) {
    std::error_code fault;
    const auto size = fs::file_size(path + part, fault);
    if (!fault) sum += size;
  }
  return sum;
}

}  // namespace holdfast
