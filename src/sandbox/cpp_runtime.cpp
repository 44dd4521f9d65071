#include "sandbox/cpp_runtime.h"

namespace lydian::sandbox {

// Bytes of values in order; sizes before elements. The reader takes nothing on trust: a size larger than what is left ends the conversation.
const char* cpp_pair_runtime() {
  return R"cpp(#include <bits/stdc++.h>
#include <unistd.h>
               namespace lydian_pair {
               struct Broken {};
               struct Writer {
                 std::string bytes;
                 void raw(const void* from, std::size_t size) { bytes.append(static_cast<const char*>(from), size); }
               };
               struct Reader {
                 std::string bytes;
                 std::size_t at = 0;
                 void raw(void* to, std::size_t size) {
                   if (size > bytes.size() - at) throw Broken();
                   std::memcpy(to, bytes.data() + at, size);
                   at += size;
                 }
                 std::size_t count() {
                   std::uint64_t size = 0;
                   raw(&size, sizeof size);
                   if (size > bytes.size() - at) throw Broken();
                   return static_cast<std::size_t>(size);
                 }
               };
               template <typename T>
               struct Cross {
                 static_assert(std::is_arithmetic_v<T>, "this type cannot cross");
                 static void put(Writer& out, const T& value) { out.raw(&value, sizeof value); }
                 static T take(Reader& in) {
                   if constexpr (std::is_same_v<T, bool>) {
                     unsigned char value = 0;
                     in.raw(&value, 1);
                     return value != 0;
                   } else {
                     T value;
                     in.raw(&value, sizeof value);
                     return value;
                   }
                 }
               };
               template <typename T>
               void put(Writer& out, const T& value) {
                 Cross<T>::put(out, value);
               }
               template <typename T>
               T take(Reader& in) {
                 return Cross<T>::take(in);
               }
               template <typename T>
               struct Elements {
                 static void put(Writer& out, const T& values) {
                   const std::uint64_t size = values.size();
                   out.raw(&size, sizeof size);
                   for (const auto& each : values) lydian_pair::put<typename T::value_type>(out, each);
                 }
               };
               template <typename T>
               struct Sequence : Elements<T> {
                 static T take(Reader& in) {
                   T values;
                   for (std::size_t left = in.count(); left > 0; --left) values.push_back(lydian_pair::take<typename T::value_type>(in));
                   return values;
                 }
               };
               template <typename T>
               struct Collection : Elements<T> {
                 static T take(Reader& in) {
                   T values;
                   for (std::size_t left = in.count(); left > 0; --left) values.insert(lydian_pair::take<typename T::value_type>(in));
                   return values;
                 }
               };
               template <typename K, typename V, typename M>
               struct Mapping : Elements<M> {
                 static void put(Writer& out, const M& values) {
                   const std::uint64_t size = values.size();
                   out.raw(&size, sizeof size);
                   for (const auto& each : values) lydian_pair::put<K>(out, each.first), lydian_pair::put<V>(out, each.second);
                 }
                 static M take(Reader& in) {
                   M values;
                   for (std::size_t left = in.count(); left > 0; --left) {
                     K key = lydian_pair::take<K>(in);
                     values.emplace(std::move(key), lydian_pair::take<V>(in));
                   }
                   return values;
                 }
               };
               template <typename T, std::size_t N>
               struct Cross<std::array<T, N>> {
                 static void put(Writer& out, const std::array<T, N>& values) {
                   for (const T& each : values) lydian_pair::put<T>(out, each);
                 }
                 static std::array<T, N> take(Reader& in) {
                   std::array<T, N> values;
                   for (T& each : values) each = lydian_pair::take<T>(in);
                   return values;
                 }
               };
               template <>
               struct Cross<std::string> : Sequence<std::string> {};
               template <typename T>
               struct Cross<std::vector<T>> : Sequence<std::vector<T>> {};
               template <typename T>
               struct Cross<std::list<T>> : Sequence<std::list<T>> {};
               template <typename T>
               struct Cross<std::deque<T>> : Sequence<std::deque<T>> {};
               template <typename T>
               struct Cross<std::set<T>> : Collection<std::set<T>> {};
               template <typename T>
               struct Cross<std::multiset<T>> : Collection<std::multiset<T>> {};
               template <typename T>
               struct Cross<std::unordered_set<T>> : Collection<std::unordered_set<T>> {};
               template <typename K, typename V>
               struct Cross<std::map<K, V>> : Mapping<K, V, std::map<K, V>> {};
               template <typename K, typename V>
               struct Cross<std::multimap<K, V>> : Mapping<K, V, std::multimap<K, V>> {};
               template <typename K, typename V>
               struct Cross<std::unordered_map<K, V>> : Mapping<K, V, std::unordered_map<K, V>> {};
               template <typename A, typename B>
               struct Cross<std::pair<A, B>> {
                 static void put(Writer& out, const std::pair<A, B>& value) { lydian_pair::put<A>(out, value.first), lydian_pair::put<B>(out, value.second); }
                 static std::pair<A, B> take(Reader& in) {
                   A first = lydian_pair::take<A>(in);
                   return {std::move(first), lydian_pair::take<B>(in)};
                 }
               };
               template <typename... T>
               struct Cross<std::tuple<T...>> {
                 static void put(Writer& out, const std::tuple<T...>& value) {
                   std::apply([&](const auto&... each) { (lydian_pair::put<std::decay_t<decltype(each)>>(out, each), ...); }, value);
                 }
                 static std::tuple<T...> take(Reader& in) { return std::tuple<T...>{lydian_pair::take<T>(in)...}; }
               };
               template <typename T>
               struct Cross<std::optional<T>> {
                 static void put(Writer& out, const std::optional<T>& value) {
                   lydian_pair::put<bool>(out, value.has_value());
                   if (value) lydian_pair::put<T>(out, *value);
                 }
                 static std::optional<T> take(Reader& in) { return lydian_pair::take<bool>(in) ? std::optional<T>(lydian_pair::take<T>(in)) : std::nullopt; }
               };
               inline bool send(const Writer& out) {
                 const std::uint32_t size = static_cast<std::uint32_t>(out.bytes.size());
                 std::string all(reinterpret_cast<const char*>(&size), sizeof size);
                 all += out.bytes;
                 for (std::size_t done = 0; done < all.size();) {
                   const ssize_t written = ::write(5, all.data() + done, all.size() - done);
                   if (written <= 0) return false;
                   done += static_cast<std::size_t>(written);
                 }
                 return true;
               }
               inline bool fill(char* to, std::size_t size) {
                 while (size > 0) {
                   const ssize_t got = ::read(5, to, size);
                   if (got <= 0) return false;
                   to += got, size -= static_cast<std::size_t>(got);
                 }
                 return true;
               }
               inline bool receive(Reader& in) {
                 std::uint32_t size = 0;
                 if (!fill(reinterpret_cast<char*>(&size), sizeof size) || size > (64u << 20)) return false;
                 in.bytes.resize(size);
                 in.at = 0;
                 return fill(in.bytes.data(), size);
               }
               template <typename R, typename... A>
               void serve(R (*function)(A...), Reader& in, Writer& out) {
                 std::tuple<std::decay_t<A>...> arguments{lydian_pair::take<std::decay_t<A>>(in)...};
                 if constexpr (std::is_void_v<R>) {
                   std::apply([&](auto&... each) { function(each...); }, arguments);
                 } else {
                   put<std::decay_t<R>>(out, std::apply([&](auto&... each) -> R { return function(each...); }, arguments));
                 }
                 std::apply(
                     [&](const auto&... each) {
                       (
                           [&] {
                             if constexpr (std::is_lvalue_reference_v<A> && !std::is_const_v<std::remove_reference_t<A>>) put<std::decay_t<A>>(out, each);
                           }(),
                           ...);
                     },
                     arguments);
               }
               /// What a program throws is thrown again in the tests, as the same where it is the library's; the most derived first.
               using Errors = std::tuple<std::invalid_argument, std::domain_error, std::length_error, std::out_of_range, std::range_error, std::overflow_error,
                                         std::underflow_error, std::logic_error, std::runtime_error>;
               constexpr int kInt = 100, kText = 101, kString = 102, kOther = 103;
               template <std::size_t N = 0>
               int number_of(const std::exception& error) {
                 if constexpr (N < std::tuple_size_v<Errors>) {
                   return dynamic_cast<const std::tuple_element_t<N, Errors>*>(&error) != nullptr ? static_cast<int>(N) : number_of<N + 1>(error);
                 } else {
                   return kOther;
                 }
               }
               inline void put_error(Writer& out, int kind, const std::string& text) {
                 out.bytes.clear();
                 put<bool>(out, false), put<int>(out, kind), put<std::string>(out, text);
               }
               template <std::size_t N = 0>
               [[noreturn]] void raise(int kind, const std::string& text) {
                 if constexpr (N < std::tuple_size_v<Errors>) {
                   if (kind == static_cast<int>(N)) throw std::tuple_element_t<N, Errors>(text);
                   raise<N + 1>(kind, text);
                 }
                 if (kind == kInt) throw std::atoi(text.c_str());
                 if (kind == kText) throw static_cast<const char*>(::strdup(text.c_str()));
                 if (kind == kString) throw text;
                 throw std::runtime_error(text);
               }
               /// A number of a type of the program's: what does not fit into it is not what the tests say.
               template <typename T>
               struct Exact {
                 T value{};
                 Exact() = default;
                 template <typename U, typename = std::enable_if_t<std::is_convertible_v<U, T>>>
                 Exact(const U& given) : value(static_cast<T>(given)) {
                   if constexpr (std::is_arithmetic_v<U>) {
                     if (static_cast<U>(value) != given) std::abort();
                   }
                 }
               };
               }  // namespace lydian_pair
  )cpp";
}

const char* cpp_tests_runtime() {
  return R"cpp(namespace lydian_pair {
               inline bool say(const std::string& text) {
                 const std::uint32_t size = static_cast<std::uint32_t>(text.size());
                 return ::write(3, &size, sizeof size) >= 0 && ::write(3, text.data(), size) >= 0;
               }
               [[noreturn]] inline void lost() {
                 ::_exit(say("{\"failed\":\"lost\",\"text\":\"the program's process ended or broke the conversation\"}") ? 2 : 3);
               }
               inline long questions = 0;
               struct Unasked {
                 ~Unasked() {
                   if (questions == 0) say("{\"failed\":\"row\",\"text\":\"the tests ask nothing of the program\"}");
                 }
               };
               /// Text of the program's, for as long as the tests like: they may free it.
               inline char* kept(const std::pair<bool, std::string>& text) {
                 return text.first ? ::strdup(text.second.c_str()) : nullptr;
               }
               /// What a pointer of the tests points to: an array whole, text to its end, else as much as they say.
               template <typename T>
               struct Items {
                 const T* values = nullptr;
                 T* own = nullptr;
                 std::size_t size = 0;
                 bool whole = true, back_wanted = false;
                 Items(std::nullptr_t) {}
                 template <typename A, typename = std::enable_if_t<std::is_convertible_v<A&&, const T*>>>
                 Items(A&& given) : values(given) {
                   using Given = std::remove_reference_t<A>;
                   if constexpr (std::is_convertible_v<A&&, T*>) own = given;
                   if constexpr (std::is_array_v<Given>) {
                     size = std::extent_v<Given>;
                   } else if constexpr (std::is_same_v<T, char>) {
                     size = values == nullptr ? 0 : std::strlen(values) + 1;
                   } else {
                     whole = false;
                   }
                 }
                 Items& of(long long count, bool back) {
                   if (!whole) size = values == nullptr || count < 0 ? 0 : static_cast<std::size_t>(count);
                   back_wanted = back;
                   return *this;
                 }
                 void put(Writer& out) const {
                   const std::uint64_t count = size;
                   lydian_pair::put<bool>(out, values != nullptr);
                   out.raw(&count, sizeof count);
                   for (std::size_t i = 0; i < size; ++i) lydian_pair::put<T>(out, values[i]);
                 }
                 void back(Reader& in) const {
                   if (!back_wanted) return;
                   const auto changed = lydian_pair::take<std::pair<bool, std::vector<T>>>(in).second;
                   for (std::size_t i = 0; own != nullptr && i < size && i < changed.size(); ++i) own[i] = changed[i];
                 }
               };
               template <typename T>
               struct In {
                 const T& value;
                 void put(Writer& out) const { lydian_pair::put<T>(out, value); }
                 void back(Reader&) const {}
               };
               template <typename T>
               struct Both {
                 T& value;
                 void put(Writer& out) const { lydian_pair::put<T>(out, value); }
                 void back(Reader& in) const { value = lydian_pair::take<T>(in); }
               };
               template <typename T>
               In<T> in(const T& value) {
                 return {value};
               }
               template <typename T>
               Both<T> both(T& value) {
                 return {value};
               }
               template <typename R, typename... A>
               R call(std::uint32_t number, const A&... arguments) {
                 static const bool ignored = (std::signal(SIGPIPE, SIG_IGN), true);
                 (void)ignored;
                 ++questions;
                 Writer out;
                 put<std::uint32_t>(out, number);
                 (arguments.put(out), ...);
                 Reader in;
                 if (!send(out) || !receive(in)) lost();
                 int kind = 0;
                 std::string thrown;
                 try {
                   if (take<bool>(in)) {
                     if constexpr (std::is_void_v<R>) {
                       (arguments.back(in), ...);
                       return;
                     } else {
                       R result = take<R>(in);
                       (arguments.back(in), ...);
                       return result;
                     }
                   }
                   kind = take<int>(in);
                   thrown = take<std::string>(in);
                 } catch (const Broken&) {
                   lost();
                 }
                 raise(kind, thrown);
               }
               }  // namespace lydian_pair
  )cpp";
}

const char* cpp_serve_runtime() {
  return R"cpp(extern "C" int __wrap_main() {
                 lydian_pair::Reader in;
                 while (lydian_pair::receive(in)) {
                   lydian_pair::Writer out;
                   try {
                     const unsigned number = lydian_pair::take<std::uint32_t>(in);
                     lydian_pair::put<bool>(out, true);
                     lydian_serve(number, in, out);
                   } catch (const std::exception& error) {
                     lydian_pair::put_error(out, lydian_pair::number_of(error), error.what());
                   } catch (int error) {
                     lydian_pair::put_error(out, lydian_pair::kInt, std::to_string(error));
                   } catch (const char* error) {
                     lydian_pair::put_error(out, lydian_pair::kText, error);
                   } catch (const std::string& error) {
                     lydian_pair::put_error(out, lydian_pair::kString, error);
                   }
                   if (!lydian_pair::send(out)) break;
                 }
                 std::fflush(nullptr);
                 std::cout.flush();
                 ::_exit(0);
               }
  )cpp";
}

}  // namespace lydian::sandbox
