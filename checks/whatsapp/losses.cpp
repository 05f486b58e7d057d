// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/losses.h"

#include <algorithm>
#include <vector>

#include "checks/whatsapp/text.h"

namespace holdfast::whatsapp {
namespace {

constexpr std::size_t kMaxTypesNamed = 4;

struct Loss {
  std::string type;  // Empty: all types together.
  double high = 0;
  double lost = 0;

  [[nodiscard]] double ratio() const { return high > 0 ? lost / high : 0; }
  [[nodiscard]] Status judge(const Limit& limit) const {
    return high < kMinKeysForRatio ? Status::ok : limit.judge(ratio());
  }
};

/// The worst type, or all types together if that is as bad.
Loss worst_of(const Limit& limit, const Loss& all, const std::vector<Loss>& types) {
  Loss worst = all;
  for (const Loss& loss : types) {
    const Status status = loss.judge(limit);
    if (status > worst.judge(limit)) worst = loss;
  }
  return worst;
}

std::string text_of(const Settings& settings, const std::string& name, const Loss& worst,
                    const std::vector<Loss>& types, Status status) {
  const std::string of_type = worst.type.empty() ? "keys" : worst.type + " keys";
  const double left = worst.high - worst.lost;
  std::string text = left <= 0 ? "All " + number_text(worst.high)
                               : number_text(worst.lost) + " of " + number_text(worst.high);
  text += " " + of_type + " of " + name + " disappeared before they expired (" +
          render_value(worst.ratio(), Unit::ratio) + ", " + limit_text(settings.drop, status) + ")";
  if (worst.type.empty() && left > 0) {
    std::size_t named = 0;
    for (const Loss& loss : types) {
      if (loss.lost <= 0 || named == kMaxTypesNamed) break;
      text += (named++ ? ", " : ": ") + loss.type + " from " + number_text(loss.high) + " to " +
              number_text(loss.high - loss.lost);
    }
  }
  return text + ". Restore them, or accept the new baseline if this was intended.";
}

}  // namespace

std::optional<Finding> judge_losses(const Settings& settings, const std::string& name,
                                    const Known& session) {
  Loss all;
  std::vector<Loss> types;
  for (const auto& [type, mark] : session.types) {
    if (type == "pre-key") continue;
    types.push_back({type, mark.high(), mark.lost()});
    all.high += mark.high();
    all.lost += mark.lost();
  }
  std::ranges::stable_sort(types, std::ranges::greater{}, &Loss::lost);
  const Loss worst = worst_of(settings.drop, all, types);
  const Status status = worst.judge(settings.drop);
  if (status == Status::ok) return std::nullopt;
  return Finding{"whatsapp_keys_lost", severity_of(status), name,
                 text_of(settings, name, worst, types, status)};
}

}  // namespace holdfast::whatsapp
