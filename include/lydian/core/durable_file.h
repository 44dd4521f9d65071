#pragma once

#include <string>
#include <string_view>

namespace lydian {

/// Writes a whole file so that, at any instant and after a power cut, `path` holds either its old bytes or all of the new ones: a temporary name beside it,
/// fsync, rename, fsync of the folder. A device or a pipe is written as it is.
///
/// Threads: writers of different paths do not meet; of two writers of one path the last rename stands.
/// Throws IoError naming the path and the system's cause; the temporary file is removed then.
void write_file_durably(const std::string& path, std::string_view bytes);

/// Makes names made or changed in a folder outlast a power cut. Throws IoError naming the path and the system's cause.
void sync_folder(const std::string& path);

/// The whole file. Throws IoError naming the path and the system's cause.
std::string read_whole_file(const std::string& path);

}  // namespace lydian
