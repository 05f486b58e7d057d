// SPDX-License-Identifier: Apache-2.0
// Do the credentials fit the keys? Pure; sees only what the view shows of them.
#pragma once

#include <vector>

#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// The findings about one session's credentials. Reads and keeps "baseline/identity/<session>"
/// and "baseline/next/<session>": the identity first seen and the highest next pre-key id. A
/// change never becomes the new measure by itself.
[[nodiscard]] std::vector<Finding> judge_credentials(const Credentials& credentials,
                                                     const Known& session, const Memory& old,
                                                     Memory& kept);

}  // namespace holdfast::whatsapp
