// SPDX-License-Identifier: Apache-2.0
// A nursery for tests alone: its workers scan as the real ones do, and a message that asks for it
// makes them fail in every way that a parser taken over by a message could. The set is the built-in
// one, or the sources named.
#include "corpora/loader.h"
#include "engine/service/nursery.h"
#include "engine/service/scand.h"

#include <iconv.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace postern::engine::service {
namespace {

[[noreturn]] void allocate_without_end() {
    constexpr std::size_t piece = 8 * 1024 * 1024;
    for (std::vector<char*> all;;) {
        auto* octets = new char[piece];
        std::memset(octets, 1, piece);
        all.push_back(octets);
    }
}

int error_of(long result) {
    return result < 0 ? errno : 0;
}

int connect_somewhere() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    return error_of(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

int start_program() {
    char name[] = "/bin/true";
    char* words[] = {name, nullptr};
    return error_of(::execv(name, words));
}

int start_process() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return error_of(child);
}

int run_memory() {
    void* at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? errno : 0;
}

// Each gives the error that it met; 0: it could.
const std::map<std::string_view, int (*)()> probes{
    {"open", [] { return error_of(::open("/etc/passwd", O_RDONLY)); }},
    {"create", [] { return error_of(::open("/tmp/postern-drill", O_WRONLY | O_CREAT, 0600)); }},
    {"unlink", [] { return error_of(::unlink("/tmp/postern-drill")); }},
    {"connect", connect_somewhere},
    {"exec", start_program},
    {"fork", start_process},
    {"clone3", [] { return error_of(::syscall(SYS_clone3, nullptr, 0)); }},
    {"ptrace", [] { return error_of(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr)); }},
    {"kill", [] { return error_of(::kill(::getppid(), SIGKILL)); }},
    {"tgkill", [] { return error_of(::syscall(SYS_tgkill, ::getppid(), ::getppid(), SIGKILL)); }},
    {"memory", run_memory},
    {"setuid", [] { return error_of(::setuid(0)); }},
    {"converter",
     [] {
         return ::iconv_open("UTF-8", "ISO-2022-JP") == reinterpret_cast<iconv_t>(-1) ? errno : 0;
     }},
    {"rare_converter",
     [] { return ::iconv_open("UTF-8", "IBM1390") == reinterpret_cast<iconv_t>(-1) ? errno : 0; }},
};

class DrillJudge final : public Judge {
public:
    explicit DrillJudge(std::unique_ptr<Judge> judge) : judge_(std::move(judge)) {}
    void begin() override { judge_->begin(); }

    Answer judge(const Request& request, const mime::Message& octets) const override {
        constexpr std::string_view field = "X-Drill: ";
        const std::string_view text = octets.text().substr(0, 1024);
        const std::size_t at = text.find(field);
        if (at == text.npos) return judge_->judge(request, octets);
        const std::string_view order = text.substr(at + field.size());
        const std::string_view word = order.substr(0, order.find_first_of(" \r\n"));
        fail(word);
        return probe(word, request);
    }

private:
    static void fail(std::string_view word) {
        if (word == "abort") std::abort();
        if (word == "trap") __builtin_trap();
        if (word == "exit") ::_exit(0);
        if (word == "throw") throw std::runtime_error("a drill");
        if (word == "allocate") allocate_without_end();
        if (word == "forbidden") ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
        if (word == "loop") {
            for (volatile std::uint64_t turns = 0;;) turns = turns + 1;
        }
        if (word == "sleep") std::this_thread::sleep_for(std::chrono::seconds(4));
        if (word == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }

    static Answer probe(std::string_view word, const Request&) {
        Answer answer;
        const auto at = probes.find(word);
        answer.decision = Action::reject;
        answer.found = {"Drill." + std::string(word) + "." +
                        (at == probes.end() ? "done" : std::to_string(at->second()))};
        return answer;
    }

    std::unique_ptr<Judge> judge_;
};

int run(const std::vector<std::string>& sources) {
    NurseryOptions options;
    constexpr unsigned threads = 2;
    options.threads = {small_threads_for(threads), threads};
    options.enclosure.memory = std::uint64_t{512} << 20;
    options.user = user_named("nobody").value_or(User{});
    options.load = [&] {
        signatures::SetBuilder builder;
        builder.add_built_in();
        for (const std::string& source : sources) builder.add_path(source);
        SignatureSets sets(builder.build(threads));
        Loaded loaded;
        loaded.facts.generation = sets.active->generation();
        loaded.facts.signatures = 1;
        loaded.facts.since = std::chrono::system_clock::now();
        loaded.facts.time_limit = default_policy().limits.time;
        loaded.judge = std::make_unique<DrillJudge>(std::make_unique<ScannerJudge>(
            sets, default_policy(),
            ScannerJudge::Options{threads, small_threads_for(threads),
                                  corpora::looks_like_message}));
        return loaded;
    };
    return run_nursery(nursery_socket, options);
}

}  // namespace
}  // namespace postern::engine::service

int main(int argc, char** argv) {
    return postern::engine::service::run({argv + 1, argv + argc});
}
