// SPDX-License-Identifier: Apache-2.0
// The samples and notes of the sessions. Pure.
#pragma once

#include "checks/whatsapp/judge.h"
#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// All samples but the largest keys'.
void add_samples(const State& state, Reading& reading);
/// The counts, how old they are, and what they leave out.
void add_notes(const State& state, const Facts& facts, Reading& reading);

}  // namespace holdfast::whatsapp
