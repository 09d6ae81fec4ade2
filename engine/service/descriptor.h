// SPDX-License-Identifier: Apache-2.0
// Descriptor: owns one file descriptor of this process.
#pragma once

#include <utility>

#include <unistd.h>

namespace postern::engine::service {

class Descriptor {
public:
    Descriptor() = default;
    // Takes it over; -1 is none.
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

private:
    int number_ = -1;
};

}  // namespace postern::engine::service
