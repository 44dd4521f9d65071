#include "sandbox/cpp_library.h"

#include <set>
#include <sstream>

namespace lydian::sandbox {
namespace {

// Functions that C gives to everybody, then those that <bits/stdc++.h> adds in namespace std.
constexpr const char* kFunctions =
    "abort abs acos acosf acosh acoshf acoshl acosl aligned_alloc asctime asin asinf asinh asinhf asinhl asinl at_quick_exit atan atan2 atan2f atan2l "
    "atanf atanh atanhf atanhl atanl atexit atof atoi atol atoll bsearch calloc cbrt cbrtf cbrtl ceil ceilf ceill clock copysign copysignf copysignl cos "
    "cosf cosh coshf coshl cosl ctime difftime div erf erfc erfcf erfcl erff erfl exit exp exp2 exp2f exp2l expf expl expm1 expm1f expm1l fabs fabsf fabsl "
    "fdim fdimf fdiml floor floorf floorl fma fmaf fmal fmax fmaxf fmaxl fmin fminf fminl fmod fmodf fmodl free frexp getchar getenv gets gmtime hypot "
    "hypotf hypotl ilogb isalnum isalpha isblank iscntrl isdigit isfinite isgraph isinf islower isnan isnormal isprint ispunct isspace isupper isxdigit "
    "labs ldexp ldiv lgamma llabs lldiv llrint llround localtime log log10 log10f log10l log1p log1pf log1pl log2 log2f log2l logb logf logl lrint lround "
    "malloc memchr memcmp memcpy memmove memset mktime modf nan nearbyint nextafter nexttoward perror pow powf powl printf putchar puts qsort quick_exit "
    "raise rand realloc remainder remainderf remainderl remquo rint rintf rintl round roundf roundl scalbln scalbn scanf signal signbit sin sinf sinh "
    "sinhf sinhl sinl snprintf sprintf sqrt sqrtf sqrtl srand sscanf strcasecmp strcat strchr strcmp strcoll strcpy strcspn strdup strerror strftime "
    "strlen strncasecmp strncat strncmp strncpy strpbrk strrchr strspn strstr strtod strtof strtok strtol strtold strtoll strtoul strtoull system tan tanf "
    "tanh tanhf tanhl tanl tgamma tgammaf tgammal time tolower toupper trunc truncf truncl "
    "accumulate addressof adjacent_difference adjacent_find advance all_of any_cast any_of apply arg as_const back_inserter begin binary_search bind "
    "cbegin cend clamp conj copy copy_backward copy_if copy_n count count_if crbegin cref crend data declval distance empty end equal equal_range exchange "
    "exclusive_scan fill fill_n find find_end find_first_of find_if find_if_not fixed for_each for_each_n forward forward_as_tuple front_inserter gcd "
    "generate generate_n get get_if getline holds_alternative imag includes inclusive_scan inner_product inplace_merge inserter invoke iota is_heap "
    "is_heap_until is_partitioned is_permutation is_sorted is_sorted_until iter_swap lcm lexicographical_compare lower_bound make_any make_from_tuple "
    "make_heap make_move_iterator make_optional make_pair make_reverse_iterator make_shared make_tuple make_unique max max_element mem_fn merge min "
    "min_element minmax minmax_element mismatch move move_backward next next_permutation none_of norm not_fn nth_element partial_sort partial_sort_copy "
    "partial_sum partition partition_copy partition_point polar pop_heap prev prev_permutation proj push_heap quoted rbegin real reduce ref remove "
    "remove_copy remove_copy_if remove_if rend replace replace_copy replace_copy_if replace_if reverse reverse_copy rotate rotate_copy sample search "
    "search_n set_difference set_intersection set_symmetric_difference set_union setfill setprecision setw shuffle size sort sort_heap stable_partition "
    "stable_sort stod stof stoi stol stold stoll stoul stoull swap swap_ranges tie to_chars to_string to_wstring transform transform_reduce tuple_cat "
    "unique unique_copy upper_bound visit ";

}  // namespace

bool is_of_the_library(const std::string& name) {
  static const std::set<std::string> names = [] {
    std::istringstream words(kFunctions);
    std::set<std::string> all;
    for (std::string word; words >> word;) all.insert(word);
    return all;
  }();
  return names.count(name) != 0;
}

}  // namespace lydian::sandbox
