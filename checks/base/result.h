// SPDX-License-Identifier: Apache-2.0
// A value or the reason why there is none. Operating errors travel as values; exceptions end at
// the seam that calls a library. Plain values: as thread-safe as what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace holdfast {

/// What a reading says of its target, worst last. Neither `unknown` nor `critical` is ever ok.
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
/// `critical` where the target fails, `unknown` where Holdfast is blind.
[[nodiscard]] Status status_of(Reason reason);

/// One failure. `text` is our own sentence: never a library's what(), never a server's text,
/// since both quote values (law 4).
struct Error {
  Reason reason = Reason::internal;
  std::string phase;     ///< Where: resolve, tcp, tls, auth, query, read …; may be empty.
  std::string text;      ///< Our sentence; empty: sentence_of(reason) serves.
  std::string sqlstate;  ///< Five characters where a server gave one.
};

/// Thrown nowhere in normal work: asking a Result for what it does not hold is a programmer's
/// error.
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
