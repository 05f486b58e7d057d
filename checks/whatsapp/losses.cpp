// SPDX-License-Identifier: Apache-2.0
// Whether keys of one session disappeared.
#include <algorithm>

#include "checks/whatsapp/judge_parts.h"

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

std::string text_of(const std::string& name, const Loss& worst) {
  const double left = worst.high - worst.lost;
  std::string text = left <= 0 ? "All " + number_text(worst.high)
                               : number_text(worst.lost) + " of " + number_text(worst.high);
  return text + " " + (worst.type.empty() ? "keys" : worst.type + " keys") + " of " + name + " (" +
         render_value(worst.ratio(), Unit::ratio) + ") disappeared before they expired";
}

/// What all types together lost, by type.
std::string details_of(const std::vector<Loss>& types) {
  std::string text;
  for (std::size_t i = 0; i < std::min(types.size(), kMaxTypesNamed) && types[i].lost > 0; ++i)
    text += (i ? ", " : ": ") + types[i].type + " from " + number_text(types[i].high) + " to " +
            number_text(types[i].high - types[i].lost);
  return text;
}

}  // namespace

bool judge_losses(const Settings& settings, const std::string& name, const Known& session,
                  Reading& reading) {
  Loss all;
  std::vector<Loss> types;
  for (const auto& [type, mark] : session.types) {
    if (type == "pre-key") continue;
    types.push_back({type, mark.high(), mark.lost()});
    all.high += mark.high();
    all.lost += mark.lost();
  }
  std::ranges::stable_sort(types, std::ranges::greater{}, &Loss::lost);
  Loss worst = all;  // Or a type that is worse than all together.
  for (const Loss& loss : types)
    if (loss.judge(settings.drop) > worst.judge(settings.drop)) worst = loss;
  if (worst.judge(settings.drop) == Status::ok) return false;
  const bool is_partial = worst.type.empty() && worst.lost < worst.high;
  reading.find_beyond(settings.drop, worst.ratio(), "whatsapp_keys_lost", name,
                      text_of(name, worst),
                      (is_partial ? details_of(types) : "") +
                          ". Restore them, or accept the new baseline if this was intended.");
  return true;
}

}  // namespace holdfast::whatsapp
