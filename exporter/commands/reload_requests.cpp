// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reload_requests.h"

#include <utility>

namespace holdfast {

bool ReloadRequests::request(Duration patience) {
  std::future<bool> answer;
  {
    const std::lock_guard lock(mutex_);
    answer = pending_.emplace_back().get_future();
    requested_.fire();
  }
  return answer.wait_for(patience) == std::future_status::ready && answer.get();
}

void ReloadRequests::serve(const std::function<bool()>& reload) {
  std::vector<std::promise<bool>> served;
  {
    const std::lock_guard lock(mutex_);
    if (!requested_.take()) return;
    served = std::exchange(pending_, {});
  }
  const bool answer = reload();
  for (auto& request : served) request.set_value(answer);
}

}  // namespace holdfast
