// Writes Java sources. usage: node make-java.js FOLDER CLASSES METHODS
import { mkdirSync, writeFileSync } from 'node:fs';

const [folder, classes, methods] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
mkdirSync(folder, { recursive: true });
for (let c = 0; c < classes; c++) {
  const body = Array.from(
    { length: methods },
    (_, m) =>
      `  public Map<String, List<Integer>> m${m}(List<Map<String, Integer>> in) {\n    return in.stream().flatMap(x -> x.entrySet().stream()).filter(e -> e.getValue() > ${m})` +
      `.collect(Collectors.groupingBy(Map.Entry::getKey, TreeMap::new, Collectors.mapping(e -> e.getValue() * ${m + c}, Collectors.toList())));\n  }`,
  );
  writeFileSync(
    `${folder}/C${c}.java`,
    `import java.util.*;\nimport java.util.stream.*;\npublic class C${c} {\n${body.join('\n')}\n}\n`,
  );
}
