// SPDX-License-Identifier: Apache-2.0
// Opening: a file or standard input as a Message.
//
// Small files are read, large ones mapped: setting up and tearing down a mapping costs more than
// copying a few pages (measured over 17,000 messages, see README.md).
#pragma once

#include "mime/message.h"

#include <string>

namespace postern::corpora {

// On failure `error` says why and the message is empty.
mime::Message open_file(const std::string& path, std::string& error);

// All that standard input still has, up to a limit of 2 GiB.
mime::Message read_standard_input(std::string& error);

}  // namespace postern::corpora
