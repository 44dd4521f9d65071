// The files of version 2 control groups, in a tree of our own: where a machine has version 1 only, the kernel's side is not tested.
#include "sandbox/broker/control_group.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sandbox/broker/control_group.cpp"  // NOLINT(bugprone-suspicious-include): part of the broker, which is no library.
#include "temporary_folder.h"

namespace lydian::sandbox {
namespace {

void write_text(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

std::string text_at(const std::string& path) {
  return read_small_file(path).value_or("nothing");
}

class ControlGroupTest : public testing::Test {
 protected:
  void SetUp() override {
    write_text(tree_ / "mountinfo", "25 1 0:22 / " + root() + " rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write_text(tree_ / "cgroup", "0::/user.slice/job\n");
    write_text(own() + "/cgroup.controllers", "cpuset cpu io memory pids\n");
    write_text(own() + "/cgroup.subtree_control", "");
  }
  std::string root() const { return tree_ / "unified"; }
  std::string own() const { return root() + "/user.slice/job"; }
  /// What the kernel would put into a new group.
  void populate(const std::string& folder) const {
    for (const char* file : {"memory.max", "memory.swap.max", "pids.max", "cgroup.procs"}) write_text(folder + "/" + file, "");
    write_text(folder + "/memory.current", "5242880\n");
    write_text(folder + "/memory.peak", "7340032\n");
    write_text(folder + "/memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n");
    write_text(folder + "/memory.stat", "anon 4096\nfile 999\nkernel 5\nshmem 8192\n");
    write_text(folder + "/pids.current", "3\n");
    write_text(folder + "/cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n");
  }
  ControlGroupHome find() const { return ControlGroupHome::find(tree_ / "mountinfo", tree_ / "cgroup"); }

  TemporaryFolder tree_;
};

TEST_F(ControlGroupTest, Version2IsFoundWhereGroupsHaveBothControllers) {
  populate(own() + "/lydian-sandbox-" + std::to_string(getpid()) + "-probe");
  const ControlGroupHome home = find();
  EXPECT_TRUE(home.version_2);
  EXPECT_EQ(home.memory, own());
  EXPECT_EQ(home.pids, own());
  EXPECT_EQ(text_at(own() + "/cgroup.subtree_control"), "+memory +pids");
}

TEST_F(ControlGroupTest, Version2WithoutTheControllersIsNoHome) {
  EXPECT_TRUE(find().memory.empty()) << "new groups have neither file";
  EXPECT_NE(find().why_no_memory.find("have no pids.max"), std::string::npos) << find().why_no_memory;
  write_text(own() + "/cgroup.controllers", "hugetlb\n");
  EXPECT_TRUE(find().memory.empty());
  EXPECT_NE(find().why_no_pids, "");
}

TEST_F(ControlGroupTest, Version2IsLimitedAndReadByItsFiles) {
  ControlGroupHome home;
  home.version_2 = true;
  home.memory = home.pids = own();
  const std::string folder = own() + "/lydian-sandbox-" + std::to_string(getpid()) + "-worker0";
  populate(folder);
  ControlGroup group(home, "worker0", true, true);
  group.join(4711);
  EXPECT_EQ(text_at(folder + "/cgroup.procs"), "4711");
  EXPECT_TRUE(group.set_memory_limit(64u << 20));
  EXPECT_EQ(text_at(folder + "/memory.max"), "67108864");
  EXPECT_EQ(text_at(folder + "/memory.swap.max"), "0");
  EXPECT_TRUE(group.set_process_limit(34));
  EXPECT_EQ(text_at(folder + "/pids.max"), "34");
  EXPECT_EQ(group.usage(), 5242880u);
  EXPECT_EQ(group.peak(), 7340032u);
  EXPECT_EQ(group.held(), 4096u + 8192u);
  EXPECT_EQ(group.memory_kills(), 2u);
  EXPECT_EQ(group.processes(), 3);
  EXPECT_DOUBLE_EQ(group.processor_s(), 1.5);
  EXPECT_EQ(group.members(), std::vector<pid_t>{4711});
}

}  // namespace
}  // namespace lydian::sandbox
