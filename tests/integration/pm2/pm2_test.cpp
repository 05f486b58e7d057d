// SPDX-License-Identifier: Apache-2.0
// The check `pm2` against a real PM2 from npm, in each state a daemon can be in.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "checks/pm2/judge.h"
#include "checks/support/pm2/homes.h"
#include "checks/support/pm2/rpc.h"
#include "tests/integration/pm2/site.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

using Codes = std::vector<std::string>;

Reason reason_of(const Reading& reading) {
  REQUIRE(reading.failure.has_value());
  return reading.failure->reason;
}

double restarts_of(const Reading& reading, const std::string& process) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == "pm2_process_restarts_total" && sample.labels[0] == process)
      return sample.value;
  return -1;
}

}  // namespace

TEST_CASE("where PM2 never ran it is absent, and the check starts no daemon") {
  Pm2Site site;
  Watcher watcher(site, {"api"});
  const Reading reading = watcher.run();
  CHECK(reason_of(reading) == Reason::absent);
  CHECK(state_of(reading, "api") == "unknown");
  CHECK(site.daemon() == 0);
  CHECK_FALSE(std::filesystem::exists(site.home()));
}

TEST_CASE("seven services are read, no secret leaks, and 50 runs do no harm") {
  Pm2Site site;
  const Codes names{"ai-admin-api",
                    "ai-admin-worker-v2",
                    "baileys-whatsapp-service",
                    "whatsapp-backup-service",
                    "ai-admin-batch-processor",
                    "ai-admin-booking-monitor",
                    "ai-admin-telegram-bot"};
  for (const std::string& name : names) site.start(name, "serve");
  Watcher watcher(site, names);
  const pid_t daemon = site.daemon();
  const auto services = site.services();
  REQUIRE(services.size() == names.size());
  for (int i = 0; i < 50; ++i) {
    const Reading reading = watcher.run();
    REQUIRE_FALSE(reading.failure.has_value());
    CHECK(reading.findings.empty());
    for (const std::string& name : names) {
      CHECK(state_of(reading, name) == "online");
      CHECK(restarts_of(reading, name) == 0);
    }
  }
  CHECK(site.daemon() == daemon);
  CHECK(site.services() == services);
  CHECK(watcher.said().find("ai-admin-api") != std::string::npos);
  CHECK(watcher.said().find(kCanary) == std::string::npos);

  Watcher short_of_one(site, {names[0], "not-started"});
  const Reading reading = short_of_one.run();
  CHECK(state_of(reading, "not-started") == "missing");
  CHECK(codes(reading) == Codes{"pm2_process_missing", "pm2_process_unexpected",
                                "pm2_process_unexpected", "pm2_process_unexpected",
                                "pm2_process_unexpected", "pm2_process_unexpected",
                                "pm2_process_unexpected"});
}

TEST_CASE("stopping, deleting, restarting and resetting are distinguished") {
  Pm2Site site;
  for (const char* name : {"api", "worker", "bot"}) site.start(name, "serve");
  Watcher watcher(site, {"api", "worker", "bot"});
  CHECK(watcher.run().findings.empty());

  REQUIRE(site.pm2({"stop", "api"}) == 0);
  Reading reading = watcher.run();
  CHECK(codes(reading) == Codes{"pm2_process_not_online"});
  CHECK(state_of(reading, "api") == "stopped");
  REQUIRE(site.pm2({"start", "api"}) == 0);
  CHECK(watcher.run().findings.empty());

  for (int i = 0; i < 3; ++i) REQUIRE(site.pm2({"restart", "worker"}) == 0);
  CHECK(codes(watcher.run()) == Codes{"pm2_restarts"});
  REQUIRE(site.pm2({"reset", "worker"}) == 0);
  CHECK(watcher.run().findings.empty());

  REQUIRE(site.pm2({"restart", "all"}) == 0);
  CHECK(codes(watcher.run()) == Codes{"pm2_restarted_together"});

  REQUIRE(site.pm2({"delete", "bot"}) == 0);
  reading = watcher.run();
  CHECK(codes(reading) == Codes{"pm2_restarted_together", "pm2_process_missing"});
  CHECK(state_of(reading, "bot") == "missing");
}

TEST_CASE("a service that cannot start ends as errored, and a job that has run is healthy") {
  Pm2Site site;
  site.start("crasher", "exit 1");
  site.start("good-job", "exit 0", {"--no-autorestart", "--cron", "0 3 * * *"});
  site.start("bad-job", "exit 3", {"--no-autorestart", "--cron", "0 3 * * *"});
  Watcher watcher(site, {"crasher"}, {"good-job", "bad-job"});
  Reading reading;
  REQUIRE(eventually([&] {
    reading = watcher.run();
    return state_of(reading, "crasher") == "errored" && state_of(reading, "bad-job") == "stopped" &&
           state_of(reading, "good-job") == "stopped";
  }));
  Codes found = codes(reading);
  CHECK(std::ranges::count(found, "pm2_process_not_online") == 1);
  CHECK(std::ranges::count(found, "pm2_job_failed") == 1);
  for (const Finding& finding : reading.findings) CHECK(finding.subject != "good-job");
}

TEST_CASE("a hung daemon is reported by the deadline, and healthy again when it resumes") {
  Pm2Site site;
  site.start("api", "serve");
  Watcher watcher(site, {"api"});
  CHECK(watcher.run().findings.empty());
  const auto services = site.services();
  REQUIRE(::kill(site.daemon(), SIGSTOP) == 0);
  for (int i = 0; i < 3; ++i) {
    const Reading reading = watcher.run(std::chrono::seconds(2));
    CHECK(reason_of(reading) == Reason::hung);
    CHECK(state_of(reading, "api") == "unknown");
  }
  REQUIRE(::kill(site.daemon(), SIGCONT) == 0);
  CHECK(watcher.run().findings.empty());
  CHECK(site.services() == services);
}

TEST_CASE("a killed daemon is dead, a stopped one absent, and a new one is a finding") {
  Pm2Site site;
  site.start("api", "serve");
  Watcher watcher(site, {"api"});
  CHECK(watcher.run().findings.empty());
  const pid_t killed = site.daemon();
  REQUIRE(::kill(killed, SIGKILL) == 0);
  REQUIRE(eventually([&] { return site.daemon() == 0 && site.services().empty(); }));
  CHECK(reason_of(watcher.run()) == Reason::dead);
  CHECK(site.daemon() == 0);

  site.start("api", "serve");
  const Reading reading = watcher.run();
  CHECK(codes(reading) == Codes{"pm2_daemon_replaced"});
  CHECK(state_of(reading, "api") == "online");

  // The command returns when the daemon has let go of its sockets; the process ends after that.
  REQUIRE(site.pm2({"kill"}) == 0);
  REQUIRE(eventually([&] { return site.daemon() == 0; }));
  CHECK(reason_of(watcher.run()) == Reason::absent);
  CHECK(site.daemon() == 0);
}

TEST_CASE("several homes on one host are found and reported") {
  Pm2Site site;
  Pm2Site other;
  site.start("api", "serve");
  other.start("stray", "serve");
  Watcher watcher(site, {"api"});
  watcher.options().set("find_homes", true);
  const Reading reading = watcher.run();
  bool is_named = false;
  for (const Finding& finding : reading.findings) {
    CHECK(finding.code == "pm2_other_home");
    CHECK(finding.subject != site.home());
    is_named = is_named || finding.subject == other.home();
  }
  CHECK(is_named);
  CHECK(status_of(reading) == Status::ok);
}

TEST_CASE("another user gets permission denied") {
  if (::geteuid() != 0) {
    MESSAGE("not run: only root can become another user");
    return;
  }
  Pm2Site site;
  site.start("api", "serve");
  const pid_t child = ::fork();
  if (child == 0) {
    // Only system calls and our own code between fork and exit: no other thread runs here.
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(100);
    const auto connection = Pm2Connection::open(site.home());
    ::_exit(connection ? 101 : static_cast<int>(connection.error().reason));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == static_cast<int>(Reason::no_right));
}
