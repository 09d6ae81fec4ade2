// SPDX-License-Identifier: Apache-2.0
// What a piece of work does to files, system call by system call (ptrace(2)), and its death before any of them:
// a crash at every step, without one step named in the code that is tested.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace postern::tests {

struct FileStep {
    std::string call;  // "write", "fsync", "rename", "unlink", "mkdir", "chmod", "create"
    std::string path;  // of rename: the old name
    std::string to;    // of rename alone
};

struct Traced {
    std::vector<FileStep> steps;  // of the work's first thread
    bool whole = false;           // it came to its end, and was not killed
    bool possible = true;         // false: this machine lets nobody trace
};

// Runs `work` in a child process that ends with it, and kills the child before its step of this number.
Traced trace_file_steps(const std::function<void()>& work,
                        std::size_t kill_before = std::numeric_limits<std::size_t>::max());

}  // namespace postern::tests
