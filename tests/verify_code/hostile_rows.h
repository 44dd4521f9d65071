#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "verify_code/sandboxed.h"

namespace lydian::code_test {

/// What hostile rows attack, made for real: listeners, a secret, a file that must stay absent. `fill` puts their names in the place of a row's @WORDS@.
class HostileHarness {
 public:
  HostileHarness() {
    const std::string mark = std::to_string(getpid()) + "x" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    const std::string canary = "canary" + mark, file = "/tmp/lydian-canary-" + mark;
    std::ofstream(file) << canary;
    setenv("RLVR_CANARY", canary.c_str(), 1);
    tcp_ = listener(SOCK_STREAM, tcp_port_);
    udp_ = listener(SOCK_DGRAM, udp_port_);
    const std::string name = "lydian-hostile-" + mark;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 2);
    unix_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (bind(unix_, reinterpret_cast<sockaddr*>(&address), size) == 0) (void)::listen(unix_, 4);
    words_ = {{"@CANARY@", canary},
              {"@CANARY_FILE@", file},
              {"@MARK@", mark},
              {"@TCP_PORT@", tcp_port_},
              {"@UDP_PORT@", udp_port_},
              {"@ABSTRACT@", name},
              {"@ESCAPE_FILE@", "/tmp/lydian-escape-" + mark}};
  }
  ~HostileHarness() {
    unlink(word("@CANARY_FILE@").c_str());
    for (const int socket : {tcp_, udp_, unix_}) close(socket);
    unsetenv("RLVR_CANARY");
  }
  HostileHarness(const HostileHarness&) = delete;
  HostileHarness& operator=(const HostileHarness&) = delete;

  Json fill(const Json& row) const {
    std::string text = row.dump();
    for (const auto& [name, value] : words_) {
      for (std::size_t at; (at = text.find(name)) != std::string::npos;) text.replace(at, name.size(), value);
    }
    Json filled = Json::parse(text);
    filled["env"]["RLVR_MARK"] = word("@MARK@");
    return filled;
  }

  /// Grades the row and checks all that it says: the verdict, each of its `checks`, and that nobody was reached.
  void expect_contained(const Json& given) const {
    const Json row = fill(given);
    const Json line = graded(row);
    const std::string verdict = line["verdict"];
    const auto& words = row["accept_verdicts"];
    EXPECT_NE(std::find(words.begin(), words.end(), verdict), words.end()) << row["id"] << ": " << verdict << ": " << line["reason"];
    EXPECT_EQ(line["reward"] == 1.0, verdict == "accepted") << row["id"];
    for (const Json& check : row["checks"]) expect(check, row, line);
    EXPECT_LT(accept(unix_, nullptr, nullptr), 0) << row["id"] << " reached the abstract socket";
    char byte;
    EXPECT_LT(recv(udp_, &byte, 1, MSG_DONTWAIT), 0) << row["id"] << " reached the datagram socket";
    EXPECT_NE(access(word("@ESCAPE_FILE@").c_str(), F_OK), 0) << row["id"];
  }

 private:
  static int listener(int kind, std::string& port) {
    const int descriptor = socket(AF_INET, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 && kind == SOCK_STREAM) (void)::listen(descriptor, 4);
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    port = std::to_string(ntohs(address.sin_port));
    return descriptor;
  }

  const std::string& word(const std::string& name) const {
    return std::find_if(words_.begin(), words_.end(), [&](const auto& each) { return each.first == name; })->second;
  }

  /// Processes whose environment or name holds the mark.
  static bool somebody_has(const std::string& mark) {
    bool found = false;
    DIR* processes = opendir("/proc");
    while (const dirent* entry = readdir(processes)) {
      if (std::atoi(entry->d_name) <= 0 || std::atoi(entry->d_name) == getpid()) continue;
      for (const char* file : {"/environ", "/cmdline"}) {
        std::ifstream stream("/proc/" + std::string(entry->d_name) + file);
        const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
        found = found || text.find(mark) != std::string::npos;
      }
    }
    closedir(processes);
    return found;
  }

  void expect(const Json& check, const Json& row, const Json& line) const {
    const std::string type = check["type"], id = row["id"];
    const std::string log = line["compile_log"].get<std::string>() + line["stdout"].get<std::string>() + line["stderr"].get<std::string>();
    const double limit = row.contains("limits") ? row["limits"].value("wall_s", 4.0) : 4.0;
    if (type == "stdout_lacks") {
      EXPECT_EQ(line["stdout"].get<std::string>().find(check["text"]), std::string::npos) << id << ": " << line["stdout"];
    } else if (type == "log_lacks") {
      EXPECT_EQ(log.find(check["text"]), std::string::npos) << id << ": " << log;
    } else if (type == "file_absent") {
      EXPECT_NE(access(check["path"].get<std::string>().c_str(), F_OK), 0) << id << ": " << check["path"];
    } else if (type == "no_connection") {
      EXPECT_LT(accept(tcp_, nullptr, nullptr), 0) << id << " reached the listener";
    } else if (type == "no_process") {
      EXPECT_FALSE(somebody_has(check["marker"])) << id;
    } else if (type == "max_wall_s") {
      EXPECT_LT(line["wall_s"], check["value"]) << id;
    } else if (type == "max_wall_over_limit_s") {
      EXPECT_LT(line["wall_s"].get<double>(), limit + check["value"].get<double>()) << id;
    } else {
      ADD_FAILURE() << id << " has a check that nobody knows: " << type;
    }
  }

  int tcp_ = -1, udp_ = -1, unix_ = -1;
  std::string tcp_port_, udp_port_;
  std::vector<std::pair<std::string, std::string>> words_;
};

/// The project's own hostile rows, in the form of the shared ones.
inline std::vector<Json> own_hostile_rows() {
  std::ifstream file(source_file("tests/verify_code/data/hostile_rows.jsonl"));
  std::vector<Json> rows;
  for (std::string line; std::getline(file, line);) rows.push_back(Json::parse(line));
  return rows;
}

}  // namespace lydian::code_test
