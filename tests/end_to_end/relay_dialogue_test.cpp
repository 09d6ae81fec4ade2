// SPDX-License-Identifier: Apache-2.0
// The dialogues of tests/relay/dialogues over real sockets, against the built program with its
// scanning service: whole, pipelined and octet by octet.
#include "tests/support/command.h"
#include "tests/support/dialogue.h"
#include "tests/support/places.h"
#include "tests/support/relay_process.h"

#include <gtest/gtest.h>
#include <memory>

namespace postern::tests {

namespace {

class SocketWire final : public Wire {
public:
    explicit SocketWire(const std::string& address) : connection_(address) {}

    void send(const std::string& octets) override { connection_.send(octets); }
    std::optional<std::string> line() override {
        std::string text;
        if (!connection_.line(text)) return std::nullopt;
        return text;
    }
    bool start_tls() override { return connection_.start_tls(); }
    bool knows_stored() const override { return false; }
    std::optional<std::string> stored() override { return std::nullopt; }

private:
    SmtpConnection connection_;
};

// A relay for each way that dialogues want one to be set, all with one scanning service.
class Relays : public testing::Test {
protected:
    void SetUp() override {
        write_certificate(path("relay.pem"));
        scand_ = std::make_unique<ServiceProcess>(
            std::vector<std::string>{built_path("postern"), "scand", "--socket",
                                     path("scand.sock")},
            path("scand.log"));
    }

    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    const std::string& address_for(const Dialogue& dialogue) {
        std::string wanted;
        for (const auto& [key, value] : dialogue.options) {
            if (key != "cut") wanted += key + "=" + value + " ";
        }
        if (dialogue.has_early()) wanted += "early";
        Relay& relay = relays_[wanted];
        if (!relay.process) start(relay, dialogue, std::to_string(relays_.size()));
        return relay.address;
    }

    void play_all(Cut cut) {
        for (const Dialogue& dialogue : read_dialogues(source_path("tests/relay/dialogues"))) {
            if (cut == Cut::octets && dialogue.option("cut", "") == "whole") continue;
            if (dialogue.option("disk", "") == "full") continue;
            const std::string& address = address_for(dialogue);
            ASSERT_NE(address, "");
            SocketWire wire(address);
            EXPECT_EQ(play(dialogue, wire, cut), "");
        }
    }

private:
    struct Relay {
        std::unique_ptr<ServiceProcess> process;
        std::string address;
    };

    void start(Relay& relay, const Dialogue& dialogue, const std::string& name) {
        const std::string tls = dialogue.option("tls", "offered");
        const std::string networks =
            dialogue.option("networks", "") == "others" ? "198.51.100.0/24" : "127.0.0.0/8";
        std::string text = "[relay]\nhostname = \"relay.example.org\"\nstate_directory = \"" +
                           path("state" + name) + "\"\n";
        text += "[scan]\nservices = [\"unix:" + path("scand.sock") + "\"]\n";
        text += "[limits]\nmessage_size = " + dialogue.option("message_size", "104857600") +
                "\nrecipients = " + dialogue.option("recipients", "1000") + "\n";
        if (dialogue.has_early()) text += "greeting_pause = \"2s\"\n";
        if (tls != "none") text += "[tls]\ncertificate = \"" + path("relay.pem") + "\"\n";
        // Nothing of this is to go anywhere.
        text += "[delivery]\nsmarthost = \"127.0.0.1:1\"\n";
        text += "[[listener]]\naddress = \"127.0.0.1:0\"\nnetworks = [\"" + networks + "\"]\n";
        if (tls == "required") text += "tls_required = true\n";
        if (dialogue.option("devices", "") == "old") text += "old_devices = [\"127.0.0.0/8\"]\n";
        const auto config = folder_.write("relay" + name + ".toml", text);
        relay.process = std::make_unique<ServiceProcess>(
            std::vector<std::string>{built_path("postern"), "relay", "--config", config.string()},
            path("relay" + name + ".log"));
        relay.address = relay.process->said("listening on ");
        EXPECT_NE(relay.address, "") << relay.process->log();
    }

    TemporaryFolder folder_;
    std::unique_ptr<ServiceProcess> scand_;
    std::map<std::string, Relay> relays_;
};

TEST_F(Relays, CommandByCommand) {
    play_all(Cut::commands);
}
TEST_F(Relays, OctetByOctet) {
    play_all(Cut::octets);
}
TEST_F(Relays, Pipelined) {
    play_all(Cut::pipelined);
}

}  // namespace

}  // namespace postern::tests
