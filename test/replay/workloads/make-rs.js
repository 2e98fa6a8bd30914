// Writes a Rust crate of one file with many generic functions. usage: node make-rs.js FILE FUNCTIONS
import { writeFileSync } from 'node:fs';

const [file, functions] = [process.argv[2], Number(process.argv[3])];
const parts = Array.from(
  { length: functions },
  (_, i) => `#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub struct Row${i} { a: Vec<u${[8, 16, 32, 64][i % 4]}>, b: std::collections::BTreeMap<String, Vec<i64>>, c: Option<Box<Row${i}>> }
pub fn f${i}(rows: &[Row${i}]) -> String {
    let mut all: Vec<String> = rows.iter().map(|r| format!("{:?} {:?}", r.a, r.b)).filter(|s| s.len() > ${i}).collect();
    all.sort_by_key(|s| s.len() + ${i});
    all.dedup();
    all.join("-")
}
`,
);
const calls = Array.from({ length: functions }, (_, i) => `    println!("{}", f${i}(&[]));`).join('\n');
writeFileSync(file, `${parts.join('')}fn main() {\n${calls}\n}\n`);
