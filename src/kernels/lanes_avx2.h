// Sixteen lanes as two AVX2 registers.
struct Lanes {
  __m256 low, high;
};
struct IntLanes {
  __m256i low, high;
};

LYDIAN_LANES Lanes load(const float* p) {
  return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
LYDIAN_LANES void store(float* p, Lanes x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}
LYDIAN_LANES IntLanes first_mask(std::int64_t n) {
  const __m256i count = _mm256_set1_epi32(static_cast<int>(n));
  return {_mm256_cmpgt_epi32(count, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)), _mm256_cmpgt_epi32(count, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15))};
}
LYDIAN_LANES Lanes load_first(const float* p, std::int64_t n) {
  if (n >= 16) return load(p);
  const IntLanes mask = first_mask(n);
  return {_mm256_maskload_ps(p, mask.low), _mm256_maskload_ps(p + 8, mask.high)};
}
LYDIAN_LANES void store_first(float* p, Lanes x, std::int64_t n) {
  if (n >= 16) return store(p, x);
  const IntLanes mask = first_mask(n);
  _mm256_maskstore_ps(p, mask.low, x.low);
  _mm256_maskstore_ps(p + 8, mask.high, x.high);
}
LYDIAN_LANES Lanes broadcast(float x) {
  return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
LYDIAN_LANES Lanes fma(Lanes x, Lanes y, Lanes z) {
  return {_mm256_fmadd_ps(x.low, y.low, z.low), _mm256_fmadd_ps(x.high, y.high, z.high)};
}
LYDIAN_LANES Lanes operator+(Lanes x, Lanes y) {
  return {_mm256_add_ps(x.low, y.low), _mm256_add_ps(x.high, y.high)};
}
LYDIAN_LANES Lanes operator-(Lanes x, Lanes y) {
  return {_mm256_sub_ps(x.low, y.low), _mm256_sub_ps(x.high, y.high)};
}
LYDIAN_LANES Lanes operator*(Lanes x, Lanes y) {
  return {_mm256_mul_ps(x.low, y.low), _mm256_mul_ps(x.high, y.high)};
}
LYDIAN_LANES Lanes operator/(Lanes x, Lanes y) {
  return {_mm256_div_ps(x.low, y.low), _mm256_div_ps(x.high, y.high)};
}
LYDIAN_LANES Lanes sqrt(Lanes x) {
  return {_mm256_sqrt_ps(x.low), _mm256_sqrt_ps(x.high)};
}
LYDIAN_LANES Lanes max(Lanes x, Lanes y) {
  return {_mm256_max_ps(x.low, y.low), _mm256_max_ps(x.high, y.high)};
}
LYDIAN_LANES Lanes min(Lanes x, Lanes y) {
  return {_mm256_min_ps(x.low, y.low), _mm256_min_ps(x.high, y.high)};
}
LYDIAN_LANES IntLanes as_bits(Lanes x) {
  return {_mm256_castps_si256(x.low), _mm256_castps_si256(x.high)};
}
LYDIAN_LANES Lanes as_floats(IntLanes x) {
  return {_mm256_castsi256_ps(x.low), _mm256_castsi256_ps(x.high)};
}
LYDIAN_LANES Lanes select_greater(Lanes x, Lanes y, Lanes yes, Lanes no) {
  return {_mm256_blendv_ps(no.low, yes.low, _mm256_cmp_ps(x.low, y.low, _CMP_GT_OQ)),
          _mm256_blendv_ps(no.high, yes.high, _mm256_cmp_ps(x.high, y.high, _CMP_GT_OQ))};
}
LYDIAN_LANES IntLanes broadcast_int(std::uint32_t x) {
  return {_mm256_set1_epi32(static_cast<int>(x)), _mm256_set1_epi32(static_cast<int>(x))};
}
LYDIAN_LANES IntLanes load_ints(const std::uint32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
LYDIAN_LANES void store_ints(std::uint32_t* p, IntLanes x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), x.high);
}
LYDIAN_LANES IntLanes operator+(IntLanes x, IntLanes y) {
  return {_mm256_add_epi32(x.low, y.low), _mm256_add_epi32(x.high, y.high)};
}
LYDIAN_LANES IntLanes operator-(IntLanes x, IntLanes y) {
  return {_mm256_sub_epi32(x.low, y.low), _mm256_sub_epi32(x.high, y.high)};
}
LYDIAN_LANES IntLanes operator*(IntLanes x, IntLanes y) {
  return {_mm256_mullo_epi32(x.low, y.low), _mm256_mullo_epi32(x.high, y.high)};
}
LYDIAN_LANES IntLanes operator^(IntLanes x, IntLanes y) {
  return {_mm256_xor_si256(x.low, y.low), _mm256_xor_si256(x.high, y.high)};
}
LYDIAN_LANES IntLanes operator&(IntLanes x, IntLanes y) {
  return {_mm256_and_si256(x.low, y.low), _mm256_and_si256(x.high, y.high)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_left(IntLanes x) {
  return {_mm256_slli_epi32(x.low, kBits), _mm256_slli_epi32(x.high, kBits)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right(IntLanes x) {
  return {_mm256_srli_epi32(x.low, kBits), _mm256_srli_epi32(x.high, kBits)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right_signed(IntLanes x) {
  return {_mm256_srai_epi32(x.low, kBits), _mm256_srai_epi32(x.high, kBits)};
}
LYDIAN_LANES Lanes to_float(IntLanes x) {
  return {_mm256_cvtepi32_ps(x.low), _mm256_cvtepi32_ps(x.high)};
}
LYDIAN_LANES __m256 low_half(Lanes x) {
  return x.low;
}
LYDIAN_LANES __m256 high_half(Lanes x) {
  return x.high;
}
LYDIAN_LANES void keep_in_register(Lanes* x) {
  __asm__("" : "+x"(x->low), "+x"(x->high));
}
