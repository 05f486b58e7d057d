// SPDX-License-Identifier: Apache-2.0
// The parts of the judgement, each of which adds to the reading. Pure.
#pragma once

#include <string>

#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// The findings about one session's credentials, compared with the baseline `old`; what they are
/// compared with next time is added to `kept`. A change never becomes the baseline by itself.
void judge_credentials(const Credentials& seen, const Known& session,
                       const CredentialsBaseline& old, CredentialsBaseline& kept, Reading& reading);

/// Whether a session lost more keys than the limit allows, which is then a finding. Pre-keys, which
/// are used up by design, are left out, as are ratios of fewer than kMinKeysForRatio keys.
bool judge_losses(const Settings& settings, const std::string& name, const Known& session,
                  Reading& reading);

/// All samples but the largest keys'.
void add_samples(const State& state, Reading& reading);
/// The counts, how old they are, and what they leave out.
void add_notes(const State& state, const Facts& facts, Reading& reading);

[[nodiscard]] inline std::string number_text(double value) {
  return render_value(value, Unit::count);
}

}  // namespace holdfast::whatsapp
