#include "math_rows.h"

namespace lydian {

// Made for lydian and given away (CC0): small, of every kind of answer, and no two answers equal.
const char* const kSmallMathRows =
    R"rows({"question": "A bakery sells 14 loaves in the morning and 19 in the afternoon. How many loaves does it sell in all?", "answer": "It sells 14 + 19 = <<14+19=33>>33 loaves.\n#### 33", "category": "Words"}
{"question": "Mira has 60 beads. She puts them into bags of 5. How many bags does she fill?", "answer": "She fills 60 / 5 = <<60/5=12>>12 bags.\n#### 12", "category": "Words"}
{"question": "A bus has 41 seats. 17 are taken. How many are free?", "answer": "41 - 17 = <<41-17=24>>24 seats are free.\n#### 24", "category": "Words"}
{"question": "Each of 7 shelves holds 13 books. How many books are there?", "answer": "There are 7 * 13 = <<7*13=91>>91 books.\n#### 91", "category": "Words"}
{"question": "Tom walks 1.5 km to school and the same way back. How many kilometers does he walk in 5 days?", "answer": "A day is 2 * 1.5 = <<2*1.5=3>>3 km.\nFive days are 5 * 3 = <<5*3=15>>15 km.\n#### 15", "category": "Words"}
{"question": "A ticket costs 8 coins. Ana buys 6 tickets and pays with a 100-coin note. How many coins does she get back?", "answer": "The tickets cost 6 * 8 = <<6*8=48>>48 coins.\nShe gets 100 - 48 = <<100-48=52>>52 coins back.\n#### 52", "category": "Words"}
{"question": "A tank holds 250 liters. It is filled at 20 liters a minute for 9 minutes. How many liters are still missing?", "answer": "9 * 20 = <<9*20=180>>180 liters are in it.\n250 - 180 = <<250-180=70>>70 liters are missing.\n#### 70", "category": "Words"}
{"question": "A farmer has 3 fields with 120 plants each and 1 field with 85. How many plants does he have?", "answer": "Three fields have 3 * 120 = <<3*120=360>>360 plants.\nAll have 360 + 85 = <<360+85=445>>445.\n#### 445", "category": "Words"}
{"question": "Lea reads 18 pages a day. How many pages does she read in two weeks?", "answer": "Two weeks are 14 days.\nShe reads 14 * 18 = <<14*18=252>>252 pages.\n#### 252", "category": "Words"}
{"problem": "What is $\\frac{1}{3}+\\frac{1}{6}$?", "solution": "$\\frac{1}{3}+\\frac{1}{6}=\\frac{2}{6}+\\frac{1}{6}=\\frac{3}{6}=\\boxed{\\frac{1}{2}}$.", "type": "Arithmetic"}
{"problem": "What is $\\frac{3}{4}\\cdot\\frac{2}{9}$ in lowest terms?", "solution": "$\\frac{3\\cdot 2}{4\\cdot 9}=\\frac{6}{36}=\\boxed{\\frac{1}{6}}$.", "type": "Arithmetic"}
{"problem": "Write $0.375$ as a fraction in lowest terms.", "solution": "$0.375=\\frac{375}{1000}=\\boxed{\\frac{3}{8}}$.", "type": "Arithmetic"}
{"problem": "Compute $2^{10}-1$.", "solution": "$2^{10}=1024$, so the answer is $\\boxed{1023}$.", "type": "Arithmetic"}
{"problem": "Compute $-7-(-19)-30$.", "solution": "$-7+19-30=12-30=\\boxed{-18}$.", "type": "Arithmetic"}
{"problem": "What is the greatest common divisor of 84 and 126?", "solution": "$84=2\\cdot 42$ and $126=3\\cdot 42$, so it is $\\boxed{42}$.", "type": "Number Theory"}
{"problem": "Write $11_{10}$ in base 2.", "solution": "$11=8+2+1$, so it is $\\boxed{1011_2}$.", "type": "Number Theory"}
{"problem": "What is the remainder when $3^{5}$ is divided by $100$?", "solution": "$3^5=243$, which leaves $\\boxed{43}$.", "type": "Number Theory"}
{"problem": "Expand $(x+3)(x-5)$.", "solution": "$x^2-5x+3x-15=\\boxed{x^2-2x-15}$.", "type": "Algebra"}
{"problem": "Factor $x^2-9y^2$.", "solution": "A difference of squares: $\\boxed{(x-3y)(x+3y)}$.", "type": "Algebra"}
{"problem": "Simplify $\\frac{x^2-4}{x+2}$ for $x\\ne -2$.", "solution": "$\\frac{(x-2)(x+2)}{x+2}=\\boxed{x-2}$.", "type": "Algebra"}
{"problem": "Solve $3x+5=2$ for $x$.", "solution": "$3x=-3$, so $x=\\boxed{-1}$.", "type": "Algebra"}
{"problem": "Solve $2x-1<8$. Give the solution as an interval.", "solution": "$2x<9$, so $x<\\frac92$: $\\boxed{(-\\infty,\\frac{9}{2})}$.", "type": "Algebra"}
{"problem": "For which $x$ is $x^2\\le 16$? Give an interval.", "solution": "$-4\\le x\\le 4$: $\\boxed{[-4,4]}$.", "type": "Algebra"}
{"problem": "Find all solutions of $x^2-5x+6=0$. Give the set.", "solution": "$(x-2)(x-3)=0$: $\\boxed{\\{2,3\\}}$.", "type": "Algebra"}
{"problem": "Where do the lines $y=2x$ and $y=x+4$ meet? Give the point.", "solution": "$2x=x+4$, so $x=4$ and $y=8$: $\\boxed{(4,8)}$.", "type": "Algebra"}
{"problem": "What is the equation of the line through $(0,7)$ with slope $-3$?", "solution": "$\\boxed{y=-3x+7}$.", "type": "Algebra"}
{"problem": "Simplify $\\sqrt{75}$.", "solution": "$\\sqrt{25\\cdot 3}=\\boxed{5\\sqrt{3}}$.", "type": "Radicals"}
{"problem": "Rationalize $\\frac{6}{\\sqrt{2}}$.", "solution": "$\\frac{6\\sqrt2}{2}=\\boxed{3\\sqrt{2}}$.", "type": "Radicals"}
{"problem": "Simplify $\\sqrt[3]{54}$.", "solution": "$\\sqrt[3]{27\\cdot 2}=\\boxed{3\\sqrt[3]{2}}$.", "type": "Radicals"}
{"problem": "What is the area of a circle of radius 6?", "solution": "$\\pi\\cdot 6^2=\\boxed{36\\pi}$.", "type": "Geometry"}
{"problem": "What is the circumference of a circle of diameter 7?", "solution": "$\\pi\\cdot 7=\\boxed{7\\pi}$.", "type": "Geometry"}
{"problem": "A right triangle has legs 5 and 6. How long is its hypotenuse?", "solution": "$\\sqrt{25+36}=\\boxed{\\sqrt{61}}$.", "type": "Geometry"}
{"problem": "How many degrees has each interior angle of a regular pentagon?", "solution": "$\\frac{3\\cdot 180^\\circ}{5}=\\boxed{108^\\circ}$.", "type": "Geometry"}
{"problem": "What is the value of $\\sin 60^\\circ$?", "solution": "$\\boxed{\\frac{\\sqrt{3}}{2}}$.", "type": "Trigonometry"}
{"problem": "What is the value of $\\tan\\frac{\\pi}{6}$?", "solution": "$\\boxed{\\frac{\\sqrt{3}}{3}}$.", "type": "Trigonometry"}
{"problem": "Compute $(2+3i)(1-i)$.", "solution": "$2-2i+3i+3=\\boxed{5+i}$.", "type": "Complex Numbers"}
{"problem": "Compute $i^{7}$.", "solution": "$i^7=i^3=\\boxed{-i}$.", "type": "Complex Numbers"}
{"problem": "What is the derivative of $x^3 e^x$?", "solution": "$\\boxed{x^2(x+3)e^x}$.", "type": "Calculus"}
{"problem": "Compute $\\int_0^1 x^4\\,dx$.", "solution": "$\\boxed{\\frac{1}{5}}$.", "type": "Calculus"}
{"problem": "Compute $\\log_2 32\\cdot\\ln e^{13}$.", "solution": "$5\\cdot 13=\\boxed{65}$.", "type": "Algebra"}
{"problem": "How many ways are there to choose 3 of 9 people?", "solution": "$\\binom93=\\boxed{84}$.", "type": "Counting"}
{"problem": "Two fair dice are thrown. What is the probability that the sum is 9?", "solution": "$\\frac{4}{36}=\\boxed{\\frac{1}{9}}$.", "type": "Counting"}
{"problem": "What is $\\begin{pmatrix}1&2\\\\0&1\\end{pmatrix}\\begin{pmatrix}3\\\\4\\end{pmatrix}$?", "solution": "$\\boxed{\\begin{pmatrix}11\\\\4\\end{pmatrix}}$.", "type": "Linear Algebra"}
)rows";

}  // namespace lydian
