// SPDX-License-Identifier: Apache-2.0
// A value or an error. Operational errors are values; exceptions are caught where a library is
// called. Plain values: as thread-safe as what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace holdfast {

/// The state of a target, worst last. `unknown`: Holdfast could not tell.
enum class Status : std::uint8_t { ok, warning, unknown, critical };

/// "ok", "warning", "critical" or "unknown".
[[nodiscard]] std::string_view name_of(Status status);

/// Why a run failed: the closed list of checks/base/reasons.def.
enum class Reason : std::uint8_t {
#define HOLDFAST_REASON(code, status, sentence) code,
#include "checks/base/reasons.def"
#undef HOLDFAST_REASON
};
inline constexpr std::size_t kReasonCount = 0
#define HOLDFAST_REASON(code, status, sentence) +1
#include "checks/base/reasons.def"
#undef HOLDFAST_REASON
    ;

/// The label value of a reason, such as "timed_out".
[[nodiscard]] std::string_view name_of(Reason reason);
/// The predicate of a reason: "did not answer in time".
[[nodiscard]] std::string_view sentence_of(Reason reason);
/// `critical` if the target fails, `unknown` if Holdfast itself cannot tell.
[[nodiscard]] Status status_of(Reason reason);

/// One failure. `text` is never a library's what() or a server's message, since both quote values
/// that may be secret.
struct Error {
  Reason reason = Reason::internal;
  std::string phase;     ///< resolve, tcp, tls, auth, query, read …; may be empty.
  std::string text;      ///< A sentence; empty: use sentence_of(reason).
  std::string sqlstate;  ///< Five characters; empty if the server sent none.
};

/// Accessing the alternative that is not held throws std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(*-explicit-*)
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] T& value() & { return std::get<0>(content_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(content_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(content_)); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(content_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value.
struct Done {};

}  // namespace holdfast
