// SPDX-License-Identifier: Apache-2.0
// Record: one line of a log, as fields, written for people or as JSON.
//
//   scan decision=reject bytes=5120 name="report\u000a.exe" total=0.002
//   {"event":"scan","decision":"reject","bytes":5120,"name":"report\n.exe","total":0.002}
//
// Values may come from mail: control and direction characters and whatever is no UTF-8 never reach
// a terminal, a value with a blank, a quote or "=" is quoted, and none is longer than a line should
// be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::app::telemetry {

enum class Severity { information, warning, error };

class Record {
public:
    explicit Record(std::string_view event, Severity severity = Severity::information)
        : event_(event), severity_(severity) {}

    // A text that is empty is left out.
    Record& text(std::string_view name, std::string_view value);
    Record& texts(std::string_view name, const std::vector<std::string>& values);
    Record& number(std::string_view name, std::uint64_t value);
    Record& seconds(std::string_view name, double value);  // to the microsecond

    Severity severity() const { return severity_; }

    std::string for_people() const;
    std::string json(std::string_view time) const;  // `time` is left out when empty

private:
    struct Field {
        std::string name;
        std::vector<std::string> texts{};
        std::string number{};  // not empty: the value, ready to be written
        bool is_list = false;
    };

    std::string event_;
    Severity severity_;
    std::vector<Field> fields_;
};

}  // namespace postern::app::telemetry
