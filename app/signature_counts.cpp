// SPDX-License-Identifier: Apache-2.0
#include "app/signature_counts.h"

namespace postern::app {

namespace {

using signatures::SetStatistics;

constexpr CountRow kind_rows[] = {
    {"body_signatures", "of bodies", &SetStatistics::body_signatures},
    {"logical_signatures", "logical", &SetStatistics::logical_signatures},
    {"digest_signatures", "digests", &SetStatistics::digest_signatures},
    {"section_digests", "digests of PE sections", &SetStatistics::section_digests},
    {"import_digests", "digests of PE imports", &SetStatistics::import_digests},
    {"member_signatures", "of members of containers", &SetStatistics::member_signatures},
    {"yara_rules", "YARA rules", &SetStatistics::yara_rules},
    {"allowed_digests", "digests allowed", &SetStatistics::allowed_digests},
};

constexpr CountRow left_out_rows[] = {
    {"errors", "wrong", &SetStatistics::errors},
    {"unsupported", "unsupported", &SetStatistics::unsupported},
    {"unwanted", "of potentially unwanted programs", &SetStatistics::unwanted},
    {"ignored", "ignored by name", &SetStatistics::ignored},
};

}  // namespace

std::span<const CountRow> kinds() { return kind_rows; }
std::span<const CountRow> left_out() { return left_out_rows; }

std::string in_words(std::span<const CountRow> rows, const SetStatistics& counts) {
    std::string text;
    for (const CountRow& row : rows) {
        if (counts.*row.count == 0) continue;
        if (!text.empty()) text += ", ";
        text += std::to_string(counts.*row.count) + ' ' + row.words;
    }
    return text;
}

}  // namespace postern::app
