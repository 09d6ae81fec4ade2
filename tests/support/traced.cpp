// SPDX-License-Identifier: Apache-2.0
#include "tests/support/traced.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace postern::tests {

namespace {

using Call = __ptrace_syscall_info;

std::string text_at(pid_t child, std::uint64_t address) {
    std::array<char, 4096> text{};
    // A page at a time: what lies behind the text may not be there.
    std::size_t size = 0;
    while (size < text.size() - 1) {
        iovec here{text.data() + size, 1}, there{reinterpret_cast<void*>(address + size), 1};
        if (process_vm_readv(child, &here, 1, &there, 1, 0) != 1 || text[size] == '\0') break;
        ++size;
    }
    return {text.data(), size};
}

std::string file_of(pid_t child, std::uint64_t descriptor) {
    std::error_code ignored;
    const std::string link = "/proc/" + std::to_string(child) + "/fd/" + std::to_string(descriptor);
    return std::filesystem::read_symlink(link, ignored).native();
}

std::optional<FileStep> step_of(pid_t child, const Call& call) {
    const auto& args = call.entry.args;
    const auto text = [&](int i) { return text_at(child, args[i]); };
    const auto file = [&] { return file_of(child, args[0]); };
    switch (call.entry.nr) {
        case SYS_openat:
            if ((args[2] & O_CREAT) == 0) return std::nullopt;
            return FileStep{"create", text(1), {}};
        case SYS_write:
        case SYS_pwrite64:
        case SYS_writev: return FileStep{"write", file(), {}};
        case SYS_fsync:
        case SYS_fdatasync: return FileStep{"fsync", file(), {}};
        case SYS_renameat:
        case SYS_renameat2: return FileStep{"rename", text(1), text(3)};
        case SYS_unlinkat: return FileStep{"unlink", text(1), {}};
        case SYS_mkdirat: return FileStep{"mkdir", text(1), {}};
        case SYS_fchmod: return FileStep{"chmod", file(), {}};
        case SYS_fchmodat: return FileStep{"chmod", text(1), {}};
#ifdef SYS_rename
        case SYS_open:
            if ((args[1] & O_CREAT) == 0) return std::nullopt;
            return FileStep{"create", text(0), {}};
        case SYS_rename: return FileStep{"rename", text(0), text(1)};
        case SYS_unlink: return FileStep{"unlink", text(0), {}};
        case SYS_mkdir: return FileStep{"mkdir", text(0), {}};
        case SYS_chmod: return FileStep{"chmod", text(0), {}};
#endif
        default: return std::nullopt;
    }
}

[[noreturn]] void become_traced(const std::function<void()>& work) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(2);
    raise(SIGSTOP);
    work();
    _exit(0);
}

// False: the child is not there any more.
bool next_stop(pid_t child, int& status) {
    return ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 && waitpid(child, &status, 0) == child &&
           WIFSTOPPED(status);
}

}  // namespace

Traced trace_file_steps(const std::function<void()>& work, std::size_t kill_before) {
    Traced traced;
    const pid_t child = fork();
    if (child == 0) become_traced(work);
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
        traced.possible = false;
        return traced;
    }
    ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (next_stop(child, status)) {
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
        Call call{};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0) break;
        if (call.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
        auto step = step_of(child, call);
        if (!step) continue;
        if (traced.steps.size() == kill_before) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return traced;
        }
        traced.steps.push_back(std::move(*step));
    }
    traced.whole = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return traced;
}

}  // namespace postern::tests
