// SPDX-License-Identifier: Apache-2.0
// Sizes are budgets in octets as sent: what letter and plant leave is divided among the
// attachments, and the last one takes the rest.
#include "corpora/generate/write_message.h"

#include "corpora/generate/encode.h"

#include <algorithm>

namespace postern::corpora {
namespace {

constexpr std::size_t fields_of_message = 420;
constexpr std::size_t fields_of_part = 330;

std::size_t left_of(std::size_t budget, std::size_t used) {
    return budget > used ? budget - used : 0;
}

// Text may travel as it is; all else is base64.
Entity document_entity(Random& random, std::size_t budget) {
    const std::size_t room =
        std::max<std::size_t>(base64_room(left_of(budget, fields_of_part)), 300);
    const DocumentKind kind = pick_kind(random, room);
    const bool text = kind == DocumentKind::csv || kind == DocumentKind::txt;
    if (text)
        return attachment_entity(make_document(random, kind, left_of(budget, fields_of_part)),
                                 Encoding::seven_bit);
    return attachment_entity(make_document(random, kind, room), Encoding::base64);
}

// A forwarded message that carries a document itself.
Entity forwarded(Random& random, std::size_t budget) {
    const Entity inner_letter = letter(random, std::min<std::size_t>(budget / 8, 3000));
    const std::size_t rest =
        left_of(budget, inner_letter.size() + fields_of_message + 2 * fields_of_part);
    const Entity parts = multipart(random, "mixed", {inner_letter, document_entity(random, rest)});
    const std::size_t number = random.below(1000);
    return forward_entity(message_of(random, number, parts));
}

// HTML that shows a picture of its own, as letters with a logo do.
Entity letter_with_logo(Random& random, std::size_t budget) {
    const std::string html =
        "<html><body><p>" + sentences(random, Language::english, budget / 3) +
        "</p>\r\n<img src=\"cid:logo@example.org\" alt=\"\"></body></html>\r\n";
    const std::string logo =
        png_picture(random, std::max<std::size_t>(base64_room(budget / 2), 200));
    return multipart(random, "related",
                     {text_entity("text/html", html, Encoding::quoted_printable),
                      inline_picture_entity("logo@example.org", logo)});
}

void append_attachments(Random& random, std::size_t budget, std::vector<Entity>& parts) {
    const std::size_t count = random.pick(std::array<std::size_t, 8>{1, 1, 1, 1, 1, 2, 2, 3});
    for (std::size_t i = 1; i <= count; ++i) {
        const std::size_t share = i == count ? budget : budget / 2;
        parts.push_back(random.chance(0.04) ? forwarded(random, share)
                                            : document_entity(random, share));
        budget = left_of(budget, parts.back().size() + 40);
    }
    // A small kind (an invitation, a short table) leaves room for something that fills it.
    if (budget > 4000)
        parts.push_back(attachment_entity(
            make_document(random, DocumentKind::jpeg, base64_room(budget - fields_of_part)),
            Encoding::base64));
}

}  // namespace

WrittenMessage write_message(std::uint64_t seed, std::size_t number, const MessagePlan& plan) {
    Random random(seed, number + 1);
    WrittenMessage out;
    std::size_t budget = left_of(plan.size, fields_of_message);
    std::vector<Entity> parts;
    if (plan.plant.sort != Plant::Sort::nothing) {
        out.planted = planted_entity(random, plan.plant);
        budget = left_of(budget, out.planted->entity.size() + fields_of_part);
    }
    const std::size_t text = plan.has_attachments
                                 ? std::min<std::size_t>(budget / 4, random.between(600, 5000))
                                 : budget;
    parts.push_back(plan.has_attachments && random.chance(0.15) ? letter_with_logo(random, text)
                                                                : letter(random, text));
    if (plan.has_attachments)
        append_attachments(random, left_of(budget, parts.back().size() + 250), parts);
    if (out.planted) parts.push_back(std::move(out.planted->entity));
    out.bytes = message_of(random, number,
                           parts.size() == 1 ? parts[0] : multipart(random, "mixed", parts));
    return out;
}

}  // namespace postern::corpora
