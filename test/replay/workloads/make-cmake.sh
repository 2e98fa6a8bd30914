#!/bin/bash
# Writes a C++ project for cmake: so many units, one library, one program, one test. usage: bash make-cmake.sh FOLDER UNITS WEIGHT
mkdir -p "$1" && cd "$1" || exit 1
{
  echo 'cmake_minimum_required(VERSION 3.20)'
  echo 'project(shop CXX)'
  echo 'set(CMAKE_CXX_STANDARD 20)'
  echo 'file(GLOB units unit*.cpp)'
  echo 'add_library(shop ${units})'
  echo 'add_executable(check check.cpp)'
  echo 'target_link_libraries(check shop)'
  echo 'enable_testing()'
  echo 'add_test(NAME check COMMAND check)'
} > CMakeLists.txt
for i in $(seq "$2"); do
  {
    echo '#include <algorithm>'
    echo '#include <map>'
    echo '#include <regex>'
    echo '#include <string>'
    echo '#include <vector>'
    for k in $(seq "$3"); do
      echo "struct S${i}_$k { std::map<std::string, std::vector<int>> rows; bool has(const std::string &t) { return std::regex_search(t, std::regex(\"u${i}[a-z]$k+\")) && rows.count(t); } };"
    done
    echo "int unit$i(const std::string &t) { int n = 0;"
    for k in $(seq "$3"); do echo "  n += S${i}_$k{}.has(t);"; done
    echo '  return n; }'
  } > "unit$i.cpp"
done
{ echo '#include <string>'; for i in $(seq "$2"); do echo "int unit$i(const std::string &);"; done
  echo 'int main() { int n = 0;'; for i in $(seq "$2"); do echo "  n += unit$i(\"u$i\");"; done; echo '  return n; }'; } > check.cpp
