// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/pm2/site.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "checks/pm2/judge.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "checks/support/pm2/homes.h"

namespace holdfast::test {
namespace {

namespace fs = std::filesystem;

std::string needed(const char* name) {
  const char* value = std::getenv(name);
  if (!value)
    throw std::runtime_error(std::string(name) + " is not set: use tests/integration/pm2/run");
  return value;
}

class NoDatabases : public Databases {
  Result<PgLease> lease(const Database&, const Deadline&, PgDialect) override {
    return Error{Reason::internal, "", "no database in this test", ""};
  }
};
class NoResolver : public Resolver {
  Result<std::vector<std::string>> resolve(const std::string&, const Deadline&) override {
    return Error{Reason::internal, "", "no names in this test", ""};
  }
};

constexpr std::string_view kService = R"(
const [what, code] = (process.env.WHAT || '').split(' ');
if (what === 'exit') process.exit(Number(code));
setInterval(() => {}, 1000);
)";

}  // namespace

Pm2Site::Pm2Site() {
  std::string pattern = (fs::temp_directory_path() / "hf-pm2-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  home_ = folder_ + "/home";
  std::ofstream(folder_ + "/service.cjs") << kService;
}

Pm2Site::~Pm2Site() {
  const pid_t pid = daemon();
  if (pid > 0) {
    ::kill(pid, SIGCONT);
    pm2({"kill"});
    eventually([&] { return daemon() == 0; });
  }
  // Services end by themselves when their PM2 was killed, but not at once.
  eventually([&] { return services().empty(); });
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

int Pm2Site::pm2(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(),
                   {needed("HOLDFAST_NODE"), needed("HOLDFAST_PM2"), "--silent"});
  std::vector<std::string> environment{
      "PATH=" + fs::path(needed("HOLDFAST_NODE")).parent_path().string() + ":/usr/bin:/bin",
      "HOME=" + folder_, "PM2_HOME=" + home_, "PM2_DISABLE_VERSION_CHECK=true",
      "JWT_SECRET=" + std::string(kCanary),
      // Environment variables stand among PM2's own fields and overwrite some of them.
      "exit_code=" + std::string(kCanary), "axm_options=" + std::string(kCanary)};
  if (const char* what = std::getenv("WHAT")) environment.push_back("WHAT=" + std::string(what));
  std::vector<char*> argv;
  std::vector<char*> envp;
  for (std::string& text : arguments) argv.push_back(text.data());
  for (std::string& text : environment) envp.push_back(text.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {0, 1, 2})
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  pid_t pid = 0;
  const int fault = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (fault != 0 || ::waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Pm2Site::start(const std::string& name, const std::string& script,
                    std::vector<std::string> options) const {
  ::setenv("WHAT", script.c_str(), 1);
  options.insert(options.begin(), {"start", folder_ + "/service.cjs", "--name", name});
  if (pm2(std::move(options)) != 0) throw std::runtime_error("pm2 could not start " + name);
}

pid_t Pm2Site::daemon() const {
  for (const Pm2Home& found : find_pm2_homes())
    if (found.home == home_) return found.pid;
  return 0;
}

std::map<std::string, pid_t> Pm2Site::services() const {
  std::map<std::string, pid_t> out;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator("/proc", fault)) {
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    std::string name;
    bool is_ours = false;
    for (std::string line; std::getline(file, line, '\0');) {
      is_ours = is_ours || line == "pm_exec_path=" + folder_ + "/service.cjs";
      if (line.starts_with("name=")) name = line.substr(5);
    }
    if (is_ours) out[name] = static_cast<pid_t>(std::stol(entry.path().filename()));
  }
  return out;
}

Watcher::Watcher(const Pm2Site& site, std::vector<std::string> expect,
                 std::vector<std::string> scheduled) {
  config_.name = "services";
  config_.kind = "pm2";
  config_.options.set("home", site.home());
  config_.options.set("expect", std::move(expect));
  config_.options.set("scheduled", std::move(scheduled));
  config_.options.set("restarts_per_hour",
                      Limit{.unit = Unit::count, .warning = 2.0, .critical = 20.0});
  config_.options.set("find_homes", false);
}

Reading Watcher::run(std::chrono::nanoseconds timeout) {
  std::vector<OptionError> errors;
  if (!check_) check_ = pm2_kind().make(config_, errors);
  if (!check_) throw std::runtime_error("the check could not be made");
  NoDatabases databases;
  NoResolver resolver;
  Trace trace;
  Run run{Deadline(timeout, nullptr),
          {std::chrono::system_clock::now(), std::chrono::steady_clock::now()},
          memory_,
          databases,
          resolver,
          trace};
  Reading reading = check_->run(run);
  if (reading.memory) memory_ = *reading.memory;
  for (const TraceStep& step : trace.steps()) said_ += step.text + "\n";
  for (const Finding& finding : reading.findings) said_ += finding.subject + finding.text + "\n";
  for (const Sample& sample : reading.samples)
    for (const std::string& label : sample.labels) said_ += label + "\n";
  said_ += memory_.render() + "\n";
  if (reading.failure) said_ += reading.failure->text + "\n";
  return reading;
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::poll(nullptr, 0, 50);  // Polling interval; no result depends on it.
  }
  return true;
}

std::vector<std::string> codes(const Reading& reading) {
  std::vector<std::string> out;
  for (const Finding& finding : reading.findings) out.push_back(finding.code);
  return out;
}

std::string state_of(const Reading& reading, const std::string& process) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == "pm2_process_status" && sample.labels[0] == process &&
        sample.value == 1)
      return sample.labels[2];
  return "(none)";
}

}  // namespace holdfast::test
