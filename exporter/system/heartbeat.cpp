// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/heartbeat.h"

#include <poll.h>

#include <algorithm>

#include "checks/support/http/post.h"
#include "exporter/log/log.h"

namespace holdfast {
namespace {

// How soon a new configuration is seen, and what is due; the thread does nothing else.
constexpr auto kLook = std::chrono::seconds(1);

Error failed(Reason reason, std::string text) { return {reason, "send", std::move(text), ""}; }

}  // namespace

void Heartbeat::configure(const std::optional<HeartbeatConfig>& config) {
  if (config == config_) return;
  config_ = config;
  due_ = dependencies_.clock.now().steady;
  was_well_ = true;
  facts_.is_configured = config_.has_value();
}

Result<Done> Heartbeat::send() const {
  const auto text = config_->url.read();
  if (!text) return text.error();
  std::string fault;
  const auto url = parse_post_url(*text, fault);
  if (!url) return failed(Reason::no_secret, "the URL " + fault);
  const auto status = http_ping(*url, config_->ca_file, dependencies_.resolver,
                                Deadline(kLifeSignTimeout, &dependencies_.stop));
  if (!status) return status.error();
  if (*status >= 200 && *status < 300) return Done{};
  return failed(Reason::http_status, "it answered with HTTP status " + std::to_string(*status));
}

// A line for each change and none for each sign.
void Heartbeat::tell(const Result<Done>& sent) {
  const bool is_well = sent.has_value();
  if (is_well == was_well_) return;
  was_well_ = is_well;
  if (is_well) {
    log(LogLevel::info, "the heartbeat arrives again");
    return;
  }
  const Error& error = sent.error();
  log(LogLevel::warn, "the heartbeat does not arrive: whoever waits for it will be told",
      {{"reason", std::string(name_of(error.reason))},
       {"text", error.text.empty() ? std::string(sentence_of(error.reason)) : error.text}});
}

void Heartbeat::send_due() {
  const auto now = dependencies_.clock.now().steady;
  if (!config_ || now < due_) return;
  const auto retry = now + std::min(config_->every, kLifeSignRetry);
  if (now - dependencies_.heart() > kHeartFor) {
    ++facts_.withheld;
    due_ = retry;
    tell(failed(Reason::missing, "the scheduler stands still, so no sign of life is sent"));
    return;
  }
  const Result<Done> sent = send();
  if (!sent && sent.error().reason == Reason::stopped) return;
  due_ = sent ? now + config_->every : retry;
  ++(sent ? facts_.sent : facts_.failed);
  if (sent) facts_.last_success = dependencies_.clock.now().wall;
  tell(sent);
}

HeartbeatSender::HeartbeatSender(HeartbeatDependencies dependencies)
    : stop_(dependencies.stop),
      thread_([this, signs = Heartbeat(std::move(dependencies))] { run(signs); }) {}

HeartbeatSender::~HeartbeatSender() { thread_.join(); }

void HeartbeatSender::configure(std::optional<HeartbeatConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

HeartbeatFacts HeartbeatSender::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

void HeartbeatSender::run(Heartbeat signs) {
  while (!stop_.fired()) {
    std::optional<HeartbeatConfig> config;
    {
      const std::lock_guard lock(mutex_);
      config = config_;
    }
    signs.configure(config);
    signs.send_due();
    {
      const std::lock_guard lock(mutex_);
      facts_ = signs.facts();
    }
    const auto woken = Deadline(kLook, &stop_).wait(stop_.fd(), POLLIN);
    if (woken || woken.error().reason == Reason::stopped) return;
  }
}

}  // namespace holdfast
