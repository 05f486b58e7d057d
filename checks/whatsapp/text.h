// SPDX-License-Identifier: Apache-2.0
// Phrases for the findings of this kind. Pure.
#pragma once

#include <string>

#include "checks/check.h"

namespace holdfast::whatsapp {

inline std::string number_text(double value) { return render_value(value, Unit::count); }

/// "1 key", "240 keys".
inline std::string keys_text(double count) { return render_count(count, "key"); }

}  // namespace holdfast::whatsapp
