// SPDX-License-Identifier: Apache-2.0
#include "engine/service/sandbox.h"

#include <seccomp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace postern::engine::service {

namespace {

[[noreturn]] void fail(const char* what, int reason = errno) {
    throw std::system_error(reason, std::generic_category(), what);
}

// Newer than this system's headers (linux/landlock.h).
struct LandlockRules {
    std::uint64_t files;
    std::uint64_t network;
    std::uint64_t scopes;
};
constexpr long landlock_create_ruleset = 444;
constexpr long landlock_restrict_self = 446;
constexpr unsigned ask_version = 1;

LandlockRules all_rules(int version) {
    LandlockRules rules{};
    rules.files = (std::uint64_t{1} << 13) - 1;
    if (version >= 2) rules.files |= std::uint64_t{1} << 13;  // links across folders
    if (version >= 3) rules.files |= std::uint64_t{1} << 14;  // truncate
    if (version >= 5) rules.files |= std::uint64_t{1} << 15;  // ioctl of devices
    if (version >= 4) rules.network = 3;                      // bind, connect
    if (version >= 6) rules.scopes = 3;                       // abstract sockets, signals
    return rules;
}

// No rule allows anything: every file, every port is out of reach.
void lock_land() {
    const int version = landlock_version();
    if (version <= 0) return;
    const LandlockRules rules = all_rules(version);
    const std::size_t size = version >= 6 ? sizeof rules : version >= 4 ? 16 : 8;
    const long set = ::syscall(landlock_create_ruleset, &rules, size, 0);
    if (set < 0) fail("Landlock's rules cannot be made");
    if (::syscall(landlock_restrict_self, set, 0) != 0) fail("Landlock cannot be put in force");
    ::close(static_cast<int>(set));
}

constexpr int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),
    SCMP_SYS(getrusage),
    SCMP_SYS(getcpu),
    SCMP_SYS(uname),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(pipe),  // with which UBSan tries whether an address may be read
    SCMP_SYS(pipe2),
#endif
};

// Whoever does these here is not our code any more.
constexpr int deadly[] = {
    SCMP_SYS(execve),         SCMP_SYS(execveat),         SCMP_SYS(fork),
    SCMP_SYS(vfork),          SCMP_SYS(socket),           SCMP_SYS(connect),
    SCMP_SYS(bind),           SCMP_SYS(listen),           SCMP_SYS(accept),
    SCMP_SYS(accept4),        SCMP_SYS(ptrace),           SCMP_SYS(kill),
    SCMP_SYS(tkill),          SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_open),     SCMP_SYS(pidfd_getfd),      SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(setns),          SCMP_SYS(unshare),          SCMP_SYS(mount),
    SCMP_SYS(pivot_root),     SCMP_SYS(chroot),           SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup), SCMP_SYS(userfaultfd),      SCMP_SYS(perf_event_open),
    SCMP_SYS(keyctl),         SCMP_SYS(add_key),          SCMP_SYS(init_module),
    SCMP_SYS(finit_module),   SCMP_SYS(kexec_load),       SCMP_SYS(reboot),
    SCMP_SYS(setuid),         SCMP_SYS(setresuid),        SCMP_SYS(open_by_handle_at),
};

class Filter {
public:
    Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release) {
        if (!context_) fail("the filter of system calls cannot be made", ENOMEM);
    }
    void add(std::uint32_t action, int call) {
        check(seccomp_rule_add(context_.get(), action, call, 0));
    }
    void add(std::uint32_t action, int call, scmp_arg_cmp condition) {
        check(seccomp_rule_add_array(context_.get(), action, call, 1, &condition));
    }
    void put_in_force() { check(seccomp_load(context_.get())); }

private:
    static void check(int result) {
        if (result < 0) fail("the filter of system calls cannot be made", -result);
    }
    std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
};

void filter_calls() {
    Filter filter;
    for (const int call : allowed) filter.add(SCMP_ACT_ALLOW, call);
    for (const int call : deadly) filter.add(SCMP_ACT_KILL_PROCESS, call);
    // Threads, but no processes. clone3 hides its flags behind a pointer: the C library then takes
    // clone.
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(clone),
               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
    // Memory that can be run is made before.
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    // abort() and its like: signals to itself alone.
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
               SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0));
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    filter.put_in_force();
}

// Writable memory of the process now, in octets.
std::uint64_t memory_now() {
    std::ifstream file("/proc/self/status");
    for (std::string word; file >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == "VmData:" && file >> kilobytes) return kilobytes * 1024;
    }
    return 0;
}

void limit(__rlimit_resource resource, std::uint64_t most) {
    const rlimit both{most, most};
    if (::setrlimit(resource, &both) != 0) fail("a limit of the process cannot be set");
}

void limit_resources(const Enclosure& enclosure) {
    if (enclosure.memory != 0) limit(RLIMIT_DATA, memory_now() + enclosure.memory);
    limit(RLIMIT_NOFILE, enclosure.descriptors);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
}

}  // namespace

std::optional<User> user_named(const std::string& name) {
    const passwd* entry = ::getpwnam(name.c_str());
    if (entry == nullptr) return std::nullopt;
    return User{entry->pw_uid, entry->pw_gid};
}

void become(const User& user) {
    if (::getuid() != 0 || user.user == 0) return;
    if (::setgroups(0, nullptr) != 0 || ::setresgid(user.group, user.group, user.group) != 0 ||
        ::setresuid(user.user, user.user, user.user) != 0) {
        fail("the rights of root cannot be given up");
    }
}

int landlock_version() {
    const long version = ::syscall(landlock_create_ruleset, nullptr, 0, ask_version);
    return version < 0 ? 0 : static_cast<int>(version);
}

void enclose(const Enclosure& enclosure) {
    limit_resources(enclosure);
    if (::prctl(PR_SET_DUMPABLE, 0) != 0) fail("the process cannot be closed to others");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("new privileges cannot be given up");
    lock_land();
    filter_calls();
}

}  // namespace postern::engine::service
