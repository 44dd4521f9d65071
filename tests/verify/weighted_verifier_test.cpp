#include "lydian/verify/weighted_verifier.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "lydian/core/error.h"

namespace lydian {
namespace {

class FixedVerifier final : public Verifier {
 public:
  explicit FixedVerifier(Verdict verdict, bool deterministic = true) : verdict_(std::move(verdict)), deterministic_(deterministic) {}
  Verdict verify(const Task&, const Completion&) const override { return verdict_; }
  bool deterministic() const override { return deterministic_; }

 private:
  Verdict verdict_;
  bool deterministic_;
};

class ThrowingVerifier final : public Verifier {
 public:
  Verdict verify(const Task&, const Completion&) const override { throw std::runtime_error("out of tables"); }
};

std::shared_ptr<const Verifier> fixed(Verdict verdict) {
  return std::make_shared<FixedVerifier>(std::move(verdict));
}

Verdict judge(std::vector<WeightedVerifier::Part> parts) {
  return WeightedVerifier(std::move(parts)).verify({}, {});
}

TEST(WeightedVerifier, AddsWeightedRewardsAndKeepsThemApart) {
  const Verdict verdict = judge({{"right", fixed(Verdict::scored(1.0)), 2.0}, {"brief", fixed(Verdict::scored(0.5, "12 words")), -0.5}});
  EXPECT_EQ(verdict.status, VerdictStatus::kScored);
  EXPECT_DOUBLE_EQ(verdict.reward, 1.75);
  EXPECT_EQ(verdict.parts, (std::vector<std::pair<std::string, double>>{{"right", 1.0}, {"brief", 0.5}}));
  EXPECT_EQ(verdict.reason, "brief: 12 words");
}

TEST(WeightedVerifier, FaultOfOneIsAFaultOfTheWhole) {
  const Verdict fault = judge({{"right", fixed(Verdict::scored(1.0))}, {"style", fixed(Verdict::fault("no model"))}});
  EXPECT_EQ(fault.status, VerdictStatus::kVerifierFault);
  EXPECT_EQ(fault.reason, "style: no model");
  const Verdict thrown = judge({{"right", fixed(Verdict::unparsable("no answer"))}, {"style", std::make_shared<ThrowingVerifier>()}});
  EXPECT_EQ(thrown.status, VerdictStatus::kVerifierFault);
  EXPECT_NE(thrown.reason.find("style"), std::string::npos);
  EXPECT_NE(thrown.reason.find("out of tables"), std::string::npos);
}

TEST(WeightedVerifier, HasTheFirstStatusThatIsNotScored) {
  EXPECT_EQ(judge({{"a", fixed(Verdict::scored(1.0))}, {"b", fixed(Verdict::resource_limit(""))}, {"c", fixed(Verdict::unparsable(""))}}).status,
            VerdictStatus::kResourceLimit);
}

TEST(WeightedVerifier, IsDeterministicWhereAllPartsAre) {
  const auto chance = std::make_shared<FixedVerifier>(Verdict::scored(1.0), false);
  EXPECT_TRUE(WeightedVerifier({{"a", fixed(Verdict::scored(1.0))}}).deterministic());
  EXPECT_FALSE(WeightedVerifier({{"a", fixed(Verdict::scored(1.0))}, {"b", chance}}).deterministic());
}

TEST(WeightedVerifier, RefusesWhatItCannotDo) {
  EXPECT_THROW(WeightedVerifier({}), ConfigError);
  EXPECT_THROW(WeightedVerifier({{"a", fixed(Verdict::scored(1.0))}, {"a", fixed(Verdict::scored(1.0))}}), ConfigError);
  EXPECT_THROW(WeightedVerifier({{"a", nullptr}}), ConfigError);
  for (const double weight : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    try {
      WeightedVerifier({{"right", fixed(Verdict::scored(1.0))}, {"brief", fixed(Verdict::scored(1.0)), weight}});
      ADD_FAILURE() << weight;
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find("a finite weight of part brief"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace lydian
