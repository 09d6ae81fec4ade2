// SPDX-License-Identifier: Apache-2.0
// The kernel of text_form: whole blocks of octets at once. For text_form.cpp and its test alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::engine {

struct TextFormProgress {
    std::size_t consumed;
    std::size_t written;
};

// Does the octet before the text count as a blank?
enum class AfterBlank : std::uint8_t { no, yes };

inline constexpr std::size_t text_form_slack = 64;

// Forms whole blocks of `text` and stops at the first that holds an octet that is dropped, or at the
// last octets. REQUIRES: `to` has room for the text and text_form_slack octets more. Thread-safe.
TextFormProgress form_text_blocks(std::span<const std::uint8_t> text, std::uint8_t* to,
                                  AfterBlank after_blank);

}  // namespace postern::engine
