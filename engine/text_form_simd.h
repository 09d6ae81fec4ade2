// SPDX-License-Identifier: Apache-2.0
// The kernel of text_form: whole blocks of octets at once. For text_form.cpp and its test alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::engine {

// Does the last octet that was not dropped count as a blank?
enum class AfterBlank : std::uint8_t { no, yes };

struct TextFormProgress {
    std::size_t consumed;
    std::size_t written;
    AfterBlank after_blank;  // for what follows
};

inline constexpr std::size_t text_form_slack = 64;

// Forms all whole blocks of `text`; what is left is less than text_form_slack octets. REQUIRES: `to`
// has room for the text and text_form_slack octets more. Thread-safe.
TextFormProgress form_text_blocks(std::span<const std::uint8_t> text, std::uint8_t* to,
                                  AfterBlank after_blank);

}  // namespace postern::engine
