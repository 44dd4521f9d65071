// The tables of notation: LaTeX commands, words of plain text, Unicode signs.
#include <unordered_map>

#include "verify/math/lexer.h"

namespace lydian::math {
namespace {

using Table = std::unordered_map<std::string_view, CommandInfo>;

template <typename T>
CommandInfo info(Tok kind, T payload) {
  return {kind, static_cast<std::uint32_t>(payload)};
}

void add_functions(Table& table) {
  using F = Function;
  const std::pair<const char*, F> functions[] = {
      {"sin", F::kSin},       {"cos", F::kCos},       {"tan", F::kTan},        {"tg", F::kTan},        {"cot", F::kCot},       {"ctg", F::kCot},
      {"cotan", F::kCot},     {"sec", F::kSec},       {"csc", F::kCsc},        {"cosec", F::kCsc},     {"arcsin", F::kArcsin}, {"asin", F::kArcsin},
      {"arccos", F::kArccos}, {"acos", F::kArccos},   {"arctan", F::kArctan},  {"atan", F::kArctan},   {"arctg", F::kArctan},  {"arccot", F::kArccot},
      {"acot", F::kArccot},   {"arcsec", F::kArcsec}, {"asec", F::kArcsec},    {"arccsc", F::kArccsc}, {"acsc", F::kArccsc},   {"arccosec", F::kArccsc},
      {"sinh", F::kSinh},     {"cosh", F::kCosh},     {"tanh", F::kTanh},      {"coth", F::kCoth},     {"sech", F::kSech},     {"csch", F::kCsch},
      {"cosech", F::kCsch},   {"arsinh", F::kArsinh}, {"arcsinh", F::kArsinh}, {"asinh", F::kArsinh},  {"arcosh", F::kArcosh}, {"arccosh", F::kArcosh},
      {"acosh", F::kArcosh},  {"artanh", F::kArtanh}, {"arctanh", F::kArtanh}, {"atanh", F::kArtanh},  {"arcoth", F::kArcoth}, {"arccoth", F::kArcoth},
      {"acoth", F::kArcoth},  {"arsech", F::kArsech}, {"arcsech", F::kArsech}, {"asech", F::kArsech},  {"arcsch", F::kArcsch}, {"arccsch", F::kArcsch},
      {"acsch", F::kArcsch},  {"exp", F::kExp},       {"ln", F::kLn},          {"log", F::kLog},       {"lg", F::kLog},        {"abs", F::kAbs},
      {"floor", F::kFloor},   {"ceil", F::kCeil},     {"ceiling", F::kCeil},   {"round", F::kRound},   {"sgn", F::kSign},      {"sign", F::kSign},
      {"gcd", F::kGcd},       {"lcm", F::kLcm},       {"min", F::kMin},        {"max", F::kMax},       {"Re", F::kRe},         {"Im", F::kIm},
      {"arg", F::kArg},       {"Arg", F::kArg},       {"det", F::kDet},        {"conj", F::kConjugate}};
  for (const auto& [name, function] : functions) table[name] = info(Tok::kFunction, function);
}

void add_letters(Table& table) {
  for (const char* name :
       {"alpha", "beta",    "gamma", "delta", "epsilon", "zeta",  "eta",   "theta", "iota",  "kappa",  "lambda", "mu",    "nu",      "xi",  "rho", "sigma",
        "tau",   "upsilon", "phi",   "chi",   "psi",     "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",     "Sigma", "Upsilon", "Phi", "Psi", "Omega"}) {
    table[name] = {Tok::kSymbol, 0};
  }
}

Table make_commands() {
  Table t;
  add_functions(t);
  add_letters(t);
  for (const char* name : {"varepsilon", "vartheta",  "varphi",      "varrho",   "varsigma", "ell",       "hbar", "aleph",  "mho",     "imath",
                           "jmath",      "partial",   "nabla",       "triangle", "angle",    "star",      "ast",  "square", "diamond", "clubsuit",
                           "heartsuit",  "spadesuit", "diamondsuit", "perp",     "bullet",   "checkmark", "Pr",   "top",    "intercal"}) {
    t[name] = {Tok::kSymbol, 0};
  }
  t["ast"] = {Tok::kTimes, 0};
  t["pi"] = info(Tok::kConstant, Constant::kPi);
  t["exponentialE"] = info(Tok::kConstant, Constant::kE);
  t["imaginaryI"] = info(Tok::kConstant, Constant::kI);
  t["infty"] = t["infin"] = info(Tok::kConstant, Constant::kInfinity);
  t["emptyset"] = t["varnothing"] = t["O"] = info(Tok::kConstant, Constant::kEmptySet);
  t["R"] = t["reals"] = t["Reals"] = info(Tok::kConstant, Constant::kReals);
  t["Z"] = info(Tok::kConstant, Constant::kIntegers);
  t["Q"] = info(Tok::kConstant, Constant::kRationals);
  t["N"] = info(Tok::kConstant, Constant::kNaturals);
  t["C"] = info(Tok::kConstant, Constant::kComplexes);
  t["lcm"] = info(Tok::kFunction, Function::kLcm);
  for (const char* name :
       {"text",   "mbox",   "textrm",     "textbf", "textit", "textsf",  "texttt",  "textnormal", "textsc", "hbox",   "textup",  "mathrm", "mathbf", "mathit",
        "mathsf", "mathtt", "boldsymbol", "bm",     "pmb",    "mathcal", "mathscr", "mathfrak",   "mathbb", "mathop", "mathord", "rm",     "bf",     "it"}) {
    t[name] = {Tok::kText, 0};
  }
  t["operatorname"] = {Tok::kOperatorName, 0};
  for (const char* name : {"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "over"}) t[name] = {Tok::kFrac, 0};
  t["over"] = {Tok::kFrac, 1};  // {a \over b}
  t["sqrt"] = {Tok::kSqrt, 0};
  for (const char* name : {"binom", "dbinom", "tbinom"}) t[name] = {Tok::kBinom, 0};
  t["choose"] = {Tok::kBinom, 1};
  t["overline"] = {Tok::kOverline, 0};
  t["dot"] = {Tok::kOverline, 1};  // 0.\dot{3}
  for (const char* name : {"bar", "hat", "vec", "tilde", "widehat", "widetilde", "overrightarrow", "overleftrightarrow", "overarc", "ddot"})
    t[name] = {Tok::kAccent, 0};
  t["boxed"] = t["fbox"] = {Tok::kBoxed, 0};
  t["begin"] = {Tok::kBegin, 0};
  t["end"] = {Tok::kEndEnvironment, 0};
  t["cdot"] = t["times"] = t["cdotp"] = t["centerdot"] = {Tok::kTimes, 0};
  t["div"] = {Tok::kSlash, 0};
  t["circ"] = t["degree"] = t["textdegree"] = {Tok::kDegree, 0};
  t["prime"] = {Tok::kPrime, 0};
  t["pm"] = {Tok::kPlusMinus, 0};
  t["mp"] = {Tok::kMinusPlus, 0};
  t["cup"] = t["bigcup"] = {Tok::kUnion, 0};
  t["cap"] = t["bigcap"] = {Tok::kIntersection, 0};
  t["setminus"] = t["backslash"] = t["smallsetminus"] = {Tok::kSetMinus, 0};
  t["vee"] = t["lor"] = {Tok::kOr, 0};
  t["wedge"] = t["land"] = {Tok::kAnd, 0};
  t["sum"] = {Tok::kSum, 0};
  t["prod"] = {Tok::kProduct, 0};
  t["int"] = t["iint"] = t["oint"] = {Tok::kIntegral, 0};
  t["lim"] = {Tok::kLimit, 0};
  t["ldots"] = t["cdots"] = t["dots"] = t["dotsc"] = t["dotsb"] = t["vdots"] = t["ddots"] = {Tok::kEllipsis, 0};
  t["mod"] = t["bmod"] = {Tok::kMod, 0};
  t["pmod"] = {Tok::kMod, 1};
  t["mid"] = t["vert"] = t["|"] = {Tok::kBar, 0};
  t["Vert"] = t["parallel"] = {Tok::kDoubleBar, 0};
  t["lvert"] = info(Tok::kOpen, Delimiter::kAbs);
  t["rvert"] = info(Tok::kClose, Delimiter::kAbs);
  t["lVert"] = info(Tok::kOpen, Delimiter::kNorm);
  t["rVert"] = info(Tok::kClose, Delimiter::kNorm);
  t["lfloor"] = t["llcorner"] = info(Tok::kOpen, Delimiter::kFloor);
  t["rfloor"] = t["lrcorner"] = info(Tok::kClose, Delimiter::kFloor);
  t["lceil"] = t["ulcorner"] = info(Tok::kOpen, Delimiter::kCeil);
  t["rceil"] = t["urcorner"] = info(Tok::kClose, Delimiter::kCeil);
  t["langle"] = info(Tok::kOpen, Delimiter::kAngle);
  t["rangle"] = info(Tok::kClose, Delimiter::kAngle);
  t["lgroup"] = t["lparen"] = info(Tok::kOpen, Delimiter::kRound);
  t["rgroup"] = t["rparen"] = info(Tok::kClose, Delimiter::kRound);
  t["lbrack"] = info(Tok::kOpen, Delimiter::kSquare);
  t["rbrack"] = info(Tok::kClose, Delimiter::kSquare);
  t["lbrace"] = t["{"] = info(Tok::kOpen, Delimiter::kCurly);
  t["rbrace"] = t["}"] = info(Tok::kClose, Delimiter::kCurly);
  t["colon"] = {Tok::kColon, 0};
  t["%"] = {Tok::kPercent, 0};
  t["$"] = t["textdollar"] = {Tok::kCurrency, 0};
  t["pounds"] = t["euro"] = {Tok::kCurrency, 0};
  t["\\"] = t["cr"] = t["newline"] = {Tok::kNewRow, 0};
  t["&"] = {Tok::kAmpersand, 0};
  const std::pair<const char*, Relation> relations[] = {{"le", Relation::kLessEqual},
                                                        {"leq", Relation::kLessEqual},
                                                        {"leqslant", Relation::kLessEqual},
                                                        {"leqq", Relation::kLessEqual},
                                                        {"lt", Relation::kLess},
                                                        {"ge", Relation::kGreaterEqual},
                                                        {"geq", Relation::kGreaterEqual},
                                                        {"geqslant", Relation::kGreaterEqual},
                                                        {"geqq", Relation::kGreaterEqual},
                                                        {"gt", Relation::kGreater},
                                                        {"ne", Relation::kNotEqual},
                                                        {"neq", Relation::kNotEqual},
                                                        {"approx", Relation::kApprox},
                                                        {"simeq", Relation::kApprox},
                                                        {"sim", Relation::kSimilar},
                                                        {"cong", Relation::kApprox},
                                                        {"in", Relation::kIn},
                                                        {"equiv", Relation::kEquivalent},
                                                        {"subset", Relation::kSubset},
                                                        {"subseteq", Relation::kSubset},
                                                        {"to", Relation::kArrow},
                                                        {"rightarrow", Relation::kArrow},
                                                        {"longrightarrow", Relation::kArrow},
                                                        {"mapsto", Relation::kArrow},
                                                        {"iff", Relation::kIff},
                                                        {"Leftrightarrow", Relation::kIff},
                                                        {"Rightarrow", Relation::kArrow},
                                                        {"implies", Relation::kArrow},
                                                        {"propto", Relation::kProportional},
                                                        {"notin", Relation::kNotIn},
                                                        {"doteq", Relation::kApprox},
                                                        {"eq", Relation::kEqual}};
  for (const auto& [name, relation] : relations) t[name] = info(Tok::kRelation, relation);
  // Nothing but looks.
  for (const char* name :
       {"left",  "right",      "mleft",    "mright", "big",    "Big",          "bigg",      "Bigg",        "bigl",   "bigr",       "Bigl",      "Bigr",
        "biggl", "biggr",      "Biggl",    "Biggr",  "middle", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits",   "!",         "protect",
        "hfill", "nonumber",   "notag",    "/",      "-",      "scriptsize",   "small",     "large",       "Large",  "normalsize", "centering", "mathstrut",
        "strut", "allowbreak", "underline"}) {
    t[name] = {Tok::kGroupCommand, 0};
  }
  for (const char* name : {",", ";", ":", ">", " ", "quad", "qquad", "space", "thinspace", "enspace", "enskip", "thickspace", "medspace", "nobreakspace"}) {
    t[name] = {Tok::kGroupCommand, 1};
  }
  for (const char* name : {"phantom", "vphantom", "hphantom", "hspace", "vspace", "label", "tag", "color", "textcolor"})
    t[name] = {Tok::kGroupCommand, 2};  // and its argument
  return t;
}

Table make_words() {
  Table t;
  add_functions(t);
  add_letters(t);
  t["pi"] = t["Pi"] = t["PI"] = info(Tok::kConstant, Constant::kPi);
  t["minf"] = t["infinity"] = t["inf"] = t["Infinity"] = t["oo"] = t["infty"] = info(Tok::kConstant, Constant::kInfinity);
  t["sqrt"] = {Tok::kSqrt, 0};
  t["cbrt"] = info(Tok::kFunction, Function::kCbrt);
  t["binomial"] = t["binom"] = info(Tok::kFunction, Function::kBinomial);
  t["factorial"] = info(Tok::kFunction, Function::kFactorial);
  t["or"] = {Tok::kOr, 0};
  t["and"] = {Tok::kAnd, 0};
  t["mod"] = {Tok::kMod, 0};
  t["emptyset"] = info(Tok::kConstant, Constant::kEmptySet);
  t["union"] = {Tok::kUnion, 0};
  return t;
}

CommandInfo find(const Table& table, std::string_view name) {
  const auto found = table.find(name);
  return found == table.end() ? CommandInfo{Tok::kUnknown, 0} : found->second;
}

}  // namespace

CommandInfo command_info(std::string_view name) {
  static const Table table = make_commands();
  return find(table, name);
}

CommandInfo word_info(std::string_view word) {
  static const Table table = make_words();
  return find(table, word);
}

std::string_view unicode_spelling(std::string_view text, std::size_t at, std::size_t& length) {
  static const std::unordered_map<std::string_view, std::string_view> table = {{"−", "-"},
                                                                               {"–", "-"},
                                                                               {"—", "-"},
                                                                               {"‐", "-"},
                                                                               {"‑", "-"},
                                                                               {"﹣", "-"},
                                                                               {"－", "-"},
                                                                               {"×", "\\times "},
                                                                               {"·", "\\times "},
                                                                               {"⋅", "\\times "},
                                                                               {"∙", "\\times "},
                                                                               {"∗", "*"},
                                                                               {"＊", "*"},
                                                                               {"÷", "/"},
                                                                               {"∕", "/"},
                                                                               {"⁄", "/"},
                                                                               {"／", "/"},
                                                                               {"＋", "+"},
                                                                               {"＝", "="},
                                                                               {"π", "\\pi "},
                                                                               {"∞", "\\infty "},
                                                                               {"≤", "<="},
                                                                               {"≦", "<="},
                                                                               {"≧", ">="},
                                                                               {"¢", "\\text{ cents}"},
                                                                               {"≥", ">="},
                                                                               {"⩽", "<="},
                                                                               {"⩾", ">="},
                                                                               {"≠", "\\ne "},
                                                                               {"≈", "\\approx "},
                                                                               {"≅", "\\cong "},
                                                                               {"≡", "\\equiv "},
                                                                               {"∈", "\\in "},
                                                                               {"∪", "\\cup "},
                                                                               {"∩", "\\cap "},
                                                                               {"∖", "\\setminus "},
                                                                               {"∅", "\\emptyset "},
                                                                               {"Ø", "\\emptyset "},
                                                                               {"±", "\\pm "},
                                                                               {"∓", "\\mp "},
                                                                               {"°", "\\degree "},
                                                                               {"º", "\\degree "},
                                                                               {"′", "'"},
                                                                               {"’", "'"},
                                                                               {"″", "''"},
                                                                               {"√", "\\sqrt "},
                                                                               {"∛", "\\sqrt[3] "},
                                                                               {"∜", "\\sqrt[4] "},
                                                                               {"（", "("},
                                                                               {"）", ")"},
                                                                               {"［", "["},
                                                                               {"］", "]"},
                                                                               {"，", ","},
                                                                               {"、", ","},
                                                                               {"；", ";"},
                                                                               {"：", ":"},
                                                                               {"。", "."},
                                                                               {"．", "."},
                                                                               {"％", "%"},
                                                                               {"＜", "<"},
                                                                               {"＞", ">"},
                                                                               {"½", "\\frac{1}{2}"},
                                                                               {"⅓", "\\frac{1}{3}"},
                                                                               {"⅔", "\\frac{2}{3}"},
                                                                               {"¼", "\\frac{1}{4}"},
                                                                               {"¾", "\\frac{3}{4}"},
                                                                               {"⅕", "\\frac{1}{5}"},
                                                                               {"⅖", "\\frac{2}{5}"},
                                                                               {"⅗", "\\frac{3}{5}"},
                                                                               {"⅘", "\\frac{4}{5}"},
                                                                               {"⅙", "\\frac{1}{6}"},
                                                                               {"⅚", "\\frac{5}{6}"},
                                                                               {"⅛", "\\frac{1}{8}"},
                                                                               {"⅜", "\\frac{3}{8}"},
                                                                               {"⅝", "\\frac{5}{8}"},
                                                                               {"⅞", "\\frac{7}{8}"},
                                                                               {"α", "\\alpha "},
                                                                               {"β", "\\beta "},
                                                                               {"γ", "\\gamma "},
                                                                               {"δ", "\\delta "},
                                                                               {"ε", "\\epsilon "},
                                                                               {"θ", "\\theta "},
                                                                               {"λ", "\\lambda "},
                                                                               {"μ", "\\mu "},
                                                                               {"ρ", "\\rho "},
                                                                               {"σ", "\\sigma "},
                                                                               {"τ", "\\tau "},
                                                                               {"φ", "\\phi "},
                                                                               {"ϕ", "\\phi "},
                                                                               {"ψ", "\\psi "},
                                                                               {"ω", "\\omega "},
                                                                               {"Δ", "\\Delta "},
                                                                               {"Ω", "\\Omega "},
                                                                               {"ℝ", "\\R "},
                                                                               {"ℤ", "\\Z "},
                                                                               {"ℚ", "\\Q "},
                                                                               {"ℕ", "\\N "},
                                                                               {"ℂ", "\\C "},
                                                                               {"⌊", "\\lfloor "},
                                                                               {"⌋", "\\rfloor "},
                                                                               {"⌈", "\\lceil "},
                                                                               {"⌉", "\\rceil "},
                                                                               {"⟨", "\\langle "},
                                                                               {"⟩", "\\rangle "},
                                                                               {"∑", "\\sum "},
                                                                               {"∏", "\\prod "},
                                                                               {"∫", "\\int "},
                                                                               {"…", "\\ldots "},
                                                                               {"⋯", "\\ldots "},
                                                                               {"→", "\\to "},
                                                                               {"∧", "\\wedge "},
                                                                               {"∨", "\\vee "},
                                                                               {"€", "€"},
                                                                               {"£", "£"},
                                                                               {"¥", "¥"},
                                                                               {"₹", "₹"},
                                                                               {"＄", "$"},
                                                                               {" ", "~"},
                                                                               {" ", "~"},
                                                                               {" ", "~"},
                                                                               {"　", " "},
                                                                               {"​", ""},
                                                                               {"﻿", ""},
                                                                               {"∠", "\\angle "},
                                                                               {"△", "\\triangle "},
                                                                               {"∂", "\\partial "},
                                                                               {"⊂", "\\subset "},
                                                                               {"⊆", "\\subseteq "},
                                                                               {"∣", "|"},
                                                                               {"｜", "|"},
                                                                               {"ℓ", "\\ell "},
                                                                               {"０", "0"},
                                                                               {"１", "1"},
                                                                               {"２", "2"},
                                                                               {"３", "3"},
                                                                               {"４", "4"},
                                                                               {"５", "5"},
                                                                               {"６", "6"},
                                                                               {"７", "7"},
                                                                               {"８", "8"},
                                                                               {"９", "9"},
                                                                               {"⁰", "^0"},
                                                                               {"¹", "^1"},
                                                                               {"²", "^2"},
                                                                               {"³", "^3"},
                                                                               {"⁴", "^4"},
                                                                               {"⁵", "^5"},
                                                                               {"⁶", "^6"},
                                                                               {"⁷", "^7"},
                                                                               {"⁸", "^8"},
                                                                               {"⁹", "^9"},
                                                                               {"⁻", "^-"},
                                                                               {"⁺", "^+"},
                                                                               {"ⁿ", "^n"},
                                                                               {"ˣ", "^x"},
                                                                               {"₀", "_0"},
                                                                               {"₁", "_1"},
                                                                               {"₂", "_2"},
                                                                               {"₃", "_3"},
                                                                               {"₄", "_4"},
                                                                               {"₅", "_5"},
                                                                               {"₆", "_6"},
                                                                               {"₇", "_7"},
                                                                               {"₈", "_8"},
                                                                               {"₉", "_9"},
                                                                               {"“", "\""},
                                                                               {"”", "\""},
                                                                               {"‘", "'"},
                                                                               {"𝑥", "x"},
                                                                               {"𝑦", "y"},
                                                                               {"ⅈ", "i"},
                                                                               {"ⅇ", "e"}};
  const auto first = static_cast<unsigned char>(text[at]);
  length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  if (first >= 0xF5 || at + length > text.size()) length = 1;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) length = 1;
  }
  if (length == 1) return {};
  const auto found = table.find(text.substr(at, length));
  return found == table.end() ? std::string_view{} : found->second;
}

}  // namespace lydian::math
