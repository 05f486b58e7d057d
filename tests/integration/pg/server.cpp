// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/pg/server.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/dial.h"

namespace holdfast::test {
namespace {

constexpr const char* kPassword = "canary-s3cret";

std::string make_directory() {
  std::string path = std::filesystem::temp_directory_path() / "holdfast-pg-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return path;
}

std::string programs() {
  for (const char* version : {"15", "17", "16", "18", "14"}) {
    const std::string path = std::string("/usr/lib/postgresql/") + version + "/bin";
    if (std::filesystem::exists(path + "/initdb")) return path;
  }
  throw std::runtime_error("PostgreSQL is not installed");
}

}  // namespace

std::string free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0)
    throw std::runtime_error("no free port");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return std::to_string(ntohs(address.sin_port));
}

PgServer& PgServer::shared() {
  static PgServer server;
  return server;
}

PgServer::PgServer() : home_(make_directory()), port_(free_port()) {
  const auto now = std::chrono::system_clock::now();
  good_ =
      authority_.issue("localhost", now - std::chrono::hours(24), now + std::chrono::hours(2400));
  ::chmod(home_.c_str(), 0755);
  if (const passwd* owner = ::getpwnam("postgres"); owner != nullptr && ::geteuid() == 0)
      [[maybe_unused]]
    const int given = ::chown(home_.c_str(), owner->pw_uid, owner->pw_gid);
  write("password", kPassword);
  write("authority.pem", authority_.certificate_pem());
  write("server.pem", good_.certificate_pem());
  write("server.key", good_.key_pem(), 0600);
  command(programs() + "/initdb -D " + path("data") + " -U postgres -A scram-sha-256 --pwfile=" +
          path("password") + " -E UTF8 --no-locale --no-sync");
  {
    std::ofstream settings(path("settings"));
    settings << "listen_addresses='127.0.0.1'\nport=" << port_ << "\nunix_socket_directories='"
             << home_ << "'\nssl=on\nssl_cert_file='" << path("server.pem") << "'\nssl_key_file='"
             << path("server.key") << "'\nfsync=off\nmax_connections=20\n"
             << "superuser_reserved_connections=3\nshared_buffers=16MB\nmax_wal_senders=0\n"
             << "wal_level=minimal\nautovacuum=off\njit=on\n";
  }
  command("cat " + path("settings") + " >> " + path("data/postgresql.conf"));
  write("data/pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  start();
  run("CREATE ROLE holdfast LOGIN PASSWORD '" + std::string(kPassword) + "'");
  run("CREATE DATABASE app");
}

PgServer::~PgServer() {
  try {
    thaw();
    stop();
  } catch (const std::exception&) {
    // Nothing more can be done for a server that was never there.
  }
  std::error_code ignored;
  std::filesystem::remove_all(home_, ignored);
}

Database PgServer::database() const {
  Database made;
  made.name = "demo";
  made.host = "localhost";
  made.port = port_;
  made.dbname = "app";
  made.user = "holdfast";
  made.password = Secret::from_value(kPassword);
  made.sslrootcert = path("authority.pem");
  return made;
}

Database PgServer::superuser() const {
  Database made = database();
  made.user = "postgres";
  made.dbname = "postgres";
  return made;
}

pid_t PgServer::pid() const {
  std::ifstream file(path("data/postmaster.pid"));
  pid_t pid = 0;
  file >> pid;
  return pid;
}

void PgServer::start() {
  command(programs() + "/pg_ctl -D " + path("data") + " -w -l " + path("log") + " start");
}
void PgServer::stop() {
  command(programs() + "/pg_ctl -D " + path("data") + " -w -m immediate stop");
}
void PgServer::freeze() const { signal(pid(), SIGSTOP); }
void PgServer::thaw() const { signal(pid(), SIGCONT); }
void PgServer::signal(pid_t process, int number) {
  if (process > 1) ::kill(process, number);
}

void PgServer::show(const Identity& identity) {
  write("server.pem", identity.certificate_pem());
  write("server.key", identity.key_pem(), 0600);
  signal(pid(), SIGHUP);
  // Without verification any certificate can be seen: wait until it is the new one.
  Database unverified = database();
  unverified.sslmode = "require";
  unverified.sslrootcert.clear();  // libpq would verify with one, whatever the mode.
  const auto resolver = make_resolver();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    const auto seen = dial(unverified, *resolver, Deadline(std::chrono::seconds(10), nullptr));
    if (!seen.error && !seen.tls.chain.empty() &&
        seen.tls.chain[0].not_after == identity.not_after())
      return;
  }
  throw std::runtime_error("the server did not take the new certificate");
}

void PgServer::show_good() { show(good_); }

void PgServer::run(const std::string& sql) { query(sql); }

std::string PgServer::query(const std::string& sql) {
  const auto resolver = make_resolver();
  const Deadline deadline(std::chrono::seconds(30), nullptr);
  auto dialled = dial(superuser(), *resolver, deadline);
  if (dialled.error) throw std::runtime_error("cannot log in: " + dialled.error->text);
  const auto done = dialled.connection.query(sql, deadline);
  if (!done) throw std::runtime_error("SQL failed with " + done.error().sqlstate + ": " + sql);
  return done->size() > 0 ? done->rows[0][0].value_or("") : "";
}

std::string PgServer::write(const std::string& file, const std::string& text, unsigned mode) const {
  const std::string name = path(file);
  {
    std::ofstream out(name, std::ios::trunc);
    out << text;
  }
  ::chmod(name.c_str(), static_cast<mode_t>(mode));
  if (const passwd* owner = ::getpwnam("postgres"); owner != nullptr && ::geteuid() == 0)
      [[maybe_unused]]
    const int given = ::chown(name.c_str(), owner->pw_uid, owner->pw_gid);
  return name;
}

void PgServer::command(const std::string& line) const {
  const std::string as = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
  const std::string whole =
      "cd / && " + as + "sh -c '" + line + "' >>" + path("commands.log") + " 2>&1";
  if (std::system(whole.c_str()) != 0) throw std::runtime_error("failed: " + line);
}

}  // namespace holdfast::test
