// SPDX-License-Identifier: Apache-2.0
// Whether the credentials match the keys. Pure; sees only what the view shows of them.
#pragma once

#include <vector>

#include "checks/whatsapp/state.h"

namespace holdfast::whatsapp {

/// The findings about one session's credentials, compared with the baseline `old`; what they are
/// compared with next time is added to `kept`. A change never becomes the baseline by itself.
[[nodiscard]] std::vector<Finding> judge_credentials(const Credentials& credentials,
                                                     const Known& session,
                                                     const CredentialsBaseline& old,
                                                     CredentialsBaseline& kept);

}  // namespace holdfast::whatsapp
