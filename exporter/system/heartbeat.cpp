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

void Heartbeat::configure(const std::optional<HeartbeatConfig>& config) {
  if (config == config_) return;
  config_ = config;
  due_ = dependencies_.clock.now().steady;
  was_delivered_ = true;
  facts_.is_configured = config_.has_value();
}

Result<Done> Heartbeat::send() const {
  const auto text = config_->url.read();
  if (!text) return text.error();
  std::string error;
  const auto url = parse_post_url(*text, error);
  if (!url) return failed(Reason::no_secret, "the URL " + error);
  const auto status = http_ping(*url, config_->ca_file, dependencies_.resolver,
                                Deadline(kHeartbeatTimeout, &dependencies_.stop));
  if (!status) return status.error();
  if (*status >= 200 && *status < 300) return Done{};
  return failed(Reason::http_status, "it returned HTTP status " + std::to_string(*status));
}

// Logs changes only, not every heartbeat.
void Heartbeat::log_change(const Result<Done>& sent) {
  const bool is_delivered = sent.has_value();
  if (is_delivered == was_delivered_) return;
  was_delivered_ = is_delivered;
  if (is_delivered) {
    log(LogLevel::info, "the heartbeat is delivered again");
    return;
  }
  const Error& error = sent.error();
  log(LogLevel::warn, "the heartbeat is not delivered: the service that expects it will alert",
      {{"reason", std::string(name_of(error.reason))},
       {"text", error.text.empty() ? std::string(sentence_of(error.reason)) : error.text}});
}

void Heartbeat::send_due() {
  const auto now = dependencies_.clock.now().steady;
  if (!config_ || now < due_) return;
  const auto retry = now + std::min(config_->every, kHeartbeatRetry);
  if (now - dependencies_.last_iteration() > kSchedulerStalledAfter) {
    ++facts_.withheld;
    due_ = retry;
    log_change(failed(Reason::missing, "the scheduler is stalled, so the heartbeat is withheld"));
    return;
  }
  const Result<Done> sent = send();
  if (!sent && sent.error().reason == Reason::stopped) return;
  due_ = sent ? now + config_->every : retry;
  ++(sent ? facts_.sent : facts_.failed);
  if (sent) facts_.last_success = dependencies_.clock.now().wall;
  log_change(sent);
}

HeartbeatSender::HeartbeatSender(HeartbeatDependencies dependencies)
    : stop_(dependencies.stop),
      thread_([this, heartbeat = Heartbeat(std::move(dependencies))] { run(heartbeat); }) {}

HeartbeatSender::~HeartbeatSender() { thread_.join(); }

void HeartbeatSender::configure(std::optional<HeartbeatConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

HeartbeatFacts HeartbeatSender::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

void HeartbeatSender::run(Heartbeat heartbeat) {
  while (!stop_.fired()) {
    std::optional<HeartbeatConfig> config;
    {
      const std::lock_guard lock(mutex_);
      config = config_;
    }
    heartbeat.configure(config);
    heartbeat.send_due();
    {
      const std::lock_guard lock(mutex_);
      facts_ = heartbeat.facts();
    }
    const auto woken = Deadline(kPollInterval, &stop_).wait(stop_.fd(), POLLIN);
    if (woken || woken.error().reason == Reason::stopped) return;
  }
}

}  // namespace holdfast
