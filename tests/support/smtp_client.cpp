// SPDX-License-Identifier: Apache-2.0
#include "tests/support/smtp_client.h"

namespace postern::tests {

SmtpClient::SmtpClient(const std::string& address, Tls tls) : connection_(address) {
    if (tls == Tls::first && !connection_.start_tls()) return;
    greeting_ = reply();
}

std::string SmtpClient::say(const std::string& command) {
    connection_.send(command + "\r\n");
    return reply();
}

std::string SmtpClient::reply() {
    std::string all;
    for (std::string line; connection_.line(line);) {
        all += line + "\n";
        if (line.size() < 4 || line[3] != '-') break;
    }
    return all;
}

std::string SmtpClient::begin(const TestEnvelope& envelope) {
    std::string answer;
    for (const std::string& command :
         {std::string("EHLO client.example.org"), "MAIL FROM:<" + envelope.sender + ">",
          "RCPT TO:<" + envelope.recipient + ">"}) {
        answer = say(command);
        if (answer.substr(0, 3) != "250") break;
    }
    return answer;
}

std::string SmtpClient::submit(const std::string& message, const TestEnvelope& envelope) {
    std::string answer = begin(envelope);
    if (answer.substr(0, 3) == "250") answer = say("DATA");
    if (answer.substr(0, 3) != "354") return answer;
    send(message + "\r\n.\r\n");
    return reply();
}

std::string queue_id_in(const std::string& reply) {
    const std::string before = "queued as ";
    const std::size_t at = reply.find(before);
    if (at == std::string::npos) return {};
    return reply.substr(at + before.size(),
                        reply.find_first_of(" \n", at + before.size()) - at - before.size());
}

}  // namespace postern::tests
