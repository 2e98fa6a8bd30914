// Writes a C++ file whose templates are work for the compiler. usage: node make-cpp.js FILE CLASSES DEPTH
import { writeFileSync } from 'node:fs';

const [file = 'big.cpp', classes = '40', depth = '60'] = process.argv.slice(2);
let text =
  '#include <map>\n#include <string>\n#include <vector>\n#include <tuple>\n#include <functional>\n#include <algorithm>\n';
for (let i = 0; i < Number(classes); i += 1) {
  text += `
template <int N> struct T${i} {
  std::map<std::string, std::vector<std::tuple<int, double, T${i}<N - 1> *>>> items;
  T${i}<N - 1> below;
  int sum(int x) { auto f = [this, x](int y) { return below.sum(y) + x * N; }; std::vector<int> v(N + 1, x); std::sort(v.begin(), v.end(), [](int a, int b) { return a < b + N; }); return f(v[0]) + (int)items.size(); }
};
template <> struct T${i}<0> { int sum(int x) { return x; } };
int run${i}() { T${i}<${depth}> t; return t.sum(${i}); }
`;
}
writeFileSync(
  file,
  `${text}int main() { return ${Array.from({ length: Number(classes) }, (_, i) => `run${i}()`).join(' + ')}; }\n`,
);
