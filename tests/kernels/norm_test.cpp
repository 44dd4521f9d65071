#include <functional>

#include "kernels/kernel_cases.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {
namespace {

constexpr float kEpsilon = 1e-6f;
constexpr std::int64_t kHeadDims[] = {16, 24, 32, 64, 128};

std::vector<double> wide(const float* x, std::int64_t n) {
  return std::vector<double>(x, x + n);
}

/// Central difference of `loss` by x[i]; the oracles are smooth, so that float64 leaves about ten digits.
double slope(const std::function<double(const std::vector<double>&)>& loss, std::vector<double> x, std::int64_t i) {
  const double h = 1e-5, middle = x[i];
  x[i] = middle + h;
  const double above = loss(x);
  x[i] = middle - h;
  return (above - loss(x)) / (2 * h);
}

std::vector<double> exact_norm(const std::vector<double>& x, const std::vector<double>& weight) {
  double squares = 0;
  for (double value : x) squares += value * value;
  const double r = 1 / std::sqrt(squares / static_cast<double>(x.size()) + kEpsilon);
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * r * weight[i];
  return y;
}

double dot(const std::vector<double>& x, const std::vector<double>& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

TEST(RmsNorm, AgreesWithFloat64ForwardAndBackward) {
  Draw draw(31);
  for (int i = 0; i < 25; ++i) {
    const std::int64_t rows = draw.between(1, 5), width = draw.between(1, 80), ld = padded(width) + 16 * draw.between(0, 1);
    const Guarded x = draw.rows(rows, width, ld), weight = draw.normals(width), dy = draw.rows(rows, width, ld), before = draw.rows(rows, width, ld);
    Guarded y(rows * ld), inverse_rms(rows), dx = before, d_weight(width, 1.0f);
    active_table().rms_norm(x.data(), ld, weight.data(), rows, width, kEpsilon, y.data(), ld, inverse_rms.data());
    active_table().rms_norm_backward(dy.data(), ld, x.data(), ld, weight.data(), inverse_rms.data(), rows, width, dx.data(), ld, d_weight.data());
    const std::vector<double> w = wide(weight.data(), width);
    std::vector<double> d_w(width, 1.0);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::vector<double> values = wide(x.data() + row * ld, width), d = wide(dy.data() + row * ld, width);
      const std::vector<double> exact = exact_norm(values, w);
      for (std::int64_t j = 0; j < width; ++j) {
        expect_close(y[row * ld + j], exact[j], 0.1, "y");
        const double by_x = slope([&](const std::vector<double>& v) { return dot(exact_norm(v, w), d); }, values, j);
        expect_close(dx[row * ld + j], before[row * ld + j] + by_x, 10.0, "dx");
        d_w[j] += slope([&](const std::vector<double>& v) { return dot(exact_norm(values, v), d); }, w, j);
      }
      for (std::int64_t j = width; j < padded(width); ++j) EXPECT_EQ(y[row * ld + j], 0.0f);
    }
    for (std::int64_t j = 0; j < width; ++j) expect_close(d_weight[j], d_w[j], 10.0, "d weight");
  }
}

TEST(RmsNorm, KeepsItsBitsForAnyCutByRowsAndInstructionSet) {
  Draw draw(32);
  for (int i = 0; i < 30; ++i) {
    const std::int64_t rows = draw.between(1, 9), width = draw.between(1, 100), ld = padded(width);
    const Guarded x = draw.rows(rows, width, ld), weight = draw.normals(width), dy = draw.rows(rows, width, ld);
    Guarded y(rows * ld), inverse_rms(rows), dx(rows * ld), d_weight(width);
    active_table().rms_norm(x.data(), ld, weight.data(), rows, width, kEpsilon, y.data(), ld, inverse_rms.data());
    active_table().rms_norm_backward(dy.data(), ld, x.data(), ld, weight.data(), inverse_rms.data(), rows, width, dx.data(), ld, d_weight.data());
    for (const KernelTable* table : available_tables()) {
      Guarded cut_y(rows * ld), cut_inverse(rows), cut_dx(rows * ld), cut_weight(width);
      for (std::int64_t row = 0; row < rows; ++row) {
        table->rms_norm(x.data() + row * ld, ld, weight.data(), 1, width, kEpsilon, cut_y.data() + row * ld, ld, cut_inverse.data() + row);
        table->rms_norm_backward(dy.data() + row * ld, ld, x.data() + row * ld, ld, weight.data(), cut_inverse.data() + row, 1, width, cut_dx.data() + row * ld,
                                 ld, cut_weight.data());
      }
      EXPECT_TRUE(cut_y == y && cut_inverse == inverse_rms && cut_dx == dx && cut_weight == d_weight) << to_string(table->isa);
    }
  }
}

struct HeadCase {
  std::int64_t heads, head_dim, width;
  Guarded x, dy, weight, cos, sin;
  bool norm, rope;
  const float* weight_or_null() const { return norm ? weight.data() : nullptr; }
  const float* cos_or_null() const { return rope ? cos.data() : nullptr; }
  const float* sin_or_null() const { return rope ? sin.data() : nullptr; }
};

HeadCase draw_heads(Draw& draw, int number) {
  const std::int64_t heads = draw.between(1, 4), head_dim = kHeadDims[number % 5], width = padded(head_dim);
  HeadCase c{heads,
             head_dim,
             width,
             draw.rows(heads, head_dim, width),
             draw.rows(heads, head_dim, width),
             draw.normals(head_dim),
             Guarded(head_dim / 2),
             Guarded(head_dim / 2),
             number / 5 % 2 == 0,
             number / 10 % 2 == 0};
  for (std::int64_t i = 0; i < head_dim / 2; ++i) {
    const double angle = 6.28 * draw.uniform();
    c.cos[i] = static_cast<float>(std::cos(angle)), c.sin[i] = static_cast<float>(std::sin(angle));
  }
  return c;
}

std::vector<double> exact_head(const HeadCase& c, const std::vector<double>& x, const std::vector<double>& weight, double scale) {
  std::vector<double> y = c.norm ? exact_norm(x, weight) : x;
  const std::int64_t half = c.head_dim / 2;
  for (std::int64_t i = 0; i < half; ++i) {
    const double a = y[i], b = y[half + i], cos = c.rope ? c.cos[i] : 1.0, sin = c.rope ? c.sin[i] : 0.0;
    y[i] = (a * cos - b * sin) * scale;
    y[half + i] = (b * cos + a * sin) * scale;
  }
  return y;
}

TEST(HeadNormRope, AgreesWithFloat64ForwardAndBackward) {
  Draw draw(33);
  for (int number = 0; number < 20; ++number) {
    const HeadCase c = draw_heads(draw, number);
    Guarded y(c.heads * c.width, 9.0f), dx(c.heads * c.width, 9.0f), d_weight(c.head_dim, 1.0f);
    active_table().head_norm_rope(c.x.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f, y.data());
    active_table().head_norm_rope_backward(c.dy.data(), c.x.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f,
                                           dx.data(), c.norm ? d_weight.data() : nullptr);
    const std::vector<double> weight = wide(c.weight.data(), c.head_dim);
    std::vector<double> d_w(c.head_dim, 1.0);
    for (std::int64_t head = 0; head < c.heads; ++head) {
      const std::vector<double> x = wide(c.x.data() + head * c.width, c.head_dim), d = wide(c.dy.data() + head * c.width, c.head_dim);
      const std::vector<double> exact = exact_head(c, x, weight, 0.25);
      for (std::int64_t i = 0; i < c.head_dim; ++i) {
        expect_close(y[head * c.width + i], exact[i], 0.3, "y");
        expect_close(dx[head * c.width + i], slope([&](const std::vector<double>& v) { return dot(exact_head(c, v, weight, 0.25), d); }, x, i), 5.0, "dx");
        if (c.norm) d_w[i] += slope([&](const std::vector<double>& v) { return dot(exact_head(c, x, v, 0.25), d); }, weight, i);
      }
      for (std::int64_t i = c.head_dim; i < c.width; ++i) EXPECT_EQ(y[head * c.width + i] + dx[head * c.width + i], 0.0f);
    }
    for (std::int64_t i = 0; i < c.head_dim; ++i) expect_close(d_weight[i], d_w[i], 5.0, "d weight");
  }
}

TEST(HeadNormRope, KeepsItsBitsInPlaceAndForEveryInstructionSet) {
  Draw draw(34);
  for (int number = 0; number < 20; ++number) {
    const HeadCase c = draw_heads(draw, number);
    Guarded y(c.heads * c.width), dx(c.heads * c.width), d_weight(c.head_dim);
    float* gradient = c.norm ? d_weight.data() : nullptr;
    active_table().head_norm_rope(c.x.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f, y.data());
    active_table().head_norm_rope_backward(c.dy.data(), c.x.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f,
                                           dx.data(), gradient);
    for (const KernelTable* table : available_tables()) {
      Guarded in_place = c.x, d_in_place = c.dy, other_weight(c.head_dim);
      table->head_norm_rope(in_place.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f, in_place.data());
      table->head_norm_rope_backward(d_in_place.data(), c.x.data(), c.heads, c.head_dim, c.weight_or_null(), kEpsilon, c.cos_or_null(), c.sin_or_null(), 0.25f,
                                     d_in_place.data(), c.norm ? other_weight.data() : nullptr);
      EXPECT_TRUE(in_place == y && d_in_place == dx && other_weight == d_weight) << to_string(table->isa);
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
