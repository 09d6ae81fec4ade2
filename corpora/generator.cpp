// SPDX-License-Identifier: Apache-2.0
// Plan, write, and say in the manifest what was written.
#include "corpora/generator.h"

#include "corpora/generate/write_message.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace postern::corpora {
namespace {

constexpr std::size_t messages_in_folder = 1000;
constexpr std::size_t messages_between_reports = 50;

// "000/00001.eml": numbers from 1, and no folder of more than a thousand.
std::string name_of(std::size_t number) {
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "%03zu/%05zu.eml", number / messages_in_folder,
                  number + 1);
    return name.data();
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) throw std::system_error(errno, std::generic_category(), path.string());
}

std::string manifest_line(const std::string& name, const WrittenMessage& message, bool rejected) {
    nlohmann::ordered_json line;
    line["path"] = name;
    line["bytes"] = message.bytes.size();
    line["decision"] = rejected ? "reject" : "accept";
    line["planted"] = nlohmann::ordered_json::array();
    if (message.planted) {
        const Planted& planted = *message.planted;
        line["planted"].push_back(
            {{"kind", planted.kind}, {"name", planted.name}, {"where", planted.where}});
    }
    return line.dump() + '\n';
}

void count(GeneratorSummary& summary, const MessagePlan& plan, std::uint64_t size) {
    ++summary.messages;
    ++(plan.plant.rejected() ? summary.rejected : summary.accepted);
    if (plan.has_attachments) ++summary.with_attachments;
    summary.bytes_written += size;
    summary.largest = std::max(summary.largest, size);
}

// What earlier messages were too small or too large by, an attachment makes good.
MessagePlan corrected(MessagePlan plan, std::int64_t owed, std::uint64_t largest) {
    if (!plan.has_attachments) return plan;
    const auto half = static_cast<std::int64_t>(plan.size / 2);
    plan.size += static_cast<std::uint64_t>(std::clamp(owed, -half, half));
    // Parts end where their kind lets them, not where the budget does.
    plan.size = std::min(plan.size, largest - std::min(largest, largest / 1000 + 4096));
    return plan;
}

}  // namespace

GeneratorSummary generate(const GeneratorOptions& options, const GeneratorProgress& progress) {
    const std::vector<MessagePlan> plans = make_plan(options);
    std::filesystem::create_directories(options.out);
    GeneratorSummary summary;
    std::string manifest;
    std::int64_t owed = 0;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const std::string name = name_of(i);
        const std::filesystem::path path = options.out / name;
        if (i % messages_in_folder == 0) std::filesystem::create_directories(path.parent_path());
        const WrittenMessage message =
            write_message(options.seed, i, corrected(plans[i], owed, options.largest));
        owed += static_cast<std::int64_t>(plans[i].size) -
                static_cast<std::int64_t>(message.bytes.size());
        write_file(path, message.bytes);
        manifest += manifest_line(name, message, plans[i].plant.rejected());
        count(summary, plans[i], message.bytes.size());
        if (progress && summary.messages % messages_between_reports == 0) progress(summary);
    }
    write_file(options.out / "manifest.jsonl", manifest);
    if (progress) progress(summary);
    return summary;
}

}  // namespace postern::corpora
