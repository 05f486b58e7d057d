// SPDX-License-Identifier: Apache-2.0
// Who may come in, and how: web.yml as it stands now. Read again when it or a file it names
// changes; a faulty new one is told in the log and the old one stays. Safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "checks/base/result.h"
#include "exporter/web/basic_auth.h"
#include "exporter/web/page.h"
#include "exporter/web/tls.h"
#include "exporter/web/web_config.h"

namespace holdfast {

class Access {
 public:
  /// Reads the file; an empty path lets everybody in, in the clear. Error: all faults, with places.
  [[nodiscard]] static Result<std::unique_ptr<Access>> open(const std::string& path);

  /// The wire of an accepted socket: TLS or not, as configured now.
  [[nodiscard]] std::unique_ptr<Stream> make_stream(int fd);
  /// The answer of `next`, or a refusal; with the configured headers. `is_free` asks no login.
  [[nodiscard]] PageResponse guard(const PageRequest& request, const Answer& next, bool is_free);

 private:
  /// One reading of the file and everything it names.
  struct Rules {
    WebConfig config;
    std::shared_ptr<TlsContext> tls;
    std::unique_ptr<BasicAuth> users;
  };
  struct Loaded {
    std::shared_ptr<const Rules> rules;
    std::vector<ConfigFault> faults;
  };
  using Steady = std::chrono::steady_clock;

  explicit Access(std::string path) : path_(std::move(path)), files_{path_} {}
  [[nodiscard]] static Loaded load(const std::string& path);
  [[nodiscard]] std::shared_ptr<const Rules> rules();
  [[nodiscard]] Loaded load_settled();
  void look_for_changes();
  [[nodiscard]] std::string stamp() const;

  const std::string path_;
  std::mutex reload_mutex_;         // Held while the file is looked at.
  std::string stamp_;               // Under reload_mutex_: of the files as last read.
  std::vector<std::string> files_;  // Under reload_mutex_: named in the rules in force.
  std::atomic<Steady::rep> look_again_ = 0;
  std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;  // Under mutex_.
};

}  // namespace holdfast
