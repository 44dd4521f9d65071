#include "kernels/kernel_cases.h"
#include "lydian/kernels/layout.h"

namespace lydian::kernels {
namespace {

DrawOptions sampling(std::uint64_t key, std::uint64_t token_index = 0) {
  return {.inverse_temperature = 1.0f, .greedy = false, .top_p = 1.0f, .top_k = 0, .key = key, .token_index = token_index};
}

std::vector<double> softmax(const Guarded& logits, std::int64_t vocabulary, double inverse_temperature) {
  std::vector<double> p(vocabulary);
  double highest = -1e300, total = 0;
  for (std::int64_t i = 0; i < vocabulary; ++i) highest = std::max(highest, logits[i] * inverse_temperature);
  for (std::int64_t i = 0; i < vocabulary; ++i) total += p[i] = std::exp(logits[i] * inverse_temperature - highest);
  for (double& value : p) value /= total;
  return p;
}

double entropy_of(const std::vector<double>& p) {
  double entropy = 0;
  for (double value : p) entropy -= value > 0 ? value * std::log(value) : 0;
  return entropy;
}

TEST(ScoreToken, AgreesWithFloat64AndHasTheSameBitsEverywhere) {
  Draw draw(21);
  for (int i = 0; i < 60; ++i) {
    const std::int64_t vocabulary = draw.between(1, 320);
    // Garbage beyond the vocabulary must not count.
    Guarded logits = draw.normals(padded(vocabulary), 4.0);
    for (std::int64_t j = vocabulary; j < logits.size(); ++j) logits[j] = 1e30f;
    const float inverse_temperature = i % 3 == 0 ? 1.0f : static_cast<float>(0.3 + 2 * draw.uniform());
    const TokenId target = static_cast<TokenId>(draw.between(0, vocabulary - 1));
    const std::vector<double> p = softmax(logits, vocabulary, inverse_temperature);
    const TokenScore score = active_table().score_token(logits.data(), vocabulary, inverse_temperature, target, true);
    expect_close(score.log_prob, std::log(p[target]), 4.0, "log-prob");
    expect_close(score.entropy, entropy_of(p), 4.0, "entropy");
    for (const KernelTable* table : available_tables()) {
      const TokenScore other = table->score_token(logits.data(), vocabulary, inverse_temperature, target, true);
      EXPECT_EQ(std::memcmp(&other, &score, sizeof score), 0) << to_string(table->isa);
      EXPECT_EQ(table->score_token(logits.data(), vocabulary, inverse_temperature, target, false).log_prob, score.log_prob);
    }
  }
}

TEST(ScoreToken, TakesExtremeLogits) {
  Guarded logits(16);
  const float values[] = {1000.0f, -1000.0f, -INFINITY, 999.0f, -3e38f};
  std::copy(values, values + 5, logits.begin());
  const TokenScore score = active_table().score_token(logits.data(), 5, 1.0f, 0, true);
  EXPECT_NEAR(score.log_prob, -std::log1p(std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(score.entropy, 0.5822, 1e-4);
  EXPECT_EQ(active_table().score_token(logits.data(), 5, 1.0f, 2, false).log_prob, -INFINITY);
}

TEST(ScoreTokenBackward, AgreesWithFloat64AndHasTheSameBitsEverywhere) {
  Draw draw(22);
  for (int i = 0; i < 60; ++i) {
    const std::int64_t vocabulary = draw.between(1, 100);
    const Guarded logits = draw.rows(1, vocabulary, padded(vocabulary), 3.0);
    const float inverse_temperature = static_cast<float>(0.5 + draw.uniform());
    const TokenId target = static_cast<TokenId>(draw.between(0, vocabulary - 1));
    const float d_log_prob = draw.normal(), d_entropy = i % 2 == 0 ? 0.0f : draw.normal();
    const std::vector<double> p = softmax(logits, vocabulary, inverse_temperature);
    const double entropy = entropy_of(p);
    Guarded got = logits;
    active_table().score_token_backward(got.data(), vocabulary, inverse_temperature, target, d_log_prob, d_entropy);
    for (std::int64_t j = 0; j < vocabulary; ++j) {
      const double by_log_prob = d_log_prob * ((j == target) - p[j]), by_entropy = -d_entropy * p[j] * (std::log(p[j]) + entropy);
      expect_close(got[j], inverse_temperature * (by_log_prob + by_entropy), 1.0, "d logit");
    }
    for (std::int64_t j = vocabulary; j < padded(vocabulary); ++j) EXPECT_EQ(got[j], 0.0f);
    for (const KernelTable* table : available_tables()) {
      Guarded other = logits;
      table->score_token_backward(other.data(), vocabulary, inverse_temperature, target, d_log_prob, d_entropy);
      EXPECT_TRUE(other == got) << to_string(table->isa);
    }
  }
}

TEST(DrawToken, RecordsTheBitsOfScoreTokenAndDrawsTheSameEverywhere) {
  Draw draw(23);
  for (int i = 0; i < 300; ++i) {
    const std::int64_t vocabulary = draw.between(1, 320);
    Guarded logits = draw.normals(padded(vocabulary), 2.0);
    for (std::int64_t j = vocabulary; j < logits.size(); ++j) logits[j] = 1e30f;
    DrawOptions options = sampling(draw.bits(), draw.between(0, 1000));
    options.inverse_temperature = static_cast<float>(0.5 + draw.uniform());
    if (i % 3 == 1) options.top_p = static_cast<float>(draw.uniform());
    if (i % 4 == 1) options.top_k = static_cast<std::int32_t>(draw.between(1, vocabulary));
    TokenScore score;
    const TokenId token = active_table().draw_token(logits.data(), vocabulary, options, &score);
    ASSERT_TRUE(token >= 0 && token < vocabulary);
    EXPECT_EQ(score.log_prob, active_table().score_token(logits.data(), vocabulary, options.inverse_temperature, token, false).log_prob);
    for (const KernelTable* table : available_tables()) {
      TokenScore other;
      EXPECT_EQ(table->draw_token(logits.data(), vocabulary, options, &other), token) << to_string(table->isa);
      EXPECT_EQ(other.log_prob, score.log_prob);
    }
  }
}

TEST(DrawToken, GreedyTakesTheLowestOfEqualLogits) {
  for (std::int64_t vocabulary : {5, 34, 100}) {
    Guarded logits(padded(vocabulary), -1.0f);
    const std::int64_t second = vocabulary - 1, first = vocabulary > 40 ? 39 : 3;
    logits[first] = logits[second] = 2.0f;
    DrawOptions options = sampling(1);
    options.greedy = true;
    for (const KernelTable* table : available_tables()) {
      TokenScore score;
      EXPECT_EQ(table->draw_token(logits.data(), vocabulary, options, &score), first);
    }
  }
}

/// Chi-square over the tokens whose expected count is at least 20, the others together. `normal` is near a standard normal when the counts are right.
double chi_square_deviate(const std::vector<std::int64_t>& counts, const std::vector<double>& p, std::int64_t draws) {
  double chi = 0, rest_p = 0, rest = 0, cells = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double expected = p[i] * static_cast<double>(draws);
    if (expected < 20) {
      rest_p += p[i], rest += static_cast<double>(counts[i]);
      continue;
    }
    chi += (counts[i] - expected) * (counts[i] - expected) / expected, ++cells;
  }
  if (rest_p * draws > 5) chi += (rest - rest_p * draws) * (rest - rest_p * draws) / (rest_p * draws), ++cells;
  return (chi - (cells - 1)) / std::sqrt(2 * (cells - 1));
}

TEST(DrawToken, FollowsTheSoftmax) {
  Draw draw(24);
  for (std::int64_t vocabulary : {2, 34, 300}) {
    for (bool by_key : {true, false}) {
      const Guarded logits = draw.rows(1, vocabulary, padded(vocabulary), 1.5);
      const std::vector<double> p = softmax(logits, vocabulary, 1.0);
      std::vector<std::int64_t> counts(vocabulary);
      const std::int64_t draws = 60000;
      for (std::int64_t i = 0; i < draws; ++i) {
        TokenScore score;
        ++counts[active_table().draw_token(logits.data(), vocabulary, by_key ? sampling(i) : sampling(77, i), &score)];
      }
      EXPECT_LE(std::fabs(chi_square_deviate(counts, p, draws)), 4.5) << "vocabulary " << vocabulary << (by_key ? ", keys" : ", token indices");
    }
  }
}

TEST(DrawToken, RareTokensComeAsOftenAsTheyShould) {
  // 299 tokens of probability 2e-6 each against one: their sum is right only if the noise's upper tail is.
  const std::int64_t vocabulary = 300, draws = 200000;
  Guarded logits(padded(vocabulary), static_cast<float>(std::log(2e-6)));
  logits[0] = 0.0f;
  std::int64_t rare = 0;
  for (std::int64_t i = 0; i < draws; ++i) {
    TokenScore score;
    rare += active_table().draw_token(logits.data(), vocabulary, sampling(5, i), &score) != 0;
  }
  const double expected = draws * (299 * 2e-6) / (1 + 299 * 2e-6);
  EXPECT_NEAR(rare, expected, 4.5 * std::sqrt(expected));
}

TEST(DrawToken, KeysAndPositionsDrawIndependently) {
  // Two uniform draws over 32 tokens, as a table of 32 x 32, for neighbouring keys and neighbouring positions.
  const std::int64_t vocabulary = 32, draws = 60000;
  const Guarded logits(padded(vocabulary), 0.0f);
  for (bool by_key : {true, false}) {
    std::vector<std::int64_t> pairs(vocabulary * vocabulary);
    for (std::int64_t i = 0; i < draws; ++i) {
      TokenScore score;
      const TokenId a = active_table().draw_token(logits.data(), vocabulary, by_key ? sampling(2 * i) : sampling(9, 2 * i), &score);
      const TokenId b = active_table().draw_token(logits.data(), vocabulary, by_key ? sampling(2 * i + 1) : sampling(9, 2 * i + 1), &score);
      ++pairs[a * vocabulary + b];
    }
    EXPECT_LE(std::fabs(chi_square_deviate(pairs, std::vector<double>(pairs.size(), 1.0 / pairs.size()), draws)), 4.5);
  }
}

/// The kept set by sorting, straight from the words of the contract.
std::vector<bool> kept_by_sorting(const Guarded& logits, std::int64_t vocabulary, std::int32_t top_k, float top_p) {
  std::vector<std::int64_t> order(vocabulary);
  for (std::int64_t i = 0; i < vocabulary; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  if (top_k > 0 && top_k < vocabulary) order.resize(top_k);
  const std::vector<double> p = softmax(logits, vocabulary, 1.0);
  double total = 0, mass = 0;
  for (std::int64_t id : order) total += p[id];
  std::vector<bool> kept(vocabulary);
  for (std::int64_t id : order) {
    if (top_p < 1.0f && mass >= top_p * total) break;
    kept[id] = true, mass += p[id];
  }
  return kept;
}

TEST(DrawToken, TheNarrowestFiltersAreGreedy) {
  Draw draw(26);
  for (int i = 0; i < 50; ++i) {
    const std::int64_t vocabulary = draw.between(1, 60);
    const Guarded logits = draw.rows(1, vocabulary, padded(vocabulary), 1.0);
    DrawOptions greedy = sampling(draw.bits()), nucleus = greedy, one = greedy;
    greedy.greedy = true, nucleus.top_p = 0.0f, one.top_k = 1;
    TokenScore score;
    const TokenId token = active_table().draw_token(logits.data(), vocabulary, greedy, &score);
    EXPECT_EQ(active_table().draw_token(logits.data(), vocabulary, nucleus, &score), token);
    EXPECT_EQ(active_table().draw_token(logits.data(), vocabulary, one, &score), token);
  }
}

TEST(DrawToken, FiltersKeepTheMostLikelyTokens) {
  Draw draw(25);
  for (int i = 0; i < 40; ++i) {
    const std::int64_t vocabulary = draw.between(2, 40);
    Guarded logits = draw.rows(1, vocabulary, padded(vocabulary), 1.0);
    for (std::int64_t j = 0; j < vocabulary; ++j) {
      if (i % 2 == 1) logits[j] = std::round(logits[j] * 2) / 2;  // many ties
    }
    DrawOptions options = sampling(draw.bits());
    options.top_k = i % 3 == 0 ? 0 : static_cast<std::int32_t>(draw.between(1, vocabulary));
    options.top_p = i % 3 == 1 ? 1.0f : static_cast<float>(0.05 + 0.9 * draw.uniform());
    const std::vector<bool> kept = kept_by_sorting(logits, vocabulary, options.top_k, options.top_p);
    std::vector<bool> seen(vocabulary);
    for (options.token_index = 0; options.token_index < 3000; ++options.token_index) {
      TokenScore score;
      seen[active_table().draw_token(logits.data(), vocabulary, options, &score)] = true;
    }
    const std::vector<double> p = softmax(logits, vocabulary, 1.0);
    for (std::int64_t j = 0; j < vocabulary; ++j) {
      EXPECT_FALSE(seen[j] && !kept[j]) << "drawn though filtered out: " << j;
      if (kept[j] && p[j] > 0.01) {
        EXPECT_TRUE(seen[j]) << "never drawn though kept: " << j;
      }
    }
  }
}

}  // namespace
}  // namespace lydian::kernels
