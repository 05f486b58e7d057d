// SPDX-License-Identifier: Apache-2.0
// TLS and authentication as web.yml configures them. The file is reloaded when it or a file it
// names changes; if the new one has errors, they are logged and the old one stays active. Any
// thread.
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
#include "exporter/web/stream.h"
#include "exporter/web/web_config.h"

namespace holdfast {

class Access {
 public:
  /// Reads the file; an empty path: no TLS, no authentication. Error: all errors, with places.
  [[nodiscard]] static Result<std::unique_ptr<Access>> open(const std::string& path);

  /// The TLS context as configured now; null without TLS.
  [[nodiscard]] TlsContext tls() { return rules()->tls; }
  /// The response of `next`, or 401 or 503; with the configured headers. `is_public`: no login
  /// needed.
  [[nodiscard]] PageResponse guard(const PageRequest& request, const Answer& next, bool is_public);

 private:
  /// The file and everything it names.
  struct Rules {
    WebConfig config;
    TlsContext tls;
    std::unique_ptr<BasicAuth> users;
  };
  using RulesPtr = std::shared_ptr<const Rules>;
  using Errors = std::vector<ConfigError>;
  using Steady = std::chrono::steady_clock;

  explicit Access(std::string path) : path_(std::move(path)), files_{path_} {}
  [[nodiscard]] static RulesPtr load(const std::string& path, Errors& errors);
  [[nodiscard]] RulesPtr rules();
  [[nodiscard]] RulesPtr load_settled(Errors& errors);
  void reload_if_changed();
  [[nodiscard]] std::string stamp() const;

  const std::string path_;
  std::mutex reload_mutex_;         // Held while the files are checked.
  std::string stamp_;               // Under reload_mutex_: of the files as last loaded.
  std::vector<std::string> files_;  // Under reload_mutex_: named in the active rules.
  std::atomic<Steady::rep> next_check_ = 0;
  std::mutex mutex_;
  RulesPtr rules_;  // Under mutex_.
};

}  // namespace holdfast
