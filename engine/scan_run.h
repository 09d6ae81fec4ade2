// SPDX-License-Identifier: Apache-2.0
// ScanRun: what the tasks of one scan share. Internal to the scanner.
//
// The walk has two halves that call each other: scan_parsed() takes octets that are a message and hands
// every leaf on; scan_content() takes decoded octets, judges them, and hands what they unfold into on.
#pragma once

#include "engine/budget.h"
#include "engine/collector.h"
#include "engine/content.h"
#include "engine/identify.h"
#include "engine/parallel.h"
#include "engine/signature_sets.h"
#include "mime/reading.h"
#include "signatures/matcher.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace postern::engine {

// One thread's scratch. Borrowed for straight-line work only; nobody waits while holding it.
struct Worker {
    std::vector<signatures::Matcher> matchers;  // one for each side
    Identifier identifier;
};

// A Worker for the calling thread, taken from those made before or made when it first asks.
class Workers {
public:
    explicit Workers(SignatureSets sets);
    ~Workers();
    Worker& mine() const;
    // Makes so many for the threads that ask first.
    void make_ready(unsigned count) const;
    // All that worked. REQUIRES: none does now.
    void each(const std::function<void(const Worker&)>& visit) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Where in the message a content came from.
class Origin {
public:
    // Exactly: the leaf's reading of `message`.
    Origin(mime::Reading reading, std::span<const std::byte> message)
        : reading_(std::move(reading)), message_(message), base_(reading_.range.begin) {}
    // Somewhere inside what begins at `base`.
    explicit Origin(std::uint64_t base) : base_(base) {}

    std::uint64_t base() const { return base_; }
    std::uint64_t of(std::uint64_t decoded_offset) const;

private:
    mime::Reading reading_;
    std::span<const std::byte> message_;
    std::uint64_t base_;
};

struct ScanRun;

// One of the sets that a scan asks: the active one, which decides, or the shadow beside it, which is only
// listened to: what it finds goes to a list of its own, and what it could not finish is no gap of the verdict.
class Side {
public:
    Side(ScanRun& run, const signatures::SignatureSet& set, unsigned number)
        : run_(&run), set_(&set), number_(number) {}

    const signatures::SignatureSet& set() const { return *set_; }
    signatures::Matcher& matcher() const;  // of the calling thread
    unsigned number() const { return number_; }
    void add(Finding finding) const;
    void add(Gap gap) const;

private:
    ScanRun* run_;
    const signatures::SignatureSet* set_;
    unsigned number_;
};

// By which sides' allow-lists a content, or something around it, is allowed: their signatures do not speak.
class Allowed {
public:
    bool by(const Side& side) const { return (bits_ >> side.number() & 1) != 0; }
    void add(const Side& side) { bits_ |= 1u << side.number(); }

private:
    unsigned bits_ = 0;
};

// A content on its way through the scan.
struct Subcontent {
    Content content;
    std::shared_ptr<const Origin> origin;
    Allowed allowed;
    std::string header;    // of an encoded multipart: the fields without which it cannot be parsed
    ContentStep step;      // filled in only where the scan explains itself
};

struct ScanRun {
    ScanRun(const Workers& all_workers, const SignatureSets& sets, const Limits& limits,
            std::uint64_t message_bytes);

    const Workers& workers;
    std::vector<Side> sides;  // the active one first
    Budget budget;
    Collector* collector = nullptr;
    TaskGroup* tasks = nullptr;
    std::atomic<bool> refused{false};               // the Budget said no to something
    std::atomic<std::uint64_t> waiting_bytes{0};    // held by tasks that have not begun
    std::atomic<std::chrono::nanoseconds> shadow_time{std::chrono::nanoseconds(0)};  // that it has taken
    std::mutex encoded_mutex;
    std::vector<signatures::Chunk> encoded;  // of the message: ranges of clean base64

    void refuse(Limit limit, const std::string& content);
};

// Asks each side. The shadow has time of its own, and not without end: a slow rule in it must not cost the
// message the time that it may take.
void ask_sides(ScanRun& run, const std::function<void(const Side&)>& ask);

// The octets of a message and where they stand: `path` is "" for the message that was handed in.
struct ParsedSource {
    std::span<const std::byte> bytes;
    std::shared_ptr<const mime::Buffer> owner;  // empty for the message that was handed in
    std::string path;
    unsigned depth = 0;
    Wrapping wrapping = Wrapping::none;
    std::shared_ptr<const Origin> origin;  // of what it was found in; empty for the message itself
    Allowed allowed;
    std::optional<mime::Reading> parts;  // not the whole of `bytes`, but these parts, which no header declares
    // Of the parts: the message, and what that lies in.
    std::vector<signatures::ContentType> containers{signatures::ContentType::mail};
};

void scan_parsed(ScanRun& run, ParsedSource source);
void scan_content(ScanRun& run, Subcontent item);
// The same as a task of its own, where that pays.
void scan_content_soon(ScanRun& run, Subcontent item);

// Whether a container at this depth may be opened: false, and said of `path`, when it is too deep.
bool may_enter(ScanRun& run, unsigned depth, const std::string& path);

struct Decoded {
    std::shared_ptr<const mime::Buffer> bytes;
    mime::DecodeResult result;
};

// Decodes `reading` of `bytes`, charged before it begins by the most that it can give. Nothing when the
// budget refuses, which is then said of `path`.
std::optional<Decoded> decode_within_budget(ScanRun& run, const mime::Reading& reading,
                                            std::span<const std::byte> bytes,
                                            const std::string& path);

// "a" and "b" → "a/b"; an empty side adds nothing.
std::string join_path(std::string_view parent, std::string_view child);

}  // namespace postern::engine
