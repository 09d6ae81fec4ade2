// SPDX-License-Identifier: Apache-2.0
// Generator: an outbound set of mail that is heavy with attachments, the same for a seed on every
// machine.
//
// Most mail is small text; a quarter carries documents, images and archives, with a long tail; a
// stated share carries EICAR, the harmless test virus, or a look-alike of an executable file. What
// was planted, and what the default policy says to it, goes into manifest.jsonl beside the
// messages.
//
// Invariants
//  (1) The same options give the same octets: the generator draws from its own random numbers, and
//  asks neither
//      clock nor locale. (Compressed parts also depend on the version of zlib.)
//  (2) bytes_written is within 1 % of `bytes`, where that leaves each message its least size:
//  about 1.5 KB of text
//      and 8 KB for one with an attachment.
//  (3) What was not planted is accepted by the default policy: no part looks like an executable by
//  accident.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace postern::corpora {

struct GeneratorOptions {
    std::size_t messages = 1000;
    std::uint64_t bytes = 125'000'000;  // of all messages as sent
    std::uint64_t seed = 1;
    std::filesystem::path
        out;  // made when absent; messages become OUT/000/00001.eml, a thousand a folder

    double attachment_share = 0.25;  // of the messages
    double eicar_share = 0.02;       // of the messages
    double executable_share = 0.02;  // of the messages
    double zipped_share = 0.4;       // of those with an executable: zipped, and so to be accepted
    std::uint64_t largest = 104'857'600;  // no message becomes larger (RFC 1870)
};

struct GeneratorSummary {
    std::size_t messages = 0;
    std::size_t accepted = 0;  // by the default policy, if the scanner is right
    std::size_t rejected = 0;
    std::size_t with_attachments = 0;
    std::uint64_t bytes_written = 0;
    std::uint64_t largest = 0;
};

// Called now and then, with what was written so far.
using GeneratorProgress = std::function<void(const GeneratorSummary&)>;

// Throws std::system_error when a file cannot be written.
GeneratorSummary generate(const GeneratorOptions& options, const GeneratorProgress& progress = {});

}  // namespace postern::corpora
