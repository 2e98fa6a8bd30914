// An index in Rust. usage: index map|arena|ring|text MIB_A_SECOND TOP_MIB: a hash map that is never emptied, one buffer that doubles,
// a ring with a bound, a text that grows line by line.
use std::collections::{HashMap, VecDeque};
use std::{env, thread, time::Duration};

fn main() {
    let args: Vec<String> = env::args().collect();
    let rate: f64 = args[2].parse().unwrap();
    let top: f64 = args[3].parse().unwrap();
    let bytes = (rate * 262_144.0) as usize;
    let mut map: HashMap<u64, Vec<u8>> = HashMap::new();
    let mut arena: Vec<u64> = Vec::new();
    let mut ring: VecDeque<Vec<u8>> = VecDeque::new();
    let mut text = Vec::new();
    let mut id: u64 = 1;
    let mut held = 0usize;
    loop {
        let mut made = 0;
        while made < bytes {
            id = id.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let size = 200 + (id >> 33) as usize % 3000;
            made += size;
            match args[1].as_str() {
                "map" => { map.insert(id, vec![1; size]); }
                "arena" => arena.extend(std::iter::repeat(id).take(size / 8)),
                "text" => text.push(format!("{:x}", id).repeat(size / 16)),
                _ => {
                    ring.push_back(vec![1; size]);
                    held += size;
                    while held as f64 > top * 1_048_576.0 { held -= ring.pop_front().unwrap().len(); }
                }
            }
        }
        thread::sleep(Duration::from_millis(250));
    }
}
