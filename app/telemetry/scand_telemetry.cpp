// SPDX-License-Identifier: Apache-2.0
#include "app/telemetry/scand_telemetry.h"

namespace postern::app::telemetry {

using namespace engine::service;
using engine::Action;

namespace {

// The loop says once a second that it turns.
constexpr std::chrono::seconds longest_silence{10};

// What was found, by class: a name of its own for every signature would be a label without end.
std::string_view class_of(std::string_view found) {
    if (found.starts_with("Policy.FileType.") || found.starts_with("Policy.FileName."))
        return "file_type";
    if (found.starts_with("Heuristics.Encrypted")) return "encrypted";
    if (found.starts_with("Heuristics.Limits")) return "limit";
    if (found.starts_with("Heuristics.Broken")) return "malformed";
    return "signature";
}

std::string label_of(std::string_view command) {
    std::string label(command);
    for (char& c : label) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return label;
}

std::string short_form(std::string_view generation) {
    return std::string(generation.substr(0, 12));
}

std::vector<double> size_buckets() {
    return {1e3, 1e4, 1e5, 1e6, 5e6, 1e7, 2.5e7, 5e7, 104857600, 2.5e8};
}

}  // namespace

// Made at once, so that what never happened is told as 0 and not left out.
struct ScandTelemetry::Instruments {
    explicit Instruments(Metrics& its_metrics) : metrics(its_metrics) {
        for (const Action action : {Action::accept, Action::hold, Action::defer, Action::reject}) {
            scans[static_cast<std::size_t>(action)].emplace(metrics.counter(
                {"postern_scans_total", "Messages and files answered, by decision."},
                {{"decision", std::string(name_of(action))}}));
        }
        for (std::size_t i = 0; i < worker_end_count; ++i) {
            worker_ends[i].emplace(
                metrics.counter({"postern_worker_restarts_total",
                                 "Workers that ended though they should not have, by cause."},
                                {{"cause", std::string(name_of(static_cast<WorkerEnd>(i)))}}));
        }
    }

    Counter partial(std::string_view reason) {
        return metrics.counter(
            {"postern_partial_scans_total", "Answers whose coverage is not complete, by reason."},
            {{"reason", reasons.of(reason)}});
    }
    Counter found(std::string_view what) {
        return metrics.counter(
            {"postern_findings_total", "What made decisions heavier than accept, by class."},
            {{"class", std::string(what)}});
    }
    Counter opened(bool is_local) {
        return metrics.counter({"postern_connections_total", "Connections accepted, by listener."},
                               {{"listener", is_local ? "unix" : "tcp"}});
    }
    Counter refused(std::string_view reason) {
        return metrics.counter({"postern_connections_ended_total",
                                "Connections that the service ended itself, by reason."},
                               {{"reason", ends.of(reason)}});
    }
    Histogram seconds_of(std::string_view command) {
        return metrics.histogram(
            {"postern_scan_seconds", "From command to answer, the receiving of a stream included."},
            latency_buckets(), {{"command", label_of(commands.of(command))}});
    }

    Metrics& metrics;
    BoundedLabel reasons;
    BoundedLabel ends;
    BoundedLabel commands;
    std::array<std::optional<Counter>, 4> scans;
    std::array<std::optional<Counter>, worker_end_count> worker_ends;
    Histogram queue_seconds = metrics.histogram(
        {"postern_scan_queue_seconds", "From a whole message to a worker that takes it."},
        latency_buckets());
    Histogram worker_seconds = metrics.histogram(
        {"postern_scan_worker_seconds", "In a worker's hands."}, latency_buckets());
    Histogram worker_start_seconds = metrics.histogram(
        {"postern_worker_start_seconds", "From asking for a worker to its being ready."},
        latency_buckets());
    Histogram message_bytes =
        metrics.histogram({"postern_message_bytes", "Sizes of what was scanned."}, size_buckets());
    Counter bytes =
        metrics.counter({"postern_scanned_bytes_total", "Octets scanned, as received."});
    Counter given_up = metrics.counter(
        {"postern_messages_given_up_total", "Messages that ended two workers and were deferred."});
    Gauge connections = metrics.gauge({"postern_connections", "Connections open."});
    Gauge scans_waiting =
        metrics.gauge({"postern_scans_waiting", "Messages that no worker has yet."});
    Gauge scans_running = metrics.gauge({"postern_scans_running", "Messages in workers' hands."});
    Gauge bytes_held = metrics.gauge({"postern_held_bytes", "Octets of messages in flight."});
    Gauge bytes_allowed = metrics.gauge({"postern_held_bytes_limit", "The budget for them."});
    Gauge streams_waiting = metrics.gauge(
        {"postern_streams_waiting", "Streams that are read on when others have ended."});
    Gauge generation_since =
        metrics.gauge({"postern_generation_timestamp_seconds",
                       "When the signature set in force was put there, in seconds since 1970."});
    Gauge generation_age = metrics.gauge(
        {"postern_generation_age_seconds", "For how long the signature set has been in force."});
    Gauge generation_loading =
        metrics.gauge({"postern_generation_load_seconds", "What its loading took."});
    Gauge signatures = metrics.gauge({"postern_signatures", "Signatures in force."});
};

ScandTelemetry::ScandTelemetry(const ScandTelemetryOptions& options)
    : log_clean_(options.log_clean),
      log_(options.log),
      instruments_(std::make_unique<Instruments>(metrics_)),
      last_alive_(Clock::now().time_since_epoch().count()) {
    metrics_.before_text([this] { refresh_age(); });
    if (options.status_address.empty()) return;
    server_.emplace(
        options.status_address,
        status_pages(metrics_, {[this] { return healthy(); }, [this] { return is_ready(); }}));
}

ScandTelemetry::~ScandTelemetry() = default;

void ScandTelemetry::scan_finished(const ScanFinished& scan) {
    instruments_->scans[static_cast<std::size_t>(scan.decision)]->add();
    instruments_->seconds_of(scan.command).observe(scan.total.count());
    instruments_->queue_seconds.observe(scan.queued.count());
    instruments_->worker_seconds.observe(scan.scanning.count());
    instruments_->message_bytes.observe(static_cast<double>(scan.bytes));
    instruments_->bytes.add(static_cast<double>(scan.bytes));
    for (const std::string& reason : scan.not_scanned) instruments_->partial(reason).add();
    std::set<std::string_view> classes;
    for (const std::string& found : scan.found) classes.insert(class_of(found));
    for (const std::string_view what : classes) instruments_->found(what).add();
    if (scan.decision == Action::accept && scan.not_scanned.empty() && !log_clean_) return;
    log_.write(Record("scan")
                   .text("id", scan.id)
                   .text("decision", name_of(scan.decision))
                   .texts("found", scan.found)
                   .texts("not_scanned", scan.not_scanned)
                   .number("bytes", scan.bytes)
                   .text("name", scan.name)
                   .text("command", scan.command)
                   .text("client", scan.client.text)
                   .text("generation", short_form(scan.generation))
                   .seconds("queued", scan.queued.count())
                   .seconds("scanning", scan.scanning.count())
                   .seconds("total", scan.total.count())
                   .text("reason", scan.reason));
}

void ScandTelemetry::worker_started(Seconds time) {
    instruments_->worker_start_seconds.observe(time.count());
}

void ScandTelemetry::worker_ended(const WorkerEnded& ended) {
    instruments_->worker_ends[static_cast<std::size_t>(ended.end)]->add();
    log_.write(Record("worker-ended", Severity::error)
                   .text("cause", name_of(ended.end))
                   .number("signal", static_cast<std::uint64_t>(ended.signal))
                   .number("messages_in_flight", ended.in_flight)
                   .number("process", static_cast<std::uint64_t>(ended.process)));
}

void ScandTelemetry::message_given_up(const MessageGivenUp& message) {
    instruments_->given_up.add();
    log_.write(Record("message-given-up", Severity::error)
                   .text("id", message.id)
                   .text("name", message.name)
                   .text("sha256", message.sha256)
                   .number("bytes", message.bytes)
                   .text("cause", name_of(message.end))
                   .number("signal", static_cast<std::uint64_t>(message.signal))
                   .text("kept_in", message.kept_in));
}

void ScandTelemetry::generation_changed(const GenerationChanged& change) {
    generation_ = change.generation;
    const auto since =
        std::chrono::duration_cast<std::chrono::seconds>(change.in_force_since.time_since_epoch());
    in_force_since_ = since.count();
    has_generation_ = true;
    metrics_
        .only_gauge({"postern_generation_info", "The signature set in force."},
                    {{"generation", generation_}})
        .set(1);
    instruments_->generation_since.set(static_cast<double>(since.count()));
    instruments_->generation_loading.set(change.loading.count());
    instruments_->signatures.set(static_cast<double>(change.signatures));
    log_.write(Record("generation")
                   .text("generation", change.generation)
                   .text("before", change.before)
                   .number("signatures", change.signatures)
                   .seconds("loading", change.loading.count()));
    // A reload has ended when the set is in force.
    if (listens_) notify_.ready(listening_ + ", generation " + short_form(generation_));
}

void ScandTelemetry::connection_opened(const ClientName& client) {
    instruments_->opened(client.local).add();
}

void ScandTelemetry::connection_closed(const ClientName& client, std::string_view reason) {
    if (reason.empty()) return;
    instruments_->refused(reason).add();
    log_.write(Record("connection-ended", Severity::warning)
                   .text("reason", reason)
                   .text("client", client.text));
}

void ScandTelemetry::load_changed(const Load& load) {
    instruments_->connections.set(static_cast<double>(load.connections));
    instruments_->scans_waiting.set(static_cast<double>(load.scans_waiting));
    instruments_->scans_running.set(static_cast<double>(load.scans_running));
    instruments_->bytes_held.set(static_cast<double>(load.bytes_held));
    instruments_->bytes_allowed.set(static_cast<double>(load.bytes_allowed));
    instruments_->streams_waiting.set(static_cast<double>(load.streams_waiting));
}

void ScandTelemetry::ready(const std::vector<std::string>& addresses) {
    listening_ = "listening on ";
    for (const std::string& address : addresses)
        listening_ += (&address == &addresses.front() ? "" : ", ") + address;
    listens_ = true;
    log_.write(
        Record("ready").texts("addresses", addresses).text("generation", short_form(generation_)));
    notify_.ready(listening_ + ", generation " + short_form(generation_));
}

void ScandTelemetry::reloading() {
    log_.write(Record("reloading"));
    notify_.reloading();
}

void ScandTelemetry::stopping() {
    stops_ = true;
    log_.write(Record("stopping"));
    notify_.stopping();
}

void ScandTelemetry::alive() {
    last_alive_ = Clock::now().time_since_epoch().count();
    if (notify_.watchdog()) notify_.alive();
}

void ScandTelemetry::told(Level level, std::string_view sentence) {
    const Severity severity = level == Level::error     ? Severity::error
                              : level == Level::warning ? Severity::warning
                                                        : Severity::information;
    log_.write(Record("note", severity).text("text", sentence));
}

std::string ScandTelemetry::healthy() const {
    const Clock::duration silent =
        Clock::now().time_since_epoch() - Clock::duration(last_alive_.load());
    if (silent <= longest_silence) return "";
    return "The service has not turned for " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(silent).count()) +
           " seconds.";
}

std::string ScandTelemetry::is_ready() const {
    if (stops_) return "The service is stopping.";
    if (!has_generation_) return "No signature set is in force yet.";
    if (!listens_) return "The service does not listen yet.";
    return healthy();
}

void ScandTelemetry::refresh_age() {
    const std::int64_t since = in_force_since_;
    if (since == 0) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    instruments_->generation_age.set(std::chrono::duration<double>(now).count() -
                                     static_cast<double>(since));
}

}  // namespace postern::app::telemetry
