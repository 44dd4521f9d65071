#pragma once

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace lydian::sandbox {

inline constexpr int kMaxDescriptors = 8;

/// Sends one packet of up to three pieces with descriptors. False with errno where it cannot be sent whole.
inline bool send_packet(int socket, const iovec* pieces, int piece_count, const int* descriptors, int descriptor_count, int flags = 0) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxDescriptors)] = {};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = static_cast<std::size_t>(piece_count);
  if (descriptor_count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * static_cast<std::size_t>(descriptor_count));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * static_cast<std::size_t>(descriptor_count));
    std::memcpy(CMSG_DATA(header), descriptors, sizeof(int) * static_cast<std::size_t>(descriptor_count));
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL | flags);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

/// Receives one packet: its size, 0 at the end of the conversation, -1 with errno. Descriptors are closed on exec.
inline ssize_t receive_packet(int socket, void* buffer, std::size_t capacity, int* descriptors, int* descriptor_count, int flags = 0) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxDescriptors)];
  iovec piece{buffer, capacity};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  *descriptor_count = 0;
  ssize_t size;
  do size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags);
  while (size < 0 && errno == EINTR);
  if (size < 0) return size;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    *descriptor_count = static_cast<int>((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(descriptors, CMSG_DATA(header), sizeof(int) * static_cast<std::size_t>(*descriptor_count));
  }
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    for (int i = 0; i < *descriptor_count; ++i) close(descriptors[i]);
    *descriptor_count = 0;
    errno = EMSGSIZE;
    return -1;
  }
  return size;
}

}  // namespace lydian::sandbox
