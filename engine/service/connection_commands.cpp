// SPDX-License-Identifier: Apache-2.0
// The commands of a connection: streams, descriptors and paths become jobs, and outcomes replies.
#include "engine/service/connection.h"
#include "engine/service/fingerprint.h"
#include "engine/service/verdict_text.h"

#include <fcntl.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

// What every stream may have, however much is in flight: small messages never wait for large ones
// here.
constexpr std::uint64_t free_for_all = 256 * 1024;

}  // namespace

bool Connection::stream_octets(std::span<const std::byte> octets) {
    Stream& stream = *stream_;
    if (stream.failed) return true;
    if (const std::error_code error = stream.spool.append(octets)) {
        Answer answer;
        answer.error = "the stream cannot be kept: " + error.message();
        Job job;
        job.size = stream.spool.size();
        stream.failed = true;
        Outcome outcome;
        outcome.answer = std::move(answer);
        Connection::answer(stream.scan, job, outcome);
        --pending_;
        stream.spool = Spool(server_.room);
        return true;
    }
    if (stream.may_grow || stream.spool.size() <= free_for_all) return true;
    stream.may_grow = server_.gate.empty() && server_.room->held <= server_.options.limits.held;
    if (stream.may_grow) return true;
    gated_ = true;
    server_.gate.push_back(weak_from_this());
    server_.levels_due = true;
    return false;
}

void Connection::go_on() {
    gated_ = false;
    if (stream_) stream_->may_grow = true;
    set_deadline();
    resume();
}

void Connection::stream_end() {
    Stream stream = std::move(*stream_);
    stream_.reset();
    if (stream.failed) return;
    const Scan scan = stream.scan;
    submit(scan, std::move(stream.spool), [this, mark = scan.mark](bool told) {
        if (!told) say(framed(mark, "stream: OK"));
        --pending_;
        resume();
        end_when_done();
    });
}

void Connection::stream_too_long() {
    Stream stream = std::move(*stream_);
    stream_.reset();
    if (stream.failed) return;
    const std::uint64_t most = server_.options.limits.stream;
    Job job;
    job.size = stream.spool.size();
    Outcome outcome;
    Answer& answer = outcome.answer.emplace();
    answer.decision = Action::reject;
    answer.found = {"Heuristics.Limits.Exceeded.StreamSize"};
    answer.not_scanned = {"size"};
    answer.reason = "The message is larger than a stream may be.";
    if (stream.scan.verb == Verb::verdict) {
        answer.json = too_long_verdict({stream.scan.verdict.name, {}, job.size}, most);
    }
    Connection::answer(stream.scan, job, outcome);
    --pending_;
}

void Connection::scan_descriptor(step::ScanDescriptor command) {
    const std::string label = "fd[" + std::to_string(command.descriptor.get()) + "]";
    Scan scan{command.mark, command.verb, label, std::move(command.options), Clock::now()};
    ++pending_;
    if (kind_of(command.descriptor.get()) != FileKind::regular) {
        if (scan.verb == Verb::verdict) {
            say(framed(scan.mark, unread_verdict({scan.verdict.name, scan.verdict.id},
                                                 "the descriptor is no regular file")));
        } else {
            say(framed(scan.mark, label + ": Not a regular file ERROR"));
        }
        --pending_;
        return;
    }
    submit(scan, std::move(command.descriptor), [this, scan](bool told) {
        if (!told) say(framed(scan.mark, scan.label + ": OK"));
        --pending_;
        resume();
        end_when_done();
    });
}

void Connection::scan_path(const step::ScanPath& command) {
    ++pending_;
    PathRun::Host host;
    const auto self = shared_from_this();
    host.tell = [self, mark = command.mark](const std::string& line) {
        self->say(framed(mark, line));
    };
    host.scan = [self, command](std::string path, Descriptor file, Told told) {
        Scan scan{command.mark, command.verb, path, {}, Clock::now()};
        scan.verdict.name = std::move(path);
        self->submit(std::move(scan), std::move(file), std::move(told));
    };
    host.finished = [self] {
        --self->pending_;
        self->resume();
        self->end_when_done();
    };
    std::make_shared<PathRun>(command.verb, command.path, std::move(host))->begin(server_.roots);
}

void Connection::submit(Scan scan, std::variant<Descriptor, Spool> octets, Told told) {
    auto job = std::make_shared<Job>();
    job->octets = std::move(octets);
    job->id = scan.verdict.id;
    job->request.as = scan.verdict.as;
    job->request.wants_json = scan.verb == Verb::verdict;
    job->request.name = scan.verdict.name;
    if (job->request.wants_json && job->request.name.empty())
        job->request.name = scan.label.substr(0, scan.label.find('['));
    const off_t size = ::lseek(job->descriptor(), 0, SEEK_END);
    job->size = size < 0 ? 0 : static_cast<std::uint64_t>(size);
    job->done = [self = shared_from_this(), scan = std::move(scan), told = std::move(told)](
                    const Job& of, const Outcome& outcome) {
        self->answer(scan, of, outcome);
        const bool ok =
            outcome.answer && outcome.answer->found.empty() && outcome.answer->error.empty();
        told(!ok || scan.verb == Verb::verdict);
    };
    server_.pool.submit(std::move(job));
}

void Connection::answer(const Scan& scan, const Job& job, const Outcome& outcome) {
    if (scan.verb == Verb::verdict) {
        tell_verdict(scan, job, outcome);
    } else if (!outcome.answer) {
        say(framed(scan.mark,
                   scan.label + ": The scanner failed on it twice, it was not scanned ERROR"));
    } else if (!outcome.answer->error.empty()) {
        say(framed(scan.mark, scan.label + ": " + outcome.answer->error + " ERROR"));
    } else {
        for (const std::string& name : outcome.answer->found) {
            say(framed(scan.mark, scan.label + ": " + name + " FOUND"));
            if (scan.verb != Verb::allmatchscan) break;
        }
    }
    if (!outcome.answer) keep_fingerprint(job, outcome);
    static const Answer none = [] {
        Answer answer;
        answer.not_scanned = {"scanner-failed"};
        answer.reason = "The scanner failed on it twice.";
        return answer;
    }();
    const Answer& said = outcome.answer ? *outcome.answer : none;
    const auto now = Clock::now();
    const bool queued = job.queued != Clock::time_point();
    server_.events.scan_finished(
        {name_, name_of(scan.verb), job.request.name, scan.verdict.id,
         said.error.empty() ? said.decision : Action::defer,
         said.error.empty() ? said.reason : said.error, said.found, said.not_scanned,
         outcome.answer ? said.generation : outcome.generation, job.size,
         queued ? Seconds(job.dispatched - job.queued) : Seconds(),
         queued ? Seconds(now - job.dispatched) : Seconds(), Seconds(now - scan.begun)});
}

void Connection::tell_verdict(const Scan& scan, const Job& job, const Outcome& outcome) {
    const Asked asked{job.request.name, scan.verdict.id, job.size};
    std::string json;
    if (!outcome.answer)
        json = given_up_verdict(asked, outcome.generation);
    else if (!outcome.answer->error.empty())
        json = unread_verdict(asked, outcome.answer->error);
    else
        json = with_id(outcome.answer->json, scan.verdict.id);
    say(framed(scan.mark, json));
}

// The octets are read on another thread, which may take its time.
void Connection::keep_fingerprint(const Job& job, const Outcome& outcome) {
    auto file = std::make_shared<Descriptor>(
        ::fcntl(const_cast<Job&>(job).descriptor(), F_DUPFD_CLOEXEC, 0));
    auto culprit =
        std::make_shared<Culprit>(Culprit{file->get(), job.size, job.request.name, job.id,
                                          outcome.end, outcome.signal, outcome.generation});
    auto taken = std::make_shared<Fingerprint>();
    server_.loop.in_background(
        [file, culprit, taken, folder = server_.options.failed_folder] {
            *taken = take_fingerprint(*culprit, folder);
        },
        [culprit, taken, &events = server_.events] {
            if (!taken->error.empty()) events.told(Level::error, taken->error);
            events.message_given_up({culprit->name, culprit->id, taken->sha256, culprit->bytes,
                                     culprit->end, culprit->signal, taken->kept_in});
        });
}

void Connection::query(const step::Query& command) {
    if (command.verb == Verb::shutdown && !server_.options.shut_down) {
        return say(framed(command.mark, "COMMAND UNAVAILABLE"));
    }
    if (command.verb == Verb::shutdown) return server_.options.shut_down();
    say(framed(command.mark, server_.reply_to(command.verb)));
    if (command.verb == Verb::reload) server_.options.reload();
}

}  // namespace postern::engine::service
