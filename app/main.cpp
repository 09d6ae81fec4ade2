// SPDX-License-Identifier: Apache-2.0
// The one binary. A file per subcommand; this one wires them and catches what they throw.
#include "app/commands.h"
#include "app/errors.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <malloc.h>

namespace {

// Attachments are large, short-lived buffers. Keeping their pages spares a page fault for every 4 KiB
// of every next one; the peak is what it would have been anyway. 32 MiB is the most that malloc takes.
void keep_pages() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

int run(int argc, char** argv) {
    CLI::App app{"postern: an outbound mail content scanner", "postern"};
    app.set_version_flag("--version", POSTERN_VERSION);
    app.require_subcommand(1);
    int exit_status = postern::app::exit_accepted;
    postern::app::add_scan(app, exit_status);
    postern::app::add_scand(app, exit_status);
    postern::app::add_policy(app, exit_status);
    postern::app::add_queue(app, exit_status);
    postern::app::add_corpus(app, exit_status);
    postern::app::add_signatures(app, exit_status);
    postern::app::add_relay(app, exit_status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? postern::app::exit_accepted : postern::app::exit_error;
    }
    return exit_status;
}

}  // namespace

int main(int argc, char** argv) {
    keep_pages();
    try {
        return run(argc, argv);
    } catch (const postern::app::UsageError& error) {
        std::fprintf(stderr, "postern: %s\n", error.what());
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "postern: the system has no more memory for this\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "postern: this should not have happened: %s\n", error.what());
    }
    return postern::app::exit_error;
}
