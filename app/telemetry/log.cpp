// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/log.h"

#include "app/errors.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <chrono>
#include <ctime>

namespace postern::app::telemetry {

namespace {

constexpr std::size_t longest_queue = 8192;  // lines; who writes more waits

spdlog::level::level_enum level_of(Severity severity) {
    switch (severity) {
        case Severity::information:
            return spdlog::level::info;
        case Severity::warning:
            return spdlog::level::warn;
        case Severity::error:
            break;
    }
    return spdlog::level::err;
}

// As syslog numbers priorities.
std::string_view priority_of(Severity severity) {
    switch (severity) {
        case Severity::information:
            return "<6>";
        case Severity::warning:
            return "<4>";
        case Severity::error:
            break;
    }
    return "<3>";
}

spdlog::sink_ptr sink_for(const LogOptions& options) {
    if (options.target == "stderr" || options.target == "journal") {
        return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    if (options.target == "syslog") {
        return std::make_shared<spdlog::sinks::syslog_sink_mt>(options.program, LOG_PID, LOG_MAIL,
                                                               true);
    }
    if (!options.target.starts_with('/')) {
        throw UsageError(
            "\"" + options.target +
            "\" is no place for a log; write stderr, journal, syslog, or a file by its whole path");
    }
    try {
        return std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.target);
    } catch (const spdlog::spdlog_ex&) {
        throw UsageError(options.target +
                         ": the log cannot be written there; name a file in a folder that " +
                         "this user may write to");
    }
}

// RFC 3339, UTC, to the millisecond.
std::string time_now() {
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() %
        1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(milliseconds));
    return text;
}

}  // namespace

struct Log::State {
    explicit State(const LogOptions& its_options)
        : options(its_options),
          pool(std::make_shared<spdlog::details::thread_pool>(longest_queue, 1)),
          logger(std::make_shared<spdlog::async_logger>(options.program, sink_for(options), pool,
                                                        spdlog::async_overflow_policy::block)),
          knows_time(options.target == "journal" || options.target == "syslog") {
        logger->set_pattern("%v", spdlog::pattern_time_type::utc);
        logger->set_level(level_of(options.least));
        logger->flush_on(spdlog::level::info);
    }

    const LogOptions options;
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
    const bool knows_time;
};

Log::Log(const LogOptions& options) : state_(std::make_shared<State>(options)) {}

Log::~Log() = default;

std::shared_ptr<Log::State> Log::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Log::swap(Log& other) {
    const std::scoped_lock lock(mutex_, other.mutex_);
    state_.swap(other.state_);
}

void Log::write(const Record& record) {
    const auto level = level_of(record.severity());
    const std::shared_ptr<State> state = this->state();
    if (!state->logger->should_log(level)) return;
    const std::string time = state->knows_time ? std::string() : time_now();
    std::string line;
    if (state->options.target == "journal") line = priority_of(record.severity());
    if (state->options.format == LogFormat::json) {
        line += record.json(time);
    } else {
        if (!time.empty()) line += time + " ";
        if (record.severity() == Severity::warning) line += "warning: ";
        if (record.severity() == Severity::error) line += "error: ";
        line += record.for_people();
    }
    state->logger->log(level, spdlog::string_view_t(line));
}

}  // namespace postern::app::telemetry
