// SPDX-License-Identifier: Apache-2.0
// A real PostgreSQL of our own: a new cluster in a temporary directory, TLS only, on a free port
// of 127.0.0.1, run by user postgres when the tests run as root. Stopped and removed by the
// destructor, by its process id.
#pragma once

#include <sys/types.h>

#include <string>

#include "checks/options.h"
#include "tests/integration/pg/certificates.h"

namespace holdfast::test {

/// A port of 127.0.0.1 that was free a moment ago.
[[nodiscard]] std::string free_port();

class PgServer {
 public:
  PgServer();
  ~PgServer();
  PgServer(const PgServer&) = delete;
  PgServer& operator=(const PgServer&) = delete;

  /// One for all tests of this executable; each test leaves it running as it found it.
  static PgServer& shared();

  /// How the role holdfast (no superuser, password login) reaches it, by verify-full.
  [[nodiscard]] Database database() const;
  /// How the superuser does.
  [[nodiscard]] Database superuser() const;
  [[nodiscard]] const Identity& authority() const { return authority_; }
  [[nodiscard]] std::string path(const std::string& file) const { return home_ + "/" + file; }
  [[nodiscard]] pid_t pid() const;

  void start();
  void stop();
  void freeze() const;
  void thaw() const;
  /// Freezes or thaws one backend, or any process by its number.
  static void signal(pid_t process, int number);
  /// Presents this certificate from the next connection on; its not_after tells it from others.
  void show(const Identity& identity);
  /// Back to the good one.
  void show_good();
  /// Runs SQL as the superuser and throws when it fails.
  void run(const std::string& sql);
  /// The first cell of what `sql` gives the superuser.
  std::string query(const std::string& sql);
  /// A shell command as the server's user; throws when it fails.
  void command(const std::string& line) const;
  /// A file of the server's directory, readable by all; its path.
  std::string write(const std::string& file, const std::string& text, unsigned mode = 0644) const;

 private:
  std::string home_;
  std::string port_;
  Identity authority_ = Identity::authority("Test Authority");
  Identity good_;
};

}  // namespace holdfast::test
