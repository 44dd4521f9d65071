// What must not be accepted of a number with units or words behind it, each beside its near neighbours that must stay accepted.
#include <gtest/gtest.h>

#include "verify_math/pairs.h"

namespace lydian {
namespace {

using math_rows::expect_all;
using math_rows::Pair;

TEST(MathStrictness, UnitsThatDiffer) {
  expect_all({
      {"5 cm", "5\\%", false},
      {"0.05 cm", "5\\%", false},
      {"\\$5", "5\\%", false},
      {"30^\\circ", "30\\text{ rad}", false},
      {"30 degrees", "30 radians", false},
      {"5^\\circ\\text{C}", "5^\\circ\\text{F}", false},
      {"5\\text{ kJ}", "5\\text{ J}", false},
      {"5\\text{ Pa}", "5\\text{ kPa}", false},
      {"5\\text{ mA}", "5\\text{ A}", false},
      {"5\\text{ GB}", "5\\text{ MB}", false},
      {"5\\text{ N}", "5\\text{ J}", false},
      {"5 apples", "5 oranges", false},
      {"12 boys", "12 girls", false},
      {"5 apples", "5 apple", true},
      {"575\\text{ students}", "575\\text{ students in the class}", true},
      {"40\\%", "0.4", true},
      {"5\\text{ kJ}", "5", true},
      {"15\\text{ square units}", "15", true},
      {"5\\text{ MHz}", "5\\text{ mHz}", false},
      {"2\\text{ Mg}", "2\\text{ mg}", false},
      {"5\\text{ mm}", "5\\text{ Mm}", false},
      {"5\\text{ cm}^4", "5\\text{ cm}", false},
      {"5\\text{ m/s}", "5\\text{ m/s}^2", false},
      {"20 N", "20 joules", false},
      {"5 MHz", "5 megahertz", true},
      {"5\\text{ MHz}", "5 mhz", true},
      {"2\\text{ kPa}", "2 kilopascals", true},
      {"5\\text{ m/s}", "5\\,\\mathrm{m\\,s^{-1}}", true},
      {"5\\text{ N m}", "5\\text{ m N}", true},
      {"60 mph", "60 miles per hour", true},
      {"20 N", "20 newtons", true},
      {"9.81 m/s^2", "9.81 meters per second squared", true},
      {"3 hours", "3 hrs", true},
  });
}

TEST(MathStrictness, WordsThatChangeANumber) {
  expect_all({
      {"2", "2\\text{ negative}", false},
      {"2", "2\\text{ thousands}", false},
      {"2", "2\\text{ k}", false},
      {"2", "2\\text{ tens}", false},
      {"2", "2\\text{ pi}", false},
      {"2", "2\\text{ x}", false},
      {"2", "2\\text{i}", false},
      {"2", "2\\text{ 3}", false},
      {"2", "2\\text{,3}", false},
      {"2", "2\\text{ three}", false},
      {"2", "2\\text{ perhaps three}", false},
      {"2", "2\\text{ nope}", false},
      {"5", "5 negative", false},
      {"2", "2 fifths", false},
      {"2", "2 sevenths", false},
      {"2", "2\\text{ tenths}", false},
      {"2", "2 roughly", false},
      {"2", "2\\text{ lakh}", false},
      {"2", "2\\text{ percent of 3}", false},
      {"3", "3\\text{ pairs}", false},
      {"2", "2 quadrillion", false},
      {"5", "5 doubled", false},
      {"5", "5 halved", false},
      {"5", "5 grand", false},
      {"5", "5 imaginary", false},
      {"5", "5 tenfold", false},
      {"2", "2\\text{ apples}", true},
      {"2", "2 seconds", true},
      {"36", "36\\text{ cm}^2", true},
      {"3", "3\\text{ marbles left}", true},
  });
}

TEST(MathStrictness, WordsThatTurnANumber) {
  expect_all({
      {"3 units left", "3 units right", false},
      {"3 units left", "3 right", false},
      {"3 left", "3 units right", false},
      {"3 units to the left", "3 units to the right", false},
      {"3 units up", "3 units down", false},
      {"3 units clockwise", "3 units counterclockwise", false},
      {"5 units increase", "5 units decrease", false},
      {"5 units upwards", "5 units downwards", false},
      {"\\$5 profit", "\\$5 loss", false},
      {"\\$5 profit", "\\$5 in debt", false},
      {"\\$5 \\text{ gain}", "\\$5 \\text{ loss}", false},
      {"\\$5 saved", "\\$5 spent", false},
      {"5", "5 loss", false},
      {"5", "5\\text{ loss}", false},
      {"5", "5 units below zero", false},
      {"5", "5 units less than x", false},
      {"5", "5 units greater than y", false},
      {"5", "5 percent of the total", false},
      {"5", "5\\text{ in debt}", false},
      {"5 miles east", "5 miles", false},
      {"5 miles east", "5 miles west", false},
      {"5% increase", "5%", false},
      {"5% increase", "5% decrease", false},
      {"5", "5 minutes before noon", false},
      {"\\$5 profit", "\\$5 profit", true},
      {"\\$5 profit", "5 dollars profit", true},
      {"5 miles east", "5 miles east", true},
      {"90^\\circ clockwise", "90 degrees clockwise", true},
      {"90^\\circ clockwise", "90 degrees counterclockwise", false},
      {"3", "3\\text{ marbles left}", true},
      {"3\\text{ marbles left}", "3", true},
      {"3\\text{ marbles left}", "3\\text{ marbles lost}", false},
      {"5", "5 right triangles", true},
      {"5", "5 units", true},
      {"5", "5 square units", true},
      {"5\\%", "5 percent of the total", true},
      {"5\\%", "5\\%\\text{ of the total}", true},
      {"5", "5 years older", true},
      {"5 years older", "5 years younger", false},
      {"3\\text{ units left}", "3\\text{ units to the left}", true},
      {"5", "5\\text{ units}^2", true},
  });
}

TEST(MathStrictness, UnitsWithADirection) {
  expect_all({
      {"20\\text{ feet high}", "20 feet", true},
      {"20\\text{ km/h east}", "20 km/h east", true},
      {"20\\text{ km/h east}", "20 km/h", false},
      {"20\\text{ km/h east}", "20 m/h east", false},
      {"5 miles east", "5\\text{ miles east}", true},
  });
}

}  // namespace
}  // namespace lydian
