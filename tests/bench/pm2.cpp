// SPDX-License-Identifier: Apache-2.0
// What one run of the PM2 check costs: our whole check (connect, ping, list, parse, judge,
// samples), the socket's bare reply (connect, ask, read, throw away), and `pm2 jlist`, each by its
// own CPU and by that of PM2's daemon.
//   bench_pm2 HOME NODE PM2
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>

#include "checks/pm2/judge.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "checks/support/pm2/homes.h"
#include "checks/support/pm2/rpc.h"
#include "tests/bench/measure.h"

using namespace holdfast;
using namespace holdfast::bench;

namespace {

constexpr int kRounds = 10;
constexpr int kRunsPerRound = 20;
constexpr int kCommandsPerRound = 2;

void need(bool is_well, const char* what) {
  if (!is_well) throw std::runtime_error(what);
}

struct Totals {
  std::string name;
  std::vector<double> wall{};    // Milliseconds, one per round.
  std::vector<double> cpu{};     // Of the measuring process.
  std::vector<double> daemon{};  // Of PM2's daemon.
};

// Milliseconds on a CPU, from the scheduler's own nanoseconds, over all threads.
double daemon_cpu(int pid) {
  double sum = 0;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::ifstream file(task.path() / "schedstat");
    double ns = 0;
    file >> ns;
    sum += ns / 1e6;
  }
  return sum;
}

std::size_t bare_reply(const std::string& home) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (home + "/rpc.sock").c_str(), sizeof address.sun_path - 1);
  need(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "connect");
  const std::string_view request = bytes_of(Pm2Request::get_monitor_data);
  need(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0, "send");
  static char bytes[256 * 1024];
  std::size_t got = 0;
  std::size_t want = 5;
  while (got < want) {
    const ssize_t part = ::recv(fd, bytes + got, sizeof bytes - got, 0);
    need(part > 0, "recv");
    got += static_cast<std::size_t>(part);
    if (got >= 5 && want == 5) {
      std::size_t length = 0;
      for (int i = 1; i < 5; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
      want = 5 + length + 4 + 3;
      need(want <= sizeof bytes, "the reply is larger than this bench expects");
    }
  }
  ::close(fd);
  return got;
}

class CheckRunner {
 public:
  explicit CheckRunner(const std::string& home) {
    config_.options.set("home", home);
    config_.options.set("restarts_per_hour", Limit{.unit = Unit::count, .warning = 5.0});
    config_.options.set("find_homes", true);
    std::vector<OptionError> errors;
    check_ = pm2_kind().make(config_, errors);
    resolver_ = make_resolver();
    databases_ = make_databases(*resolver_);
  }
  void run() {
    Trace trace;
    Run run{Deadline(std::chrono::seconds(30), nullptr),
            {std::chrono::system_clock::now(), std::chrono::steady_clock::now()},
            memory_,
            *databases_,
            *resolver_,
            trace};
    Reading reading = check_->run(run);
    need(!reading.failure, "our run failed");
    memory_ = *std::move(reading.memory);
  }

 private:
  CheckConfig config_;
  std::unique_ptr<Check> check_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Databases> databases_;
  Memory memory_;
};

double children_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

void jlist(const std::string& home, char* node, char* pm2) {
  std::string pm2_home = "PM2_HOME=" + home;
  std::string user_home = "HOME=" + home;
  std::string path = "PATH=/usr/bin:/bin";
  std::string quiet = "PM2_DISABLE_VERSION_CHECK=true";
  char command[] = "jlist";
  char* argv[] = {node, pm2, command, nullptr};
  char* envp[] = {pm2_home.data(), user_home.data(), path.data(), quiet.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  need(::posix_spawn(&pid, node, &actions, nullptr, argv, envp) == 0, "pm2 could not be run");
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  need(::waitpid(pid, &status, 0) == pid && status == 0, "pm2 jlist failed");
}

void measure(Totals& totals, int daemon, int times, const std::function<void()>& act) {
  const double own_children = children_cpu();
  const double served = daemon_cpu(daemon);
  const Cost cost = cost_of(times, act);
  totals.wall.push_back(cost.wall / 1000);
  totals.cpu.push_back(cost.cpu / 1000 + (children_cpu() - own_children) / times);
  totals.daemon.push_back((daemon_cpu(daemon) - served) / times);
}

void print(const Totals& t, const Totals& ours) {
  std::printf("| %s | %.2f [%.2f to %.2f] | %.1f | %.3f | %.1f | %.2f |\n", t.name.c_str(),
              median(t.wall), quantile(t.wall, 0), quantile(t.wall, 1),
              median(t.wall) / median(ours.wall), median(t.cpu), median(t.cpu) / median(ours.cpu),
              median(t.daemon));
}

}  // namespace

int main(int argc, char** argv) try {
  need(argc == 4, "HOME NODE PM2");
  const std::string home = argv[1];
  int daemon = 0;
  for (const Pm2Home& found : find_pm2_homes())
    if (is_same_home(found.home, home)) daemon = found.pid;
  need(daemon > 0, "no PM2 daemon runs in that home");
  CheckRunner runner(home);
  runner.run();
  const std::size_t bytes = bare_reply(home);
  Totals ours{"Holdfast's whole check"};
  Totals bare{"the socket's bare reply"};
  Totals command{"`pm2 jlist`"};
  for (int round = 0; round < kRounds; ++round) {
    measure(ours, daemon, kRunsPerRound, [&] { runner.run(); });
    measure(command, daemon, kCommandsPerRound, [&] { jlist(home, argv[2], argv[3]); });
    measure(bare, daemon, kRunsPerRound, [&] { bare_reply(home); });
  }
  std::printf(
      "A reply of %zu bytes, %d rounds of %d runs and %d commands.\n\n"
      "| one run of the PM2 check | wall ms, median [min to max] | ratio | own CPU ms | ratio | "
      "daemon's CPU ms |\n| --- | --- | --- | --- | --- | --- |\n",
      bytes, kRounds, kRunsPerRound, kCommandsPerRound);
  for (const Totals* one : {&ours, &bare, &command}) print(*one, ours);
  char text[160];
  const double ratio = median(command.cpu) / median(ours.cpu);
  std::snprintf(text, sizeof text, "%.0f times less, and %.0f times less wall time", ratio,
                median(command.wall) / median(ours.wall));
  print_target("over 100 times less CPU than `pm2 jlist`", ratio > 100, text);
  return 0;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "bench_pm2: %s\n", fault.what());
  return 1;
}
