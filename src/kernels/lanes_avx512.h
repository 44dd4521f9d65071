// Sixteen lanes as one AVX-512 register.
struct Lanes {
  __m512 all;
};
struct IntLanes {
  __m512i all;
};

LYDIAN_LANES Lanes load(const float* p) {
  return {_mm512_loadu_ps(p)};
}
LYDIAN_LANES void store(float* p, Lanes x) {
  _mm512_storeu_ps(p, x.all);
}
LYDIAN_LANES __mmask16 first_mask(std::int64_t n) {
  return static_cast<__mmask16>(n >= 16 ? 0xffffu : (1u << n) - 1u);
}
LYDIAN_LANES Lanes load_first(const float* p, std::int64_t n) {
  return {_mm512_maskz_loadu_ps(first_mask(n), p)};
}
LYDIAN_LANES void store_first(float* p, Lanes x, std::int64_t n) {
  _mm512_mask_storeu_ps(p, first_mask(n), x.all);
}
LYDIAN_LANES Lanes broadcast(float x) {
  return {_mm512_set1_ps(x)};
}
LYDIAN_LANES Lanes fma(Lanes x, Lanes y, Lanes z) {
  return {_mm512_fmadd_ps(x.all, y.all, z.all)};
}
LYDIAN_LANES Lanes operator+(Lanes x, Lanes y) {
  return {_mm512_add_ps(x.all, y.all)};
}
LYDIAN_LANES Lanes operator-(Lanes x, Lanes y) {
  return {_mm512_sub_ps(x.all, y.all)};
}
LYDIAN_LANES Lanes operator*(Lanes x, Lanes y) {
  return {_mm512_mul_ps(x.all, y.all)};
}
LYDIAN_LANES Lanes operator/(Lanes x, Lanes y) {
  return {_mm512_div_ps(x.all, y.all)};
}
LYDIAN_LANES Lanes sqrt(Lanes x) {
  return {_mm512_sqrt_ps(x.all)};
}
LYDIAN_LANES Lanes max(Lanes x, Lanes y) {
  return {_mm512_max_ps(x.all, y.all)};
}
LYDIAN_LANES Lanes min(Lanes x, Lanes y) {
  return {_mm512_min_ps(x.all, y.all)};
}
LYDIAN_LANES IntLanes as_bits(Lanes x) {
  return {_mm512_castps_si512(x.all)};
}
LYDIAN_LANES Lanes as_floats(IntLanes x) {
  return {_mm512_castsi512_ps(x.all)};
}
LYDIAN_LANES Lanes select_greater(Lanes x, Lanes y, Lanes yes, Lanes no) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(x.all, y.all, _CMP_GT_OQ), no.all, yes.all)};
}
LYDIAN_LANES IntLanes broadcast_int(std::uint32_t x) {
  return {_mm512_set1_epi32(static_cast<int>(x))};
}
LYDIAN_LANES IntLanes load_ints(const std::uint32_t* p) {
  return {_mm512_loadu_si512(p)};
}
LYDIAN_LANES void store_ints(std::uint32_t* p, IntLanes x) {
  _mm512_storeu_si512(p, x.all);
}
LYDIAN_LANES IntLanes operator+(IntLanes x, IntLanes y) {
  return {_mm512_add_epi32(x.all, y.all)};
}
LYDIAN_LANES IntLanes operator-(IntLanes x, IntLanes y) {
  return {_mm512_sub_epi32(x.all, y.all)};
}
LYDIAN_LANES IntLanes operator*(IntLanes x, IntLanes y) {
  return {_mm512_mullo_epi32(x.all, y.all)};
}
LYDIAN_LANES IntLanes operator^(IntLanes x, IntLanes y) {
  return {_mm512_xor_si512(x.all, y.all)};
}
LYDIAN_LANES IntLanes operator&(IntLanes x, IntLanes y) {
  return {_mm512_and_si512(x.all, y.all)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_left(IntLanes x) {
  return {_mm512_slli_epi32(x.all, kBits)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right(IntLanes x) {
  return {_mm512_srli_epi32(x.all, kBits)};
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right_signed(IntLanes x) {
  return {_mm512_srai_epi32(x.all, kBits)};
}
LYDIAN_LANES Lanes to_float(IntLanes x) {
  return {_mm512_cvtepi32_ps(x.all)};
}
LYDIAN_LANES __m256 low_half(Lanes x) {
  return _mm512_castps512_ps256(x.all);
}
LYDIAN_LANES __m256 high_half(Lanes x) {
  return _mm512_extractf32x8_ps(x.all, 1);
}
LYDIAN_LANES void keep_in_register(Lanes* x) {
  __asm__("" : "+v"(x->all));
}
