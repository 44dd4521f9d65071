// Sixteen lanes as plain arrays, for processors without AVX2 and as the twin that shows any contraction of multiplications and additions.
struct Lanes {
  float at[16];
};
struct IntLanes {
  std::uint32_t at[16];
};

LYDIAN_LANES Lanes load(const float* p) {
  Lanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = p[i];
  return r;
}
LYDIAN_LANES Lanes load_first(const float* p, std::int64_t n) {
  Lanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = i < n ? p[i] : 0.0f;
  return r;
}
LYDIAN_LANES void store(float* p, Lanes x) {
  for (int i = 0; i < 16; ++i) p[i] = x.at[i];
}
LYDIAN_LANES void store_first(float* p, Lanes x, std::int64_t n) {
  for (int i = 0; i < 16 && i < n; ++i) p[i] = x.at[i];
}
LYDIAN_LANES Lanes broadcast(float x) {
  Lanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = x;
  return r;
}
LYDIAN_LANES Lanes fma(Lanes x, Lanes y, Lanes z) {
  for (int i = 0; i < 16; ++i) x.at[i] = __builtin_fmaf(x.at[i], y.at[i], z.at[i]);
  return x;
}
LYDIAN_LANES Lanes operator+(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] + y.at[i];
  return x;
}
LYDIAN_LANES Lanes operator-(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] - y.at[i];
  return x;
}
LYDIAN_LANES Lanes operator*(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] * y.at[i];
  return x;
}
LYDIAN_LANES Lanes operator/(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] / y.at[i];
  return x;
}
LYDIAN_LANES Lanes sqrt(Lanes x) {
  for (int i = 0; i < 16; ++i) x.at[i] = __builtin_sqrtf(x.at[i]);
  return x;
}
LYDIAN_LANES Lanes max(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] > y.at[i] ? x.at[i] : y.at[i];
  return x;
}
LYDIAN_LANES Lanes min(Lanes x, Lanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] = x.at[i] < y.at[i] ? x.at[i] : y.at[i];
  return x;
}
LYDIAN_LANES IntLanes as_bits(Lanes x) {
  IntLanes r;
  __builtin_memcpy(&r, &x, sizeof r);
  return r;
}
LYDIAN_LANES Lanes as_floats(IntLanes x) {
  Lanes r;
  __builtin_memcpy(&r, &x, sizeof r);
  return r;
}
LYDIAN_LANES Lanes select_greater(Lanes x, Lanes y, Lanes yes, Lanes no) {
  IntLanes a = as_bits(yes), b = as_bits(no);
  for (int i = 0; i < 16; ++i) a.at[i] = x.at[i] > y.at[i] ? a.at[i] : b.at[i];
  return as_floats(a);
}
LYDIAN_LANES IntLanes broadcast_int(std::uint32_t x) {
  IntLanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = x;
  return r;
}
LYDIAN_LANES IntLanes load_ints(const std::uint32_t* p) {
  IntLanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = p[i];
  return r;
}
LYDIAN_LANES void store_ints(std::uint32_t* p, IntLanes x) {
  for (int i = 0; i < 16; ++i) p[i] = x.at[i];
}
LYDIAN_LANES IntLanes operator+(IntLanes x, IntLanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] += y.at[i];
  return x;
}
LYDIAN_LANES IntLanes operator-(IntLanes x, IntLanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] -= y.at[i];
  return x;
}
LYDIAN_LANES IntLanes operator*(IntLanes x, IntLanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] *= y.at[i];
  return x;
}
LYDIAN_LANES IntLanes operator^(IntLanes x, IntLanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] ^= y.at[i];
  return x;
}
LYDIAN_LANES IntLanes operator&(IntLanes x, IntLanes y) {
  for (int i = 0; i < 16; ++i) x.at[i] &= y.at[i];
  return x;
}
template <int kBits>
LYDIAN_LANES IntLanes shift_left(IntLanes x) {
  for (int i = 0; i < 16; ++i) x.at[i] <<= kBits;
  return x;
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right(IntLanes x) {
  for (int i = 0; i < 16; ++i) x.at[i] >>= kBits;
  return x;
}
template <int kBits>
LYDIAN_LANES IntLanes shift_right_signed(IntLanes x) {
  for (int i = 0; i < 16; ++i) x.at[i] = static_cast<std::uint32_t>(static_cast<std::int32_t>(x.at[i]) >> kBits);
  return x;
}
LYDIAN_LANES Lanes to_float(IntLanes x) {
  Lanes r;
  for (int i = 0; i < 16; ++i) r.at[i] = static_cast<float>(static_cast<std::int32_t>(x.at[i]));
  return r;
}
LYDIAN_LANES float sum(Lanes x) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) x.at[i] = x.at[i] + x.at[i + half];
  }
  return x.at[0];
}
LYDIAN_LANES float max(Lanes x) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) x.at[i] = x.at[i] > x.at[i + half] ? x.at[i] : x.at[i + half];
  }
  return x.at[0];
}
LYDIAN_LANES float first(Lanes x) {
  return x.at[0];
}
LYDIAN_LANES void prefetch(const float* p) {
  __builtin_prefetch(p);
}
LYDIAN_LANES void keep_in_register(Lanes*) {}
