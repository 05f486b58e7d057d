// SPDX-License-Identifier: Apache-2.0
// Kind `files` on real directories, with file times set by the test.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "checks/run.h"
#include "exporter/config/config.h"
#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr double kNow = 1'700'000'000;

/// A user whom file modes bind: root may read everything.
class Unprivileged {
 public:
  Unprivileged() { set(65'534); }
  ~Unprivileged() { set(0); }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  void set(uid_t user) const {
    if (is_root_) CHECK(::seteuid(user) == 0);
  }
  const bool is_root_ = ::geteuid() == 0;
};

/// A directory of its own, and one check of it.
class Folder {
 public:
  Folder() : path_(::mkdtemp(std::string("/tmp/holdfast-files-XXXXXX").data())) {}
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// A file of so many bytes, written so many seconds before now.
  void put(const std::string& name, std::size_t bytes, double age) const {
    std::ofstream(path_ + "/" + name) << std::string(bytes, 'x');
    const auto at = static_cast<time_t>(kNow - age);
    const timespec times[2]{{at, 0}, {at, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (path_ + "/" + name).c_str(), times, 0) == 0);
  }
  /// Daily backups of that size, the newest an hour old.
  void put_days(int count, std::size_t bytes) const {
    for (int day = 0; day < count; ++day)
      put("app-" + std::to_string(day) + ".gz", bytes, 3600 + 86'400 * day);
  }
  [[nodiscard]] ConfigOutcome config(const std::string& options = "",
                                     const std::string& pattern = "app-*.gz") const {
    return parse_config("checks: [{name: backups, kind: files, path: '" + path_ + "/" + pattern +
                            "'" + options + "}]\n",
                        "test.yaml", [](const std::string&) { return std::nullopt; });
  }
  [[nodiscard]] Reading run(const std::string& options = "",
                            const std::string& pattern = "app-*.gz") const {
    const auto outcome = config(options, pattern);
    REQUIRE(outcome.config);
    std::vector<OptionError> errors;
    const auto check = find_kind("files")->make(outcome.config->checks.at(0), errors);
    REQUIRE(check);
    test::NoDatabases databases;
    test::NoResolver resolver;
    Trace trace;
    const Memory memory;
    Run run{Deadline(deadline, stop),
            {std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)), {}},
            memory,
            databases,
            resolver,
            trace};
    return check->run(run);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

  std::chrono::steady_clock::duration deadline = 60s;
  const StopEvent* stop = nullptr;

 private:
  std::string path_;
};

std::string codes(const Reading& reading) {
  std::string out;
  for (const Finding& finding : reading.findings) out += (out.empty() ? "" : " ") + finding.code;
  return reading.failure ? std::string(name_of(reading.failure->reason)) : out;
}

std::optional<double> value(const Reading& reading, std::string_view metric) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == metric) return sample.value;
  return std::nullopt;
}

}  // namespace

TEST_CASE("recent backups of the usual size are ok") {
  const Folder folder;
  folder.put_days(9, 1000);
  folder.put("other.txt", 5, 0);
  fs::create_directory(folder.path() + "/app-directory.gz");
  const Reading reading = folder.run();
  CHECK(codes(reading) == "");
  CHECK(reading.not_judged.empty());
  CHECK(value(reading, "files_matching") == 9);
  CHECK(value(reading, "files_bytes") == 9000);
  CHECK(value(reading, "files_newest_bytes") == 1000);
  CHECK(value(reading, "files_newest_timestamp_seconds") == kNow - 3600);
}

TEST_CASE("a backup that silently stopped is found by its age") {
  const Folder folder;
  folder.put("app-1.gz", 1000, 27 * 3600);
  const Reading reading = folder.run();
  CHECK(codes(reading) == "files_stale");
  CHECK(status_of(reading) == Status::warning);
  CHECK(reading.findings.at(0).text.find("27 h") != std::string::npos);
  CHECK(reading.findings.at(0).text.find("26 h") != std::string::npos);
  CHECK(status_of(folder.run(", age: {warning: off, critical: 1h}")) == Status::critical);
  CHECK(codes(folder.run(", age: {warning: 27h}")) == "");  // At the limit, and no more.
}

TEST_CASE("a file from the future has no age to be judged by") {
  const Folder folder;
  folder.put("app-1.gz", 1000, -3600);
  const Reading reading = folder.run();
  CHECK(codes(reading) == "");
  CHECK(reading.not_judged == std::vector<std::string>{"age", "shrunk"});
  folder.put("app-1.gz", 1000, -30);  // Two clocks are never quite the same.
  CHECK(folder.run().not_judged == std::vector<std::string>{"shrunk"});
}

TEST_CASE("a backup that shrank is found, whatever its size") {
  const Folder folder;
  folder.put_days(4, 1000);
  folder.put("app-0.gz", 499, 3600);
  CHECK(codes(folder.run()) == "files_shrunk");
  folder.put("app-0.gz", 500, 3600);
  CHECK(codes(folder.run()) == "");
  folder.put("app-0.gz", 0, 3600);
  CHECK(status_of(folder.run()) == Status::critical);
  CHECK(codes(folder.run(", shrunk: {warning: off, critical: off}")) == "");
  // A larger one is no finding, and one odd file before it does not move the median.
  folder.put("app-0.gz", 5000, 3600);
  folder.put("app-1.gz", 0, 90'000);
  CHECK(codes(folder.run()) == "");
}

TEST_CASE("with fewer than three files before it the size is not compared") {
  const Folder folder;
  folder.put_days(3, 1000);
  folder.put("app-0.gz", 1, 3600);
  const Reading reading = folder.run();
  CHECK(codes(reading) == "");
  CHECK(reading.not_judged == std::vector<std::string>{"shrunk"});
  CHECK(codes(folder.run(", size: {warning: 1KiB, critical: 2}")) == "files_too_small");
}

TEST_CASE("no file is critical, and no directory a failure with its reason") {
  const Folder folder;
  const Reading none = folder.run();
  CHECK(codes(none) == "files_none");
  CHECK(status_of(none) == Status::critical);
  CHECK(value(none, "files_matching") == 0);
  CHECK_FALSE(value(none, "files_newest_bytes").has_value());
  CHECK(codes(folder.run("", "nowhere/app-*.gz")) == "missing");
  folder.put("plain", 1, 0);
  CHECK(codes(folder.run("", "plain/app-*.gz")) == "missing");
}

TEST_CASE("a directory or a file that must not be read is no missing backup") {
  const Folder folder;
  folder.put_days(3, 1000);
  for (const auto mode : {fs::perms::none, fs::perms(0444)}) {  // Names without their files, too.
    CAPTURE(static_cast<unsigned>(mode));
    fs::permissions(folder.path(), mode);
    {
      const Unprivileged user;
      const Reading reading = folder.run();
      CHECK(codes(reading) == "no_right");
      CHECK(status_of(reading) == Status::unknown);
      CHECK(codes(folder.run("", "other-*.gz")) ==
            (mode == fs::perms::none ? "no_right" : "files_none"));
    }
    fs::permissions(folder.path(), fs::perms::owner_all);
  }
}

TEST_CASE("Holdfast's own limit of open files is no missing directory") {
  const Folder folder;
  folder.put_days(3, 1000);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const Reading reading = folder.run();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(codes(reading) == "own_limit");
  CHECK(status_of(reading) == Status::unknown);
}

TEST_CASE("an unfinished file is found once it is older than an hour") {
  const Folder folder;
  folder.put_days(1, 1000);
  const std::string option = ", unfinished: '" + folder.path() + "/*.tmp'";
  CHECK(codes(folder.run(option)) == "");
  folder.put("app-1.gz.tmp", 10, 3599);
  CHECK(codes(folder.run(option)) == "");
  folder.put("app-1.gz.tmp", 10, 3601);
  const Reading reading = folder.run(option);
  CHECK(codes(reading) == "files_unfinished");
  CHECK(reading.findings.at(0).text ==
        "The oldest file that matches " + folder.path() + "/*.tmp is 60 min 1 s old (limit 1 h).");
  CHECK(codes(folder.run()) == "");
}

TEST_CASE("odd names are matched as a shell would") {
  const Folder folder;
  for (const char* name : {"app-\n.gz", "app-*.gz", "app- ü .gz", ".app-1.gz"})
    folder.put(name, 10, 3600);
  CHECK(value(folder.run(), "files_matching") == 3);
  CHECK(value(folder.run("", "app-1.gz"), "files_matching") == 0);
  fs::create_symlink(folder.path() + "/nowhere", folder.path() + "/app-link.gz");
  CHECK(value(folder.run(), "files_matching") == 3);
}

TEST_CASE("reading ends at the deadline") {
  Folder folder;
  folder.put_days(3, 10);
  folder.deadline = 0s;
  CHECK(codes(folder.run()) == "timed_out");
}

TEST_CASE("a stop ends reading, and is not the fault of the directory") {
  Folder folder;
  folder.put_days(3, 10);
  StopEvent stop;
  folder.stop = &stop;
  CHECK(codes(folder.run()) == "");
  stop.fire();
  CHECK(codes(folder.run()) == "stopped");
  folder.deadline = 0s;
  CHECK(codes(folder.run()) == "stopped");
}

TEST_CASE("a path that is not absolute is refused") {
  const Folder folder;
  for (const char* path : {"backups/*.gz", "/var/backups/", "*.gz"}) {
    CAPTURE(path);
    const auto outcome =
        parse_config("checks: [{name: b, kind: files, path: '" + std::string(path) + "'}]\n",
                     "test.yaml", [](const std::string&) { return std::nullopt; });
    CHECK_FALSE(outcome.config);
    CHECK_FALSE(folder.config(", unfinished: '" + std::string(path) + "'").config);
  }
  CHECK(folder.config(", unfinished: /var/backups/*.tmp").config);
}
