// SPDX-License-Identifier: Apache-2.0
#include "relay/status_words.h"

#include <algorithm>
#include <iterator>

namespace postern::relay {

namespace {

struct Row {
    std::string_view detail;  // subject and detail, without the class
    std::string_view words;
};

constexpr Row rows[] = {
    {"1.0", "The address was not accepted. Please check how it is written."},
    {"1.1", "There is no such mailbox at that domain. Please check the part before the @."},
    {"1.2", "The domain of the address takes no mail. Please check the part behind the @."},
    {"1.3", "The address is not written correctly."},
    {"1.4", "The address fits more than one mailbox there."},
    {"1.6", "The mailbox has moved, and its new address is not known."},
    {"1.7", "The receiving server does not accept your own address as a sender."},
    {"1.8", "The receiving server cannot find the domain of your own address."},
    {"1.10", "The domain says of itself that it takes no mail. Please check the part behind the @."},
    {"2.0", "The mailbox cannot take the message."},
    {"2.1", "The mailbox is switched off or not in use."},
    {"2.2", "The mailbox is full. Its owner has to make room before it can be sent again."},
    {"2.3", "The message is larger than that mailbox takes. Please send a smaller one, or a link to the file."},
    {"2.4", "A mailing list at that address could not be delivered to."},
    {"3.1", "The receiving server is full."},
    {"3.2", "The receiving server takes no mail at the moment."},
    {"3.4", "The message is larger than the receiving server takes. Please send a smaller one, or a link to the file."},
    {"4.1", "The receiving server does not answer."},
    {"4.2", "The connection to the receiving server was lost."},
    {"4.3", "Where mail for that domain goes could not be looked up."},
    {"4.4", "There is no way to the receiving server."},
    {"4.6", "The message would go in circles. The postmaster of that domain has to mend it."},
    {"4.7", "It could not be delivered within the time that a message is kept."},
    {"5.3", "The message has more recipients than the receiving server takes."},
    {"6.0", "The receiving server does not take the contents of the message."},
    {"6.1", "The receiving server does not take this kind of contents."},
    {"6.3", "The message would have to be converted for the receiving server. Please send it anew without special characters."},
    {"6.7", "The receiving server cannot handle international addresses."},
    {"7.0", "The receiving server refuses the message by its own rules."},
    {"7.1", "The receiving server refuses the message by its own rules."},
    {"7.2", "Not everybody may write to that mailing list."},
    {"7.5", "A safe connection to the receiving server could not be made."},
    {"7.10", "The message may only go over a safe connection, and the receiving server offers none."},
    {"7.20", "The receiving server missed a signature (DKIM) that it wants."},
    {"7.23", "The receiving server does not accept mail of your domain from here (SPF)."},
    {"7.25", "The receiving server cannot find the name of our server in the DNS."},
    {"7.26", "The receiving server could not confirm that the message is yours (SPF, DKIM)."},
    {"7.27", "The domain of your own address takes no mail, so the receiving server does not either."},
    {"7.28", "The receiving server got too many messages at once."},
};

}  // namespace

std::string_view plain_words(std::string_view status) {
    const std::string_view detail = status.size() < 3 ? std::string_view() : status.substr(2);
    const auto* const row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& each) { return each.detail == detail; });
    return row == std::end(rows) ? std::string_view() : row->words;
}

}  // namespace postern::relay
