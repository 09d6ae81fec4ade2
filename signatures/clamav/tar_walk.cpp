// SPDX-License-Identifier: Apache-2.0
// Two readers, of stored and of gzipped octets, below one walk over blocks of 512.
#include "signatures/clamav/tar_walk.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace postern::signatures::clamav {

namespace {

constexpr std::size_t block = 512;
constexpr std::size_t most_members = 4096;
constexpr std::size_t buffer_length = 64 * 1024;

// The unpacked octets, in order.
class Octets {
public:
    virtual ~Octets() = default;
    // Up to `most` octets, none at the end; valid until the next call.
    virtual std::string_view next(std::size_t most) = 0;
    virtual bool damaged() const { return false; }
};

class Stored final : public Octets {
public:
    explicit Stored(std::string_view octets) : rest_(octets) {}
    std::string_view next(std::size_t most) override {
        const std::string_view piece = rest_.substr(0, most);
        rest_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view rest_;
};

class Gzipped final : public Octets {
public:
    explicit Gzipped(std::string_view octets) : rest_(octets), buffer_(buffer_length) {
        good_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
    }
    ~Gzipped() override { inflateEnd(&stream_); }
    Gzipped(const Gzipped&) = delete;
    Gzipped& operator=(const Gzipped&) = delete;

    std::string_view next(std::size_t most) override {
        if (begin_ == end_) fill();
        const std::size_t length = std::min(most, end_ - begin_);
        const std::string_view piece(buffer_.data() + begin_, length);
        begin_ += length;
        return piece;
    }
    bool damaged() const override { return !good_; }

private:
    void fill() {
        begin_ = end_ = 0;
        while (good_ && !ended_ && end_ == 0) {
            const std::size_t given = std::min<std::size_t>(rest_.size(), 1 << 30);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
            stream_.avail_in = static_cast<uInt>(given);
            stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
            stream_.avail_out = static_cast<uInt>(buffer_.size());
            const int status = inflate(&stream_, Z_NO_FLUSH);
            rest_.remove_prefix(given - stream_.avail_in);
            end_ = buffer_.size() - stream_.avail_out;
            ended_ = status == Z_STREAM_END;
            good_ = ended_ || status == Z_OK;
        }
    }

    std::string_view rest_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    z_stream stream_{};
    bool good_ = false;
    bool ended_ = false;
};

// Octal digits, before and behind which blanks and NUL may stand.
bool read_octal(std::string_view field, std::uint64_t& value) {
    value = 0;
    const std::size_t begin = field.find_first_not_of(' ');
    if (begin == field.npos) return false;
    const std::size_t end = field.find_first_not_of("01234567", begin);
    for (const char c : field.substr(begin, end == field.npos ? end : end - begin)) {
        value = value << 3 | static_cast<std::uint64_t>(c - '0');
    }
    return end != begin && (end == field.npos || field[end] == ' ' || field[end] == '\0');
}

// The sum counts its own field as blanks.
bool has_good_sum(std::string_view header) {
    std::uint64_t stated = 0;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block; ++i) {
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
    }
    return read_octal(header.substr(148, 8), stated) && stated == sum;
}

class Walk {
public:
    Walk(Octets& octets, std::uint64_t most, TarVisitor& visitor)
        : octets_(octets), left_(most), visitor_(visitor) {}

    std::string run() {
        for (std::size_t members = 0; read_header(); ++members) {
            if (members == most_members) return "the archive has more than 4,096 members";
            if (!read_member()) break;
        }
        if (octets_.damaged()) return "the compressed data are damaged or cut";
        return error_;
    }

private:
    // False at the end, which is an empty block or that of the data.
    bool read_header() {
        header_.clear();
        while (header_.size() < block) {
            const std::string_view piece = octets_.next(block - header_.size());
            if (piece.empty()) break;
            header_ += piece;
        }
        if (header_.empty() || header_.find_first_not_of('\0') == header_.npos) return false;
        if (header_.size() < block || !has_good_sum(header_)) {
            error_ = "what stands where a member should begin is no tar header";
            return false;
        }
        return true;
    }

    bool read_member() {
        std::uint64_t size = 0;
        const std::string name = header_.substr(0, std::min<std::size_t>(100, header_.find('\0')));
        if (!read_octal(std::string_view(header_).substr(124, 12), size)) {
            error_ = "the size of member " + name + " is none";
            return false;
        }
        const char type = header_[156];
        if (type == '5' && size == 0) return true;  // a folder
        if (type != '0' && type != '\0') {
            error_ = "member " + name + " is no regular file";
            return false;
        }
        if (!visitor_.begin(name, size) || !pass(size, name)) return false;
        visitor_.end();
        return skip((block - size % block) % block);
    }

    bool pass(std::uint64_t size, const std::string& name) {
        if (size > left_) {
            error_ = "the archive unpacks to more than it may";
            return false;
        }
        left_ -= size;
        while (size > 0) {
            const std::string_view piece =
                octets_.next(static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer_length)));
            if (piece.empty()) {
                error_ = "the archive ends inside member " + name;
                return false;
            }
            visitor_.piece(piece);
            size -= piece.size();
        }
        return true;
    }

    // What fills the last block of the last member up may be missing.
    bool skip(std::uint64_t size) {
        while (size > 0) {
            const std::string_view piece = octets_.next(static_cast<std::size_t>(size));
            if (piece.empty()) return true;
            size -= piece.size();
        }
        return true;
    }

    Octets& octets_;
    std::uint64_t left_;
    TarVisitor& visitor_;
    std::string header_;
    std::string error_;
};

}  // namespace

std::string walk_tar(std::string_view archive, std::uint64_t most_octets, TarVisitor& visitor) {
    std::unique_ptr<Octets> octets;
    if (archive.starts_with("\x1f\x8b")) {
        octets = std::make_unique<Gzipped>(archive);
    } else {
        octets = std::make_unique<Stored>(archive);
    }
    return Walk(*octets, most_octets, visitor).run();
}

}  // namespace postern::signatures::clamav
