// SPDX-License-Identifier: Apache-2.0
#include "relay/scand_process.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

namespace postern::relay {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds first_pause{10};
constexpr std::chrono::milliseconds longest_pause{5000};
constexpr std::chrono::seconds long_life{10};

// In the child: only what is safe between fork and exec.
[[noreturn]] void become(const std::vector<char*>& words, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    execv(words.front(), words.data());
    _exit(127);
}

pid_t start(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) become(pointers, parent);
    return child;
}

// It listens before its set is loaded, and answers when it is.
bool answers_ready(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{0, 200'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<char, 64> reply{};
    const bool asked = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::send(socket, "zREADY", 7, MSG_NOSIGNAL) == 7;  // with its NUL
    const auto length = asked ? ::recv(socket, reply.data(), reply.size(), 0) : -1;
    ::close(socket);
    return length > 0 && std::string_view(reply.data(), static_cast<std::size_t>(length)).starts_with("READY");
}

std::string end_of(int status) {
    if (WIFSIGNALED(status)) return "by signal " + std::to_string(WTERMSIG(status));
    return "with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

struct ScandProcess::State {
    explicit State(Options an_options) : options(std::move(an_options)) {}

    void supervise();
    pid_t start_next();
    void pause(std::chrono::milliseconds time);

    Options options;
    std::mutex mutex;
    std::condition_variable changed;
    pid_t child = -1;
    unsigned ends = 0;
    bool stopping = false;
    std::thread thread;
};

pid_t ScandProcess::State::start_next() {
    const std::lock_guard lock(mutex);
    if (stopping) return -1;
    return child = start(options.words);
}

void ScandProcess::State::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, time, [&] { return stopping; });
}

// The thread lives as long as the child may: PR_SET_PDEATHSIG goes by the thread that forked.
void ScandProcess::State::supervise() {
    auto wait = first_pause;
    for (;;) {
        const auto begun = Clock::now();
        const pid_t process = start_next();
        int status = 0;
        while (process > 0 && waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
        {
            const std::lock_guard lock(mutex);
            child = -1;
            ++ends;
            if (stopping) return;
        }
        wait = Clock::now() - begun > long_life ? first_pause : std::min(wait * 2, longest_pause);
        options.tell("The scanning service ended " +
                     (process > 0 ? end_of(status) : std::string("before it began")) +
                     "; it is started again. Until then messages are answered 451");
        pause(wait);
    }
}

ScandProcess::ScandProcess(Options options) : state_(std::make_unique<State>(std::move(options))) {
    ::unlink(state_->options.socket.c_str());
    state_->thread = std::thread([state = state_.get()] { state->supervise(); });
}

ScandProcess::~ScandProcess() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        if (state_->child > 0) kill(state_->child, SIGTERM);
    }
    state_->changed.notify_all();
    state_->thread.join();
}

bool ScandProcess::wait_until_ready(std::chrono::milliseconds time) {
    const auto deadline = Clock::now() + time;
    while (!answers_ready(state_->options.socket)) {
        if (Clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

void ScandProcess::signal(int number) {
    const std::lock_guard lock(state_->mutex);
    if (state_->child > 0) kill(state_->child, number);
}

unsigned ScandProcess::ends() const {
    const std::lock_guard lock(state_->mutex);
    return state_->ends;
}

const std::vector<std::string>& ScandProcess::words() const {
    return state_->options.words;
}

}  // namespace postern::relay
