// SPDX-License-Identifier: Apache-2.0
// The built relay in a temporary folder, with one listener on a free port of this machine, and
// whatever a test adds.
#pragma once

#include "tests/support/command.h"
#include "tests/support/places.h"
#include "tests/support/relay_process.h"
#include "tests/support/smtp_client.h"

#include <gtest/gtest.h>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace postern::tests {

inline std::string eicar() {
    return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EIC") +
           "AR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
}

// Asks again and again, for a minute on a slow machine.
inline bool comes_true(const std::function<bool()>& question) {
    for (int i = 0; i < 3000; ++i) {
        if (question()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

class RelayFixture : public testing::Test {
protected:
    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    // `more`: tables; `listener`: further keys of the listener, and behind them further listeners.
    void start(const std::string& more = "", const std::string& listener = "") {
        write_config(more, listener);
        start_again();
    }
    void start_again() {
        std::vector<std::string> words = before_;
        words.insert(words.end(),
                     {built_path("postern"), "relay", "--config", path("postern.toml")});
        relay_ = std::make_unique<ServiceProcess>(words, path("relay.log"));
        address_ = relay_->said("listening on ");
        ASSERT_NE(address_, "") << relay_->log();
    }
    void stop() {
        relay_.reset();
        std::filesystem::remove(path("relay.log"));
    }

    void write_config(const std::string& more, const std::string& listener) const {
        folder_.write(
            "postern.toml",
            "[relay]\nhostname = \"relay.example.org\"\nstate_directory = \"" + path("state") +
                "\"\n[delivery]\nsmarthost = \"" + smarthost_ + "\"\n" + delivery_ + more +
                "[[listener]]\naddress = \"127.0.0.1:0\"\nnetworks = [\"127.0.0.0/8\"]\n" +
                listener);
    }
    void reload(const std::string& more, const std::string& listener = "") {
        write_config(more, listener);
        relay_->signal(SIGHUP);
    }

    CommandResult queue(std::vector<std::string> words, std::string_view input = {}) const {
        words.insert(words.begin(), {built_path("postern"), "queue"});
        words.insert(words.end(), {"--config", path("postern.toml")});
        return run_command(words, input);
    }

    // Where it listens besides: the rest of the address that begins so.
    std::string listens_at(const std::string& beginning) const {
        return beginning + relay_->said("listening on " + beginning);
    }

    TemporaryFolder folder_;
    std::vector<std::string> before_;        // a program and its arguments, which becomes the relay
    std::string smarthost_ = "127.0.0.1:1";  // nobody is there
    std::string delivery_;                   // further keys of [delivery]
    std::unique_ptr<ServiceProcess> relay_;
    std::string address_;
};

}  // namespace postern::tests
