// SPDX-License-Identifier: Apache-2.0
// Kind `files`: is the newest file that matches a pattern recent, large enough, and not much
// smaller than those before it? The smallest kind, and the example of docs/adding-a-kind.md.
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "checks/check.h"
#include "checks/kind_rows.h"
#include "checks/run.h"
#include "checks/support/io/socket.h"

namespace holdfast {
const Kind& files_kind();
namespace {
constexpr std::size_t kMaxEntries = 100'000;  // Of the directory: reading more takes seconds.
constexpr std::size_t kCompared = 7;          // A week of daily backups,
constexpr std::size_t kMinCompared = 3;       // and too few files to have a usual size.
constexpr Limit kUnfinished{Unit::seconds, Limit::Side::upper, 3600, {}};  // Jobs write for less.
constexpr double kClockSkew = 60;  // Seconds by which a file may be newer than now.

struct Settings {
  std::string path, unfinished;
  Limit age, size, shrunk;
};
struct File {
  double written = 0, bytes = 0;  // `written`: in seconds since the epoch.
};
using Files = std::vector<File>;
/// The regular files that match, newest first; not those deleted meanwhile, nor broken links.
Result<Files> find_files(const std::filesystem::path& pattern, const Run& run) {
  Files files;
  if (pattern.empty()) return files;
  std::error_code error;
  std::filesystem::directory_iterator at(pattern.parent_path(), error);
  for (std::size_t entries = 1; !error && at != end(at); ++entries) {
    if (const auto ended = run.deadline.ended()) return Error{*ended, "read", "", ""};
    if (entries > kMaxEntries) return Error{Reason::too_large, "read", "", ""};
    const std::filesystem::path path = at->path();
    at.increment(error);
    if (::fnmatch(pattern.filename().c_str(), path.filename().c_str(), FNM_PERIOD) != 0) continue;
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
      error.assign(errno, std::generic_category());
    if (S_ISREG(file.st_mode)) files.push_back({double(file.st_mtim.tv_sec), double(file.st_size)});
  }
  if (error == std::errc::permission_denied)
    return Error{Reason::no_right, "read", pattern.string() + ": permission denied.", ""};
  if (reason_of_errno(error.value()) == Reason::own_limit)
    return Error{Reason::own_limit, "read", "", ""};
  if (error) return Error{Reason::missing, "read", pattern.string() + ": no such directory.", ""};
  std::ranges::sort(files, std::ranges::greater{}, &File::written);
  return files;
}

Reading judge(const Settings& settings, const Files& files, const Files& unfinished, double now) {
  Reading reading;
  const auto add = [&](const char* metric, double value) {
    reading.samples.push_back({.spec = &files_kind().metric(metric), .value = value});
  };
  const auto compare = [&](const Limit& limit, double value, const char* code, const char* what,
                           const std::string& file = "The newest file") {
    reading.find_beyond(limit, value, code, "",
                        file + " is " + render_value(value, limit.unit) + what);
  };
  double bytes = 0;
  for (const File& file : files) bytes += file.bytes;
  add("files_matching", double(files.size()));
  add("files_bytes", bytes);
  if (!unfinished.empty())
    compare(kUnfinished, now - unfinished.back().written, "files_unfinished", " old",
            "The oldest file that matches " + settings.unfinished);
  if (files.empty()) {
    reading.find("files_none", Severity::critical, "", "No file matches " + settings.path + ".");
    return reading;
  }
  const File& newest = files.front();
  add("files_newest_timestamp_seconds", newest.written);
  add("files_newest_bytes", newest.bytes);
  compare(settings.size, newest.bytes, "files_too_small", " in size");
  if (newest.written <= now + kClockSkew)
    compare(settings.age, std::max(0.0, now - newest.written), "files_stale", " old");
  else
    reading.not_judged.push_back("age");  // By a wrong clock, here or there, no file is recent.
  std::vector<double> usual;
  for (std::size_t i = 1; i < files.size() && i <= kCompared; ++i) usual.push_back(files[i].bytes);
  std::ranges::sort(usual);
  if (usual.size() < kMinCompared)
    reading.not_judged.push_back("shrunk");
  else if (const double median = usual[usual.size() / 2]; median > newest.bytes)
    compare(settings.shrunk, 1 - newest.bytes / median, "files_shrunk", " smaller than usual");
  return reading;
}

Reading run_files(const Settings& settings, Run& run) {
  const auto files = find_files(settings.path, run);
  const auto unfinished = find_files(settings.unfinished, run);
  if (!files || !unfinished) return {.failure = (files ? unfinished : files).error()};
  return judge(settings, *files, *unfinished, epoch_seconds(run.now.wall));
}

std::unique_ptr<Check> make(const CheckConfig& config, std::vector<OptionError>& errors) {
  auto settings = bind_options<Settings>(files_kind().options, config);
  for (const char* name : {"path", "unfinished"}) {
    const std::filesystem::path path(config.options.get<std::string>(name));
    if (config.options.has(name) && (!path.is_absolute() || path.filename().empty()))
      errors.push_back({name, "needs an absolute path that ends in a file name or a pattern"});
  }
  if (!errors.empty()) return nullptr;
  return make_check([settings](Run& run) { return run_files(settings, run); });
}

}  // namespace

const Kind& files_kind() {
  using enum Reason;
  // clang-format off
  static const Kind kind{
      .name = "files",
      .summary = "Whether the newest file, such as a backup, is recent and large enough.",
      .options = {{"path", &Settings::path, "absolute local path or pattern: /a/b-*.gz", "", true},
                  {"unfinished", &Settings::unfinished, "pattern of temporary files: /a/*.tmp"},
                  upper_limit("age", &Settings::age, Unit::seconds, "age of the newest file",
                              "{warning: 26h, critical: 50h}"),
                  upper_limit("shrunk", &Settings::shrunk, Unit::ratio,
                              "how much smaller it is than the median of the 7 files before it",
                              "{warning: 50%, critical: 90%}"),
                  {"size", &Settings::size, "minimum size of the newest file", "", false, "",
                   Unit::bytes, Limit::Side::lower, "files_newest_bytes"}},
      .metrics = {gauge("files_matching", "Files that match the pattern."),
                  gauge("files_bytes", "Total size of the files that match."),
                  gauge("files_newest_timestamp_seconds", "When the newest file was written."),
                  gauge("files_newest_bytes", "Size of the newest file.")},
      .findings = {{"files_none", "No file matches the pattern.", true},
                   {"files_stale", "The newest file is older than the limit.", true},
                   {"files_too_small", "The newest file is smaller than the limit.", true},
                   {"files_shrunk", "The newest file is much smaller than those before it.", true},
                   {"files_unfinished", "A temporary file of a failed job is over 1 h old.", true}},
      .reasons = {missing, no_right, too_large, timed_out, own_limit, stopped, internal},
      .report_numbers = {{"files_newest_bytes", "Newest file"}},
      .make = make,
      .target_of = [](const CheckConfig& check) { return check.options.get<std::string>("path"); }};
  return kind;
}

}  // namespace holdfast
