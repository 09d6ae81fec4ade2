// SPDX-License-Identifier: Apache-2.0
// PCRE2 looks at no clock. So a search is cut into stretches of starts (offset limits), as long as
// the last one was quick, and the clock is asked in between; a single start is bounded by the match
// limit. What counts is the time that the thread computed: on a busy machine a search waits for its
// turn, and that is no fault of the regular expression. Asking for it is a system call, so it is
// asked for at the first search of a content, and when by the wall clock the time is over.
#include "signatures/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <time.h>
#include <algorithm>
#include <array>
#include <new>

namespace postern::signatures {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t most_steps = 1000000;
constexpr std::uint32_t most_depth = 100000;
constexpr std::uint32_t most_heap = 32 * 1024;  // KiB
constexpr std::size_t first_stretch = 4096;
constexpr std::size_t least_stretch = 16;
constexpr std::size_t most_stretch = std::size_t{1} << 20;
constexpr std::chrono::milliseconds quick{2};

Clock::duration computed_by_thread() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

struct Option {
    RegexFlag flag;
    std::uint32_t option;
};
constexpr std::array<Option, 7> options{{{RegexFlag::caseless, PCRE2_CASELESS},
                                         {RegexFlag::dot_all, PCRE2_DOTALL},
                                         {RegexFlag::multiline, PCRE2_MULTILINE},
                                         {RegexFlag::extended, PCRE2_EXTENDED},
                                         {RegexFlag::anchored, PCRE2_ANCHORED},
                                         {RegexFlag::dollar_end, PCRE2_DOLLAR_ENDONLY},
                                         {RegexFlag::ungreedy, PCRE2_UNGREEDY}}};

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;

Code compile(std::string_view text, RegexFlags flags, RegexError& error) {
    std::uint32_t bits = PCRE2_USE_OFFSET_LIMIT;
    for (const Option& row : options) {
        if (flags.has(row.flag)) bits |= row.option;
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    Code result(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), bits, &code,
                              &offset, nullptr));
    if (!result) {
        std::array<PCRE2_UCHAR, 256> message{};
        pcre2_get_error_message(code, message.data(), message.size());
        error = {reinterpret_cast<const char*>(message.data()), offset};
    }
    return result;
}

}  // namespace

std::optional<RegexError> check_regex(std::string_view text, RegexFlags flags) {
    RegexError error;
    return compile(text, flags, error) ? std::nullopt : std::optional(std::move(error));
}

struct Regex::State {
    Code code;
};

// Without the just-in-time compiler (it may be forbidden to make code) PCRE2 interprets.
Regex::Regex(std::string_view text, RegexFlags flags) : state_(std::make_unique<State>()) {
    RegexError error;
    state_->code = compile(text, flags, error);
    if (state_->code) pcre2_jit_compile(state_->code.get(), PCRE2_JIT_COMPLETE);
}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

struct RegexRunner::State {
    struct FreeContext {
        void operator()(pcre2_match_context* old) const { pcre2_match_context_free(old); }
    };
    struct FreeData {
        void operator()(pcre2_match_data* old) const { pcre2_match_data_free(old); }
    };
    struct FreeStack {
        void operator()(pcre2_jit_stack* old) const { pcre2_jit_stack_free(old); }
    };
    std::unique_ptr<pcre2_jit_stack, FreeStack> stack{
        pcre2_jit_stack_create(32 * 1024, 4 * 1024 * 1024, nullptr)};
    std::unique_ptr<pcre2_match_context, FreeContext> context{pcre2_match_context_create(nullptr)};
    std::unique_ptr<pcre2_match_data, FreeData> data{pcre2_match_data_create(1, nullptr)};
    std::uint64_t given_up = 0;
    Clock::duration spent{};  // by the wall clock, in searches of this content
    std::optional<Clock::duration> began;  // what the thread had computed at the first of them

    void begin_search() {
        if (!began) began = computed_by_thread();
    }
    bool is_over() const {
        return spent > longest && computed_by_thread() - *began > longest;
    }

    // From `first` up to `last`.
    int look(const Regex::State& regex, const RegexSearch& search, std::size_t first,
             std::size_t last) {
        if (!regex.code) return PCRE2_ERROR_NULL;
        pcre2_set_offset_limit(context.get(), last);
        return pcre2_match(regex.code.get(),
                           reinterpret_cast<PCRE2_SPTR>(search.content.data()),
                           search.content.size(), first, search.anchored ? PCRE2_ANCHORED : 0,
                           data.get(), context.get());
    }

    // \K can move the beginning, even behind the end.
    RegexMatch found() const {
        const PCRE2_SIZE* where = pcre2_get_ovector_pointer(data.get());
        return {where[0], std::max(where[0], where[1])};
    }
};

RegexRunner::RegexRunner() : state_(std::make_unique<State>()) {
    if (!state_->context || !state_->data) throw std::bad_alloc();
    pcre2_match_context* context = state_->context.get();
    pcre2_set_match_limit(context, most_steps);
    pcre2_set_depth_limit(context, most_depth);
    pcre2_set_heap_limit(context, most_heap);
    if (state_->stack) pcre2_jit_stack_assign(context, nullptr, state_->stack.get());
}
RegexRunner::~RegexRunner() = default;
RegexRunner::RegexRunner(RegexRunner&&) noexcept = default;

std::uint64_t RegexRunner::given_up() const {
    return state_->given_up;
}

void RegexRunner::begin_content() {
    state_->spent = {};
    state_->began.reset();
}

std::optional<RegexMatch> RegexRunner::find(const Regex& regex, const RegexSearch& search) {
    const std::size_t last = std::min(search.last, search.content.size());
    state_->begin_search();
    Clock::time_point now = Clock::now();
    std::size_t stretch = first_stretch;
    for (std::size_t at = search.first; at <= last;) {
        const std::size_t end = search.anchored ? at : std::min(last, at + stretch - 1);
        const int code = state_->look(*regex.state_, search, at, end);
        const Clock::duration taken = Clock::now() - now;
        now += taken;
        state_->spent += taken;
        if (code >= 0) return state_->found();
        if (code != PCRE2_ERROR_NOMATCH || (end < last && state_->is_over())) {
            ++state_->given_up;
            return std::nullopt;
        }
        if (search.anchored) break;
        at = end + 1;
        stretch = taken < quick ? std::min(2 * stretch, most_stretch)
                                : std::max(stretch / 4, least_stretch);
    }
    return std::nullopt;
}

}  // namespace postern::signatures
