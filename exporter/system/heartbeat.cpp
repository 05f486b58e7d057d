// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/heartbeat.h"

#include <poll.h>

#include <algorithm>

#include "checks/support/http/post.h"
#include "exporter/log/log.h"

namespace holdfast {
namespace {

// How often the thread checks for a new configuration and for what is due.
constexpr auto kPollInterval = std::chrono::seconds(1);

Error failed(Reason reason, std::string text) { return {reason, "send", std::move(text), ""}; }

}  // namespace

Heartbeat::~Heartbeat() {
  if (thread_.joinable()) thread_.join();
}

void Heartbeat::start() {
  thread_ = std::thread([this] {
    const StopEvent& stop = dependencies_.stop;
    while (!stop.fired()) {
      send_due();
      static_cast<void>(Deadline(kPollInterval, &stop).wait(stop.fd(), POLLIN));
    }
  });
}

void Heartbeat::configure(const std::optional<HeartbeatConfig>& config) {
  const std::lock_guard lock(mutex_);
  if (config == config_) return;
  config_ = config;
  due_ = dependencies_.clock.now().steady;
  was_delivered_ = true;
  facts_.is_configured = config_.has_value();
}

HeartbeatFacts Heartbeat::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

Result<Done> Heartbeat::send(const HeartbeatConfig& config) const {
  const auto text = config.url.read();
  if (!text) return text.error();
  std::string error;
  const auto url = parse_post_url(*text, error);
  if (!url) return failed(Reason::no_secret, "the URL " + error);
  const auto status = http_ping(*url, config.ca_file, dependencies_.resolver,
                                Deadline(kHeartbeatTimeout, &dependencies_.stop));
  if (!status) return status.error();
  if (*status >= 200 && *status < 300) return Done{};
  return failed(Reason::http_status, "it returned HTTP status " + std::to_string(*status));
}

// Logs changes only, not every heartbeat.
void Heartbeat::log_change(const Result<Done>& sent) {
  if (sent.has_value() == was_delivered_) return;
  was_delivered_ = sent.has_value();
  if (sent) {
    log(LogLevel::info, "the heartbeat is delivered again");
    return;
  }
  const Error& error = sent.error();
  log(LogLevel::warn, "the heartbeat is not delivered: the service that expects it will alert",
      {{"reason", name_of(error.reason)},
       {"text", error.text.empty() ? sentence_of(error.reason) : error.text}});
}

void Heartbeat::send_due() {
  const auto now = dependencies_.clock.now().steady;
  std::unique_lock lock(mutex_);
  if (!config_ || now < due_) return;
  const HeartbeatConfig config = *config_;
  lock.unlock();
  const bool is_stalled = now - dependencies_.last_iteration() > kSchedulerStalledAfter;
  const Result<Done> sent =
      is_stalled ? failed(Reason::missing, "the scheduler is stalled, so the heartbeat is withheld")
                 : send(config);
  if (!sent && sent.error().reason == Reason::stopped) return;
  lock.lock();
  ++(sent ? facts_.sent : is_stalled ? facts_.withheld : facts_.failed);
  if (sent) facts_.last_success = dependencies_.clock.now().wall;
  if (config_ != config) return;  // A new configuration is due at once.
  due_ = now + (sent ? config.every : std::min(config.every, kHeartbeatRetry));
  log_change(sent);
}

}  // namespace holdfast
